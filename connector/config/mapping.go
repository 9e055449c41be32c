package config

import (
	"slices"
	"strings"
)

// FieldMapping sends the column From, or what stands at that path in the record, to the field To; with an empty To the column goes
// nowhere. Where Value is set it takes the place of a column, and From is empty. Stream is empty (all streams), a name, or
// "namespace.name".
type FieldMapping struct {
	Stream string        `json:"stream" blanks:"verbatim"`
	From   string        `json:"from" blanks:"verbatim"`
	To     string        `json:"to"`
	When   string        `json:"when,omitempty"`   // "" is that of the stream
	Value  *string       `json:"value,omitempty"`  // never empty
	Values []Translation `json:"values,omitempty"` // applied before the field reads the value; no From twice in any case of letters
	Negate bool          `json:"negate"`           // true and false change places
}

// Translation replaces the value From, which is AnyOther for all that are not named. An empty To is no value.
type Translation struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// checkMappings reports entries that cannot mean anything. Several with one field are tried in order, so they are no fault; but a column
// cannot be switched off and written by entries of the same rank.
func (c *Config) checkMappings(k *checker) {
	type column struct{ stream, from string }
	first := map[column]int{}
	for i, m := range c.FieldMapping {
		path := at("field_mapping", i)
		m.check(k, path)
		if strings.TrimSpace(m.From) == "" {
			continue
		}
		from := column{m.Stream, m.From}
		j, taken := first[from]
		if !taken {
			first[from] = i
		} else if other := c.FieldMapping[j]; (m.To == "") != (other.To == "") {
			k.fault(path+".to", "%s says the opposite of the same column; take one of them out", at("field_mapping", j))
		}
	}
}

func (m *FieldMapping) check(k *checker, path string) {
	column, value := strings.TrimSpace(m.From) != "", m.Value != nil || k.seen[path+".value"]
	switch {
	case column && value:
		k.fault(path+".value", "stands in place of a column; take from or value out")
	case !column && !value:
		k.fault(path+".from", "missing; name the column, or give every record the same by value")
	case m.To == "" && (value || len(m.Values) > 0 || m.Negate):
		k.fault(path+".to", "missing; name the field that gets the value")
	case value && (len(m.Values) > 0 || m.Negate):
		k.fault(path+".value", "is written as it is; take values and negate out")
	}
	m.checkValues(k, path)
}

// checkValues reports translations that cannot mean anything.
func (m *FieldMapping) checkValues(k *checker, path string) {
	for i, v := range m.Values {
		same := func(o Translation) bool { return strings.EqualFold(o.From, v.From) }
		switch first := slices.IndexFunc(m.Values, same); {
		case v.From == "":
			k.fault(at(path+".values", i)+".from", "empty; name the value, or put * for all others")
		case first < i:
			k.fault(at(path+".values", i)+".from", "the same as %s.from", at(path+".values", first))
		}
	}
}
