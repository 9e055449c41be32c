package ghl

import (
	"context"
	"net/url"
	"strconv"
)

// OpportunityPlace is where a page of opportunities ends. The zero place is the beginning.
type OpportunityPlace struct {
	After string `json:"after"` // the time of its last opportunity, as the server tells it
	ID    string `json:"id"`
}

// OpportunityPage is a page of the opportunities of a location.
type OpportunityPage struct {
	Rows  []Opportunity
	Next  OpportunityPlace // where it ends; the zero place if the answer names none
	Total int              // of all pages, as far as the answer tells
}

// MaxOpportunities is how many opportunities a page has, unless it is the last.
const MaxOpportunities = opportunityPage

// OpportunitiesFrom reads the page behind a place, in the order of their creation, the
// newest first. It may not tell custom fields: see [Client.TellCustom]. Safe to repeat.
//
//ghl:operation GET /opportunities/search
func (c *Client) OpportunitiesFrom(ctx context.Context, at OpportunityPlace) (OpportunityPage, error) {
	query := OpportunityQuery{}.query(c.location)
	query.Set("limit", strconv.Itoa(opportunityPage))
	at.set(query)
	rows, told, err := c.found(ctx, opOpportunities, OpportunityQuery{}, request{query: query, limit: opportunityPage})
	if err != nil {
		return OpportunityPage{}, err
	}
	c.tellsCustom(opOpportunities, rows)
	page := OpportunityPage{Rows: rows, Total: whole(told.meta.Total)}
	if next := (OpportunityPlace{text(told.meta.StartAfter), text(told.meta.StartAfterID)}); next.After != "" && next.ID != "" { // half of one gives the same page again
		page.Next = next
	}
	return page, nil
}

// set asks for what is behind the place.
func (at OpportunityPlace) set(query url.Values) {
	if at != (OpportunityPlace{}) {
		query.Set("startAfter", at.After)
		query.Set("startAfterId", at.ID)
	}
}

// TellCustom completes opportunities of a page by their custom fields, which the search
// that listed them may not tell: then the other one is asked, by their ids, until the
// first has told any. Those that it does not know any more stay without. Safe to repeat.
//
//ghl:operation POST /opportunities/search
func (c *Client) TellCustom(ctx context.Context, rows []Opportunity) error {
	if len(rows) == 0 || c.told.Load() == opOpportunities {
		tell(rows)
		return nil
	}
	ids := make([]string, len(rows))
	for i, o := range rows {
		ids[i] = o.ID
	}
	body := map[string]any{"locationId": c.location, "limit": len(rows), "filters": []Filter{In("id", ids)}}
	others, _, err := c.found(ctx, opSearchOpportunities, OpportunityQuery{}, request{body: body, limit: len(rows)})
	if err != nil {
		return err
	}
	if len(others) == 0 { // as a filter that is not understood finds none
		if _, err := c.GetOpportunity(ctx, rows[0].ID); KindOf(err) != Gone {
			return opSearchOpportunities.fault(Transient, "the answer lacks all opportunities that the other search lists")
		}
	}
	c.tellsCustom(opSearchOpportunities, others)
	tell(others)
	found := make(map[string]Opportunity, len(others))
	for _, o := range others {
		found[o.ID] = o
	}
	for i, o := range rows {
		rows[i].Custom, rows[i].CustomTold = found[o.ID].Custom, found[o.ID].CustomTold
	}
	return nil
}

func tell(rows []Opportunity) {
	for i := range rows {
		rows[i].CustomTold = true
	}
}
