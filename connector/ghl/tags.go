package ghl

import (
	"context"
	"encoding/json"
)

// TagResult is what a bulk tag call did to one contact.
type TagResult struct {
	ContactID string
	OK        bool
	// Changed are the tags that were added or removed; nil if the answer does not tell,
	// as that to a repeat, which an attempt with a lost answer may have preceded.
	Changed []string
	Message string // "" if it could hold something of a person
}

// LocationTags reads all tags that the location knows, which the server gives in one
// answer. Safe to repeat.
//
//ghl:operation GET /locations/{locationId}/tags
func (c *Client) LocationTags(ctx context.Context) ([]Named, error) {
	return readList(ctx, c, opLocationTags, request{path: []string{c.location}}, list[Named, Named]{name: "tags",
		entry: func(told *Named) (Named, bool) { return *told, true }})
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
	var repeated bool
	if err := c.do(ctx, opBulkTags, request{repeated: &repeated, path: []string{kind}, body: body}, &answer); err != nil {
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
		if repeated {
			result.Changed = nil
		}
		results[i] = result
	}
	return results, nil
}

// tagsAnswer is the envelope of a bulk call. What became of each contact comes in
// forms that differ; what is not understood has told nothing, and is no fault: the
// tags are written by then.
type tagsAnswer struct {
	envelope
	Responses []tagResponse `json:"responses"`
	Succeded  bool          `json:"succeded"` // the vendor spells it both ways
	Succeeded bool          `json:"succeeded"`
	Errors    *int          `json:"errorCount"`
}

type tagResponse struct {
	ContactID any   `json:"contactId"`
	Message   any   `json:"message"`
	Type      any   `json:"type"`
	Added     []any `json:"tagsAdded"`
	Removed   []any `json:"tagsRemoved"`
}

// UnmarshalJSON reads any JSON.
func (a *tagsAnswer) UnmarshalJSON(doc []byte) error {
	type plain tagsAnswer
	_ = json.Unmarshal(doc, (*plain)(a)) // reads what it can
	return nil
}

// told is what the answer says of the contacts that it names.
func (a tagsAnswer) told() map[string]TagResult {
	told := map[string]TagResult{}
	for _, r := range a.Responses {
		id, kind := text(r.ContactID), text(r.Type)
		if id != "" && kind != "" {
			told[id] = TagResult{ContactID: id, OK: kind == "success", Changed: r.changed(), Message: plainly(text(r.Message))}
		}
	}
	return told
}

func (r tagResponse) changed() []string {
	if r.Added == nil && r.Removed == nil {
		return nil
	}
	return append(append([]string{}, texts(r.Added)...), texts(r.Removed)...)
}

// allDone reports whether the answer as a whole says that nothing went wrong.
func (a tagsAnswer) allDone() bool {
	return (a.Succeded || a.Succeeded) && a.Errors != nil && *a.Errors == 0
}
