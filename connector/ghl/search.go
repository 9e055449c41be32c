package ghl

import (
	"context"
	"encoding/json"
	"errors"
)

// defaultPageLimit is asked for where a search names none.
const defaultPageLimit = 100

// Filter is a condition of a search: a leaf with Field, Operator and Value, or
// a group with Group ("AND" or "OR") and Filters. A leaf's string value must
// not be longer than 75 characters; the server refuses it.
type Filter struct {
	Field    string   `json:"field,omitempty"`
	Operator string   `json:"operator,omitempty"`
	Value    any      `json:"value,omitempty"` // exists and not_exists take none
	Group    string   `json:"group,omitempty"`
	Filters  []Filter `json:"filters,omitzero"` // of a group, not nil
}

// Eq is the leaf "field equals v".
func Eq(field string, v any) Filter { return Filter{Field: field, Operator: "eq", Value: v} }

// In is the leaf "field equals one of these", for fields that take it. The
// vendor's page about search does not tell of it.
func In(field string, values []string) Filter {
	return Filter{Field: field, Operator: "contains_set", Value: values}
}

// Or is the group that any of the filters satisfies.
func Or(f ...Filter) Filter { return Filter{Group: "OR", Filters: filters(f)} }

// And is the group that all of the filters satisfy together.
func And(f ...Filter) Filter { return Filter{Group: "AND", Filters: filters(f)} }

// Search is one page of a search. Filters are joined by AND; none finds all.
// PageLimit is at most 500; 0 is 100. SearchAfter is copied from the last contact
// of the page before.
type Search struct {
	Filters     []Filter
	PageLimit   int
	SearchAfter json.RawMessage
}

// SearchPage is one page of contacts and how many the search matches in all.
type SearchPage struct {
	Contacts []Contact
	Total    int
}

// SearchContacts asks the search index, which lags seconds to a minute behind
// writes: what it does not find may exist nevertheless. The last page has
// cursors too; a page shorter than PageLimit is the last. Safe to repeat.
//
//ghl:operation POST /contacts/search
func (c *Client) SearchContacts(ctx context.Context, s Search) (SearchPage, error) {
	if s.PageLimit <= 0 {
		s.PageLimit = defaultPageLimit
	}
	body := map[string]any{
		"locationId": c.location,
		"pageLimit":  s.PageLimit,
		"filters":    filters(s.Filters),
	}
	if len(s.SearchAfter) > 0 {
		body["searchAfter"] = s.SearchAfter
	}
	answer := searchAnswer{limit: s.PageLimit}
	if err := c.do(ctx, opSearchContacts, request{body: body, limit: s.PageLimit}, &answer); err != nil {
		return SearchPage{}, err
	}
	if !answer.listed { // must not pass for "found nobody"
		return SearchPage{}, opSearchContacts.fault(Bug, "the answer lists no contacts")
	}
	return answer.page, nil
}

// searchAnswer is the envelope of a page.
type searchAnswer struct {
	envelope
	page   SearchPage
	listed bool // there was a list, be it empty
	limit  int  // contacts at most, as asked for
}

var errTooMany = errors.New("the answer lists more than was asked for")

// decodeFrom reads a page of contacts, one by one: no more are made of an answer
// than were asked for.
func (a *searchAnswer) decodeFrom(d *json.Decoder) error {
	*a = searchAnswer{limit: a.limit}
	return eachMember(d, func(name string) error {
		switch name {
		case "contacts":
			return a.contacts(d)
		case "total":
			return d.Decode(&a.page.Total)
		case "statusCode":
			return d.Decode(&a.StatusCode)
		case "status":
			return d.Decode(&a.Status)
		}
		return d.Decode(&json.RawMessage{})
	})
}

// contacts reads a list of at most limit contacts, or null.
func (a *searchAnswer) contacts(d *json.Decoder) error {
	switch opening, err := d.Token(); {
	case err != nil:
		return err
	case opening == nil:
		return nil
	case opening != json.Delim('['):
		return errForm
	}
	var contact contactJSON // one for all: it is large
	for a.listed = true; d.More(); {
		if len(a.page.Contacts) == a.limit {
			return errTooMany
		}
		contact = contactJSON{}
		if err := tolerate(d.Decode(&contact), 0); err != nil {
			return err
		}
		a.page.Contacts = append(a.page.Contacts, contact.contact())
	}
	_, err := d.Token()
	return err
}

// filters is never nil: the server is reported to refuse an absent list.
func filters(f []Filter) []Filter {
	if f == nil {
		return []Filter{}
	}
	return f
}
