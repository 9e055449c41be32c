package gateway

import (
	"context"
	"fmt"
	"slices"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
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

func (c *contacts) Link(ctx context.Context, business string, contacts []Subject) (gone []string, reject *trouble.Reject, err error) {
	link := func() ([]string, error) { return c.api.LinkBusiness(ctx, business, IDs(contacts)) }
	linked, entry, err := object.Send(ctx, c.journal, link, linking(business, contacts)...)
	if isKind(err, ghl.Rejected, ghl.Gone) {
		return nil, object.Refused(err), nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("link contacts to a business: %w", err)
	}
	outcomes := make([]journal.Outcome, len(contacts))
	for i, s := range contacts {
		if outcomes[i].ID = s.ID; !slices.Contains(linked, s.ID) {
			gone = append(gone, s.ID)
			outcomes[i].Failure = &journal.Failure{Message: "gone"}
		}
	}
	entry.Done(outcomes...)
	return gone, nil, nil
}
