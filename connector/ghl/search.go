package ghl

import (
	"context"
	"encoding/json"
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

// Not is the leaf "field does not equal v".
func Not(field string, v any) Filter { return Filter{Field: field, Operator: "not_eq", Value: v} }

// From is the leaf "field is this time, in milliseconds, or a later one".
func From(field string, ms int64) Filter {
	return Filter{Field: field, Operator: "range", Value: map[string]any{"gte": ms}}
}

// Between is the leaf "field is a time from one moment on and before another, both in
// milliseconds".
func Between(field string, from, to int64) Filter {
	return Filter{Field: field, Operator: "range", Value: map[string]any{"gte": from, "lt": to}}
}

// Lacks is the leaf "field is empty".
func Lacks(field string) Filter { return Filter{Field: field, Operator: "not_exists"} }

// Or is the group that any of the filters satisfies.
func Or(f ...Filter) Filter { return Filter{Group: "OR", Filters: filters(f)} }

// And is the group that all of the filters satisfy together.
func And(f ...Filter) Filter { return Filter{Group: "AND", Filters: filters(f)} }

// Search is one page of a search. Filters are joined by AND; none finds all.
// PageLimit is at most 500; 0 is 100. SearchAfter is copied from the last contact
// of the page before.
type Search struct {
	Filters     []Filter
	Sort        []Sort // at most two; none is by dateAdded, the latest first
	PageLimit   int
	SearchAfter json.RawMessage
}

// Sort is a field that a search sorts by.
type Sort struct {
	Field     string `json:"field"`
	Direction string `json:"direction"` // "asc" or "desc"
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
	found, total, err := FindContacts(ctx, c, s, asTold)
	return SearchPage{Contacts: found, Total: total}, err
}

// FindContacts is [Client.SearchContacts] for a caller that makes something else of the
// contacts: take is called with each, which is good for the call only, perhaps again if
// the answer has to be read again.
func FindContacts[T any](ctx context.Context, c *Client, s Search, take func(*Contact) T) (found []T, total int, err error) {
	if s.PageLimit <= 0 {
		s.PageLimit = defaultPageLimit
	}
	body := map[string]any{
		"locationId": c.location,
		"pageLimit":  s.PageLimit,
		"filters":    filters(s.Filters),
	}
	if len(s.Sort) > 0 {
		body["sort"] = s.Sort
	}
	if len(s.SearchAfter) > 0 {
		body["searchAfter"] = s.SearchAfter
	}
	found, err = readList(ctx, c, opSearchContacts, request{body: body, limit: s.PageLimit}, contactsFound(&total, take))
	if err != nil {
		return nil, 0, err
	}
	return found, total, nil
}

func contactsFound[T any](total *int, take func(*Contact) T) list[contactJSON, T] {
	var one Contact // after the other
	return list[contactJSON, T]{name: "contacts", also: map[string]any{"total": total},
		entry: func(told *contactJSON) (T, bool) {
			one = told.contact()
			return take(&one), true
		}}
}

func asTold(c *Contact) Contact { return *c }

// filters is never nil: the server is reported to refuse an absent list.
func filters(f []Filter) []Filter {
	if f == nil {
		return []Filter{}
	}
	return f
}
