package object

import (
	"context"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// CodeTagsRefused is the code of a record whose contact was written but whose
// tags were not.
const CodeTagsRefused = "tags_refused"

func (c *contacts) ChangeTags(ctx context.Context, change TagChange) (map[string]crm.Reject, error) {
	failed := map[string]crm.Reject{}
	call := c.api.AddTags
	if change.Remove {
		call = c.api.RemoveTags
	}
	for rest := change.Contacts; len(rest) > 0; {
		n := min(int(c.bulk.Load()), len(rest))
		results, err := call(ctx, rest[:n], change.Tags)
		if isKind(err, ghl.Rejected) {
			if n > 1 {
				c.bulk.Store(int64((n + 1) / 2))
				continue
			}
			failed[rest[0]] = crm.Reject{Code: CodeTagsRefused, Field: "tags", Reason: "the API refused the tags"}
		} else if err != nil {
			return nil, fmt.Errorf("change tags: %w", err)
		}
		for _, r := range results {
			if !r.OK {
				failed[r.ContactID] = crm.Reject{Code: CodeTagsRefused, Field: "tags", Reason: r.Message}
			}
		}
		rest = rest[n:]
	}
	return failed, nil
}
