package ghl

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const oneEvent = `{"events":[{"id":"a1","calendarId":"k1","contactId":"c1","title":"Call","appointmentStatus":"confirmed","status":"booked","assignedUserId":"u1",
	"notes":"n","description":"d","address":"1 Main St","startTime":"2026-07-01T10:00:00+05:30","endTime":"2026-07-01T10:30:00+05:30","dateAdded":{"odd":1}},
	{"id":"a2","contactId":"c1","status":"booked","startTime":"2026-07-01 10:00:00","dateUpdated":"2026-06-01T00:00:00Z","deleted":false},{"id":"a3","deleted":true}]}`

func TestAppointments(t *testing.T) {
	want := []Appointment{
		{ID: "a1", CalendarID: "k1", ContactID: "c1", Title: "Call", Status: "confirmed", AssignedTo: "u1", Notes: "n", Description: "d", Address: "1 Main St",
			Start: "2026-07-01T10:00:00+05:30", End: "2026-07-01T10:30:00+05:30"},
		{ID: "a2", ContactID: "c1", Status: "booked", Start: "2026-07-01 10:00:00", DateUpdated: "2026-06-01T00:00:00Z"},
	}
	for _, tt := range []struct {
		uri, version string
		ask          func(*Client) ([]Appointment, error)
	}{
		{"/calendars/events?calendarId=k1&endTime=2000&locationId=loc1&startTime=1000", "2021-04-15",
			func(c *Client) ([]Appointment, error) {
				return c.Events(t.Context(), "k1", time.UnixMilli(1000), time.UnixMilli(2000))
			}},
		{"/contacts/c1/appointments", "2021-07-28", func(c *Client) ([]Appointment, error) { return c.ContactAppointments(t.Context(), "c1") }},
	} {
		var got []Appointment
		sent := once(t, 200, oneEvent, func(c *Client) (err error) {
			got, err = tt.ask(c)
			return err
		})
		expect(t, sent, "GET", tt.uri, "")
		if version := sent.header.Get("Version"); version != tt.version || !reflect.DeepEqual(got, want) {
			t.Errorf("%s, version %s:\ngot  %+v\nwant %+v", tt.uri, version, got, want)
		}
	}
}

func TestCalendars(t *testing.T) {
	var got []Named
	sent := once(t, 200, `{"calendars":[{"id":"k1","name":"Sales","openHours":[{}]},{"id":"k2"}]}`, func(c *Client) (err error) {
		got, err = c.Calendars(t.Context())
		return err
	})
	expect(t, sent, "GET", "/calendars/?locationId=loc1", "")
	if version := sent.header.Get("Version"); version != "2021-04-15" || !reflect.DeepEqual(got, []Named{{"k1", "Sales"}, {"k2", ""}}) {
		t.Errorf("version %s: %v", version, got)
	}
}

// TestAnswersAboutCalendarsThatCannotBe pass for no empty list.
func TestAnswersAboutCalendarsThatCannotBe(t *testing.T) {
	calendars := func(c *Client) error { _, err := c.Calendars(t.Context()); return err }
	events := func(c *Client) error { _, err := c.Events(t.Context(), "k1", time.Now(), time.Now()); return err }
	contact := func(c *Client) error { _, err := c.ContactAppointments(t.Context(), "c1"); return err }
	for name, tt := range map[string]struct {
		body    string
		call    func(*Client) error
		tooLong bool
	}{
		"no calendars":         {`{}`, calendars, false},
		"a nameless calendar":  {`{"calendars":[{"name":"x"}]}`, calendars, false},
		"no events":            {`{"traceId":"x"}`, events, false},
		"an event without id":  {`{"events":[{"title":"x"}]}`, events, false},
		"of another contact":   {`{"events":[{"id":"a","contactId":"c2"}]}`, contact, false},
		"more than one may be": {`{"events":[` + strings.Repeat(`{"id":"a1","title":"`+strings.Repeat("x", 1<<10)+`"},`, maxList>>10) + `{"id":"a2"}]}`, events, true},
	} {
		err := tt.call(newTestClient(t, scripted(say(200, tt.body))))
		if err == nil || KindOf(err) != Bug || TooLong(err) != tt.tooLong {
			t.Errorf("%s: %v", name, err)
		}
	}
}
