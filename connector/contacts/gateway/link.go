package gateway

import (
	"context"
	"fmt"
	"slices"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

const (
	// LinkField is the field of a contact that holds the id of its business.
	LinkField = "business"
	// MaxLink is how many contacts one call links.
	MaxLink = ghl.MaxLink

	businessID = "businessId" // what the API calls it
)

// Linked is the value of [LinkField] for a business: nil for none.
func Linked(business string) any {
	if business == "" {
		return nil
	}
	return business
}

func (c *contacts) Link(ctx context.Context, business string, contacts []string) (gone []string, reject *trouble.Reject, err error) {
	linked, err := c.api.LinkBusiness(ctx, business, contacts)
	if isKind(err, ghl.Rejected, ghl.Gone) {
		return nil, object.Refused(err), nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("link contacts to a business: %w", err)
	}
	for _, id := range contacts {
		if !slices.Contains(linked, id) {
			gone = append(gone, id)
		}
	}
	return gone, nil, nil
}
