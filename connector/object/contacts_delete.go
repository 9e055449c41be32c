package object

import (
	"context"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Delete reads the contact once more: what is deleted for good must still be
// what the caller took it for, and search may be a minute behind.
func (c *contacts) Delete(ctx context.Context, id string, meant func(now *crm.Contact) bool) (bool, error) {
	now, err := c.api.GetContact(ctx, id)
	switch {
	case isKind(err, ghl.Gone):
		return true, nil
	case isKind(err, ghl.Rejected):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("read a contact before it is deleted: %w", err)
	case !meant(c.decode(now)):
		return false, nil
	}
	err = c.api.DeleteContact(ctx, id)
	switch {
	case err == nil, isKind(err, ghl.Gone):
		return true, nil
	case !isKind(err, ghl.Rejected):
		return false, fmt.Errorf("delete a contact: %w", err)
	}
	// Some refusals have done it all the same.
	_, err = c.api.GetContact(ctx, id)
	if err != nil && !isKind(err, ghl.Gone, ghl.Rejected) {
		return false, fmt.Errorf("read a contact that may be deleted: %w", err)
	}
	return isKind(err, ghl.Gone), nil
}
