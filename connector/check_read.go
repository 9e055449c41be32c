package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/source"
	"destination-gohighlevel/connector/words"
)

// seeStreams shows the rights to read contacts and their fields, and how many rows there
// are. Further streams that the token may not read are remarked: they fail alone.
func (d *doctor) seeStreams(ctx context.Context) error {
	for _, s := range source.Open(d.client).Streams() {
		if !slices.Contains([]string{crm.Contacts.Name, crm.Businesses.Name, crm.Opportunities.Name}, s.Name) {
			continue
		}
		rows, err := int64(0), error(nil)
		if s.Name == crm.Contacts.Name {
			_, err = s.Schema(ctx)
		}
		if err == nil {
			rows, _, err = s.Estimate(ctx, nil)
		}
		switch {
		case err != nil && s.Name != crm.Contacts.Name && isUntold(err):
			d.remarks = append(d.remarks, fmt.Sprintf("The stream %s cannot be read: %s", s.Name, explain(during("check", d.conf, err)).message))
		case err != nil:
			return err
		default:
			d.facts = append(d.facts, words.Plural(rows, words.Singular(s.Name), s.Name)+" to read")
		}
	}
	return nil
}

// seeCalendars shows the rights to read appointments, which only who wants them needs.
func (d *doctor) seeCalendars(ctx context.Context) error {
	calendar, now := "none", time.Now()
	calendars, err := d.client.Calendars(ctx)
	if len(calendars) > 0 {
		calendar = calendars[0].ID
	}
	_, ofEvents := d.client.Events(ctx, calendar, now, now)
	var scopes []string
	for _, err := range []error{err, ofEvents} {
		if api := (*ghl.Error)(nil); errors.As(err, &api) && api.Kind == ghl.ScopeMissing {
			scopes = append(scopes, api.Operation.Scope())
		}
	}
	if len(scopes) > 0 {
		d.remarks = append(d.remarks, "The stream appointments cannot be read: "+missingScopes(sceneOf("check", d.conf), scopes...))
	}
	return nil
}
