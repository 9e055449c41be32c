package ghl

import (
	"bytes"
	"context"
)

// TagResult is what a bulk tag call did to one contact.
type TagResult struct {
	ContactID string
	OK        bool
	Message   string // "" if it could hold something of a person
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
	var answer tagsAnswer
	if err := c.do(ctx, opBulkTags, request{value: kind, body: body}, &answer); err != nil {
		return nil, err
	}
	told := answer.told()
	results := make([]TagResult, len(contacts))
	for i, id := range contacts {
		result, ok := told[id]
		switch {
		case ok:
		case len(told) == 0 && answer.allDone():
			result = TagResult{ContactID: id, OK: true}
		default:
			result = TagResult{ContactID: id, Message: "the answer does not name the contact"}
		}
		results[i] = result
	}
	return results, nil
}

// tagsAnswer is the envelope of a bulk call. What became of each contact comes in
// forms that differ; what is not understood has told nothing, and is no fault: the
// tags are written by then.
type tagsAnswer struct {
	responses []byte // a list, nil if there is none
	succeeded bool
	errors    string // how many, "" if not told
}

// UnmarshalJSON reads any JSON.
func (a *tagsAnswer) UnmarshalJSON(doc []byte) error {
	*a = tagsAnswer{}
	for name, value := range members(doc) {
		switch name {
		case "responses":
			a.responses = bytes.Clone(value)
		case "succeded", "succeeded": // the vendor spells it both ways
			a.succeeded = string(value) == "true"
		case "errorCount":
			a.errors = word(value)
		}
	}
	return nil
}

// told is what the answer says of the contacts that it names.
func (a tagsAnswer) told() map[string]TagResult {
	told := map[string]TagResult{}
	for item := range items(a.responses) {
		var r TagResult
		kind := ""
		for name, value := range members(item) {
			switch name {
			case "contactId":
				r.ContactID = word(value)
			case "message":
				r.Message = plainly(word(value))
			case "type":
				kind = word(value)
			}
		}
		if r.OK = kind == "success"; r.ContactID != "" && kind != "" {
			told[r.ContactID] = r
		}
	}
	return told
}

// allDone reports whether the answer as a whole says that nothing went wrong.
func (a tagsAnswer) allDone() bool { return a.succeeded && a.errors == "0" }
