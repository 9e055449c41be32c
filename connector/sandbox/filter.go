package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxFilterText = 75 // characters

// filter is a checked filter of a search.
type filter struct {
	or       bool
	children []*filter               // of a group
	match    func(*person) bool      // of a leaf
	hit      func(v *view) []*person // all that a leaf matches, perhaps others too, where an index knows them
	tag      string                  // of a leaf that asks for one tag
	added    *stretch                // of a leaf that asks when people were added
	not      func(v *view) []*person // all that a leaf does not match, perhaps others too, where an index knows them
}

// What can be asked about a field. contains_set is not on the vendor's page about search; these fields were seen to take it.
const (
	asksExact  = "eq not_eq exists not_exists"
	asksText   = asksExact + " contains not_contains"
	asksNumber = asksExact + " range"
	asksDate   = "range exists not_exists"
	asksSet    = " contains_set"
)

// askable is what can be asked about each standard field.
var askable = func() map[string]string {
	out := map[string]string{}
	for operators, names := range map[string]string{
		"eq not_eq" + asksSet: "id",
		asksExact + asksSet:   "email",
		asksText + asksSet:    "phone tags",
		asksText:              "firstNameLowerCase lastNameLowerCase companyName businessName address city state postalCode source",
		asksExact: `contactName website assignedTo country dnd followers isValidWhatsapp timezone type validEmail activeWorkflows finishedWorkflows
			dndSettings.Email.status dndSettings.SMS.status dndSettings.Call.status inboundDndSettings.all.status`,
		asksDate: "dateAdded dateUpdated dateOfBirth lastEmailClickedDate lastEmailOpenedDate lastAppointment",
		"nested": "opportunities",
	} {
		for name := range strings.FieldsSeq(names) {
			out[name] = operators
		}
	}
	return out
}()

// askableCustom is what can be asked about a custom field, by its data type.
var askableCustom = map[string]string{"TEXT": asksText, "LARGE_TEXT": asksText, "SINGLE_OPTIONS": asksText, "RADIO": asksText, "PHONE": asksText,
	"CHECKBOX": asksExact, "MULTIPLE_OPTIONS": asksExact, "NUMERICAL": asksNumber, "MONETORY": asksNumber, "DATE": asksDate, "TEXTBOX_LIST": asksText}

// asked is a field that a filter asks about.
type asked struct {
	name      string
	operators string
	values    func(*person) []string
	lookup    func(v *view, text string) []*person // those with a text, perhaps others too, where an index knows them
}

// standard gives a standard field, whose values are none where the sandbox has nothing of the kind.
func standard(name string) asked {
	a := asked{name: name, operators: askable[name], values: func(p *person) []string { return texts(p.valueOf(name)) }}
	switch name {
	case "tags":
		a.values = func(p *person) []string { return p.tags }
	case "id":
		a.lookup = func(v *view, id string) []*person {
			if p := v.ids[id]; p != nil {
				return []*person{p}
			}
			return nil
		}
	case "email":
		a.lookup = func(v *view, email string) []*person { return v.emails.get(strings.ToLower(email)) }
	case "phone":
		a.lookup = func(v *view, phone string) []*person { return v.phones.get(phone) }
	}
	return a
}

// valueOf gives a standard field by its name in filters.
func (p *person) valueOf(name string) any {
	x := p.extra()
	switch name {
	case "id":
		return p.id
	case "contactName":
		return strings.ToLower(p.name())
	case "firstNameLowerCase":
		return strings.ToLower(p.get(fFirstName))
	case "lastNameLowerCase":
		return strings.ToLower(p.get(fLastName))
	case "address":
		return p.get(fAddress1)
	case "dnd":
		return x.dnd
	case "dateAdded":
		return iso(p.added)
	case "dateUpdated":
		return iso(p.updated)
	case "inboundDndSettings.all.status":
		return statusOf(x.inbound, "all")
	}
	if channel, is := strings.CutPrefix(name, "dndSettings."); is {
		return statusOf(x.dndSet, strings.TrimSuffix(channel, ".status"))
	}
	if i := slices.Index(fieldNames[:], name); i >= 0 {
		return p.get(field(i))
	}
	return nil
}

func statusOf(settings object, key string) any {
	setting, _ := settings[key].(object)
	return setting["status"]
}

// texts gives what a value holds: the texts of a list, a scalar as text, or nothing.
func texts(v any) []string {
	if l, are := stringList(v); are {
		return l
	}
	if t := plain(v); t != "" {
		return []string{t}
	}
	return nil
}

// custom gives the field of "customFields.<id>" or, for a TEXTBOX_LIST, "customFields.<id>.<optionId>".
func (s *Server) custom(name string) (a asked, ok bool) {
	id, option, hasOption := strings.Cut(strings.TrimPrefix(name, "customFields."), ".")
	def, known := s.field(id)
	if !known || hasOption != (def.DataType == "TEXTBOX_LIST") {
		return asked{}, false
	}
	a = asked{name: name, operators: askableCustom[def.DataType], values: func(p *person) []string {
		v, _ := p.customValue(id)
		if boxes, are := v.(object); are {
			v = boxes[option]
		}
		return texts(v)
	}}
	if a.operators == asksText && !hasOption {
		a.lookup = func(v *view, text string) []*person { return v.byCustom(id, text) }
	}
	return a, a.operators != ""
}

// parse checks a list of filters and gives them as one group.
func (s *Server) parse(list []any, or bool) (*filter, *answer) {
	group, leaves := &filter{or: or}, 0
	for _, e := range list {
		o, is := e.(object)
		if !is {
			return nil, unprocessable("each value in nested property filters must be either object or array")
		}
		parse := s.parseLeaf
		if _, isGroup := o["group"]; isGroup {
			parse = s.parseGroup
		} else if leaves++; leaves > s.opts.MaxFilters {
			return nil, refuse(400, fmt.Sprintf("Maximum of %d filters exceeded", s.opts.MaxFilters))
		}
		child, refusal := parse(o)
		if refusal != nil {
			return nil, refusal
		}
		group.children = append(group.children, child)
	}
	return group, nil
}

func (s *Server) parseGroup(o object) (*filter, *answer) {
	list, is := o["filters"].([]any)
	if !is {
		return nil, refuse(400, "Invalid filters in group")
	}
	if o["group"] != "AND" && o["group"] != "OR" {
		return nil, refuse(400, "Invalid group "+plain(o["group"]))
	}
	return s.parse(list, o["group"] == "OR")
}

func (s *Server) parseLeaf(o object) (*filter, *answer) {
	name, op := text(o, "field"), text(o, "operator")
	a := standard(name)
	if strings.HasPrefix(name, "customFields.") {
		var known bool
		if a, known = s.custom(name); !known {
			return nil, refuse(400, "Invalid Filter field type - "+name+"! Check if custom field exists")
		}
	}
	if a.operators == "" {
		return nil, refuse(400, "Invalid field "+name)
	}
	if !slices.Contains(strings.Fields(a.operators), op) || op == "contains_set" && s.is(SetsRefused) {
		return nil, refuse(400, "Invalid Operator ("+op+") passed for field "+name)
	}
	leaf, complaint := s.leaf(a, op, o["value"])
	if complaint == invalidValue {
		complaint = "Invalid value for '" + op + "' operator for '" + name + "' field"
	}
	if complaint != "" {
		return nil, refuse(400, complaint)
	}
	return leaf, nil
}

const invalidValue = "invalid value"

// leaf makes one condition; an answer in complaint says why it cannot be.
func (s *Server) leaf(a asked, op string, v any) (leaf *filter, complaint string) {
	op, negate := strings.CutPrefix(op, "not_")
	leaf = &filter{}
	switch op {
	case "exists":
		leaf.match = func(p *person) bool { return len(a.values(p)) > 0 }
	case "range":
		if leaf.match, complaint = a.within(v); a.name == "dateAdded" && complaint == "" {
			leaf.added = stretchOf(v.(object))
		}
	case "nested":
		leaf.match, complaint = s.withOpportunity(v)
	default:
		leaf, complaint = s.equals(a, op, v)
	}
	if complaint != "" || !negate {
		return leaf, complaint
	}
	match := leaf.match
	return &filter{match: func(p *person) bool { return !match(p) }, not: leaf.hit}, ""
}

// equals makes the condition that one of the field's values is, or contains, one of those asked for.
func (s *Server) equals(a asked, op string, v any) (leaf *filter, complaint string) {
	wanted, complaint := s.wanted(a.name, op, v)
	if complaint != "" {
		return nil, complaint
	}
	same := func(held, wanted string) bool { return held == wanted }
	switch {
	case op == "contains_set" && s.is(SetsIgnored):
		same = func(string, string) bool { return false }
	case op == "contains":
		same = func(held, wanted string) bool {
			return strings.Contains(strings.ToLower(held), strings.ToLower(wanted))
		}
	case a.name == "email" && !s.is(EmailExact):
		same = strings.EqualFold
	}
	leaf = &filter{match: func(p *person) bool {
		return slices.ContainsFunc(a.values(p), func(held string) bool {
			return slices.ContainsFunc(wanted, func(w string) bool { return same(held, w) })
		})
	}}
	if op == "eq" && a.name == "tags" && len(wanted) == 1 {
		leaf.tag = wanted[0]
	}
	if a.lookup != nil && op != "contains" {
		leaf.hit = func(v *view) (people []*person) {
			for _, w := range wanted {
				people = append(people, a.lookup(v, w)...)
			}
			return people
		}
	}
	return leaf, ""
}

// wanted reads the value of eq, contains and contains_set. Beside a set, only tags may be asked for by a list.
func (s *Server) wanted(name, op string, v any) (wanted []string, complaint string) {
	wanted, isList := stringList(v)
	switch v.(type) {
	case string, float64, bool:
		wanted = []string{plain(v)}
	}
	most := 1
	if op == "contains_set" {
		most = s.opts.MaxSet
	}
	if len(wanted) == 0 || isList != (op == "contains_set") && name != "tags" || len(wanted) > most && name != "tags" {
		return nil, invalidValue
	}
	for _, t := range wanted {
		if utf8.RuneCountInString(t) > maxFilterText {
			return nil, invalidValue
		}
		if op != "contains" {
			continue
		}
		if utf8.RuneCountInString(t) < 3 {
			return nil, "Min. 3 characters required for applying contains filter"
		}
		if strings.ContainsFunc(t, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' }) {
			return nil, invalidValue
		}
	}
	return wanted, ""
}

// matches says whether a person passes. An empty group passes all.
func (f *filter) matches(p *person) bool {
	if f.match != nil {
		return f.match(p)
	}
	for _, c := range f.children {
		if c.matches(p) == f.or {
			return f.or
		}
	}
	return !f.or || len(f.children) == 0
}
