package records

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cenkalti/backoff/v4"
	"golang.org/x/sync/singleflight"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// linkable are businesses as contacts see them.
type linkable struct {
	*location
	object.Options
	creates bool
	flights singleflight.Group // one create of each name at a time
}

// Linkable gives the businesses of a location to whoever is linked to them, in is
// what [Businesses] has opened, or nil where no stream is written to it: then no
// custom field of theirs is read. creates says that a missing one is created.
func Linkable(in object.Location, client *ghl.Client, dry, creates bool, o object.Options) (object.Location, object.Businesses) {
	l, opened := in.(*location)
	if !opened {
		l = newLocation(client, object.Facts{DryRun: dry}, nil)
	}
	return l, &linkable{location: l, Options: o.OrDefaults(), creates: creates}
}

// Find tells which business a name or an id means.
func (b *linkable) Find(ctx context.Context, ref string) (object.Found, error) {
	err := b.list(ctx, false, b.Workers())
	var missing *ghl.Error
	if errors.As(err, &missing) && missing.Kind == ghl.ScopeMissing { // who never linked before must not fail for it
		return object.Found{Why: "the token lacks the scope " + missing.Operation.Scope()}, nil
	}
	if err != nil {
		return object.Found{}, err
	}
	return b.find(ref), nil
}

func (b *linkable) find(ref string) object.Found {
	if b.memory.get(ref) != nil {
		return object.Found{ID: ref}
	}
	switch named := b.memory.with(crm.KeyOf(nameField, ref)); {
	case len(named) == 1:
		return object.Found{ID: named[0].ID}
	case len(named) > 1:
		return object.Found{Why: "several businesses have this name"}
	case b.creates && !crm.IsBusinessID(ref):
		return object.Found{Missing: true}
	}
	return object.Found{Why: "no business has this name or id", Later: !crm.IsBusinessID(ref) && slices.ContainsFunc(b.creators, func(s *object.Stream) bool { return !s.IsComplete() })}
}

// Name is what a business is called.
func (b *linkable) Name(id string) string {
	if c := b.memory.get(id); c != nil {
		return c.KeyText(nameField)
	}
	return id
}

// Create creates a business of this name, unless there is one by now.
func (b *linkable) Create(ctx context.Context, name string, of journal.Origin) (string, *trouble.Reject, error) {
	id, err, _ := b.flights.Do(crm.KeyOf(nameField, name).Value, func() (any, error) {
		if found := b.find(name); found.ID != "" {
			return found.ID, nil
		}
		var id string
		err := b.Brake.Write(load.Created, func() (status load.Status, err error) {
			id, err = b.make(ctx, name, of)
			return load.Created, err
		})
		return id, err
	})
	if isKind(err, ghl.Rejected) {
		return "", object.Refused(err), nil
	}
	if err != nil {
		return "", nil, err
	}
	return id.(string), nil, nil
}

// make creates a business. One of which nobody knows whether it was created is
// looked for before it is created again.
func (b *linkable) make(ctx context.Context, name string, of journal.Origin) (string, error) {
	set := map[string]any{nameField: name}
	change := journal.Change{Op: journal.Create, Object: crm.Businesses.Name, Origin: of, Set: set}
	var entry *journal.Entry
	var doubt error
	return backoff.RetryWithData(func() (string, error) {
		if doubt != nil {
			if err := b.renew(ctx, b.Workers()); err != nil {
				return "", backoff.Permanent(err)
			}
			if found := b.find(name); found.ID != "" {
				entry.Done(journal.Outcome{ID: found.ID})
				return found.ID, nil
			}
			entry.Fail(object.Refusal(doubt))
			if isKind(doubt, ghl.Rejected) {
				return "", backoff.Permanent(doubt)
			}
		}
		now, sent, err := object.Send(ctx, b.Journal, func() (*crm.Contact, error) { return b.post(ctx, set) }, change)
		if entry = sent; err == nil {
			entry.Done(journal.Outcome{ID: now.ID, After: set})
			return now.ID, nil
		}
		if doubt = err; !isKind(err, ghl.Ambiguous, ghl.Rejected) {
			err = backoff.Permanent(err)
		}
		return "", fmt.Errorf("for contacts to be linked to: %w", err)
	}, backoff.WithContext(lostAnswerPause(), ctx))
}
