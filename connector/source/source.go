// Package source reads a location: a stream for each kind of thing it holds, of rows
// whose columns bear the names that write takes, so that what is read can be written.
package source

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Stream is one kind of thing that a location holds.
type Stream struct {
	Name string
	// Schema is the JSON schema of a row, for which the location may be asked. Its
	// properties bear the names that write takes.
	Schema     func(context.Context) (json.RawMessage, error)
	PrimaryKey []string
	// Cursor is the column by which an incremental read goes on; "" if each read is of all rows.
	Cursor string
	// OptIn says that a read costs a request per contact or calendar: it is made only if it
	// is asked for by name, after an estimate.
	OptIn bool
	// Interrupted reports whether a state is of a read of all rows that has not ended, which
	// another read of all goes on with; nil: none is.
	Interrupted func(state json.RawMessage) bool
	// Estimate tells how many rows a read from a state would give, 0 if nothing tells, and for
	// how many requests.
	Estimate func(ctx context.Context, from json.RawMessage) (rows, requests int64, err error)
	// Read hands all rows over that are new since a state, or all if it is nil. A state that
	// it cannot go on from is a *StateError. An error of the sink ends it and is returned.
	Read func(ctx context.Context, from json.RawMessage, to Sink) error
}

// Sink takes what is read, in order.
type Sink interface {
	// Row takes one row, a JSON object, which it may keep.
	Row(data json.RawMessage) error
	// State takes where a read could go on: every row before it has been handed over.
	State(state json.RawMessage) error
}

// Estimator is a sink that wants to know beforehand how many rows come, where the first
// answer of a read tells.
type Estimator interface{ Estimate(rows int64) error }

// StateError is a state that no read can go on from.
type StateError struct{ Why string }

func (e *StateError) Error() string { return "the state " + e.Why }

// Location is a location that is read. What several streams need is asked for once,
// when it is first needed. It is safe for concurrent use.
type Location struct {
	client    *ghl.Client
	only      []ghl.Filter                                     // that contacts satisfy
	fields    func(context.Context) ([]ghl.CustomField, error) // of contacts
	users     func(context.Context) (map[string]string, error)
	calendars func(context.Context) (map[string]string, error)
	zone      func(context.Context) (*time.Location, error)

	businessFields    func(context.Context) ([]crm.Property, error)
	businessNames     func(context.Context) (map[string]string, error)
	opportunityFields func(context.Context) ([]crm.Property, error)
	pipelineNames     func(context.Context) ([]ghl.Pipeline, error)
	lostReasons       func(context.Context) ([]ghl.Named, error)

	known knownContacts
}

// Open opens a location, of whose contacts those are read that satisfy the filters. It
// sends nothing yet.
func Open(client *ghl.Client, only ...ghl.Filter) *Location {
	l := &Location{client: client, only: only}
	l.fields = once(client.CustomFields)
	l.users = once(l.readUsers)
	l.businessFields = once(l.readBusinessFields)
	l.businessNames = once(l.readBusinessNames)
	l.calendars = once(l.readCalendars)
	l.zone = once(l.readZone)
	l.opportunityFields = once(l.readOpportunityFields)
	l.pipelineNames = once(client.Pipelines)
	l.lostReasons = once(client.LostReasons)
	return l
}

// Streams are all that can be read, in the order in which a copy must write them.
func (l *Location) Streams() []Stream {
	return []Stream{l.businesses(), l.contacts(), l.notes(), l.tasks(), l.appointments(), l.opportunities(), l.customFields(), l.tags(), l.staff(), l.pipelines()}
}

// readUsers reads the emails of users by id. A token that may not know them reads all the
// same: then there are none.
func (l *Location) readUsers(ctx context.Context) (map[string]string, error) {
	users, err := l.client.Users(ctx)
	if err != nil && !isRefused(err) {
		return nil, err
	}
	emails := make(map[string]string, len(users))
	for _, u := range users {
		emails[u.ID] = u.Email
	}
	return emails, nil
}

// isRefused reports whether the server does not tell what it was asked, to this token or at all.
func isRefused(err error) bool {
	return slices.Contains([]ghl.Kind{ghl.ScopeMissing, ghl.Rejected, ghl.Gone}, ghl.KindOf(err))
}

// owner is the email of a user, for their id means nothing in another location; the id
// itself if it is not known.
func (l *Location) owner(ctx context.Context, id string) (string, error) {
	emails, err := l.users(ctx)
	return cmp.Or(emails[id], id), err
}

// once is ask, which is not asked again once it has answered.
func once[T any](ask func(context.Context) (T, error)) func(context.Context) (T, error) {
	var (
		mu    sync.Mutex
		known bool
		told  T
	)
	return func(ctx context.Context) (T, error) {
		mu.Lock()
		defer mu.Unlock()
		if known {
			return told, nil
		}
		answer, err := ask(ctx)
		if err == nil {
			told, known = answer, true
		}
		return answer, err
	}
}
