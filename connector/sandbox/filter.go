package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const maxFilterText = 75 // characters

// filter is a checked filter of a search.
type filter struct {
	or       bool
	children []*filter               // of a group
	match    func(*person) bool      // of a leaf
	hit      func(v *view) []*person // those a leaf matches, where an index knows them
	tag      string                  // of a leaf that asks for one tag
}

// property is what can be asked about a field.
type property struct {
	operators []string
	get       func(*person) []string // its values, for eq and contains
	when      func(*person) (time.Time, bool)
	number    func(*person) (float64, bool)
	lookup    func(v *view, text string) []*person
	fold      bool // eq without regard to case
}

var (
	opsID     = []string{"eq", "not_eq"}
	opsExact  = []string{"eq", "not_eq", "exists", "not_exists"}
	opsText   = []string{"eq", "not_eq", "contains", "not_contains", "exists", "not_exists"}
	opsDate   = []string{"range", "exists", "not_exists"}
	opsNumber = []string{"range", "exists", "not_exists", "eq", "not_eq"}
)

func ofField(f field) func(*person) []string {
	return func(p *person) []string {
		if v := p.get(f); v != "" {
			return []string{v}
		}
		return nil
	}
}

func lower(get func(*person) string) func(*person) []string {
	return func(p *person) []string {
		if v := get(p); v != "" {
			return []string{strings.ToLower(v)}
		}
		return nil
	}
}

func never(*person) []string              { return nil }
func neverWhen(*person) (time.Time, bool) { return time.Time{}, false }
func status(channel string) func(*person) []string {
	return func(p *person) []string {
		if setting, ok := p.extra().dndSet[channel].(object); ok {
			return []string{plain(setting["status"])}
		}
		return nil
	}
}

// properties are the fields that can be filtered, but for custom fields.
var properties = map[string]property{
	"id":                 {operators: opsID, get: func(p *person) []string { return []string{p.id} }, lookup: func(v *view, id string) []*person { return some(v.ids[id]) }},
	"contactName":        {operators: opsExact, get: lower((*person).name), fold: true},
	"firstNameLowerCase": {operators: opsText, get: lower(func(p *person) string { return p.get(fFirstName) })},
	"lastNameLowerCase":  {operators: opsText, get: lower(func(p *person) string { return p.get(fLastName) })},
	"companyName":        {operators: opsText, get: ofField(fCompanyName)},
	"businessName":       {operators: opsText, get: ofField(fBusinessName)},
	"address":            {operators: opsText, get: ofField(fAddress1)},
	"city":               {operators: opsText, get: ofField(fCity)},
	"state":              {operators: opsText, get: ofField(fState)},
	"postalCode":         {operators: opsText, get: ofField(fPostalCode)},
	"phone":              {operators: opsText, get: ofField(fPhone), lookup: func(v *view, phone string) []*person { return v.phones.get(phone) }},
	"source":             {operators: opsText, get: ofField(fSource)},
	"tags":               {operators: opsText, get: func(p *person) []string { return p.tags }},
	"email":              {operators: opsExact, get: ofField(fEmail), fold: true, lookup: func(v *view, email string) []*person { return v.emails.get(strings.ToLower(email)) }},
	"website":            {operators: opsExact, get: ofField(fWebsite)},
	"assignedTo":         {operators: opsExact, get: ofField(fAssignedTo)},
	"country":            {operators: opsExact, get: ofField(fCountry)},
	"dnd":                {operators: opsExact, get: func(p *person) []string { return []string{plain(p.extra().dnd)} }},
	"followers":          {operators: opsExact, get: never},
	"isValidWhatsapp":    {operators: opsExact, get: never},
	"timezone":           {operators: opsExact, get: ofField(fTimezone)},
	"type":               {operators: opsExact, get: ofField(fType)},
	"validEmail":         {operators: opsExact, get: never},
	"activeWorkflows":    {operators: opsExact, get: never},
	"finishedWorkflows":  {operators: opsExact, get: never},

	"dateAdded":            {operators: opsDate, when: func(p *person) (time.Time, bool) { return time.UnixMilli(p.added), true }},
	"dateUpdated":          {operators: opsDate, when: func(p *person) (time.Time, bool) { return time.UnixMilli(p.updated), true }},
	"dateOfBirth":          {operators: opsDate, when: func(p *person) (time.Time, bool) { return dayOf(p.get(fDateOfBirth)) }},
	"lastEmailClickedDate": {operators: opsDate, when: neverWhen},
	"lastEmailOpenedDate":  {operators: opsDate, when: neverWhen},
	"lastAppointment":      {operators: opsDate, when: neverWhen},

	"dndSettings.Email.status": {operators: opsExact, get: status("Email")},
	"dndSettings.SMS.status":   {operators: opsExact, get: status("SMS")},
	"dndSettings.Call.status":  {operators: opsExact, get: status("Call")},
	"inboundDndSettings.all.status": {operators: opsExact, get: func(p *person) []string {
		if all, ok := p.extra().inbound["all"].(object); ok {
			return []string{plain(all["status"])}
		}
		return nil
	}},
	"opportunities": {operators: []string{"nested"}},
}

func some(p *person) []*person {
	if p == nil {
		return nil
	}
	return []*person{p}
}

func dayOf(date string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, date)
	return t, err == nil
}

// customProperty says what can be asked about "customFields.<id>" or, for a TEXTBOX_LIST, "customFields.<id>.<optionId>".
func (s *Server) customProperty(name string) (property, bool) {
	id, option, hasOption := strings.Cut(strings.TrimPrefix(name, "customFields."), ".")
	def, ok := s.field(id)
	if !ok || hasOption != (def.DataType == "TEXTBOX_LIST") {
		return property{}, false
	}
	get := func(p *person) []string { v, _ := p.customValue(id); return textsOf(v) }
	switch def.DataType {
	case "TEXT", "LARGE_TEXT", "SINGLE_OPTIONS", "RADIO", "PHONE", "EMAIL":
		return property{operators: opsText, get: get, lookup: func(v *view, text string) []*person { return v.byCustom(id, text) }}, true
	case "CHECKBOX", "MULTIPLE_OPTIONS":
		return property{operators: opsExact, get: get}, true
	case "NUMERICAL", "MONETORY", "FLOAT":
		return property{operators: opsNumber, get: get, number: func(p *person) (float64, bool) { v, _ := p.customValue(id); return number(v) }}, true
	case "DATE":
		return property{operators: opsDate, when: func(p *person) (time.Time, bool) { v, _ := customText(p, id); return dayOf(v) }}, true
	case "TEXTBOX_LIST":
		return property{operators: opsText, get: func(p *person) []string {
			v, _ := p.customValue(id)
			m, _ := v.(object)
			return textsOf(m[option])
		}}, true
	}
	return property{}, false
}

func textsOf(v any) []string {
	if l, ok := stringList(v); ok {
		return l
	}
	if t := plain(v); t != "" {
		return []string{t}
	}
	return nil
}

// parse checks a list of filters and gives them as one group; leaves counts them.
func (s *Server) parse(list []any, or bool, leaves *int) (*filter, *answer) {
	group := &filter{or: or}
	for _, e := range list {
		o, ok := e.(object)
		if !ok {
			return nil, unprocessable("each value in nested property filters must be either object or array")
		}
		parse := s.parseLeaf
		if _, isGroup := o["group"]; isGroup {
			parse = func(o object) (*filter, *answer) { return s.parseGroup(o, leaves) }
		} else if *leaves++; *leaves > s.opts.MaxFilters {
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

func (s *Server) parseGroup(o object, leaves *int) (*filter, *answer) {
	list, ok := o["filters"].([]any)
	if !ok {
		return nil, refuse(400, "Invalid filters in group")
	}
	if o["group"] != "AND" && o["group"] != "OR" {
		return nil, refuse(400, "Invalid group "+plain(o["group"]))
	}
	return s.parse(list, o["group"] == "OR", leaves)
}

func (s *Server) parseLeaf(o object) (*filter, *answer) {
	name, op := text(o, "field"), text(o, "operator")
	prop, ok := properties[name]
	if !ok && strings.HasPrefix(name, "customFields.") {
		if prop, ok = s.customProperty(name); !ok {
			return nil, refuse(400, "Invalid Filter field type - "+name+"! Check if custom field exists")
		}
	}
	if !ok {
		return nil, refuse(400, "Invalid field "+name)
	}
	if !slices.Contains(prop.operators, op) {
		return nil, refuse(400, "Invalid Operator ("+op+") passed for field "+name)
	}
	leaf, complaint := prop.leaf(name, op, o["value"])
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
func (q property) leaf(name, op string, v any) (leaf *filter, complaint string) {
	negate := strings.HasPrefix(op, "not_")
	var match func(*person) bool
	switch op := strings.TrimPrefix(op, "not_"); op {
	case "exists":
		match = q.exists
	case "range":
		match, complaint = q.within(v)
	case "nested":
		match = func(*person) bool { return false } // the sandbox has no opportunities
	default:
		values, complaint := filterTexts(name, op, v)
		if complaint != "" {
			return nil, complaint
		}
		leaf = &filter{match: q.compare(op, values)}
		if op == "eq" && !negate {
			q.quicken(leaf, name, values)
		}
		match = leaf.match
	}
	if complaint != "" {
		return nil, complaint
	}
	if negate {
		return &filter{match: func(p *person) bool { return !match(p) }}, ""
	}
	if leaf == nil {
		leaf = &filter{match: match}
	}
	return leaf, ""
}

// quicken lets an index answer the leaf where there is one.
func (q property) quicken(leaf *filter, name string, values []string) {
	if name == "tags" && len(values) == 1 {
		leaf.tag = values[0]
	}
	if q.lookup != nil {
		leaf.hit = func(v *view) []*person { return q.lookup(v, values[0]) }
	}
}

// filterTexts reads the value of eq and contains. Only tags may be asked for by a list.
func filterTexts(name, op string, v any) (values []string, complaint string) {
	values, isList := stringList(v)
	if !isList {
		switch v.(type) {
		case string, float64, bool:
			values = []string{plain(v)}
		}
	}
	if len(values) == 0 || isList && name != "tags" {
		return nil, invalidValue
	}
	for _, t := range values {
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
	return values, ""
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
