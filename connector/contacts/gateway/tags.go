package gateway

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

const refusedTags = "the API refused the tags"

func (c *contacts) ChangeTags(ctx context.Context, change TagChange) (map[string]*trouble.Reject, error) {
	failed := map[string]*trouble.Reject{}
	var open *journal.Entry // of the call that was refused last; it may have done its work all the same
	var split []func()      // record that calls of many were refused, once their halves have told what they did
	call := c.api.AddTags
	if change.Remove {
		call = c.api.RemoveTags
	}
	err := batches[Subject]{
		size: &c.bulk,
		call: func(batch []Subject) error {
			send := func() ([]ghl.TagResult, error) { return call(ctx, IDs(batch), change.Tags) }
			results, entry, err := object.Send(ctx, c.journal, send, tagging(change, batch)...)
			if err != nil {
				if open = entry; len(batch) > 1 && isKind(err, ghl.Rejected) {
					split = append(split, func() { entry.Fail(object.Refusal(err)) })
				}
				return err
			}
			outcomes := make([]journal.Outcome, len(results))
			for i, r := range results {
				if outcomes[i] = (journal.Outcome{ID: r.ContactID, Tags: r.Changed}); open != nil {
					outcomes[i].Tags = nil
				}
				if r.OK {
					continue
				}
				if outcomes[i], err = c.judgeTags(ctx, change, r.ContactID, cmp.Or(r.Message, refusedTags), failed); err != nil {
					return err
				}
			}
			entry.Done(outcomes...)
			return nil
		},
		alone: func(s Subject, _ error) error {
			outcome, err := c.judgeTags(ctx, change, s.ID, refusedTags, failed)
			if err == nil {
				open.Done(outcome)
			}
			return err
		},
	}.send(change.Contacts)
	if err != nil {
		return nil, fmt.Errorf("change tags: %w", err)
	}
	for _, record := range split {
		record()
	}
	return failed, nil
}

// judgeTags looks at the primary store whether a refused change was made all
// the same, and whether the contact still exists.
func (c *contacts) judgeTags(ctx context.Context, change TagChange, id, reason string, failed map[string]*trouble.Reject) (journal.Outcome, error) {
	outcome := journal.Outcome{ID: id}
	now, err := c.api.GetContact(ctx, id)
	switch {
	case isKind(err, ghl.Gone):
		failed[id] = nil
		outcome.Failure = &journal.Failure{Message: ghl.Gone.String()}
		return outcome, nil
	case err != nil && !isKind(err, ghl.Rejected):
		return outcome, err
	}
	for _, tag := range change.Tags {
		has := slices.ContainsFunc(now.Tags, func(t string) bool { return strings.EqualFold(t, tag) })
		if err != nil || has == change.Remove {
			failed[id] = &trouble.Reject{Code: trouble.TagsRefused, Field: "tags", Reason: reason}
			outcome.Failure = &journal.Failure{Message: reason}
		}
	}
	return outcome, nil
}
