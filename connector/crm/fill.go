package crm

import (
	"cmp"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// fill gives every field the first of its candidates that is there and valid,
// and returns the contact's id, if one is given.
func (r *record) fill() (id string) {
	r.barPlaces()
	if c := r.plan.country; c >= 0 && r.plan.has(c) { // it completes phones
		data, faulty := r.settle(c)
		if code, ok := data.(string); ok {
			r.region, r.ours = code, false
		} else if faulty {
			r.want.OtherCountry, r.region = true, ""
		}
	}
	for n, offered := range r.plan.offered {
		for ; offered != 0; offered &= offered - 1 {
			i := n*64 + bits.TrailingZeros64(offered)
			switch r.plan.table.fields[i].Type {
			case TagList:
				r.uniteTags(i)
			case ID:
				data, _, _ := r.choose(i)
				id, _ = data.(string)
			default:
				if i != r.plan.country {
					r.settle(i)
				}
			}
		}
	}
	return id
}

// settle gives one field the value that [record.choose] has found.
func (r *record) settle(i int) (data any, faulty bool) {
	f := r.plan.table.fields[i]
	data, from, faulty := r.choose(i)
	if from == nil {
		return data, faulty
	}
	v := Value{Data: data, When: from.when}
	if from.place.isGeolocation(r.plan.record) {
		v.When = IfEmpty
	}
	_, clears := data.(cleared)
	if clears {
		v.Data = nil
	}
	switch {
	case v.Data == nil && (v.When == IfEmpty || !clears && !r.plan.options.ClearNulls):
	case f.LinksTo() != "":
		r.want.link(f.Name, v)
	default:
		r.want.Values[f.Name] = v
		if s, ok := data.(string); ok && from.fallback && r.plan.table.kind.identifies(f) {
			r.plan.cells[i].fallback = true
			r.want.Fallbacks = append(r.want.Fallbacks, Key{f.Name, s})
		}
	}
	return data, faulty
}

// choose returns the value that a field gets and where it comes from. from is
// nil if the field is to be left alone: no candidate has anything to say, or one
// that would have the say was lost on its way. data is nil with it if the record
// says that there is nothing. faulty tells that a value could not be read.
func (r *record) choose(i int) (data any, from *route, faulty bool) {
	candidates := r.candidates(i)
	for n := range candidates {
		c := &candidates[n]
		if !r.counts(c.to) {
			continue
		}
		if c.raw == nil {
			r.plan.cells[i].unknown = true
			return nil, nil, faulty
		}
		value, rule := r.read(i, c)
		switch value.(type) {
		case nil:
			faulty = faulty || rule != "" && rule != ruleNoCountry
			if from == nil && rule == "" && !c.to.fallback {
				from = c.to
			}
		case absent:
			faulty = true
		default:
			return value, c.to, faulty
		}
	}
	if faulty {
		from = nil
	}
	return nil, from, faulty
}

// candidates are what the record offers for a field, best first, until the next call.
func (r *record) candidates(i int) []candidate {
	if cell := &r.plan.cells[i]; !cell.several {
		return cell.first[:]
	}
	return r.plan.sort(i)
}

func (p *Plan) sort(field int) []candidate {
	p.sorted = append(p.sorted[:0], p.cells[field].first[0])
	for n := range p.more {
		if p.more[n].to.field == field {
			p.sorted = append(p.sorted, p.more[n])
		}
	}
	slices.SortStableFunc(p.sorted, func(a, b candidate) int {
		return cmp.Or(a.to.compare(b.to), cmp.Compare(a.sub, b.sub))
	})
	return p.sorted
}

// counts reports whether a candidate is one in this record.
func (r *record) counts(t *route) bool {
	return r.isOpen(t.gate) && (t.place == nil || t.place.barred != r.plan.record)
}

func (r *record) isOpen(g *gate) bool {
	return g == nil || (g.declared || g.record == r.plan.record) && r.isOpen(g.within)
}

// read brings a candidate into canonical form, or notes the rule that it breaks.
func (r *record) read(i int, c *candidate) (data any, fault string) {
	r.column = c.to.shown
	if c.unturned {
		fault = ruleNotABool
	} else {
		data, fault = r.coerce(i, c.raw, c.to.origin|c.origin)
	}
	if fault != "" {
		r.leaveOut(i, c, fault)
		return nil, fault
	}
	return data, ""
}

// leaveOut notes a value that cannot be read. A column "id" is most often the
// source's own key, and nothing is left out then.
func (r *record) leaveOut(i int, c *candidate, fault string) {
	if fault != ruleNotAnID || c.to.entry != nil || !strings.EqualFold(c.to.path, fieldID) {
		r.drop(r.plan.table.fields[i], fault)
	}
	if !r.plan.matches(i) && !r.mustBeUser(i, c) {
		return
	}
	if r.faults == nil {
		r.faults = make(map[int]dropped)
	}
	if _, known := r.faults[i]; !known {
		r.faults[i] = dropped{r.column, fault}
	}
}

// meant is [coercer.value] for values that may mean something else.
func (c *coercer) meant(f *Field, raw []byte, from origin) (data any, fault string) {
	data, fault = c.value(f, raw, from)
	if fault == "" && from.is(doubtful) {
		fault = foreign(f, data)
	}
	return data, fault
}

// foreign is the rule by which a valid value means something else: a key or a
// number of the source (organization: 77), or the state of an account.
func foreign(f *Field, data any) string {
	s, ok := data.(string)
	switch {
	case !ok:
	case f.about().form != nil && f.about().form(s): // HighLevel's own
	case f.Type == ID, f.Name == fieldContact:
		return ruleNotAnID
	case isDigits(s), f.Type != Link && isKey(s), f.isName() && strings.IndexFunc(s, unicode.IsLetter) < 0:
		return ruleForeignKey
	case f.about().part == partState && len(s) >= shortestAccountState && accountStates[strings.ToLower(s)]:
		return ruleAccountState
	}
	return ""
}

// isKey reports whether a text is no name: #1001, a phone, an email, a system's key.
func isKey(s string) bool {
	if strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return s[0] == '#' || len(digitsOf(s)) >= fewestPhoneDigits
	}
	return strings.Contains(s, "@") && isEmail(s) || len(s) >= shortestKey && foreignKey.MatchString(s)
}

// A phone has seven digits; keys are Airtable's, Salesforce's, MongoDB's, and UUIDs.
const (
	fewestPhoneDigits = 7
	shortestKey       = 15
)

var foreignKey = regexp.MustCompile(`^(rec[0-9A-Za-z]{14}|00[1-9][0-9A-Za-z]{12}([0-9A-Za-z]{3})?|[0-9a-f]{24}|(?i:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}))$`)

// idLength is how many letters and digits HighLevel's ids of contacts and users have.
const idLength = 20

func isID(s string) bool {
	return len(s) == idLength && !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII || !isLetterOrDigit(byte(r)) })
}

// uniteTags adds the tags of all columns and mappings. If one of them cannot be
// read, or was lost, nobody knows what the record does not name.
func (r *record) uniteTags(i int) {
	said, lost := false, false
	candidates := r.candidates(i)
	for n := range candidates {
		c := &candidates[n]
		if !r.counts(c.to) {
			continue
		}
		if c.raw == nil {
			lost = true
			continue
		}
		before := len(r.notes)
		data, _ := r.read(i, c)
		for _, n := range r.notes[before:] {
			lost = lost || n.Dropped
		}
		some := true
		switch tags := data.(type) {
		case []string:
			r.want.Tags, some = appendTags(r.want.Tags, tags), len(tags) > 0
		case Phrase:
			r.want.Phrases = append(r.want.Phrases, tags)
		default:
			some = false
		}
		constant := c.to.entry != nil && c.to.entry.Value != nil
		said = said || !constant && (c.raw[0] == '[' || some || r.plan.options.ClearNulls)
	}
	r.want.TagsSaid = said && !lost
}
