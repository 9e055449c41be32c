package connector

import (
	"context"
	"errors"
	"slices"

	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// owners are the users of a location, asked for once, and only if needed.
type owners struct {
	asked bool
	users []crm.User // nil: not known
}

// of asks who works in the location. Without the right to know it, or where the
// API does not tell it any more, owners can be given by id alone: that is told,
// and no error.
func (o *owners) of(ctx context.Context, j *job) ([]crm.User, error) {
	if o.asked {
		return o.users, nil
	}
	found, err := j.client.Users(ctx)
	o.asked = true
	switch {
	case isUntold(err):
		j.log.Warn().Msg(ownersByID(err))
		return nil, nil
	case err != nil:
		return nil, err
	}
	o.users = make([]crm.User, 0, len(found))
	for _, u := range found {
		o.users = append(o.users, crm.User(u))
	}
	return o.users, nil
}

// isUntold reports whether an error is the API's refusal to tell the users.
func isUntold(err error) bool {
	return err != nil && isOneOf(err, ghl.ScopeMissing, ghl.Rejected, ghl.Gone)
}

// mapsOwners reports whether the configuration itself names owners of contacts.
func mapsOwners(conf config.Config, table *crm.Table) bool {
	return slices.ContainsFunc(conf.FieldMapping, func(m config.FieldMapping) bool {
		field := table.Find(m.To)
		return field != nil && field.Type == crm.UserID
	})
}

// ownersByID says why owners are read by id alone, and what would change that.
func ownersByID(err error) string {
	const consequence = "Owners (assignedTo) are taken by id only, not by email or name"
	var api *ghl.Error
	if errors.As(err, &api) && api.Kind == ghl.ScopeMissing {
		return consequence + ": the token lacks the scope " + api.Operation.Scope() + ". Add it to the private integration or the app if your records name owners so."
	}
	return consequence + ": HighLevel does not tell who works in the location (" + err.Error() + ")."
}
