package crm

import (
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/trouble"
)

// findKeys lists the record's identifiers. What is of second choice is none.
func (r *record) findKeys(id string) {
	r.want.Keys = make([]Key, 0, len(r.plan.matchOn))
	for _, i := range r.plan.matchOn {
		f := r.plan.table.fields[i]
		data := r.want.Values[f.Name].Data
		if f.Type == ID {
			data = id
		}
		k, ok := r.key(i, data)
		_, faulty := r.faults[i]
		switch {
		case ok:
			r.want.Keys = append(r.want.Keys, k)
		case len(r.want.Keys) == 0 && r.want.UnreadKey == "" && (faulty || r.plan.has(i) && r.plan.cells[i].unknown):
			r.want.UnreadKey = f.Name
		}
	}
	r.findParent()
}

// key is what a value of a field identifies by; none if it is of second choice.
func (r *record) key(i int, data any) (k Key, ok bool) {
	f := r.plan.table.fields[i]
	k = Key{f.Name, keyText(data)}
	if f.Type == Text { // others are normalised as values
		k = KeyOf(k.Field, k.Value)
	}
	second := r.plan.has(i) && r.plan.cells[i].fallback
	return k, k.Value != "" && !second
}

// noIdentifier names what was wrong with the most trusted identifier, or the
// identifiers that are missing, and a column that looks like one.
func (r *record) noIdentifier(members []jsonscan.Pair) *trouble.Reject {
	var names []string
	fields, _ := r.plan.finding()
	for _, i := range fields {
		f := r.plan.table.fields[i]
		if d, ok := r.faults[i]; ok {
			return &trouble.Reject{Code: trouble.NoIdentifier, Field: f.display(), Column: d.column, Reason: d.rule}
		}
		names = append(names, f.display())
	}
	reject := &trouble.Reject{Code: trouble.NoIdentifier, Reason: "no value for " + strings.Join(names, " or ")}
	if look, ok := r.lookalike(members); ok {
		reject.Column = look.Column
		reject.Reason += fmt.Sprintf("; the column %q looks like it, so add to field_mapping %s", look.Column, look.Mapping())
	}
	return reject
}

// Lookalike is a column that feeds no match key, but whose values look like one.
type Lookalike struct {
	Column string // or the path below it
	Field  string // "email" or "phone"
}

// Mapping is the entry of field_mapping that makes the column feed the field.
func (l Lookalike) Mapping() string {
	return fmt.Sprintf(`{"from": %s, "to": %s}`, jsonscan.Quote(l.Column), jsonscan.Quote(l.Field))
}

// mostLookalikes is how many columns are named at most.
const mostLookalikes = 5

// Lookalikes returns columns of the records without an identifier that look like
// one, emails first, in the order of the alphabet.
func (p *Plan) Lookalikes() []Lookalike {
	looks := slices.Clone(p.looks)
	slices.SortFunc(looks, func(a, b Lookalike) int {
		return 2*strings.Compare(a.Field, b.Field) + strings.Compare(a.Column, b.Column)
	})
	return looks
}

// lookalike finds a column that looks like an email, else one that looks like a phone.
func (r *record) lookalike(members []jsonscan.Pair) (Lookalike, bool) {
	s := search{record: r}
	for _, m := range members {
		s.value(string(m.Name), string(m.Name), m.Value, 0)
	}
	for _, field := range []string{fieldEmail, fieldPhone} {
		column := s.found[field]
		if i, ok := r.plan.table.index[field]; !ok || column == "" || !r.plan.matches(i) {
			continue
		}
		look := Lookalike{column, field}
		if !slices.Contains(r.plan.looks, look) && len(r.plan.looks) < mostLookalikes {
			r.plan.looks = append(r.plan.looks, look)
		}
		return look, true
	}
	return Lookalike{}, false
}

// search looks through a record for values that look like an identifier.
type search struct {
	*record
	found map[string]string // by field, the first column in the order of the alphabet
}

func (s *search) members(object []byte, path string, depth int) {
	for key, raw := range jsonscan.Members(object) {
		s.value(string(key), path+string(key), raw, depth)
	}
}

func (s *search) value(name, path string, raw []byte, depth int) {
	if depth > 0 && !s.isKnown(name) || depth > deepest || s.plan.Shown(path) == "" || isInternal(name) {
		return
	}
	if _, declared := s.plan.declared.Declared(name); depth == 0 && !declared && s.plan.top.isMap {
		return
	}
	switch raw[0] {
	case '{':
		s.members(raw, path+".", depth+1)
	case '[':
		for element := range jsonscan.Elements(raw) {
			if element[0] == '{' {
				s.members(element, path+"."+anyEntry+".", depth+1)
			}
		}
	case '"':
		s.text(name, path, string(jsonscan.Unquote(raw)))
	}
}

// isKnown reports whether a member has a source's name: keys of a map can be people.
func (s *search) isKnown(name string) bool {
	m := s.plan.table.meaning(name, scope{whole: true, place: true})
	_, shape := s.plan.table.kind.shapes[fold(name)]
	return m.field >= 0 || shape
}

func (s *search) text(name, path, text string) {
	field := fieldEmail
	switch _, _, ok := normaliseEmail(text); {
	case ok:
	case looksLikePhone(text, s.plan.region):
		field = fieldPhone
	default:
		return
	}
	if m := s.plan.table.meaning(name, scope{whole: true}); m.field < 0 && m.near >= 0 && m.why != "" {
		return // somebody else's
	}
	if s.found == nil {
		s.found = make(map[string]string)
	}
	if best, ok := s.found[field]; !ok || path < best {
		s.found[field] = path
	}
}

// looksLikePhone reports whether a text is a phone number that is written like
// one: digits alone may be a key, and digits with dashes a date.
func looksLikePhone(text, region string) bool {
	if text == "" || strings.IndexByte("+(0123456789", text[0]) < 0 || !strings.ContainsAny(text, "+()-. ") ||
		strings.Count(text, "-") == 2 && len(text) == len("2006-01-02") {
		return false
	}
	return normalisePhone(text, region).fault == ""
}
