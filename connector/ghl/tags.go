package ghl

import "context"

// TagResult is what a bulk tag call did to one contact.
type TagResult struct {
	ContactID string
	OK        bool
	Message   string
}

// AddTags adds all tags to all contacts and leaves their other tags alone. It
// returns one result per contact in the order given; a nil error does not mean
// that each is OK. The server documents no maximum of contacts. Safe to
// repeat. Without contacts or tags nothing is sent.
//
//ghl:operation POST /contacts/bulk/tags/update/{type}
func (c *Client) AddTags(ctx context.Context, contacts, tags []string) ([]TagResult, error) {
	return c.bulkTags(ctx, "add", contacts, tags)
}

// RemoveTags takes all tags from all contacts and leaves their other tags
// alone; the rest is as with AddTags.
//
//ghl:operation POST /contacts/bulk/tags/update/{type}
func (c *Client) RemoveTags(ctx context.Context, contacts, tags []string) ([]TagResult, error) {
	return c.bulkTags(ctx, "remove", contacts, tags)
}

func (c *Client) bulkTags(ctx context.Context, kind string, contacts, tags []string) ([]TagResult, error) {
	if len(contacts) == 0 || len(tags) == 0 {
		return nil, nil
	}
	body := map[string]any{"contacts": contacts, "tags": tags, "locationId": c.location}
	var answer struct {
		Responses []struct {
			ContactID string `json:"contactId"`
			Message   string `json:"message"`
			Type      string `json:"type"`
		} `json:"responses"`
	}
	if err := c.do(ctx, opBulkTags, request{value: kind, body: body}, &answer); err != nil {
		return nil, err
	}
	told := make(map[string]TagResult, len(answer.Responses))
	for _, r := range answer.Responses {
		told[r.ContactID] = TagResult{ContactID: r.ContactID, OK: r.Type == "success", Message: redact(r.Message)}
	}
	results := make([]TagResult, len(contacts))
	for i, id := range contacts {
		result, ok := told[id]
		if !ok {
			result = TagResult{ContactID: id, Message: "the answer does not name the contact"}
		}
		results[i] = result
	}
	return results, nil
}
