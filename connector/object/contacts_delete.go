package object

import (
	"context"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Delete reads the contact once more: what is deleted for good must still be
// what the caller took it for, and search may be a minute behind.
func (c *contacts) Delete(ctx context.Context, id string, meant func(now *crm.Contact) bool) (bool, *crm.Reject, error) {
	now, err := c.api.GetContact(ctx, id)
	switch {
	case isKind(err, ghl.Gone):
		return true, nil, nil
	case isKind(err, ghl.Rejected):
		return false, refused(err).Reject, nil
	case err != nil:
		return false, nil, fmt.Errorf("read a contact before it is deleted: %w", err)
	case !meant(c.decode(now)):
		return false, nil, nil
	}
	deleteErr := c.api.DeleteContact(ctx, id)
	switch {
	case deleteErr == nil, isKind(deleteErr, ghl.Gone):
		return true, nil, nil
	case !isKind(deleteErr, ghl.Rejected):
		return false, nil, fmt.Errorf("delete a contact: %w", deleteErr)
	}
	// Some refusals have done it all the same.
	_, err = c.api.GetContact(ctx, id)
	switch {
	case isKind(err, ghl.Gone):
		return true, nil, nil
	case err != nil && !isKind(err, ghl.Rejected):
		return false, nil, fmt.Errorf("read a contact that may be deleted: %w", err)
	}
	return false, refused(deleteErr).Reject, nil
}
