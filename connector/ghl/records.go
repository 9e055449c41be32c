package ghl

import (
	"context"
	"slices"
	"strings"
)

// This file is the objects API, the only one that tells and takes custom fields of
// businesses: each is a property beside the standard ones, named by its key without
// "business.".

const businessPrefix = "business."

// CustomChange is a new value for a custom field of a business. From and To are
// strings (of an option its label, of a date "2006-01-02"), json.Numbers or other
// numbers, []string of labels, or map[string]string of texts by option id, as the
// DataType has it; nil is empty.
type CustomChange struct {
	Field CustomField
	// From is what the business holds. An update of a field with many options or
	// texts sends the difference, as the server takes no list there.
	From, To any
}

// BusinessRecords reads all businesses of the location with their custom fields,
// 100 a request. It asks an index that may lag behind writes: a business that it
// does not tell may exist nevertheless. Safe to repeat.
func (c *Client) BusinessRecords(ctx context.Context) ([]Business, error) {
	return allPages(opSearchRecords, BusinessPage, Business.id, func(number, _ int) ([]Business, int, error) {
		page, _, err := c.BusinessRecordsPage(ctx, number)
		return page, 0, err
	})
}

// BusinessRecordsPage reads the page of [Client.BusinessRecords] that has a number, from
// 1 on, and how many businesses all pages have; 0 if the answer does not tell. Safe to
// repeat.
//
//ghl:operation POST /objects/{schemaKey}/records/search
func (c *Client) BusinessRecordsPage(ctx context.Context, number int) (page []Business, total int, err error) {
	body := map[string]any{"locationId": c.location, "page": number, "pageLimit": BusinessPage, "query": "", "searchAfter": []string{}}
	var told any
	page, err = readList(ctx, c, opSearchRecords, request{body: body, limit: BusinessPage}, list[recordJSON, Business]{name: "records",
		also: map[string]any{"total": &told}, entry: func(told *recordJSON) (Business, bool) { return told.business(), true }})
	return page, whole(told), err
}

// GetBusinessRecord reads one business with its custom fields from the primary
// store. The error is Gone if the id does not exist.
//
//ghl:operation GET /objects/{schemaKey}/records/{id}
func (c *Client) GetBusinessRecord(ctx context.Context, id string) (Business, error) {
	var answer businessAnswer
	if err := c.do(ctx, opGetRecord, request{path: []string{id}}, &answer); err != nil {
		return Business{}, err
	}
	return answer.of(opGetRecord, id)
}

// recordJSON is a business as the objects API tells it: only what is set.
type recordJSON struct {
	ID         string         `json:"id"`
	Properties map[string]any `json:"properties"`
	CreatedAt  string         `json:"createdAt"`
	UpdatedAt  string         `json:"updatedAt"`
}

func (j recordJSON) business() Business {
	b := Business{ID: j.ID, CreatedAt: j.CreatedAt, UpdatedAt: j.UpdatedAt, Fields: make(map[string]any, len(standardFields)), Custom: map[string]any{}, CustomTold: true}
	for name, property := range standardFields {
		b.Fields[name] = j.Properties[property]
	}
	for property, v := range j.Properties {
		if isStandard(property) {
			continue
		}
		if money, ok := v.(map[string]any); ok && money["currency"] != nil {
			v = money["value"]
		}
		field, box, isBox := strings.Cut(property, ".")
		if !isBox {
			b.Custom[businessPrefix+property] = v
			continue
		}
		texts, ok := b.Custom[businessPrefix+field].(map[string]any)
		if !ok {
			texts = map[string]any{}
			b.Custom[businessPrefix+field] = texts
		}
		texts[box] = v
	}
	return b
}

// isStandard tells the property of a standard field from a custom one.
func isStandard(property string) bool {
	for _, standard := range standardFields {
		if property == standard {
			return true
		}
	}
	return false
}

// property is the name that the objects API has for a custom field.
func property(f CustomField) string { return strings.TrimPrefix(f.Key, businessPrefix) }

// properties is the body as the objects API takes it.
func (b BusinessBody) properties(create bool) map[string]any {
	sent := make(map[string]any, len(b.Fields)+len(b.Custom))
	for name, v := range emptied(b.Fields) {
		sent[standardFields[name]] = v
	}
	for _, change := range b.Custom {
		if !create || change.To != nil {
			change.write(sent, create)
		}
	}
	return sent
}

// write enters the change among the properties, in the form that the data type
// has. A list of options by their ids is taken by a create only, a date only with
// its time of day.
func (c CustomChange) write(sent map[string]any, create bool) {
	property := property(c.Field)
	switch c.Field.DataType {
	case "CHECKBOX", "MULTIPLE_OPTIONS":
		from, to := c.Field.optionIDs(c.From), c.Field.optionIDs(c.To)
		sent[property] = map[string]any{"add": without(to, from), "remove": without(from, to)}
		if create {
			sent[property] = to
		}
	case "SINGLE_OPTIONS", "RADIO":
		sent[property] = ""
		if label, ok := c.To.(string); ok {
			sent[property] = c.Field.optionID(label)
		}
	case "TEXTBOX_LIST":
		from, _ := c.From.(map[string]string)
		to, _ := c.To.(map[string]string)
		for box := range from {
			sent[property+"."+box] = to[box]
		}
		for box, text := range to {
			sent[property+"."+box] = text
		}
	case "NUMERICAL":
		sent[property] = c.To
	case "MONETORY":
		sent[property] = nil
		if c.To != nil {
			sent[property] = map[string]any{"currency": "default", "value": c.To}
		}
	case "DATE":
		sent[property] = nil
		if day, ok := c.To.(string); ok {
			sent[property] = day + "T00:00:00.000Z"
		}
	default:
		sent[property] = orEmpty(c.To)
	}
}

// optionIDs are the ids of a []string of labels.
func (f CustomField) optionIDs(labels any) []string {
	list, _ := labels.([]string)
	ids := make([]string, 0, len(list))
	for _, label := range list {
		ids = append(ids, f.optionID(label))
	}
	return ids
}

// optionID is the id of the option with a label, or the label where it is none's.
func (f CustomField) optionID(label string) string {
	for _, o := range f.Options {
		if o.Label == label && o.ID != "" {
			return o.ID
		}
	}
	return label
}

func without(list, some []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(some, s) })
}
