package records

import (
	"context"
	"fmt"
	"slices"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

// Businesses describes GoHighLevel's businesses.
func Businesses() object.Descriptor {
	return object.Descriptor{
		Name:  crm.Businesses.Name,
		Modes: []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update},
		Table: func(ctx context.Context, client *ghl.Client) (*crm.Table, error) {
			custom, err := customFields(ctx, client)
			return object.Table(crm.Businesses, custom), err
		},
		Probes: []object.Probe{mayRead, mayWrite},
		Open:   open,
	}
}

func open(ctx context.Context, client *ghl.Client, dry bool) (object.Location, error) {
	at, err := client.Location(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the location: %w", err)
	}
	custom, err := customFields(ctx, client)
	if err != nil {
		return nil, err
	}
	country, _ := crm.CountryCode(at.Country)
	facts := object.Facts{LocationName: at.Name, Country: country, AllowsDuplicates: at.AllowDuplicates, DryRun: dry}
	return newLocation(client, facts, custom), nil
}

// customFields reads the custom fields of businesses; a location that does not
// have the object in the objects API has none.
func customFields(ctx context.Context, client *ghl.Client) ([]ghl.CustomField, error) {
	custom, err := client.BusinessFields(ctx)
	if isKind(err, ghl.Gone, ghl.Rejected) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the custom fields of businesses: %w", err)
	}
	return custom, nil
}

// absentBusiness is an id that no business has. What is asked of it is refused once
// the token has been found good for it, and so shows a right without using it.
const absentBusiness = "000000000000000000000000"

// mayRead shows the right to read businesses.
func mayRead(ctx context.Context, client *ghl.Client) (fact string, err error) {
	_, err = client.GetBusiness(ctx, absentBusiness)
	return "", unlessAbsent(err)
}

// mayWrite shows the right to write businesses.
func mayWrite(ctx context.Context, client *ghl.Client) (fact string, err error) {
	_, err = client.UpdateBusiness(ctx, absentBusiness, ghl.BusinessBody{})
	return "", unlessAbsent(err)
}

// unlessAbsent forgives that there is no such business.
func unlessAbsent(err error) error {
	if isKind(err, ghl.Gone, ghl.Rejected) {
		return nil
	}
	return err
}

// isKind reports whether err is a failure of one of these kinds.
func isKind(err error, kinds ...ghl.Kind) bool {
	return err != nil && slices.Contains(kinds, ghl.KindOf(err))
}
