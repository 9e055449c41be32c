package source

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"destination-gohighlevel/connector/ghl"
)

// appointments is the stream of what is booked in calendars, cancelled ones too, for ten
// years back and two ahead. A read is always of all rows: no question is answered by what
// has changed, and some answers do not tell when that was. Where only some contacts are
// read, it is their appointments that are asked for.
func (l *Location) appointments() Stream {
	text := map[string]any{"type": nullable("string")}
	rows := childRows{owner: l.owner, user: "assignedTo", fields: map[string]any{
		"calendar": text, "title": text, "startTime": moment, "endTime": moment, "status": text, "assignedTo": text,
		"notes": text, "description": text, "address": text, addedField: moment, changedField: moment}}
	s := Stream{
		Name: "appointments", Schema: fixed(rows.schema()), PrimaryKey: []string{"id"}, OptIn: true,
		Estimate: l.estimateCalendars,
		Read: func(ctx context.Context, from json.RawMessage, to Sink) error {
			state, err := readCalendarsState(from)
			if err != nil {
				return err
			}
			state.begin(time.Now())
			return (&calendarsRead{l: l, rows: rows, state: state, seen: map[string]bool{}, to: to}).all(ctx)
		},
	}
	// A booking does not change its contact, so contacts by their changes are not those of whom to ask.
	if slices.ContainsFunc(l.only, func(f ghl.Filter) bool { return f.Field != changedField }) {
		ofContact := l.perContact(rows, readPass, func(ctx context.Context, contact string) ([]ghl.Child, error) {
			told, err := l.client.ContactAppointments(ctx, contact)
			if err != nil || len(told) == 0 {
				return nil, err
			}
			names, err := l.calendars(ctx)
			if err != nil {
				return nil, err
			}
			return l.booked(ctx, told, names)
		})
		s.Estimate, s.Read = ofContact.Estimate, ofContact.Read
	}
	return s
}

// booked turns appointments into what becomes rows, with calendars by their names.
func (l *Location) booked(ctx context.Context, told []ghl.Appointment, names map[string]string) ([]ghl.Child, error) {
	var children []ghl.Child
	for _, a := range told {
		c := ghl.Child{ID: a.ID, ContactID: a.ContactID, Fields: map[string]any{
			"calendar": orNull(cmp.Or(names[a.CalendarID], a.CalendarID)), "title": orNull(a.Title), "status": orNull(a.Status), "assignedTo": orNull(a.AssignedTo),
			"notes": orNull(a.Notes), "description": orNull(a.Description), "address": orNull(a.Address)}}
		for name, text := range map[string]string{"startTime": a.Start, "endTime": a.End, addedField: a.DateAdded, changedField: a.DateUpdated} {
			at, err := l.moment(ctx, text)
			if err != nil {
				return nil, err
			}
			switch _, odd := time.Parse(time.RFC3339, text); {
			case at.IsZero():
				c.Fields[name] = nil
			case odd != nil:
				c.Fields[name] = at.Format(time.RFC3339)
			default:
				c.Fields[name] = text
			}
		}
		c.DateAdded, _ = c.Fields[addedField].(string)
		children = append(children, c)
	}
	return children, nil
}

// readCalendars reads the names of calendars by id. A token that may not know them reads
// appointments all the same.
func (l *Location) readCalendars(ctx context.Context) (map[string]string, error) {
	calendars, err := l.client.Calendars(ctx)
	if err != nil && !isRefused(err) {
		return nil, err
	}
	names := make(map[string]string, len(calendars))
	for _, c := range calendars {
		names[c.ID] = c.Name
	}
	return names, nil
}

// layouts are those of the times that the answers about appointments tell. The last two
// have no offset: they are what the clocks of the location show.
var layouts = []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05", time.DateTime}

// moment is a time that an answer about appointments tells, the zero time where it tells
// none.
func (l *Location) moment(ctx context.Context, text string) (time.Time, error) {
	for i, layout := range layouts {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if i < 2 {
			return at, nil
		}
		zone, err := l.zone(ctx)
		if err != nil {
			return time.Time{}, err
		}
		return time.ParseInLocation(layout, text, zone)
	}
	return time.Time{}, nil
}

var errNoZone = errors.New("the location does not say in which time zone it is, so the times of its appointments cannot be told")

// readZone reads the time zone of the location.
func (l *Location) readZone(ctx context.Context) (*time.Location, error) {
	location, err := l.client.Location(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(location.Timezone)
	if err != nil || location.Timezone == "" {
		return nil, errNoZone
	}
	return zone, nil
}
