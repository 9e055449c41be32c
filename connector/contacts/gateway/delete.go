package gateway

import (
	"context"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
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
	return c.decode(&now), nil, nil
}

// Delete deletes a contact. Some refusals have done it all the same.
func (c *contacts) Delete(ctx context.Context, of Subject) (*trouble.Reject, error) {
	done := journal.Outcome{ID: of.ID}
	remove := func() (journal.Outcome, error) { return done, c.api.DeleteContact(ctx, of.ID) }
	_, entry, deleteErr := object.Send(ctx, c.journal, remove, c.deleting(of))
	switch {
	case deleteErr == nil:
		entry.Done(done)
		return nil, nil
	case isKind(deleteErr, ghl.Gone):
		return nil, nil
	case !isKind(deleteErr, ghl.Rejected):
		return nil, fmt.Errorf("delete a contact: %w", deleteErr)
	}
	_, err := c.api.GetContact(ctx, of.ID)
	switch {
	case isKind(err, ghl.Gone):
		entry.Done(done)
		return nil, nil
	case err != nil && !isKind(err, ghl.Rejected):
		return nil, fmt.Errorf("read a contact that may be deleted: %w", err)
	}
	if err == nil {
		entry.Fail(object.Refusal(deleteErr))
	}
	return refused(deleteErr).Reject, nil
}
