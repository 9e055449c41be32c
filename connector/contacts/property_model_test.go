package contacts_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// The model that the property test holds the engine to. It knows what each
// contact must hold, field by field, by applying records and human edits one
// after another; it shares nothing with the engine.

// choice is a value as a source says it, as the CRM holds it, and as plain text.
type choice struct {
	say, hold any
	text      string
}

func plainly(texts ...string) []choice {
	var out []choice
	for _, t := range texts {
		out = append(out, choice{t, t, t})
	}
	return out
}

// property is a column, the field that it feeds and what the field may hold.
type property struct {
	column, field string
	custom        bool
	choices       []choice
}

var properties = []property{
	{"first_name", "firstName", false, plainly("Ana", "Ben", "Eva")},
	{"last_name", "lastName", false, plainly("Lopez", "Miller")},
	{"address", "address1", false, plainly("1 Main St", "2 Oak Ave")},
	{"city", "city", false, plainly("Austin", "Boston", "Chicago")},
	{"state", "state", false, plainly("TX", "MA")},
	{"zip", "postalCode", false, plainly("78701", "02108")},
	{"website", "website", false, plainly("https://example.com/a", "https://example.com/b")},
	{"company", "companyName", false, plainly("Acme", "Globex")},
	{"dob", "dateOfBirth", false, []choice{{"1990-09-25", "1990-09-25", "1990-09-25"}, {"09/26/1990", "1990-09-26", "1990-09-26"}}},
	{"country", "country", false, []choice{{"Canada", "CA", "CA"}, {"US", "US", "US"}, {"mex", "MX", "MX"}}},
	{"source", "source", false, plainly("fair", "web")},
	{"customer_number", "cfText00000000000001", true, plainly("N-1", "N-2")},
	{"visits", "cfNumerical000000003", true, []choice{{"7", 7.0, "7"}, {8, 8.0, "8"}}},
	{"topics", "cfCheckbox0000000006", true, []choice{{[]string{"news"}, []string{"News"}, "[News]"}, {"Offers, News", []string{"News", "Offers"}, "[News Offers]"}}},
	{"member_since", "cfDate00000000000009", true, []choice{{"2024-03-04", "2024-03-04", "2024-03-04"}, {"2024-03-05T10:00:00Z", "2024-03-05", "2024-03-05"}}},
}

func (p property) pick(rng *rand.Rand) choice { return p.choices[rng.IntN(len(p.choices))] }

// read is what a contact holds in a field, as plain text.
func (p property) read(c sandbox.Contact) string {
	from := c.Fields
	if p.custom {
		from = c.CustomFields
	}
	switch v := from[p.field].(type) {
	case nil:
		return ""
	case []string:
		return fmt.Sprint(slices.Sorted(slices.Values(v)))
	default:
		return fmt.Sprint(v)
	}
}

// kind says how a person can be told from others.
type kind int

const (
	byEmail  kind = iota // an email; any phone is somebody else's edit
	byBoth               // an email and a phone of their own
	ofFamily             // an email, and a phone that several people share
	byPhone              // a phone of their own
)

// persona is one person of the model and the contact that must be theirs.
type persona struct {
	kind         kind
	email, phone string

	exists bool
	id     string               // of the contact, once it is known
	fields map[string]string    // what it must hold; absent is empty
	edited map[string]time.Time // changes that search may not know yet
	gone   time.Time            // when it was last deleted
	made   time.Time            // when a human last created it
	born   time.Time            // when it was last created by anybody
	tags   map[string]bool      // tags of humans, never delivered by a sync
	ours   map[string]bool      // tags ever delivered
}

func newPersona(k kind, number int, family string) *persona {
	p := &persona{kind: k, fields: map[string]string{}, edited: map[string]time.Time{}, tags: map[string]bool{},
		ours: map[string]bool{}}
	if k != byPhone {
		p.email = fmt.Sprintf("person%d@example.com", number)
	}
	switch k {
	case byBoth, byPhone:
		p.phone = fmt.Sprintf("+1%d55501%02d", 202+number/100, number%100)
	case ofFamily:
		p.phone = family
	}
	return p
}

// name tells the person in a failure.
func (p *persona) name() string { return p.email + "/" + p.phone }

// has reports whether a contact is this person's.
func (p *persona) has(c sandbox.Contact) bool {
	if p.email != "" {
		return strings.EqualFold(fmt.Sprint(c.Fields["email"]), p.email) || slices.Contains(c.AdditionalEmails, p.email) ||
			p.kind == byBoth && c.Fields["email"] == nil && c.Fields["phone"] == p.phone
	}
	return c.Fields["phone"] == p.phone
}

// vanish enters that the contact was deleted.
func (p *persona) vanish() {
	p.exists, p.id, p.gone = false, "", soon()
	clear(p.fields)
	clear(p.edited)
	clear(p.tags)
}

// soon is now, and later than a sync that begins now.
func soon() time.Time { return time.Now().Add(time.Nanosecond) }

// delivery is one record as the model sees it.
type delivery struct {
	who     *persona
	values  map[string]choice // by field; an empty text clears
	tags    []string
	deleted bool
	byPhone bool // it does not tell the email
}

// names reports whether a delete means the person's contact: it must have what
// the record is trusted by most.
func (d delivery) names(held map[string]string) bool {
	if d.byPhone {
		return held["phone"] == d.who.phone
	}
	return held["email"] != ""
}

// effect is what a sync must have done to one person.
type effect struct {
	mayExist, mayMiss bool
	fields            map[string][]string // acceptable values
}

// circumstances of a sync that decide what it can be held to.
type circumstances struct {
	began      time.Time
	lag        time.Duration
	duplicates bool
	crashed    bool
	creates    bool
	ifEmpty    map[string]bool
	stream     []string // its own tags
	deletes    bool     // what the source has deleted is deleted, not untagged
	sweeps     bool     // who is missing may be deleted
}

// recent reports whether search may not have known of an event.
func (c circumstances) recent(t time.Time) bool { return t.After(c.began.Add(-c.lag)) }

// expect works out what a person's contact may hold after the sync.
func (p *persona) expect(c circumstances, all []delivery) effect {
	e := effect{mayExist: p.exists, mayMiss: !p.exists, fields: map[string][]string{}}
	for f, v := range p.fields {
		e.fields[f] = []string{v}
	}
	if len(all) == 0 {
		e.mayMiss = e.mayMiss || c.sweeps
		return e
	}
	if all[0].deleted {
		if c.deletes && p.exists && slices.ContainsFunc(all, func(d delivery) bool { return d.names(p.fields) }) {
			e.mayMiss, e.mayExist = true, c.recent(p.made) || c.crashed
		}
		return e
	}
	doubtful := c.recent(p.gone) // search may still show the contact that is gone
	if !p.exists && !c.creates {
		return e
	}
	e.mayExist, e.mayMiss = true, doubtful && !p.exists
	after, delivered := p.apply(c, all)
	p.identify(c, after, e.fields, doubtful)
	for f, v := range after {
		if f == "email" || f == "phone" {
			continue
		}
		accepted := []string{v}
		unsure := p.unsure(c, f) || doubtful
		if unsure || f == "companyName" && p.kind == ofFamily && c.duplicates { // an upsert could hit a relative
			accepted = append(append(accepted, p.fields[f]), delivered[f]...)
		}
		if f == "source" && !p.exists && all[0].values[f].text == "" { // written alone, the first record gave it the configured one
			accepted = append(accepted, "capitalaudience")
		}
		if unsure && f == "country" {
			accepted = append(accepted, "US")
		}
		e.fields[f] = accepted
	}
	if !c.creates && c.recent(p.made) { // it may have come after the sync looked, or between two of its records
		for f := range e.fields {
			e.fields[f] = append(e.fields[f], p.fields[f])
		}
		for i := range all {
			later, _ := p.apply(c, all[i:])
			for f := range e.fields {
				e.fields[f] = append(e.fields[f], later[f])
			}
		}
	}
	return e
}

// apply writes records one after another and then the defaults. It also lists
// all that was delivered.
func (p *persona) apply(c circumstances, all []delivery) (after map[string]string, delivered map[string][]string) {
	after, delivered = maps.Clone(p.fields), map[string][]string{}
	after["source"] = p.fields["source"]
	for _, d := range all {
		for f, v := range d.values {
			if !c.ifEmpty[f] || after[f] == "" {
				after[f] = v.text
			}
			delivered[f] = append(delivered[f], v.text)
		}
	}
	if !p.exists && after["source"] == "" {
		after["source"] = "capitalaudience"
	}
	if after["country"] == "" {
		after["country"] = "US"
	}
	return after, delivered
}

// unsure reports whether the sync may have seen an older value of the field
// than the contact held, as DESIGN.md says of what is younger than a minute.
func (p *persona) unsure(c circumstances, field string) bool {
	return c.recent(p.edited[field]) || c.crashed && c.lag > 0
}

// identify says what email and phone the contact may have.
func (p *persona) identify(c circumstances, after map[string]string, fields map[string][]string, doubtful bool) {
	if after["email"] == "" {
		after["email"] = p.email
	}
	fields["email"] = []string{after["email"]}
	switch {
	case p.kind == ofFamily:
		fields["phone"] = []string{p.phone}
		if !c.duplicates || doubtful {
			fields["phone"] = []string{p.phone, p.fields["phone"]}
		}
	case p.phone != "":
		fields["phone"] = []string{p.phone}
	default:
		fields["phone"] = []string{after["phone"]}
	}
}
