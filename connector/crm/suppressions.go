package crm

import "strings"

// Suppressions are people who must not be contacted: whoever a record names is
// put on do not disturb. Of contacts they have what finds one, the country that a
// phone is read by, and the channels.
var Suppressions = newKind(Kind{
	Name: "suppressions", One: "suppression", MatchOn: []string{fieldEmail, fieldPhone, fieldID},
	prefix: Contacts.prefix, shapes: contactShapes, qualified: contactQualifiers,
	foreignTypes: Contacts.foreignTypes, foreignPlaces: Contacts.foreignPlaces,
}, Contacts.rows(fieldID, fieldEmail, fieldPhone, fieldCountry, fieldDND, fieldChannels))

// rows are the rows of fields, by name or its beginning; no default fills them.
func (k *Kind) rows(names ...string) (rows []standard) {
	for _, name := range names {
		for _, s := range k.standards {
			if s.Name == name || strings.HasSuffix(name, ".") && strings.HasPrefix(s.Name, name) {
				s.filled = false
				rows = append(rows, s)
			}
		}
	}
	return rows
}

// Suppression is what a record asks for that names somebody who must not be
// contacted: the stops that it says, or, if it says nothing of being contacted or
// cannot be read there, one for all channels. It lifts nothing, and one that the
// source has deleted asks for nothing.
func (d *Desired) Suppression() Desired {
	said := d.UnclearConsent == nil && len(d.only(func(name string, _ Value) bool { return isConsent(name) }).Values) > 0
	s := d.OnlyStops()
	switch {
	case d.Deleted:
		s.Values = nil
	case !said:
		s.Values = map[string]Value{fieldDND: {Data: true}}
	}
	for name, v := range s.Values {
		s.Values[name] = Value{Data: v.Data}
	}
	return s
}

// Suppress adds the stops of a suppression to what a record asks for; nothing is
// lifted then, and no tag given or taken.
func (d *Desired) Suppress(by map[string]Value) {
	*d = d.Clone()
	for name, v := range d.Values {
		if isConsent(name) && !stops(v.Data) {
			delete(d.Values, name)
		}
	}
	if d.Values == nil {
		d.Values = map[string]Value{}
	}
	for name, v := range by {
		d.Values[name] = v
	}
	d.Tags, d.Phrases, d.TagsSaid = nil, nil, false
}

// Consents are the fields that say whether a person may be contacted.
func (t *Table) Consents() (fields []*Field) {
	for _, f := range t.Fields() {
		if isConsent(f.Name) {
			fields = append(fields, f)
		}
	}
	return fields
}
