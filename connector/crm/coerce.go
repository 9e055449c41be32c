package crm

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/trouble"
)

// coercer turns the raw values of one record into canonical ones and takes
// notes of what it had to change.
type coercer struct {
	*reader
	region string // ISO alpha-2, completes phone numbers
	ours   bool   // region is a default: what it completes is an assumption
	notes  []trouble.Note
	from   origin // of the value that is read now
	first  int    // the first note of that value
	column string // that it is in, "" if its name must not be shown
}

func (c *coercer) note(f *Field, rule string) {
	if rule != "" {
		c.add(trouble.Note{Field: f.display(), Rule: rule})
	}
}

func (c *coercer) drop(f *Field, rule string) {
	c.add(trouble.Note{Field: f.display(), Rule: rule, Dropped: true, Warns: warns(rule)})
}

// add takes a note, once for each value.
func (c *coercer) add(n trouble.Note) {
	if c.notes == nil {
		c.notes = make([]trouble.Note, 0, 4)
	}
	n.Column = c.column
	if !slices.Contains(c.notes[c.first:], n) {
		c.notes = append(c.notes, n)
	}
}

// value returns the canonical form of raw for f, nil for what says that there is
// nothing; or the rule that raw breaks.
func (c *coercer) value(f *Field, raw []byte, from origin) (data any, fault string) {
	if isBlank(raw) {
		return nil, ""
	}
	if raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9' {
		from |= inNumbers
	}
	c.from, c.first = from, len(c.notes)
	switch f.Type {
	case MultiOption:
		return c.options(f, raw)
	case TagList:
		return c.tags(f, raw)
	case TextboxList:
		return c.boxes(f, raw)
	case File:
		if raw[0] != '{' {
			return nil, ruleNotAnObject
		}
		if file := decode(raw); !isEmpty(file) {
			return file, ""
		}
		return nil, ""
	case Text, LargeText:
		return c.words(f, raw)
	}
	s, fault := c.single(f, raw)
	if fault != "" || s == "" {
		return nil, fault
	}
	return c.parse(f, s)
}

// words reads free text.
func (c *coercer) words(f *Field, raw []byte) (data any, fault string) {
	s, fault := c.text(f, raw)
	if s != "" {
		s, fault = c.code(f, s)
	}
	if read := f.about().read; read != nil {
		var rule string
		s, rule = read(s)
		c.note(f, rule)
	}
	if fault != "" || s == "" {
		return nil, fault
	}
	return s, ""
}

// single is the text of a value that is one, also if it came as a list of one. Of
// several emails or phones in a text the first that can be read is taken.
func (c *coercer) single(f *Field, raw []byte) (s, fault string) {
	s, fault = c.scalar(f, raw)
	if s == "" || f.Type == Email || f.Type == Phone || strings.IndexByte(`[{"'^`, s[0]) < 0 {
		return s, fault
	}
	switch in := splitList(s); {
	case in.fault != "" || in.text == s: // nothing encloses it
	case len(in.entries) > 1:
		return "", ruleIsAList
	case len(in.entries) == 1:
		s = c.entry(f, in.entries[0])
	}
	return s, ""
}

// parse reads the text of a value that is a single scalar.
func (c *coercer) parse(f *Field, s string) (data any, fault string) {
	var ok bool
	switch f.Type {
	case Email:
		return c.email(f, s)
	case Phone:
		return c.phone(f, s)
	case Country:
		data, ok = c.country(s)
		fault = ruleNotACountry
		if namesNoCountry(s) {
			fault = ruleNoCountry
		}
	case Date, Time:
		if isNoDate(s) {
			return nil, ""
		}
		d := c.dateReading(f, c.from).as(f.Type, strings.TrimPrefix(s, "'"))
		c.note(f, d.note)
		data, fault, ok = d.date, d.fault, d.fault == ""
	case Bool:
		data, ok = c.truth(f, s)
		fault = ruleNotABool
	case Number, Money:
		s, ok = readNumber(strings.TrimPrefix(s, "'"), c.notation.DecimalSeparator == "," && !c.from.is(inNumbers))
		data, fault = json.Number(s), ruleNotANumber
	case SingleOption:
		data, ok = optionLabel(f, s)
		fault = ruleNotAnOption
	case UserID:
		data, fault = c.users.user(s)
		ok = fault == ""
	case Timezone:
		data, ok = zone(s)
		fault = ruleNotATimezone
	default: // ID, Link
		return s, ""
	}
	if !ok {
		return nil, fault
	}
	return data, ""
}

func (c *coercer) email(f *Field, s string) (data any, fault string) {
	s, note, ok := readEmail(s)
	if !ok {
		return nil, ruleNotAnEmail
	}
	c.note(f, note)
	return s, ""
}

func (c *coercer) phone(f *Field, s string) (data any, fault string) {
	p := readPhone(s, c.region)
	if p.fault != "" {
		return nil, p.fault
	}
	if p.assumed != 0 && c.ours {
		c.note(f, assumedRule(p.assumed))
	}
	if p.extension {
		c.note(f, ruleExtension)
	}
	if p.note {
		c.note(f, ruleWords)
	}
	if p.several {
		c.note(f, ruleFirstTaken)
	}
	return p.e164, ""
}

// text is scalar for fields of free text, which also take lists of scalars
// and, where they are custom, objects as JSON.
func (c *coercer) text(f *Field, raw []byte) (s, fault string) {
	switch {
	case raw[0] == '[' && !holds(raw, "[{"):
		var parts []string
		for element := range jsonscan.Elements(raw) {
			if part, _ := c.scalar(f, element); part != "" {
				parts = append(parts, part)
			}
		}
		return strings.Join(parts, ", "), ""
	case raw[0] == '{' || raw[0] == '[':
		if !f.Custom {
			return "", ruleIsAnObject
		}
		var b bytes.Buffer
		if err := json.Compact(&b, raw); err != nil {
			return "", ruleIsAnObject // cannot happen: the record was checked
		}
		return c.cleaned(f, c.repaired(f, b.Bytes(), b.String())), ""
	}
	return c.scalar(f, raw)
}

// scalar is the cleaned text of a scalar, or of the only element of a list.
func (c *coercer) scalar(f *Field, raw []byte) (s, fault string) {
	switch raw[0] {
	case '"':
		if body := raw[1 : len(raw)-1]; isAsIs(body) {
			s = strings.TrimSpace(string(body))
		} else {
			s = c.cleaned(f, c.unquoted(f, raw))
		}
		s = fromCache(fromFormula(s))
		if c.saysNothing(f, s) {
			return "", ""
		}
		return s, ""
	case 'n':
		return "", ""
	case '{':
		return "", ruleIsAnObject
	case '[':
		if only := onlyElement(raw); only != nil && only[0] != '[' {
			return c.scalar(f, only)
		}
		return "", ruleIsAList
	case 't', 'f':
		return string(raw), ""
	}
	if !bytes.ContainsAny(raw, ".eE") {
		return string(raw), ""
	}
	if plain, ok := plainDecimal(string(raw)); ok {
		return plain, ""
	}
	return string(raw), ""
}

// unquoted is the text of a JSON string.
func (c *coercer) unquoted(f *Field, raw []byte) string {
	return c.repaired(f, raw, string(jsonscan.Unquote(raw)))
}

// repaired replaces what is no character in a text that came as raw.
func (c *coercer) repaired(f *Field, raw []byte, s string) string {
	if wasRepaired(raw, s) {
		c.note(f, ruleUTF8)
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return s
}

// wasRepaired reports whether decoding raw to s replaced what is no character.
func wasRepaired(raw []byte, s string) bool {
	if len(raw) == len(s)+2 && string(raw[1:len(raw)-1]) == s {
		return false
	}
	if !utf8.Valid(raw) {
		return true
	}
	return strings.ContainsRune(s, utf8.RuneError) &&
		!bytes.ContainsRune(raw, utf8.RuneError) &&
		!bytes.Contains(bytes.ToLower(raw), []byte(`\ufffd`))
}

func (c *coercer) cleaned(f *Field, s string) string {
	s, changed := clean(s, f.Type == LargeText || f.Type == Email || f.Type == Phone)
	if changed {
		c.note(f, ruleControl)
	}
	return s
}

func (c *coercer) boxes(f *Field, raw []byte) (data any, fault string) {
	if raw[0] != '{' {
		return nil, ruleNotAnObject
	}
	boxes := make(map[string]string)
	dropped := false
	for key, member := range jsonscan.Members(raw) {
		id, ok := optionID(f, string(key))
		s, bad := c.scalar(f, member)
		if !ok {
			bad = ruleNotAnOption
		}
		switch {
		case bad != "":
			c.drop(f, bad)
			dropped = true
		case s != "":
			boxes[id] = s
		}
	}
	switch {
	case len(boxes) > 0:
		return boxes, ""
	case dropped:
		return absent{}, ""
	}
	return nil, ""
}

// isBlank reports whether raw is null, an empty list or a string of spaces.
func isBlank(raw []byte) bool {
	switch raw[0] {
	case 'n':
		return true
	case '"', '[':
		return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
	}
	return false
}

// decode decodes valid JSON, keeping numbers as written.
func decode(raw []byte) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil // cannot happen: the record was checked
	}
	return v
}
