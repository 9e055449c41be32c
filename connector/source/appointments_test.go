package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// withCalendars is a sandbox of some calendars with n appointments in turn, of a few contacts, within a year of now; some begin at
// the same time.
func withCalendars(calendars, n int, quirks sandbox.Events) *sandbox.Server {
	o := sandbox.Options{Users: []sandbox.User{{ID: "user0000000000000001", Name: "Ada", Email: "ada@example.com"}}, Events: quirks}
	for i := range calendars {
		o.Calendars = append(o.Calendars, sandbox.Calendar{ID: fmt.Sprint("cal", i), Name: fmt.Sprint("Calendar ", i)})
	}
	server := sandbox.New(o)
	ids := make([]string, 30)
	for i := range ids {
		ids[i] = server.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i), "phone": fmt.Sprintf("+1202555%04d", i)}})
	}
	random := rand.New(rand.NewPCG(18, uint64(n)))
	for i := range n {
		server.PutAppointment(sandbox.Appointment{CalendarID: fmt.Sprint("cal", i%calendars), ContactID: ids[i%len(ids)], Title: fmt.Sprint("Roof ", i), Notes: "by phone", Address: "1 Main St",
			AssignedTo: "user0000000000000001", Status: []string{"confirmed", "cancelled"}[i%2], Start: time.Now().Truncate(time.Hour).Add(time.Duration(random.IntN(500)-250) * 24 * time.Hour)})
	}
	return server
}

// bookings are the rows that there are to read, by id.
func bookings(server *sandbox.Server) map[string]map[string]any {
	of, names, all := emails(server), map[string]string{}, map[string]map[string]any{}
	for _, c := range server.Options().Calendars {
		names[c.ID] = c.Name
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	for _, a := range server.Appointments() {
		told := func(t time.Time) any { return t.In(zone).Format(time.RFC3339) }
		all[a.ID] = map[string]any{"calendar": names[a.CalendarID], "contact_id": a.ContactID, "contact_email": of[a.ContactID], "title": a.Title, "status": a.Status,
			"startTime": told(a.Start), "endTime": told(a.End), "assignedTo": "ada@example.com", "notes": "by phone", "address": "1 Main St", "description": nil,
			"dateAdded": told(a.Added), "dateUpdated": told(a.Updated)}
		if server.Options().Events.Undated {
			all[a.ID]["dateAdded"], all[a.ID]["dateUpdated"] = nil, nil
		}
	}
	return all
}

// TestAppointmentsAreReadByARequestPerCalendar, and another for a second look where there are several; their contacts, each once, by
// one per two hundred.
func TestAppointmentsAreReadByARequestPerCalendar(t *testing.T) {
	for _, tt := range []struct{ calendars, appointments, events, lists, contacts, estimate, states int }{
		{0, 0, 0, 1, 0, 1, 1}, {1, 449, 1, 1, 1, 2, 2}, {3, 903, 6, 2, 3, 8, 7},
	} {
		server := withCalendars(max(1, tt.calendars), tt.appointments, sandbox.Events{})
		if tt.calendars == 0 {
			server = sandbox.New(sandbox.Options{})
		}
		s := open(t, server).appointments()
		if rows, requests, err := s.Estimate(context.Background(), nil); rows != 0 || requests != int64(tt.estimate) || err != nil || !s.OptIn {
			t.Errorf("estimate: %d rows by %d requests, %v", rows, requests, err)
		}
		server.ResetCounts()
		got := read(t, s, &sink{})
		expectRows(t, got.rows, bookings(server))
		asked := server.Requests()
		if asked["GET /calendars/events"] != tt.events || asked["GET /calendars/"] != tt.lists || asked["POST /contacts/search"] != tt.contacts || len(got.states) != tt.states {
			t.Errorf("%d states, requests: %v", len(got.states), asked)
		}
		if again := read(t, s, got); len(again.rows) != tt.appointments {
			t.Errorf("%d rows by the next read, want all again", len(again.rows))
		}
	}
}

// TestAppointmentsWhateverAWindowTells: all are read, each once, however the server tells what is in a window.
func TestAppointmentsWhateverAWindowTells(t *testing.T) {
	for what, tt := range map[string]struct {
		quirks       sandbox.Events
		appointments int
	}{
		"as usual": {sandbox.Events{}, 200}, "not over yet": {sandbox.Events{Overlapping: true}, 500}, "50 at most": {sandbox.Events{Most: 50}, 400},
		"100 at most, not over yet": {sandbox.Events{Most: 100, Overlapping: true}, 1000}, "30 days at most": {sandbox.Events{Window: 30 * 24 * time.Hour}, 100},
		"undated": {sandbox.Events{Undated: true}, 100}, "undated, 50 at most": {sandbox.Events{Undated: true, Most: 50}, 400},
	} {
		server := withCalendars(2, tt.appointments, tt.quirks)
		got := read(t, open(t, server).appointments(), &sink{})
		t.Logf("%s: %d requests", what, server.Requests()["GET /calendars/events"])
		expectRows(t, got.rows, bookings(server))
	}
}

// TestAppointmentsOfALongAnswer: what is longer than an answer may be is asked for in parts.
func TestAppointmentsOfALongAnswer(t *testing.T) {
	server := withCalendars(1, 33, sandbox.Events{})
	for _, a := range server.Appointments() {
		a.Notes = strings.Repeat("x", 1<<18)
		server.PutAppointment(a)
	}
	if got := read(t, open(t, server).appointments(), &sink{}); len(got.rows) != 33 || server.Requests()["GET /calendars/events"] < 3 {
		t.Errorf("%d rows, requests: %v", len(got.rows), server.Requests())
	}
}

// TestAppointmentsOfOneTime: so many at one time that they may be cut off are read, and no question is asked for ever.
func TestAppointmentsOfOneTime(t *testing.T) {
	server := sandbox.New(sandbox.Options{Calendars: sandbox.DefaultCalendars()[:1]})
	contact := server.Put(sandbox.Contact{})
	for range 100 {
		server.PutAppointment(sandbox.Appointment{CalendarID: sandbox.DefaultCalendars()[0].ID, ContactID: contact, Start: time.Now().Truncate(time.Hour)})
	}
	if got := read(t, open(t, server).appointments(), &sink{}); len(got.rows) != 100 || server.Requests()["GET /calendars/events"] > 6 {
		t.Errorf("%d rows, requests: %v", len(got.rows), server.Requests())
	}
}

// TestStatesOfCalendarsAreShort: where so much has changed lately that a state is long, not every window has one; and none is lost.
func TestStatesOfCalendarsAreShort(t *testing.T) {
	server := withCalendars(50, 50*101, sandbox.Events{})
	s, total, longest := open(t, server).appointments(), 0, 0
	got := read(t, s, &sink{})
	for _, state := range got.states {
		total, longest = total+len(state), max(longest, len(state))
	}
	if len(got.states) < 10 || total > 12*longest {
		t.Errorf("%d bytes of %d states, the longest of %d", total, len(got.states), longest)
	}
	left := 3333
	killed := &stateKeeper{sink: &sink{err: func() error {
		if left--; left < 0 {
			return errKilled
		}
		return nil
	}}}
	if err := s.Read(t.Context(), nil, killed); !errors.Is(err, errKilled) || killed.kept < 2500 {
		t.Fatalf("%d rows are kept: %v", killed.kept, err)
	}
	rest := read(t, s, killed.sink)
	expectRows(t, append(killed.rows[:killed.kept], rest.rows...), bookings(server))
}

// TestACalendarThatFailsLosesNoOther: it is named, and the next read asks for it alone before the second look.
func TestACalendarThatFailsLosesNoOther(t *testing.T) {
	server := withCalendars(4, 80, sandbox.Events{})
	server.Inject(sandbox.Fault{Operation: "GET /calendars/events", Kind: sandbox.FaultStatus, Status: 403, After: 1, Times: 1})
	s, got := open(t, server).appointments(), &sink{}
	err := s.Read(context.Background(), nil, got)
	var failed *CalendarsError
	if !errors.As(err, &failed) || len(failed.Names) != 1 || failed.Names[0] != "Calendar 1" || failed.Others != 3 || ghl.KindOf(err) != ghl.Forbidden || len(got.rows) != 60 {
		t.Fatalf("%d rows, %v", len(got.rows), err)
	}
	server.ResetCounts()
	rest := read(t, s, got)
	expectRows(t, append(got.rows, rest.rows...), bookings(server))
	if asked := server.Requests(); asked["GET /calendars/events"] != 5 {
		t.Errorf("requests: %v", asked)
	}
}

// TestWhatEndsAReadOfCalendars: where the others would fail, too, none is asked for, and no calendar is to blame.
func TestWhatEndsAReadOfCalendars(t *testing.T) {
	server := withCalendars(4, 8, sandbox.Events{})
	server.Inject(sandbox.Fault{Operation: "GET /calendars/events", Kind: sandbox.FaultStatus, Status: 401, Times: -1})
	err := open(t, server).appointments().Read(context.Background(), nil, &sink{})
	if failed := (*CalendarsError)(nil); ghl.KindOf(err) != ghl.Unauthorized || errors.As(err, &failed) || server.Requests()["GET /calendars/events"] != 1 {
		t.Errorf("%v, requests: %v", err, server.Requests())
	}
	full := errors.New("no space left")
	if err := open(t, withCalendars(2, 8, sandbox.Events{})).appointments().Read(context.Background(), nil, &sink{err: func() error { return full }}); !errors.Is(err, full) {
		t.Error(err)
	}
}

// TestAppointmentsOfSomeContacts: where only some contacts are read, so are only their appointments, with the times of the location's
// clocks.
func TestAppointmentsOfSomeContacts(t *testing.T) {
	server := withCalendars(2, 90, sandbox.Events{})
	l := open(t, server)
	l.only = []ghl.Filter{ghl.Eq("email", "p3@example.com")}
	got, want := read(t, l.appointments(), &sink{}), bookings(server)
	for id, row := range want {
		if row["contact_email"] != "p3@example.com" {
			delete(want, id)
		}
	}
	expectRows(t, got.rows, want)
	if asked := server.Requests(); asked["GET /contacts/{contactId}/appointments"] != 1 || asked["GET /calendars/events"] != 0 || asked["GET /calendars/"] != 1 || len(got.rows) != 3 {
		t.Errorf("%d rows, requests: %v", len(got.rows), asked)
	}
	l.only = []ghl.Filter{ghl.From(changedField, time.Now().Add(time.Hour).UnixMilli())} // nobody has changed, and yet all may have booked
	if got := read(t, l.appointments(), &sink{}); len(got.rows) != 90 {
		t.Errorf("%d rows since an hour from now", len(got.rows))
	}
}

// TestAppointmentsForATokenThatMayNotListCalendars have their calendars' ids.
func TestAppointmentsForATokenThatMayNotListCalendars(t *testing.T) {
	server := withCalendars(1, 1, sandbox.Events{})
	o := server.Options()
	o.Scopes = []string{"contacts.readonly", "locations.readonly", "users.readonly"}
	narrow := sandbox.New(o)
	contact := narrow.Put(sandbox.Contact{})
	narrow.PutAppointment(sandbox.Appointment{CalendarID: "cal0", ContactID: contact, Start: time.Now()})
	l := open(t, narrow)
	l.only = []ghl.Filter{ghl.Eq("id", contact)}
	if got := read(t, l.appointments(), &sink{}); len(got.rows) != 1 || got.rows[0]["calendar"] != "cal0" {
		t.Errorf("rows: %v", got.rows)
	}
}

// TestABrokenStateOfCalendars is refused before anything is asked.
func TestABrokenStateOfCalendars(t *testing.T) {
	server := withCalendars(1, 1, sandbox.Events{})
	s := open(t, server).appointments()
	for _, text := range []string{`[]`, `{"begun":1}`, `{"at":{"cal0":1}}`, `{"begun":1,"from":5,"to":4}`, `{"begun":1,"from":5,"to":6,"at":7}`} {
		var state *StateError
		if err := s.Read(context.Background(), []byte(text), &sink{}); !errors.As(err, &state) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if server.Total() != 0 {
		t.Errorf("requests: %v", server.Requests())
	}
}
