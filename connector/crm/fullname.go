package crm

import "slices"

// splitName replaces a full name by the parts it fills: the CRM derives the
// full name from them.
func (r *record) splitName() {
	full, ok := r.want.Values[fieldName]
	if !ok || r.plan.table.Field(fieldFirstName) == nil {
		return
	}
	first, last := r.want.Values[fieldFirstName], r.want.Values[fieldLastName]
	name, _ := full.Data.(string)
	given, family := splitName(name)
	restGiven, restFamily := given, family
	if len(r.inLanguage) > 0 { // beside "Vorname", "Name" is the rest
		restGiven, restFamily = name, name
		if family == "" && !slices.Contains(r.inLanguage, fieldLastName) {
			given, family = "", name
		}
	}
	firstName, _ := first.Data.(string)
	lastName, _ := last.Data.(string)
	switch {
	case name == "" && firstName+lastName != "":
		delete(r.want.Values, fieldName) // a part outranks the empty whole
		return
	case firstName != "" && lastName == "":
		family = restOfName(name, firstName, "", restFamily)
	case lastName != "" && firstName == "":
		given = restOfName(name, "", lastName, restGiven)
	}
	if firstName+lastName == "" {
		r.want.FullName = collapseSpaces(given + " " + family)
	}
	filled := r.fillPart(fieldFirstName, firstName, given, full)
	filled = r.fillPart(fieldLastName, lastName, family, full) || filled
	if filled || firstName+lastName != "" {
		delete(r.want.Values, fieldName)
	}
}

// fillPart gives a part of the name its value unless the record has one, and
// reports whether the name can be told from its parts.
func (r *record) fillPart(field, has, part string, full Value) bool {
	i, ok := r.plan.table.index[field]
	if !ok {
		return false
	}
	switch {
	case has != "" || r.plan.has(i) && r.plan.cells[i].unknown:
	case part != "":
		r.want.Values[field] = Value{Data: part, When: full.When}
	case full.Data == nil:
		r.want.Values[field] = Value{When: full.When}
	}
	return true
}
