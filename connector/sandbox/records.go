package sandbox

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// This file is the objects API, of which the sandbox has the object "business": it alone writes custom fields of businesses.

const (
	modelContact  = "contact"
	modelBusiness = "business"
)

var (
	creatableRecord  = shape{"locationId": aString, "properties": needed(aMap)}
	alterableRecord  = shape{"properties": needed(aMap)}
	searchableRecord = shape{"locationId": needed(aString), "page": needed(aNumber), "pageLimit": needed(aPageLimit), "query": aString, "searchAfter": anArray}

	aMap       = a[object]("must be an object")
	aPageLimit = aNumber.and("", when(func(v any) bool { n := v.(float64); return n >= 1 && n <= businessesMax }, "must not be greater than 100"))
)

// noObject refuses every object but the business.
func noObject(c *call, place string) *answer {
	if key := c.PathValue(place); key != modelBusiness {
		return refuse(404, "Custom Object ("+key+") not found")
	}
	return nil
}

func (s *Server) createRecord(c *call) *answer {
	switch _, given := c.body["locationId"]; {
	case c.URL.Query().Has("locationId"):
		return unprocessable("property locationId should not exist")
	case !given:
		return refuse(400, "LocationId is not specified")
	}
	if refusal := noObject(c, "schemaKey"); refusal != nil {
		return refusal
	}
	b := Business{ID: newObjectID(), Properties: map[string]any{}, Created: now()}
	if refusal := s.setProperties(b, c.body["properties"].(object), false); refusal != nil {
		return refusal
	}
	if b.Properties["name"] == nil {
		return &answer{400, object{"statusCode": 400, "message": "Missing required property: name", "error": "Bad Request", "errorCode": "required_property_missing"}}
	}
	s.saveBusiness(b)
	return &answer{201, object{"record": s.businessRecord(b)}}
}

func (s *Server) updateRecord(c *call) *answer {
	if c.URL.Query().Get("locationId") == "" {
		return refuse(404, "Custom Object ("+c.PathValue("schemaKey")+") not found")
	}
	if c.URL.Query().Get("locationId") != s.opts.LocationID {
		return elsewhere()
	}
	if refusal := noObject(c, "schemaKey"); refusal != nil {
		return refusal
	}
	b, refusal := s.business(c.PathValue("id"))
	if refusal != nil {
		return refusal
	}
	if refusal := s.setProperties(b, c.body["properties"].(object), true); refusal != nil {
		return refusal
	}
	s.saveBusiness(b)
	return ok(object{"record": s.businessRecord(b)})
}

func (s *Server) getRecord(c *call) *answer {
	if refusal := noObject(c, "schemaKey"); refusal != nil {
		return refusal
	}
	b, refusal := s.business(c.PathValue("id"))
	if refusal != nil {
		return refusal
	}
	return ok(object{"record": s.businessRecord(b)})
}

// searchRecords finds by a part of any value: the documented "name:x" finds nothing.
func (s *Server) searchRecords(c *call) *answer {
	if refusal := noObject(c, "schemaKey"); refusal != nil {
		return refusal
	}
	after, _ := c.body["searchAfter"].([]any)
	page, limit := int(c.body["page"].(float64)), int(c.body["pageLimit"].(float64))
	if len(after) > 0 || page < 1 {
		return refuse(400, "page is 1 or more and does not go with searchAfter")
	}
	query := strings.ToLower(text(c.body, "query"))
	found := slices.DeleteFunc(slices.Collect(s.businesses.searched().oldest()), func(b Business) bool { return !b.mentions(query) })
	rows := []any{}
	for _, b := range found[min((page-1)*limit, len(found)):] {
		if len(rows) == limit {
			break
		}
		rows = append(rows, s.businessRow(b))
	}
	return &answer{201, object{"records": rows, "total": len(found)}}
}

// mentions says whether a value contains the lower-case query. All contain "".
func (b Business) mentions(query string) bool {
	for v := range maps.Values(b.Properties) {
		if held, err := json.Marshal(v); err == nil && strings.Contains(strings.ToLower(string(held)), query) {
			return true
		}
	}
	return query == ""
}

// businessRecord is the vendor's IRecordSchema. It shows only the properties that are set.
func (s *Server) businessRecord(b Business) object {
	return object{"id": b.ID, "owner": []any{}, "followers": []any{}, "properties": b.copy().Properties,
		"dateAdded": b.Created.Format(isoMillis), "dateUpdated": b.Updated.Format(isoMillis)}
}

// businessRow is the vendor's RecordResponseDTO, a row of a search.
func (s *Server) businessRow(b Business) object {
	by := func(at time.Time) object {
		return object{"channel": "OAUTH", "source": "INTEGRATION", "sourceId": "sandbox", "createdAt": at.Format(isoMillis)}
	}
	return object{"id": b.ID, "owner": []any{}, "followers": []any{}, "properties": b.copy().Properties, "locationId": s.opts.LocationID,
		"objectId": "6d6f6e676f5f6576656e7473", "objectKey": modelBusiness, "createdAt": b.Created.Format(isoMillis), "updatedAt": b.Updated.Format(isoMillis),
		"createdBy": by(b.Created), "lastUpdatedBy": by(b.Updated), "searchAfter": []any{b.Created.UnixMilli(), b.ID}}
}

// listObjectFields gives the definitions of the business's custom fields, and the one folder that they are in.
func (s *Server) listObjectFields(c *call) *answer {
	if refusal := noObject(c, "objectKey"); refusal != nil {
		return refusal
	}
	fields := []any{}
	for _, f := range s.fields {
		if f.Model == modelBusiness {
			fields = append(fields, s.objectField(f))
		}
	}
	folder := object{"id": folderID, "name": "Company Info", "objectKey": modelBusiness, "locationId": s.opts.LocationID}
	return ok(object{"fields": fields, "folders": []any{folder}})
}

// definableOfObject is what the creation of a field declares.
var definableOfObject = shape{"locationId": needed(aString), "objectKey": needed(aString), "fieldKey": needed(aName), "parentId": needed(aString),
	"dataType": needed(oneOf(dataTypes...)), "showInForms": needed(aBool), "name": aString, "description": aString, "placeholder": aString,
	"options": someObjects, "acceptedFormats": aString, "maxFileLimit": aNumber, "allowCustomOption": aBool}

func (s *Server) createObjectField(c *call) *answer {
	body := c.body
	options, _ := body["options"].([]any)
	f := CustomField{Name: text(body, "name"), Key: text(body, "fieldKey"), DataType: text(body, "dataType"), Model: text(body, "objectKey"), Placeholder: text(body, "placeholder")}
	for _, o := range options {
		f.Options = append(f.Options, text(o.(object), "label"))
	}
	switch f = f.complete(); {
	case f.Model != modelBusiness:
		return refuse(400, "Custom Object ("+f.Model+") not found")
	case body["parentId"] != folderID:
		return refuse(400, "Folder not found")
	case slices.ContainsFunc(s.fields, func(other CustomField) bool { return other.Key == f.Key }):
		return refuse(400, "A custom field with this key already exists")
	}
	s.fields = append(s.fields, f)
	return &answer{201, object{"field": s.objectField(f)}}
}

const folderID = "cfFolder000000000001"

// objectField is the vendor's ICustomField.
func (s *Server) objectField(f CustomField) object {
	out := object{"id": f.ID, "name": f.Name, "fieldKey": f.Key, "placeholder": f.Placeholder, "description": "", "dataType": f.DataType,
		"locationId": s.opts.LocationID, "objectKey": f.Model, "parentId": folderID, "showInForms": true, "dateAdded": isoMillis, "dateUpdated": isoMillis}
	options := []any{}
	for _, label := range f.Options {
		options = append(options, object{"key": slug(label), "label": label})
	}
	for _, box := range f.TextBoxes {
		options = append(options, object{"key": box.ID, "label": box.Label})
	}
	if len(options) > 0 {
		out["options"], out["allowCustomOption"] = options, f.OpenOptions
	}
	return out
}
