package source

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

const (
	changedField = "dateUpdated"
	addedField   = "dateAdded"
	largePage    = 500
	smallPage    = 100 // what a server takes that refuses the large one
)

var errNoPlace = errors.New("the search answered a full page without a cursor to the next")

// contacts is the stream of people.
func (l *Location) contacts() Stream {
	return Stream{
		Name: crm.Contacts.Name, PrimaryKey: []string{"id"}, Cursor: changedField,
		Estimate: l.estimateContacts, Interrupted: isInterrupted, Read: l.readContacts,
		Schema: func(ctx context.Context) (json.RawMessage, error) {
			rows, err := l.contactRows(ctx, &contactsState{})
			if err != nil {
				return nil, err
			}
			return rows.schema(), nil
		},
	}
}

func (l *Location) readContacts(ctx context.Context, from json.RawMessage, to Sink) error {
	state, err := readState(from)
	if err != nil {
		return err
	}
	r := &contactsRead{client: l.client, only: l.only, state: state, limit: largePage, to: to}
	rows, err := l.contactRows(ctx, &r.state)
	if err != nil {
		return err
	}
	old := r.state.Fields == state.Fields
	r.each = func(ctx context.Context, c ghl.Contact) error {
		if old && !r.state.Fields.have(c) {
			old, r.state.Fields = false, nil
			if rows, err = l.contactRows(ctx, &r.state); err != nil {
				return err
			}
		}
		row, err := rows.row(ctx, c)
		if err != nil {
			return err
		}
		l.known.add(c)
		return to.Row(row)
	}
	if to, ok := to.(Estimator); ok {
		r.estimate = to.Estimate
	}
	return r.all(ctx)
}

func (l *Location) estimateContacts(ctx context.Context, from json.RawMessage) (rows, requests int64, err error) {
	state, err := readState(from)
	if err != nil {
		return 0, 0, err
	}
	return l.countContacts(ctx, state)
}

// countContacts asks for one contact: its answer counts all.
func (l *Location) countContacts(ctx context.Context, state contactsState) (rows, requests int64, err error) {
	state.begin(time.Now())
	page, err := l.client.SearchContacts(ctx, state.search(1, l.only))
	rows = int64(page.Total)
	return rows, max(1, (rows+largePage-1)/largePage), err
}

// contactsRead is one read of contacts, in the order of their changes: one that is changed
// meanwhile moves to the end and is met again, so no place is ever skipped.
type contactsRead struct {
	client *ghl.Client
	only   []ghl.Filter
	state  contactsState
	limit  int
	each   func(context.Context, ghl.Contact) error
	to     Sink // of the states

	estimate func(rows int64) error // told the first answer's count; may be nil
}

// all reads to the end.
func (r *contactsRead) all(ctx context.Context) error {
	r.state.begin(time.Now())
	for more := true; more; {
		var err error
		if more, err = r.page(ctx); err != nil {
			return err
		}
	}
	return nil
}

// page hands over the next page, and then where that was; more says whether there is another.
func (r *contactsRead) page(ctx context.Context) (more bool, err error) {
	page, err := r.client.SearchContacts(ctx, r.state.search(r.limit, r.only))
	if err != nil && ghl.KindOf(err) == ghl.Rejected && r.limit > smallPage {
		r.limit = smallPage
		page, err = r.client.SearchContacts(ctx, r.state.search(r.limit, r.only))
	}
	if err != nil {
		return false, err
	}
	if estimate := r.estimate; estimate != nil {
		r.estimate = nil
		if err := estimate(int64(page.Total)); err != nil {
			return false, err
		}
	}
	for i, c := range page.Contacts {
		if !r.state.isNew(c.ID, milliseconds(c.DateUpdated)) {
			continue
		}
		if err := r.each(ctx, c); err != nil {
			return false, errors.Join(err, r.stopBefore(page.Contacts, i))
		}
	}
	// The search counts nobody before this page, so what it counts is what is left.
	more = len(page.Contacts) == r.limit && (page.Total == 0 || page.Total > len(page.Contacts))
	if err := r.state.turn(page.Contacts, more); err != nil {
		return false, err
	}
	return more, r.tellState()
}

// stopBefore tells where a read goes on that ended at a contact in the middle of a page.
func (r *contactsRead) stopBefore(page []ghl.Contact, i int) error {
	delete(r.state.Seen, page[i].ID)
	if i == 0 || r.state.turn(page[:i], true) != nil {
		return nil // the state before the page stands
	}
	return r.tellState()
}

func (r *contactsRead) tellState() error {
	told := r.state
	if told.At != nil {
		told.Fields = nil // those of the last state serve the next read
	}
	state, err := json.Marshal(told)
	if err != nil {
		return err
	}
	return r.to.State(state)
}

// search asks for the next page of the pass. From the second on it counts only who is
// left: neither those who changed before the last one did nor that one.
func (s *contactsState) search(limit int, only []ghl.Filter) ghl.Search {
	q := ghl.Search{Filters: slices.Clone(only), PageLimit: limit, Sort: []ghl.Sort{{Field: changedField, Direction: "asc"}}}
	since := s.Since
	if s.At != nil {
		q.SearchAfter = s.At.After
		if s.At.Date > 0 {
			since = s.At.Date
			q.Filters = append(q.Filters, ghl.Not("id", s.At.ID))
		}
	}
	if since > 0 {
		q.Filters = append(q.Filters, ghl.From(changedField, since))
	}
	return q
}

// turn moves the place behind a page.
func (s *contactsState) turn(page []ghl.Contact, more bool) error {
	before := s.At
	if s.At = nil; more {
		last := page[len(page)-1]
		if len(last.SearchAfter) == 0 || before != nil && slices.Equal(last.SearchAfter, before.After) {
			return errNoPlace
		}
		s.At = &searchPlace{After: last.SearchAfter, ID: last.ID, Date: milliseconds(last.DateUpdated)}
	}
	s.forget(overlap, !more)
	return nil
}

// milliseconds is a time of the API's; 0 if it tells none.
func milliseconds(text string) int64 {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0
	}
	return t.UnixMilli()
}
