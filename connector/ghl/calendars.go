package ghl

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strconv"
	"time"
)

// Appointment is a time that is booked in a calendar, as one answer told it. What it did
// not tell is "". Times are as they were told: those of [Client.ContactAppointments] have
// no offset, and are what the clocks of the location show.
type Appointment struct {
	ID, CalendarID, ContactID string
	Title, Status             string
	AssignedTo                string // the id of a user
	Notes, Description        string
	Address                   string
	Start, End                string
	DateAdded, DateUpdated    string
}

// appointmentJSON is an appointment as the server tells it.
type appointmentJSON struct {
	ID                string `json:"id"`
	CalendarID        string `json:"calendarId"`
	ContactID         string `json:"contactId"`
	Title             string `json:"title"`
	AppointmentStatus string `json:"appointmentStatus"`
	Status            string `json:"status"`
	AssignedUserID    string `json:"assignedUserId"`
	Notes             string `json:"notes"`
	Description       string `json:"description"`
	Address           string `json:"address"`
	StartTime         any    `json:"startTime"` // the vendor declares objects
	EndTime           any    `json:"endTime"`
	DateAdded         any    `json:"dateAdded"`
	DateUpdated       any    `json:"dateUpdated"`
	Deleted           any    `json:"deleted"` // true, false or null
}

func (j *appointmentJSON) appointment() (Appointment, bool) {
	return Appointment{ID: j.ID, CalendarID: j.CalendarID, ContactID: j.ContactID, Title: j.Title, Status: cmp.Or(j.AppointmentStatus, j.Status),
		AssignedTo: j.AssignedUserID, Notes: j.Notes, Description: j.Description, Address: j.Address,
		Start: text(j.StartTime), End: text(j.EndTime), DateAdded: text(j.DateAdded), DateUpdated: text(j.DateUpdated)}, j.Deleted != true
}

// Calendars reads all calendars of the location, drafts too, which the server gives in
// one answer. Safe to repeat.
//
//ghl:operation GET /calendars/
func (c *Client) Calendars(ctx context.Context) ([]Named, error) {
	r := request{query: url.Values{"locationId": {c.location}}}
	calendars, err := readList(ctx, c, opCalendars, r, list[Named, Named]{name: "calendars", entry: func(told *Named) (Named, bool) { return *told, true }})
	for _, calendar := range calendars {
		if calendar.ID == "" {
			return nil, opCalendars.fault(Bug, "the answer lists a calendar without an id")
		}
	}
	return calendars, err
}

// Events reads the appointments of a calendar between two times, which the server gives in
// one answer: there are no pages. Where the window cuts an appointment, and at its very
// end, it may be told or not. An answer longer than one may be is an error of which
// [TooLong] tells. Safe to repeat.
//
//ghl:operation GET /calendars/events
func (c *Client) Events(ctx context.Context, calendar string, from, to time.Time) ([]Appointment, error) {
	query := url.Values{"locationId": {c.location}, "calendarId": {calendar}, "startTime": {milliseconds(from)}, "endTime": {milliseconds(to)}}
	return c.appointments(ctx, opEvents, request{query: query})
}

// ContactAppointments reads all appointments of a contact, which the server gives in one
// answer. The error is Gone if the contact does not exist. Safe to repeat.
//
//ghl:operation GET /contacts/{contactId}/appointments
func (c *Client) ContactAppointments(ctx context.Context, contact string) ([]Appointment, error) {
	appointments, err := c.appointments(ctx, opAppointments, request{path: []string{contact}})
	for i := range appointments {
		switch appointments[i].ContactID {
		case "":
			appointments[i].ContactID = contact
		case contact:
		default:
			return nil, opAppointments.fault(Bug, "the answer lists an appointment of another contact")
		}
	}
	return appointments, err
}

func (c *Client) appointments(ctx context.Context, op Operation, r request) ([]Appointment, error) {
	all, err := readList(ctx, c, op, r, list[appointmentJSON, Appointment]{name: "events", entry: (*appointmentJSON).appointment})
	for _, a := range all {
		if a.ID == "" {
			return nil, op.fault(Bug, "the answer lists an appointment without an id")
		}
	}
	return all, err
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// TooLong tells whether an answer was longer than one may be: what asks for less can be
// answered.
func TooLong(err error) bool { return errors.Is(err, errTooLong) }
