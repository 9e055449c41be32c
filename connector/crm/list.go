package crm

import (
	"encoding/json"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
)

// absent is a value whose parts were all dropped: it neither writes nor clears.
type absent struct{}

// cleared stands for a value that empties its field, whatever null means.
type cleared struct{}

// entries are what a value holds that may be several.
type entries struct {
	list []string // cleaned, without blanks and words for nothing
	text string   // what the list was split from; "" if it was told where each entry ends
}

// entries returns the entries of a value. The elements of an array and entries
// in quotes are never split, nor is a text of which whole says so.
func (c *coercer) entries(f *Field, raw []byte, whole func(string) bool) (e entries, fault string) {
	switch raw[0] {
	case '[':
		return entries{list: c.elements(f, raw)}, ""
	case '"':
		return c.entriesInText(f, strings.TrimSpace(c.unquoted(f, raw)), whole)
	}
	s, fault := c.scalar(f, raw)
	if fault != "" || s == "" {
		return entries{}, fault
	}
	return entries{list: []string{s}}, ""
}

func (c *coercer) elements(f *Field, array []byte) (list []string) {
	for element := range jsonscan.Elements(array) {
		s, bad := c.scalar(f, element)
		if bad != "" {
			c.drop(f, bad)
		} else if s != "" {
			list = append(list, s)
		}
	}
	return list
}

func (c *coercer) entriesInText(f *Field, text string, whole func(string) bool) (e entries, fault string) {
	s, _ := clean(text, false)
	switch {
	case c.saysNothing(f, s):
		return entries{}, ""
	case whole(s):
		return entries{list: []string{c.entry(f, text)}}, ""
	case text[0] == '[' && json.Valid([]byte(text)):
		return entries{list: c.elements(f, []byte(text))}, ""
	case isObjectInText(text):
		return entries{}, ruleIsAnObject
	}
	in := splitList(text)
	if in.fault != "" {
		return entries{}, in.fault
	}
	e.list = c.plainEntries(f, in)
	if !in.sure {
		e.text = in.text
	}
	return e, ""
}

// isObjectInText reports whether a text is an object, in JSON or Python: {'name': 'vip'}.
func isObjectInText(s string) bool {
	if s[0] != '{' || s == "{}" {
		return false
	}
	key := strings.TrimSpace(s[1:])
	if key == "" || !isQuote(key[0]) {
		return json.Valid([]byte(s))
	}
	_, rest, _ := strings.Cut(key[1:], key[:1])
	return strings.HasPrefix(strings.TrimSpace(rest), ":")
}

// plainEntries are the entries of a list in a text as values.
func (c *coercer) plainEntries(f *Field, in listInText) (list []string) {
	for _, s := range in.entries {
		if !in.sure {
			var fault string
			if s, fault = plainEntry(s); fault != "" {
				c.drop(f, fault)
			}
		}
		if s = c.entry(f, s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// entry is an entry of a list without what none should hold; "" if it stands for none.
func (c *coercer) entry(f *Field, s string) string {
	s, changed := clean(s, false)
	if c.saysNothing(f, s) {
		return ""
	}
	if changed {
		c.note(f, ruleControl)
	}
	return s
}

// tags reads tags. A text that was split into several comes as a [Phrase].
func (c *coercer) tags(f *Field, raw []byte) (data any, fault string) {
	if isTrueOrFalse(raw) && !c.from.is(asTranslated) {
		return nil, ruleIsABool
	}
	e, fault := c.entries(f, raw, func(s string) bool { return c.tagNames[tagOf(s)] })
	if fault != "" || len(e.list) == 0 {
		return nil, fault
	}
	tags := tagsOf(e.list)
	if e.text != "" && len(tags) > 1 {
		return Phrase{Text: tagOf(e.text), Tags: tags}, ""
	}
	return tags, ""
}

// isTrueOrFalse reports whether a raw value is a boolean, or the text of one.
func isTrueOrFalse(raw []byte) bool {
	word := strings.ToLower(strings.Trim(string(raw[:min(len(raw), len(`"false"`)+1)]), `"`))
	return word == "true" || word == "false"
}

// options reads the labels of a field that takes several.
func (c *coercer) options(f *Field, raw []byte) (data any, fault string) {
	e, fault := c.entries(f, raw, func(s string) bool {
		_, listed := listedLabel(f, s)
		return listed
	})
	if fault != "" || len(e.list) == 0 {
		return nil, fault
	}
	var labels textSet
	unticked := false
	labels.grow(len(e.list))
	for _, s := range c.byLabels(f, e) {
		label, ok := optionLabel(f, s)
		switch {
		case ok:
			labels.add(label)
		case isUntick(f, s):
			unticked = true
		default:
			c.drop(f, ruleNotAnOption)
		}
	}
	switch {
	case len(labels.list) > 0:
		return labels.list, ""
	case unticked:
		return cleared{}, ""
	}
	return absent{}, ""
}

// byLabels splits the text of a list anew where the known labels say better: a
// label may hold what separates others, and several separators may be in use. At
// each place the longest label wins; what is no label is split as before.
func (c *coercer) byLabels(f *Field, e entries) []string {
	unlisted := func(s string) bool {
		_, listed := listedLabel(f, s)
		return !listed
	}
	if e.text == "" || len(f.Options) == 0 || !slices.ContainsFunc(e.list, unlisted) {
		return e.list
	}
	var list []string
	start, lost := 0, 0 // text[lost:start] is no label
	ends, joins := separatorsIn(e.text), f.separatorsInLabels()
	for i := 0; i < len(ends); i++ {
		last := min(i+joins, len(ends)-1)
		for last > i && unlisted(e.text[start:ends[last]]) {
			last--
		}
		next := ends[last] + 1
		if label := e.text[start:ends[last]]; !unlisted(label) {
			list = append(append(list, c.plainEntries(f, splitList(e.text[lost:start]))...), label)
			lost = next
		}
		start, i = next, last
	}
	return append(list, c.plainEntries(f, splitList(e.text[min(lost, len(e.text)):]))...)
}

const listSeparators = "\n;,|"

// separatorsIn are the places of a text where an entry may end, its end included.
func separatorsIn(s string) (places []int) {
	for i := range len(s) {
		if strings.IndexByte(listSeparators, s[i]) >= 0 {
			places = append(places, i)
		}
	}
	return append(places, len(s))
}

// separatorsInLabels is how many separators a label of the field holds at most.
// More than twenty are not looked for.
func (f *Field) separatorsInLabels() (most int) {
	for _, o := range f.Options {
		most = max(most, len(separatorsIn(o.Label))-1)
	}
	return min(most, 20)
}
