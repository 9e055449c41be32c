package ghl

import (
	"context"
	"net/url"
	"slices"
	"strconv"
)

// OpportunityQuery is which opportunities to read: of a pipeline, of a contact, of
// both, or with neither all of the location. Custom tells that their custom fields are
// wanted.
type OpportunityQuery struct {
	PipelineID, ContactID string
	Custom                bool
}

const opportunityPage = 100 // opportunities of a page

// Opportunities reads all opportunities that the query asks for, 100 a request, from
// an index that lags some seconds behind writes: one that it does not tell may exist
// nevertheless. There are two searches, and which of them tells custom fields differs.
// So where they are wanted both are asked, page by page, until an answer has carried
// one, and from then on the one that has. Safe to repeat.
func (c *Client) Opportunities(ctx context.Context, q OpportunityQuery) ([]Opportunity, error) {
	told, _ := c.told.Load().(Operation)
	switch {
	case q.Custom && told == opSearchOpportunities:
		return allPages(told, opportunityPage, Opportunity.id, c.searched(ctx, q))
	case q.Custom && told == "":
		return c.opportunitiesByBoth(ctx, q)
	}
	return allPages(opOpportunities, opportunityPage, Opportunity.id, c.listed(ctx, q))
}

// opportunityPages reads the page of a number, which follows the one before, and how
// many entries all pages have.
type opportunityPages func(number, skip int) (rows []Opportunity, total int, err error)

// opportunitiesByBoth asks by both searches as long as neither has told a custom field.
func (c *Client) opportunitiesByBoth(ctx context.Context, q OpportunityQuery) ([]Opportunity, error) {
	list, pages := c.listed(ctx, q), c.searched(ctx, q)
	custom := map[string][]CustomFieldValue{} // as search tells them
	search := func(number, skip int) ([]Opportunity, int, error) {
		rows, total, err := pages(number, skip)
		for _, o := range rows {
			custom[o.ID] = o.Custom
		}
		return rows, total, err
	}
	var telling opportunityPages
	all, err := allPages(opOpportunities, opportunityPage, Opportunity.id, func(number, skip int) ([]Opportunity, int, error) {
		if telling != nil {
			return telling(number, skip)
		}
		rows, total, err := list(number, skip)
		switch {
		case err != nil || len(rows) == 0:
			return rows, total, err
		case c.tellsCustom(opOpportunities, rows):
			telling = list
			return rows, total, nil
		}
		others, _, err := search(number, skip)
		if c.tellsCustom(opSearchOpportunities, others) {
			telling = search
		}
		return rows, total, err
	})
	if err != nil || c.told.Load() == opOpportunities {
		return all, err
	}
	for i, o := range all {
		var found bool
		if all[i].Custom, found = custom[o.ID]; !found { // as a filter that is not understood finds none
			return nil, opSearchOpportunities.fault(Transient, "the answer lacks an opportunity that the other search lists")
		}
	}
	return all, nil
}

// CountOpportunities tells how many opportunities the query asks for, as far as the
// index knows. Safe to repeat.
//
//ghl:operation GET /opportunities/search
func (c *Client) CountOpportunities(ctx context.Context, q OpportunityQuery) (int, error) {
	query := q.query(c.location)
	query.Set("limit", "1")
	var answer opportunitiesAnswer
	if err := c.do(ctx, opOpportunities, request{query: query, limit: 1}, &answer); err != nil {
		return 0, err
	}
	if _, err := q.rows(opOpportunities, answer); err != nil {
		return 0, err
	}
	return whole(answer.Meta.Total), nil
}

// query is what one search calls the query.
func (q OpportunityQuery) query(location string) url.Values {
	query := url.Values{"location_id": {location}, "status": {"all"}}
	for name, id := range map[string]string{"pipeline_id": q.PipelineID, "contact_id": q.ContactID} {
		if id != "" {
			query.Set(name, id)
		}
	}
	return query
}

// tellsCustom tells whether an answer carries a custom field, and remembers whose did.
func (c *Client) tellsCustom(op Operation, all []Opportunity) bool {
	told := slices.ContainsFunc(all, func(o Opportunity) bool { return len(o.Custom) > 0 })
	if told {
		c.told.Store(op)
	}
	return told
}

// listed follows the cursor of two parts, either of which alone would give the same
// page again.
//
//ghl:operation GET /opportunities/search
func (c *Client) listed(ctx context.Context, q OpportunityQuery) opportunityPages {
	query := q.query(c.location)
	query.Set("limit", strconv.Itoa(opportunityPage))
	var answer opportunitiesAnswer
	return func(number, _ int) ([]Opportunity, int, error) {
		if number > 1 && (query.Get("startAfter") == "" || query.Get("startAfterId") == "") {
			if answer.Meta.Total == nil {
				return nil, 0, opOpportunities.fault(Bug, "the answer names no next page")
			}
			return nil, whole(answer.Meta.Total), nil
		}
		if err := c.do(ctx, opOpportunities, request{query: query, limit: opportunityPage}, &answer); err != nil {
			return nil, 0, err
		}
		query.Set("startAfter", text(answer.Meta.StartAfter))
		query.Set("startAfterId", text(answer.Meta.StartAfterID))
		rows, err := q.rows(opOpportunities, answer)
		return rows, whole(answer.Meta.Total), err
	}
}

// filters are the query as the search takes it.
func (q OpportunityQuery) filters() []Filter {
	filters := []Filter{}
	for _, f := range []Filter{Eq("pipeline_id", q.PipelineID), Eq("contact_id", q.ContactID)} {
		if f.Value != "" {
			filters = append(filters, f)
		}
	}
	return filters
}

// searched goes on behind the last row where the answer names its place, else by the
// number of the page; the server takes one of them only.
//
//ghl:operation POST /opportunities/search
func (c *Client) searched(ctx context.Context, q OpportunityQuery) opportunityPages {
	body := map[string]any{"locationId": c.location, "limit": opportunityPage, "filters": q.filters()}
	return func(number, _ int) ([]Opportunity, int, error) {
		if number > 1 && body["searchAfter"] == nil {
			body["page"] = number
		}
		var answer opportunitiesAnswer
		if err := c.do(ctx, opSearchOpportunities, request{body: body, limit: opportunityPage}, &answer); err != nil {
			return nil, 0, err
		}
		delete(body, "searchAfter")
		if after := answer.after(); after != nil {
			body["searchAfter"] = after
		}
		rows, err := q.rows(opSearchOpportunities, answer)
		return rows, whole(answer.Total), err
	}
}

// opportunitiesAnswer is the envelope of both searches.
type opportunitiesAnswer struct {
	envelope
	Opportunities []map[string]any `json:"opportunities"`
	Total         any              `json:"total"`
	SearchAfter   any              `json:"searchAfter"`
	Meta          struct {
		Total        any `json:"total"`
		StartAfter   any `json:"startAfter"`
		StartAfterID any `json:"startAfterId"`
	} `json:"meta"`
}

// after is the cursor behind the last row, which not every answer names, and not all
// in the same place.
func (a opportunitiesAnswer) after() any {
	var places []any
	if n := len(a.Opportunities); n > 0 {
		last := a.Opportunities[n-1]
		places = append(places, last["searchAfter"], last["sort"])
	}
	for _, place := range append(places, a.SearchAfter) {
		if cursor, ok := place.([]any); ok && len(cursor) > 0 {
			return cursor
		}
	}
	return nil
}

// rows are the opportunities of a page, which must be of those asked for.
func (q OpportunityQuery) rows(op Operation, answer opportunitiesAnswer) ([]Opportunity, error) {
	if answer.Opportunities == nil { // must not pass for "there are none"
		return nil, op.fault(Bug, "the answer lists no opportunities")
	}
	rows := make([]Opportunity, 0, len(answer.Opportunities))
	for _, told := range answer.Opportunities {
		o := opportunity(told)
		switch {
		case o.ID == "":
			return nil, op.fault(Bug, "the answer lists an opportunity without an id")
		case q.ContactID != "" && o.ContactID != q.ContactID:
			return nil, op.fault(Bug, "the answer lists an opportunity of another contact")
		case q.PipelineID != "" && o.Fields["pipelineId"] != q.PipelineID:
			return nil, op.fault(Bug, "the answer lists an opportunity of another pipeline")
		}
		rows = append(rows, o)
	}
	return rows, nil
}

// whole is a whole number as an answer tells it, 0 where it tells none.
func whole(v any) int {
	n, _ := strconv.Atoi(text(v))
	return n
}
