package gateway

import (
	"context"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

// Read asks the primary store.
func (c *contacts) Read(ctx context.Context, id string) (*crm.Contact, *trouble.Reject, error) {
	now, err := c.api.GetContact(ctx, id)
	switch {
	case isKind(err, ghl.Gone):
		return nil, nil, nil
	case isKind(err, ghl.Rejected):
		return nil, refused(err).Reject, nil
	case err != nil:
		return nil, nil, fmt.Errorf("read a contact: %w", err)
	}
	return c.decode(now), nil, nil
}

// Delete deletes a contact. Some refusals have done it all the same.
func (c *contacts) Delete(ctx context.Context, id string) (*trouble.Reject, error) {
	deleteErr := c.api.DeleteContact(ctx, id)
	switch {
	case deleteErr == nil, isKind(deleteErr, ghl.Gone):
		return nil, nil
	case !isKind(deleteErr, ghl.Rejected):
		return nil, fmt.Errorf("delete a contact: %w", deleteErr)
	}
	_, err := c.api.GetContact(ctx, id)
	switch {
	case isKind(err, ghl.Gone):
		return nil, nil
	case err != nil && !isKind(err, ghl.Rejected):
		return nil, fmt.Errorf("read a contact that may be deleted: %w", err)
	}
	return refused(deleteErr).Reject, nil
}
