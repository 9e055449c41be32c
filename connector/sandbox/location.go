package sandbox

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
)

const timezone = "America/New_York" // the location's

func (s *Server) getLocation(*call) *answer {
	o := s.opts
	address := object{"name": o.LocationName, "address": "1 Main St", "city": "New York", "state": "NY", "country": o.Country,
		"postalCode": "10001", "website": "https://example.com", "timezone": timezone, "logoUrl": ""}
	location := maps.Clone(address)
	maps.Copy(location, object{"id": o.LocationID, "companyId": "sandboxCompany000001", "domain": "", "firstName": "Sam", "lastName": "Sandbox",
		"email": "sandbox@example.com", "phone": "+12025550100", "business": address, "social": object{}, "reseller": object{},
		"settings": object{"allowDuplicateContact": o.AllowDuplicates, "allowDuplicateOpportunity": o.AllowDuplicateOpportunities, "allowFacebookNameMerge": false,
			"disableContactTimezone": false}})
	return ok(object{"location": location})
}

func (s *Server) listFields(c *call) *answer {
	model := c.URL.Query().Get("model")
	switch model {
	case "":
		model = "contact"
	case "contact", "opportunity", "all":
	default:
		return unprocessable("model must be one of the following values: contact, opportunity, all")
	}
	fields := []any{}
	for _, f := range s.fields {
		if model == f.Model || model == "all" && f.Model != modelBusiness {
			fields = append(fields, s.definition(f))
		}
	}
	return ok(object{"customFields": fields})
}

// getField finds a definition by id or by key.
func (s *Server) getField(c *call) *answer {
	id := c.PathValue("id")
	i := slices.IndexFunc(s.fields, func(f CustomField) bool { return f.Model != modelBusiness && (f.ID == id || f.Key == id) })
	if i < 0 {
		return refuse(404, "Custom field not found")
	}
	return ok(object{"customField": s.definition(s.fields[i])})
}

// definition is a field as the API reads it: some names differ from those it is written with.
func (s *Server) definition(f CustomField) object {
	out := object{"id": f.ID, "name": f.Name, "fieldKey": f.Key, "placeholder": f.Placeholder, "dataType": f.DataType, "position": f.Position,
		"locationId": s.opts.LocationID, "model": f.Model}
	switch {
	case len(f.TextBoxes) > 0:
		boxes := []any{}
		for _, b := range f.TextBoxes {
			boxes = append(boxes, object{"id": b.ID, "label": b.Label, "prefillValue": ""})
		}
		out["picklistOptions"] = boxes
	case len(f.Options) > 0:
		out["picklistOptions"], out["isAllowedCustomOption"] = f.Options, f.OpenOptions
	case f.DataType == "FILE_UPLOAD":
		out["isMultiFileAllowed"], out["maxFileLimit"] = false, 1
	}
	return out
}

// definable is what the creation of a field declares, with what works undocumented. A locationId is refused.
var definable = shape{"name": needed(aName), "dataType": needed(oneOf(dataTypes...)), "placeholder": aString, "acceptedFormat": someStrings,
	"isMultipleFile": aBool, "maxNumberOfFiles": aNumber, "textBoxListOptions": someObjects, "position": aNumber, "model": oneOf("contact", "opportunity"),
	"parentId": aString, "fieldKey": aString, "description": aString, "options": someStrings}

var nameable = shape{"name": needed(aName)}

// aName is a text that is not empty.
var aName = aString.and("", when(func(v any) bool { return strings.TrimSpace(v.(string)) != "" }, "should not be empty"))

func (s *Server) createField(c *call) *answer {
	body := c.body
	position, _ := body["position"].(float64)
	options, _ := stringList(body["options"])
	f := CustomField{Name: text(body, "name"), Key: text(body, "fieldKey"), DataType: text(body, "dataType"), Model: text(body, "model"),
		Placeholder: text(body, "placeholder"), Position: int(position), Options: options}
	boxes, _ := body["textBoxListOptions"].([]any)
	for _, b := range boxes {
		f.TextBoxes = append(f.TextBoxes, TextBox{ID: uuid.NewString(), Label: text(b.(object), "label")})
	}
	f = f.complete()
	for _, other := range s.fields {
		if other.Model == f.Model && (other.Key == f.Key || strings.EqualFold(other.Name, f.Name)) {
			return unprocessable("A custom field with this name already exists")
		}
	}
	s.fields = append(s.fields, f)
	return &answer{201, object{"customField": s.definition(f)}}
}

func (s *Server) listTags(*call) *answer {
	tags := []any{}
	for _, name := range slices.Sorted(maps.Keys(s.tagDefs)) {
		tags = append(tags, s.tag(name))
	}
	return ok(object{"tags": tags})
}

func (s *Server) createTag(c *call) *answer {
	names := cleanTags([]string{text(c.body, "name")})
	s.defineTags(names)
	return ok(object{"tag": s.tag(names[0])})
}

func (s *Server) tag(name string) object {
	return object{"id": s.tagDefs[name], "name": name, "locationId": s.opts.LocationID}
}
