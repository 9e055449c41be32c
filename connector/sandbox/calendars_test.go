package sandbox

import (
	"fmt"
	"testing"
	"time"
)

// booked is a sandbox with one calendar and an appointment at 10:00, at 11:00 and so on, of half an hour each.
func booked(t *testing.T, n int, quirks Events) (c *client, first time.Time, contact string) {
	c = newClient(t, Options{Calendars: DefaultCalendars(), Events: quirks})
	contact = c.create(`"email":"ann@example.com"`)
	first = time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
	for i := range n {
		c.PutAppointment(Appointment{ID: fmt.Sprint("appt", i), CalendarID: DefaultCalendars()[i%2].ID, ContactID: contact, Title: "Call", Notes: "bring the plan", Start: first.Add(time.Duration(i) * time.Hour)})
	}
	return c, first, contact
}

func events(from, to time.Time, of string) string {
	return fmt.Sprintf("/calendars/events?locationId=%s&startTime=%d&endTime=%d%s", loc, from.UnixMilli(), to.UnixMilli(), of)
}

func TestEventsOfAWindow(t *testing.T) {
	c, first, _ := booked(t, 6, Events{})
	day := func(of string) []any {
		return c.ok(200, "GET", events(first, first.Add(24*time.Hour), of), "")["events"].([]any)
	}
	equal(t, "of one calendar", len(day("&calendarId="+DefaultCalendars()[0].ID)), 3)
	equal(t, "of no group", len(day("&groupId=none")), 0)
	equal(t, "of a user", len(day("&userId=usrTaraTan0000000003")), 0)
	one := c.ok(200, "GET", events(first.Add(time.Hour), first.Add(time.Hour), "&calendarId="+DefaultCalendars()[1].ID), "")["events"].([]any)
	equal(t, "at one time", len(one), 1)
	equal(t, "told", []any{told(object{"event": one[0]}, "event")["startTime"], one[0].(object)["appointmentStatus"], one[0].(object)["notes"]}, []any{"2026-07-01T07:00:00-04:00", "confirmed", "bring the plan"})
	c.ok(400, "GET", events(first, first, ""), "")
	c.ok(400, "GET", "/calendars/events?locationId="+loc+"&calendarId=x&startTime=yesterday&endTime=1", "")
	equal(t, "calendars", len(c.ok(200, "GET", "/calendars/?locationId="+loc, "")["calendars"].([]any)), 2)
}

func TestAppointmentsOfAContact(t *testing.T) {
	c, _, contact := booked(t, 3, Events{})
	at := "/contacts/" + contact + "/appointments"
	list := c.ok(200, "GET", at, "")["events"].([]any)
	equal(t, "told", []any{len(list), list[0].(object)["startTime"], list[0].(object)["status"]}, []any{3, "2026-07-01 06:00:00", "booked"})
	c.DeleteAppointment("appt0")
	equal(t, "left", len(c.Appointments()), 2)
	c.ok(200, "DELETE", "/contacts/"+contact, "")
	equal(t, "of nobody", len(c.Appointments()), 0)
	c.ok(400, "GET", at, "")
}

func TestQuirksOfEvents(t *testing.T) {
	for _, tt := range []struct {
		what   string
		quirks Events
		from   time.Duration // after the first appointment
		status int
		want   int
		dated  bool
	}{
		{"as usual", Events{}, time.Minute, 200, 2, true},
		{"not over yet", Events{Overlapping: true}, time.Minute, 200, 3, true},
		{"one at most", Events{Most: 1}, time.Minute, 200, 1, true},
		{"an hour at most", Events{Window: time.Hour}, time.Minute, 400, 0, false},
		{"without dates", Events{Undated: true}, time.Minute, 200, 2, false},
	} {
		c, first, _ := booked(t, 5, tt.quirks)
		answer := c.ok(tt.status, "GET", events(first.Add(tt.from), first.Add(5*time.Hour), "&calendarId="+DefaultCalendars()[0].ID), "")
		list, _ := answer["events"].([]any)
		dated := len(list) > 0 && list[0].(object)["dateUpdated"] != nil
		equal(t, tt.what, []any{len(list), dated}, []any{tt.want, tt.dated})
	}
}

func TestSeededAppointments(t *testing.T) {
	c := newClient(t, Options{Calendars: DefaultCalendars()})
	c.Seed(60)
	c.SeedWork()
	equal(t, "appointments", len(c.Appointments()), 10)
	c.shows("/", "12 opportunities 0 businesses 10 appointments", "1 appointment")
	c.shows("/_sandbox/contact/"+c.Appointments()[0].ContactID, "Appointments On site confirmed", "Consultation · Rosa Reyes")
	bare := newClient(t, Options{})
	bare.Seed(60)
	bare.SeedWork()
	equal(t, "where there is no calendar", len(bare.Appointments()), 0)
}
