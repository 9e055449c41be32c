package gateway

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

const refusedTags = "the API refused the tags"

func (c *contacts) ChangeTags(ctx context.Context, change TagChange) (map[string]*trouble.Reject, error) {
	failed := map[string]*trouble.Reject{}
	call := c.api.AddTags
	if change.Remove {
		call = c.api.RemoveTags
	}
	err := batches[string]{
		size: &c.bulk,
		call: func(ids []string) error {
			results, err := call(ctx, ids, change.Tags)
			for _, r := range results {
				if err == nil && !r.OK {
					err = c.judgeTags(ctx, change, r.ContactID, cmp.Or(r.Message, refusedTags), failed)
				}
			}
			return err
		},
		alone: func(id string, _ error) error {
			return c.judgeTags(ctx, change, id, refusedTags, failed)
		},
	}.send(change.Contacts)
	if err != nil {
		return nil, fmt.Errorf("change tags: %w", err)
	}
	return failed, nil
}

// judgeTags looks at the primary store whether a refused change was made all
// the same, and whether the contact still exists.
func (c *contacts) judgeTags(ctx context.Context, change TagChange, id, reason string, failed map[string]*trouble.Reject) error {
	now, err := c.api.GetContact(ctx, id)
	switch {
	case isKind(err, ghl.Gone):
		failed[id] = nil
		return nil
	case err != nil && !isKind(err, ghl.Rejected):
		return err
	}
	for _, tag := range change.Tags {
		has := slices.ContainsFunc(now.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
		if err != nil || has == change.Remove {
			failed[id] = &trouble.Reject{Code: trouble.TagsRefused, Field: "tags", Reason: reason}
		}
	}
	return nil
}
