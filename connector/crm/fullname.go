package crm

import "slices"

// splitName replaces a full name by the parts that it fills.
func (r *record) splitName() {
	full, ok := r.want.Values[fieldName]
	if !ok || r.plan.table.Field(fieldFirstName) == nil {
		return
	}
	name, _ := full.Data.(string)
	first, _ := r.want.Values[fieldFirstName].Data.(string)
	last, _ := r.want.Values[fieldLastName].Data.(string)
	if name == "" && first+last != "" {
		delete(r.want.Values, fieldName) // a part outranks the empty whole
		return
	}
	given, family := r.partsOf(name, first, last)
	if first+last == "" {
		r.want.FullName = collapseSpaces(given + " " + family)
	}
	filled := r.fillPart(fieldFirstName, first, given, full)
	filled = r.fillPart(fieldLastName, last, family, full) || filled
	if filled || first+last != "" {
		delete(r.want.Values, fieldName)
	}
}

// partsOf splits a full name beside the parts that the record has. Beside a part
// that is named in another language, as "Vorname", "Name" is the rest.
func (r *record) partsOf(name, first, last string) (given, family string) {
	given, family = splitName(name)
	isRest := len(r.inLanguage) > 0
	switch {
	case first+last == "":
		if isRest && family == "" && !slices.Contains(r.inLanguage, fieldLastName) {
			given, family = "", name
		}
	case last == "":
		if isRest {
			family = name
		}
		family = restOfName(name, first, false, family)
	case first == "":
		if isRest {
			given = name
		}
		given = restOfName(name, last, true, given)
	}
	return given, family
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
