package ghl

import (
	"context"
	"net/url"
	"strconv"
)

// Business is a business as one answer told it.
type Business struct {
	ID string // 24 hexadecimal digits
	// Fields holds the standard fields under the names they are written with. An
	// answer tells all of them: nil is empty. They are absent where it told none.
	Fields map[string]any
	// Custom holds the custom fields that are set, by their [CustomField.Key]: a
	// string, a json.Number, a []any of option ids, or a map[string]any of texts by
	// option id. CustomTold is false if the answer said nothing about them.
	Custom     map[string]any
	CustomTold bool
	// CreatedAt and UpdatedAt are the server's texts, usually RFC 3339; "" where the
	// answer told none.
	CreatedAt, UpdatedAt string
}

func (b Business) id() string { return b.ID }

// BusinessBody is what to write of a business, and nothing else. Fields are
// standard ones by their names; nil clears.
type BusinessBody struct {
	Fields map[string]any
	Custom []CustomChange
}

// Businesses reads all businesses of the location from the primary store, 100 a
// request. It tells no custom fields: see [Client.BusinessRecords]. Safe to repeat.
func (c *Client) Businesses(ctx context.Context) ([]Business, error) {
	return allPages(opBusinesses, BusinessPage, Business.id, func(_, skip int) ([]Business, int, error) {
		page, err := c.BusinessesFrom(ctx, skip)
		return page, 0, err
	})
}

// BusinessPage is how many businesses a page has, unless it is the last.
const BusinessPage = 100

// BusinessesFrom reads the page of [Client.Businesses] that is behind the first skip of
// them. Safe to repeat.
//
//ghl:operation GET /businesses/
func (c *Client) BusinessesFrom(ctx context.Context, skip int) ([]Business, error) {
	query := url.Values{"locationId": {c.location}, "limit": {strconv.Itoa(BusinessPage)}, "skip": {strconv.Itoa(skip)}}
	return readList(ctx, c, opBusinesses, request{query: query, limit: BusinessPage}, list[map[string]any, Business]{name: "businesses",
		entry: func(told *map[string]any) (Business, bool) { return business(*told), true }})
}

// GetBusiness reads one business, without its custom fields, from the primary
// store. The error is Gone if the id does not exist.
//
//ghl:operation GET /businesses/{businessId}
func (c *Client) GetBusiness(ctx context.Context, id string) (Business, error) {
	var answer businessAnswer
	if err := c.do(ctx, opGetBusiness, request{path: []string{id}}, &answer); err != nil {
		return Business{}, err
	}
	return answer.of(opGetBusiness, id)
}

// CreateBusiness creates a business in one request, its custom fields included.
// The server takes any number of businesses with one name, so this is not safe to
// repeat: where an attempt may have reached the server and no clear answer came,
// the error is Ambiguous, and the caller must look among Businesses before it sends
// again. A body without a name is Rejected.
//
//ghl:operation POST /businesses/
//ghl:operation POST /objects/{schemaKey}/records
func (c *Client) CreateBusiness(ctx context.Context, body BusinessBody) (Business, error) {
	op, sent := opCreateBusiness, emptied(body.Fields)
	if len(body.Custom) > 0 {
		op, sent = opCreateRecord, map[string]any{"properties": body.properties(true)}
	}
	sent["locationId"] = c.location
	var answer businessAnswer
	if err := c.do(ctx, op, request{body: sent}, &answer); err != nil {
		return Business{}, err
	}
	created, ok := answer.business()
	if !ok {
		return Business{}, op.fault(Ambiguous, noBusiness)
	}
	return created, nil
}

// UpdateBusiness changes the given fields of a business in one request and leaves
// the rest. The error is Gone if the id does not exist; the server's words for that
// are not all known, so after Rejected GetBusiness tells. Safe to repeat.
//
//ghl:operation PUT /businesses/{businessId}
//ghl:operation PUT /objects/{schemaKey}/records/{id}
func (c *Client) UpdateBusiness(ctx context.Context, id string, body BusinessBody) (Business, error) {
	op, r := opUpdateBusiness, request{path: []string{id}, body: emptied(body.Fields)}
	if len(body.Custom) > 0 {
		op, r.body = opUpdateRecord, map[string]any{"properties": body.properties(false)}
		r.query = url.Values{"locationId": {c.location}}
	}
	var answer businessAnswer
	if err := c.do(ctx, op, r, &answer); err != nil {
		return Business{}, err
	}
	if updated, ok := answer.business(); ok && updated.ID == id {
		return updated, nil
	}
	return Business{ID: id, Fields: map[string]any{}}, nil // the write is done; the answer only tells nothing about it
}

// MaxLink is how many contacts one call of [Client.LinkBusiness] takes.
const MaxLink = 50

// LinkBusiness gives contacts this business in place of another, or with the id ""
// none. It returns those of the contacts that the answer says are linked; the
// others do not exist. A business that does not exist is Rejected. Safe to repeat.
// Without contacts nothing is sent.
//
//ghl:operation POST /contacts/bulk/business
func (c *Client) LinkBusiness(ctx context.Context, id string, contacts []string) (linked []string, err error) {
	switch {
	case len(contacts) == 0:
		return nil, nil
	case len(contacts) > MaxLink:
		return nil, opLinkBusiness.fault(Bug, "there are more contacts than one call takes")
	}
	body := map[string]any{"locationId": c.location, "ids": contacts, "businessId": nil}
	if id != "" {
		body["businessId"] = id
	}
	var answer struct {
		envelope
		IDs []string `json:"ids"`
	}
	if err := c.do(ctx, opLinkBusiness, request{body: body}, &answer); err != nil {
		return nil, err
	}
	if answer.IDs == nil {
		return contacts, nil
	}
	return answer.IDs, nil
}

const noBusiness = "the answer names no business"

// businessAnswer is the envelope of every answer about one business.
type businessAnswer struct {
	envelope
	Business  map[string]any `json:"business"`
	Buiseness map[string]any `json:"buiseness"` // the vendor's spelling in answers to writes
	Record    *recordJSON    `json:"record"`
}

// business is the business that the answer is about, if it names one.
func (a businessAnswer) business() (b Business, ok bool) {
	switch {
	case a.Record != nil:
		b = a.Record.business()
	case a.Business != nil:
		b = business(a.Business)
	default:
		b = business(a.Buiseness)
	}
	return b, b.ID != ""
}

// of is the business of an answer that is to be about this one.
func (a businessAnswer) of(op Operation, id string) (Business, error) {
	b, ok := a.business()
	switch {
	case !ok:
		return Business{}, op.fault(Gone, noBusiness)
	case b.ID != id:
		return Business{}, op.fault(Bug, "the answer is about another business")
	}
	return b, nil
}

// standardFields are those of a business by the names that the API writes them
// with, and by those of their properties in the objects API.
var standardFields = map[string]string{
	"name": "name", "phone": "phone", "email": "email", "website": "website", "address": "address", "city": "city",
	"state": "state", "postalCode": "postalcode", "country": "country", "description": "description",
}

// business reads an object with standard fields.
func business(told map[string]any) Business {
	b := Business{ID: text(told["id"]), CreatedAt: text(told["createdAt"]), UpdatedAt: text(told["updatedAt"]), Fields: make(map[string]any, len(standardFields))}
	for name := range standardFields {
		b.Fields[name] = told[name]
	}
	return b
}

// emptied are the fields as they are sent. None is declared nullable: an empty text
// clears.
func emptied(fields map[string]any) map[string]any {
	sent := make(map[string]any, len(fields)+1)
	for name, v := range fields {
		sent[name] = orEmpty(v)
	}
	return sent
}

// orEmpty is the value, or for nil the empty text.
func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}
