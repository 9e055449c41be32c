package ghl

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"
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
// So where they are wanted both are asked until an answer has carried one, and from
// then on the one that has. Safe to repeat.
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

// opportunitiesByBoth asks by the search whose first page tells a custom field, or by
// both if neither does.
func (c *Client) opportunitiesByBoth(ctx context.Context, q OpportunityQuery) ([]Opportunity, error) {
	listed, searched := firstOnce(c.listed(ctx, q)), firstOnce(c.searched(ctx, q))
	first, _, err := listed(1, 0)
	if err == nil && len(first) > 0 && !c.tellsCustom(opOpportunities, first) {
		if first, _, err = searched(1, 0); err == nil && c.tellsCustom(opSearchOpportunities, first) {
			return allPages(opSearchOpportunities, opportunityPage, Opportunity.id, searched)
		}
	}
	if err != nil {
		return nil, err
	}
	all, err := allPages(opOpportunities, opportunityPage, Opportunity.id, listed)
	if err != nil || len(all) == 0 || c.tellsCustom(opOpportunities, all) {
		return all, err
	}
	others, err := allPages(opSearchOpportunities, opportunityPage, Opportunity.id, searched)
	if err != nil {
		return nil, err
	}
	c.tellsCustom(opSearchOpportunities, others)
	custom := map[string][]CustomFieldValue{}
	for _, o := range others {
		custom[o.ID] = o.Custom
	}
	for i, o := range all {
		var found bool
		if all[i].Custom, found = custom[o.ID]; !found { // as a filter that is not understood finds none
			return nil, opSearchOpportunities.fault(Transient, "the answer lacks an opportunity that the other search lists")
		}
	}
	return all, nil
}

// tellsCustom tells whether an answer carries a custom field, and remembers whose did.
func (c *Client) tellsCustom(op Operation, all []Opportunity) bool {
	told := slices.ContainsFunc(all, func(o Opportunity) bool { return len(o.Custom) > 0 })
	if told {
		c.told.Store(op)
	}
	return told
}

// CountOpportunities tells how many opportunities the query asks for, as far as the
// index knows. Safe to repeat.
//
//ghl:operation GET /opportunities/search
func (c *Client) CountOpportunities(ctx context.Context, q OpportunityQuery) (int, error) {
	query := q.query(c.location)
	query.Set("limit", "1")
	_, told, err := c.found(ctx, opOpportunities, q, request{query: query, limit: 1})
	return whole(told.meta.Total), err
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

// filters are what the other search calls the query.
func (q OpportunityQuery) filters() []Filter {
	filters := []Filter{}
	for _, f := range []Filter{Eq("pipeline_id", q.PipelineID), Eq("contact_id", q.ContactID)} {
		if f.Value != "" {
			filters = append(filters, f)
		}
	}
	return filters
}

// opportunityPages reads the page of a number, which follows the one before, and how
// many entries all pages have.
type opportunityPages func(number, skip int) (rows []Opportunity, total int, err error)

// firstOnce asks for the first page once, however often it is read.
func firstOnce(pages opportunityPages) opportunityPages {
	first := sync.OnceValues(func() (found struct {
		rows  []Opportunity
		total int
	}, err error) {
		found.rows, found.total, err = pages(1, 0)
		return found, err
	})
	return func(number, skip int) ([]Opportunity, int, error) {
		if number > 1 {
			return pages(number, skip)
		}
		found, err := first()
		return found.rows, found.total, err
	}
}

// listed follows the cursor of two parts, either of which alone would give the same
// page again.
//
//ghl:operation GET /opportunities/search
func (c *Client) listed(ctx context.Context, q OpportunityQuery) opportunityPages {
	query, told := q.query(c.location), opportunitiesTold{}
	query.Set("limit", strconv.Itoa(opportunityPage))
	return func(number, _ int) (rows []Opportunity, total int, err error) {
		if number > 1 && (query.Get("startAfter") == "" || query.Get("startAfterId") == "") {
			if told.meta.Total == nil {
				err = opOpportunities.fault(Bug, "the answer names no next page")
			}
			return nil, whole(told.meta.Total), err
		}
		rows, told, err = c.found(ctx, opOpportunities, q, request{query: query, limit: opportunityPage})
		query.Set("startAfter", text(told.meta.StartAfter))
		query.Set("startAfterId", text(told.meta.StartAfterID))
		return rows, whole(told.meta.Total), err
	}
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
		rows, told, err := c.found(ctx, opSearchOpportunities, q, request{body: body, limit: opportunityPage})
		delete(body, "searchAfter")
		if after := told.cursor(); after != nil {
			body["searchAfter"] = after
		}
		return rows, whole(told.total), err
	}
}

// opportunitiesTold is what either search tells beside the rows of a page.
type opportunitiesTold struct {
	total, after any
	last         map[string]any // row
	meta         struct {
		Total        any `json:"total"`
		StartAfter   any `json:"startAfter"`
		StartAfterID any `json:"startAfterId"`
	}
}

// found reads a page of opportunities, which must be of those asked for.
func (c *Client) found(ctx context.Context, op Operation, q OpportunityQuery, r request) (rows []Opportunity, told opportunitiesTold, err error) {
	if rows, err = readList(ctx, c, op, r, told.rows()); err == nil {
		err = q.check(op, rows)
	}
	return rows, told, err
}

func (t *opportunitiesTold) rows() list[map[string]any, Opportunity] {
	return list[map[string]any, Opportunity]{
		name: "opportunities", also: map[string]any{"total": &t.total, "searchAfter": &t.after, "meta": &t.meta},
		entry: func(row *map[string]any) (Opportunity, bool) { t.last = *row; return opportunity(*row), true },
	}
}

// cursor is the place behind the last row, which not every answer names, and not all
// in the same member.
func (t *opportunitiesTold) cursor() any {
	for _, place := range []any{t.last["searchAfter"], t.last["sort"], t.after} {
		if cursor, ok := place.([]any); ok && len(cursor) > 0 {
			return cursor
		}
	}
	return nil
}

// check fails if one of the rows is none that was asked for.
func (q OpportunityQuery) check(op Operation, rows []Opportunity) error {
	for _, o := range rows {
		switch {
		case o.ID == "":
			return op.fault(Bug, "the answer lists an opportunity without an id")
		case q.ContactID != "" && o.ContactID != q.ContactID:
			return op.fault(Bug, "the answer lists an opportunity of another contact")
		case q.PipelineID != "" && o.Fields["pipelineId"] != q.PipelineID:
			return op.fault(Bug, "the answer lists an opportunity of another pipeline")
		}
	}
	return nil
}

// whole is a whole number as an answer tells it, 0 where it tells none.
func whole(v any) int {
	n, _ := strconv.Atoi(text(v))
	return n
}
