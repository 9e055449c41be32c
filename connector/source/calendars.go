package source

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/ghl"
)

const (
	yearsBack, yearsAhead = 10, 2

	// leastWindow is the longest one that is not made shorter where the server cannot answer.
	leastWindow = 24 * time.Hour
	// roundAnswer divides the number of events of an answer that may have been cut off: no
	// limit is known, and limits are round.
	roundAnswer = 50
	// shortState is how many appointments a state may name that follows each window.
	shortState = 1000
	// clockSkew is how much later than the server's this machine's clock can be.
	clockSkew = time.Hour
)

// calendarsState is where a read of all calendars goes on. Times are in milliseconds.
//
// A window of a calendar is told by one answer, so what is moved within it is not missed.
// What is moved from a window that is still to be read into one that was read is missed by
// this look: that is why all are looked at again, until a look finds nothing that was missed.
type calendarsState struct {
	Begun int64 `json:"begun"`
	From  int64 `json:"from"` // of the whole read
	To    int64 `json:"to"`
	// At is up to where each calendar has been looked at, by id.
	At map[string]int64 `json:"at,omitempty"`
	// Windows is how many answers this look has got.
	Windows int `json:"windows,omitempty"`
	// Again says that everything has been looked at before: only what has changed since
	// the read began is of interest.
	Again bool `json:"again,omitempty"`
	// Missed says that this look has found what an earlier one should have.
	Missed bool `json:"missed,omitempty"`
	// Seen are those of the appointments that were handed over which another look can
	// take for new: they have changed since the read began, or do not tell when.
	Seen map[string]bool `json:"seen,omitempty"`
}

// readCalendarsState reads a state that a read has given; nil and {} begin anew.
func readCalendarsState(from json.RawMessage) (calendarsState, error) {
	var s calendarsState
	if !isBlank(from) && (json.Unmarshal(from, &s) != nil || s.Begun <= 0 || s.To <= s.From) {
		return s, errForeignState
	}
	if s.At == nil {
		s.At = map[string]int64{}
	}
	if s.Seen == nil {
		s.Seen = map[string]bool{}
	}
	return s, nil
}

// begin begins a read, unless one is under way.
func (s *calendarsState) begin(now time.Time) {
	if s.Begun == 0 {
		s.Begun, s.From, s.To = now.UnixMilli(), now.AddDate(-yearsBack, 0, 0).UnixMilli(), now.AddDate(yearsAhead, 0, 0).UnixMilli()
	}
}

// estimateCalendars counts a request for each calendar, and another for a second look. How
// many rows that gives, no answer tells beforehand.
func (l *Location) estimateCalendars(ctx context.Context, from json.RawMessage) (rows, requests int64, err error) {
	state, err := readCalendarsState(from)
	if err != nil {
		return 0, 0, err
	}
	calendars, err := l.client.Calendars(ctx)
	requests = 1
	for _, c := range calendars {
		if state.Begun == 0 || state.At[c.ID] < state.To {
			requests++
		}
	}
	if !state.Again && len(calendars) > 1 {
		requests += 1 + int64(len(calendars))
	}
	return 0, requests, err
}

// calendarsRead is one read of all calendars.
type calendarsRead struct {
	l     *Location
	rows  childRows
	state calendarsState
	seen  map[string]bool // what this run has handed over
	to    Sink

	longest int64 // window that is asked for, in milliseconds
	fresh   int   // appointments handed over since the last state
}

// all reads to the end.
func (r *calendarsRead) all(ctx context.Context) error {
	r.longest = r.state.To - r.state.From
	for more := true; more; {
		if err := r.look(ctx); err != nil {
			return err
		}
		if more = r.state.Missed; !r.state.Again {
			more = r.state.Windows > 1
		}
		r.state.Again, r.state.Missed, r.state.Windows, r.state.At = true, false, 0, map[string]int64{}
	}
	return r.to.State(whole)
}

// A CalendarsError is calendars that could not be read, while all others were.
type CalendarsError struct {
	Names  []string
	Others int
	Err    error // of the first of them
}

func (e *CalendarsError) Error() string {
	return fmt.Sprintf("the calendars %s could not be read: %v", strings.Join(e.Names, ", "), e.Err)
}

func (e *CalendarsError) Unwrap() error { return e.Err }

// look reads each calendar from where it was. One that fails does not stop the others,
// unless they would fail, too.
func (r *calendarsRead) look(ctx context.Context) error {
	calendars, err := r.l.client.Calendars(ctx)
	if err != nil {
		return err
	}
	failed := &CalendarsError{}
	for _, c := range calendars {
		err := r.calendar(ctx, c)
		if err == nil {
			failed.Others++
			continue
		}
		var one *eventsError
		if !errors.As(err, &one) || !one.isOfOne() {
			return err
		}
		if failed.Names = append(failed.Names, cmp.Or(c.Name, c.ID)); failed.Err == nil {
			failed.Err = one.err
		}
	}
	if failed.Err != nil {
		return failed
	}
	return nil
}

// eventsError is what the API says to a window of a calendar.
type eventsError struct{ err error }

func (e *eventsError) Error() string { return e.err.Error() }
func (e *eventsError) Unwrap() error { return e.err }

// isOfOne reports whether what has failed for one calendar need not fail for the next.
func (e *eventsError) isOfOne() bool {
	var api *ghl.Error
	if !errors.As(e.err, &api) {
		return false
	}
	unanswered := api.Kind == ghl.Transient && api.Status == 0
	return !unanswered && slices.Contains([]ghl.Kind{ghl.Rejected, ghl.Gone, ghl.Forbidden, ghl.Bug, ghl.Transient}, api.Kind)
}

// calendar reads a calendar, in one window where one answer can tell so much.
func (r *calendarsRead) calendar(ctx context.Context, c ghl.Named) error {
	from, longest := max(r.state.From, r.state.At[c.ID]), r.longest
	for ends := []int64{r.state.To}; from < r.state.To; {
		last := len(ends) - 1
		end := min(ends[last], from+longest)
		events, err := r.l.client.Events(ctx, c.ID, time.UnixMilli(from), time.UnixMilli(end))
		if ghl.KindOf(err) == ghl.Rejected && end-from > leastWindow.Milliseconds() {
			longest = (end - from) / 2
			continue
		}
		if middle := r.cut(ctx, from, end, events, err); middle > from {
			ends = append(ends, middle)
			continue
		}
		if err != nil {
			return &eventsError{err}
		}
		if err := r.hand(ctx, c, events, from, end); err != nil {
			return err
		}
		if end == ends[last] {
			ends = ends[:last]
		}
		from, r.longest = end, longest
		if err := r.reached(c, from); err != nil {
			return err
		}
	}
	return nil
}

// reached keeps up to where a calendar has been looked at, unless the state is a long one
// and little has come since the last.
func (r *calendarsRead) reached(c ghl.Named, to int64) error {
	r.state.At[c.ID] = to
	r.state.Windows++
	if long := len(r.state.Seen) > shortState; long && r.fresh < len(r.state.Seen)/8 {
		return nil
	}
	r.fresh = 0
	state, err := json.Marshal(r.state)
	if err != nil {
		return err
	}
	return r.to.State(state)
}

// cut is where a window must be cut in two, 0 if it need not be: in half where its answer
// is too long, and between the appointments where the answer tells so round a number of
// them that there may be more.
func (r *calendarsRead) cut(ctx context.Context, from, end int64, events []ghl.Appointment, err error) int64 {
	if ghl.TooLong(err) && end-from > leastWindow.Milliseconds() {
		return from + (end-from)/2
	}
	if err != nil || len(events)%roundAnswer != 0 {
		return 0
	}
	var starts []int64
	for _, e := range events {
		if at, err := r.l.moment(ctx, e.Start); err == nil && at.UnixMilli() > from && at.UnixMilli() < end {
			starts = append(starts, at.UnixMilli())
		}
	}
	if len(starts) == 0 {
		return 0
	}
	slices.Sort(starts)
	return starts[len(starts)/2]
}

// hand hands the appointments of a window over that were not before. Of two windows next
// to each other, it is in that in which it begins.
func (r *calendarsRead) hand(ctx context.Context, c ghl.Named, events []ghl.Appointment, from, end int64) error {
	var fresh []ghl.Appointment
	for _, e := range events {
		at, err := r.l.moment(ctx, e.Start)
		if err != nil {
			return err
		}
		if at.IsZero() || at.UnixMilli() >= from && at.UnixMilli() < end {
			if r.isNew(e) {
				fresh = append(fresh, e)
			}
		}
	}
	children, err := r.l.booked(ctx, fresh, map[string]string{c.ID: c.Name})
	if err != nil {
		return err
	}
	for set := range slices.Chunk(children, contactSet) {
		known, err := r.l.contactsByID(ctx, contactIDs(set))
		if err != nil {
			return err
		}
		for _, child := range set {
			if err := r.rows.hand(ctx, []ghl.Child{child}, known[child.ContactID], r.to); err != nil {
				return err
			}
		}
	}
	return nil
}

// isNew notes an appointment that is read, and reports whether it was not handed over
// before. One that has not changed since the read began stands where the first look has
// found it.
func (r *calendarsRead) isNew(a ghl.Appointment) bool {
	changed := milliseconds(a.DateUpdated)
	recent := changed == 0 || changed >= r.state.Begun-clockSkew.Milliseconds()
	if r.seen[a.ID] || r.state.Seen[a.ID] || r.state.Again && !recent {
		return false
	}
	r.seen[a.ID] = true
	r.fresh++
	if recent {
		r.state.Seen[a.ID] = true
	}
	if added := milliseconds(a.DateAdded); r.state.Again && added > 0 && added < r.state.Begun {
		r.state.Missed = true
	}
	return true
}
