package object

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// CodeTagsRefused is the code of a record whose contact was written but whose
// tags were not.
const CodeTagsRefused = "tags_refused"

func (c *contacts) ChangeTags(ctx context.Context, change TagChange) (map[string]*crm.Reject, error) {
	failed := map[string]*crm.Reject{}
	for rest := change.Contacts; len(rest) > 0; {
		n := min(int(c.bulk.Load()), len(rest))
		if _, err := c.changeBatch(ctx, change, rest[:n], failed); err != nil {
			return nil, fmt.Errorf("change tags: %w", err)
		}
		rest = rest[n:]
	}
	return failed, nil
}

// changeBatch changes the tags of all the contacts with one call. As in a
// search, a batch that is refused is sent in halves, and a size that turned
// out too large is remembered.
func (c *contacts) changeBatch(ctx context.Context, change TagChange, ids []string, failed map[string]*crm.Reject) (refused bool, err error) {
	call := c.api.AddTags
	if change.Remove {
		call = c.api.RemoveTags
	}
	results, err := call(ctx, ids, change.Tags)
	if isKind(err, ghl.Rejected) {
		return true, c.changeHalves(ctx, change, ids, failed)
	}
	if err != nil {
		return false, err
	}
	for _, r := range results {
		if r.OK {
			continue
		}
		if err := c.judgeTags(ctx, change, r.ContactID, r.Message, failed); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (c *contacts) changeHalves(ctx context.Context, change TagChange, ids []string, failed map[string]*crm.Reject) error {
	if len(ids) == 1 {
		return c.judgeTags(ctx, change, ids[0], "the API refused the tags", failed)
	}
	half := (len(ids) + 1) / 2
	first, err := c.changeBatch(ctx, change, ids[:half], failed)
	if err != nil {
		return err
	}
	second, err := c.changeBatch(ctx, change, ids[half:], failed)
	if err == nil && !first && !second {
		c.bulk.Store(int64(half))
	}
	return err
}

// judgeTags looks at the primary store whether a refused change was made all
// the same, and whether the contact still exists.
func (c *contacts) judgeTags(ctx context.Context, change TagChange, id, reason string, failed map[string]*crm.Reject) error {
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
			failed[id] = &crm.Reject{Code: CodeTagsRefused, Field: "tags", Reason: reason}
		}
	}
	return nil
}
