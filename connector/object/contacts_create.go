package object

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Create writes a person nobody was found for. The guard against what search
// has missed is the create itself where the location forbids duplicates, and
// an upsert without tags where it allows them.
func (c *contacts) Create(ctx context.Context, w Write) (Result, error) {
	values := crm.Initial(w.Want, w.Defaults)
	var notes []crm.Note
	pause := lostAnswerPause()
	for surprises := 0; surprises < tries; {
		if c.facts.AllowsDuplicates && w.Unique && hasIdentifier(values) {
			return c.createByUpsert(ctx, w, values, notes)
		}
		body := c.body(values)
		if len(w.Want.Tags) > 0 {
			body["tags"] = w.Want.Tags
		}
		answer, err := c.api.CreateContact(ctx, body)
		if err == nil {
			return c.written(Created, values, answer, notes), nil
		}
		switch ghl.KindOf(err) {
		case ghl.Duplicate:
			surprises++
			have, taken, err := c.existing(ctx, w, values, err)
			if err != nil {
				return Result{}, err
			}
			if have != nil {
				return c.replan(ctx, w, have, Updated, notes)
			}
			if w.RejectConflicts || taken == "" {
				return conflict(taken), nil
			}
			delete(values, taken)
			notes = append(notes, belongsToAnother(taken))
		case ghl.Ambiguous, ghl.Rejected:
			// Some refusals have written, and an answer that was lost tells
			// nothing: only the primary store knows.
			have, findErr := c.lookup(ctx, values)
			if findErr != nil {
				return Result{}, findErr
			}
			if have != nil && c.ours(have, w) {
				return c.replan(ctx, w, have, Created, notes)
			}
			if ghl.KindOf(err) == ghl.Ambiguous && !hasIdentifier(values) {
				// Nobody can say whether it exists: the next sync can, by search.
				return Result{}, fmt.Errorf("create a contact: %w", err)
			}
			if ghl.KindOf(err) == ghl.Ambiguous {
				if waitErr := rest(ctx, pause.NextBackOff()); waitErr != nil {
					return Result{}, fmt.Errorf("create a contact: %w", cmp.Or(ctx.Err(), err))
				}
				continue
			}
			surprises++
			field := c.refusedField(err, values)
			if field == "" {
				return refused(err, w.Want), nil
			}
			delete(values, field)
			notes = append(notes, crm.Note{Field: display(c.table, field), Rule: "refused by the API, left out", Dropped: true})
		default:
			return Result{}, fmt.Errorf("create a contact: %w", err)
		}
	}
	return Result{}, fmt.Errorf("create a contact: %w", errUndecided)
}

// errUndecided ends a write that kept meeting surprises; the record stays
// unsettled and the next sync tries it again.
var errUndecided = &ghl.Error{Operation: "POST /contacts/", Kind: ghl.Transient, Messages: []string{"the answers stayed contradictory or lost"}}

// lostAnswerPause spaces out the attempts of a create whose answers are lost,
// for as long as the client repeats other calls.
func lostAnswerPause() backoff.BackOff {
	return backoff.NewExponentialBackOff(backoff.WithInitialInterval(300*time.Millisecond),
		backoff.WithMaxInterval(30*time.Second), backoff.WithMaxElapsedTime(5*time.Minute))
}

// rest waits; it fails if the patience is at its end or ctx ends first.
func rest(ctx context.Context, d time.Duration) error {
	if d == backoff.Stop {
		return errUndecided
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ours guards a recovery in a location that allows duplicates: without the
// wish for one contact per person, an older contact is not the one just sent.
func (c *contacts) ours(have *crm.Contact, w Write) bool {
	if !c.facts.AllowsDuplicates || w.Unique {
		return c.compatible(have, w.Want)
	}
	return crm.Diff(c.table, w.Want, w.Defaults, have).Empty()
}

// compatible reports whether a contact found by a key that is trusted less
// can be this person: no key that is trusted more may say otherwise.
func (c *contacts) compatible(have *crm.Contact, want crm.Desired) bool {
	for _, k := range want.Keys {
		f := c.table.Field(k.Field)
		current, told := have.Values[k.Field]
		if !told || current == nil || f == nil {
			continue
		}
		return crm.Equal(f, current, k.Value) || slices.Contains(have.OtherEmails, k.Value)
	}
	return true
}

// existing resolves a refusal because of a duplicate: it returns the contact
// to update, or else the identifier that belongs to somebody else.
func (c *contacts) existing(ctx context.Context, w Write, values map[string]any, cause error) (*crm.Contact, string, error) {
	var e *ghl.Error
	errors.As(cause, &e)
	var have *crm.Contact
	if e != nil && e.ContactID != "" {
		a, err := c.api.GetContact(ctx, e.ContactID)
		switch {
		case err == nil:
			have = c.decode(a)
		case !isKind(err, ghl.Gone):
			return nil, "", fmt.Errorf("read the contact that has this email or phone: %w", err)
		}
	}
	if have == nil {
		found, err := c.lookup(ctx, values)
		if err != nil {
			return nil, "", err
		}
		have = found
	}
	if have != nil && c.compatible(have, w.Want) {
		return have, "", nil
	}
	return nil, takenField(e, values, have, c.table), nil
}

// takenField tells which identifier a refusal was about.
func takenField(e *ghl.Error, values map[string]any, other *crm.Contact, t *crm.Table) string {
	if e != nil && values[e.MatchingField] != nil {
		return e.MatchingField
	}
	for _, name := range identifiers {
		if other != nil && values[name] != nil && crm.Equal(t.Field(name), values[name], other.Values[name]) {
			return name
		}
	}
	return ""
}

// lookup asks the primary store, which does not lag, for a contact with the
// email or the phone.
func (c *contacts) lookup(ctx context.Context, values map[string]any) (*crm.Contact, error) {
	for _, name := range identifiers {
		v, _ := values[name].(string)
		if v == "" {
			continue
		}
		email, number := v, ""
		if name == "phone" {
			email, number = "", v
		}
		a, err := c.api.FindDuplicate(ctx, email, number)
		if err != nil && !isKind(err, ghl.Rejected) {
			return nil, fmt.Errorf("look up a contact by its %s: %w", name, err)
		}
		if a == nil || err != nil {
			continue
		}
		full, err := c.api.GetContact(ctx, a.ID)
		if isKind(err, ghl.Gone) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read a contact: %w", err)
		}
		return c.decode(full), nil
	}
	return nil, nil
}

// Lookup finds the contact of a record by its own email or phone.
func (c *contacts) Lookup(ctx context.Context, want crm.Desired) (*crm.Contact, error) {
	values := map[string]any{}
	for _, k := range want.Keys {
		if slices.Contains(identifiers, k.Field) {
			values[k.Field] = k.Value
		}
	}
	have, err := c.lookup(ctx, values)
	if err != nil || have == nil || !c.compatible(have, want) {
		return nil, err
	}
	return have, nil
}

// replan compares with a contact that turned up after all, and updates it.
// done is the status if nothing is left to be written: a create whose answer
// was lost has created.
func (c *contacts) replan(ctx context.Context, w Write, have *crm.Contact, done Status, notes []crm.Note) (Result, error) {
	w.Have = have
	w.Alone = !c.facts.AllowsDuplicates
	w.Change = crm.Diff(c.table, w.Want, w.Defaults, have)
	if len(w.Change.Set) == 0 {
		if done == Updated {
			done = Unchanged
		}
		return Result{Status: done, Contact: have, Notes: notes}, nil
	}
	r, err := c.Update(ctx, w)
	r.Notes = append(notes, r.Notes...)
	if done == Created && r.Status == Updated {
		r.Status = Created
	}
	return r, err
}

// createByUpsert creates where duplicates are allowed, or meets the contact
// that search had missed. Tags are never sent: they would replace all. Nor are
// identifiers that another contact carries: the upsert would take that one for
// this person. They follow by an update.
func (c *contacts) createByUpsert(ctx context.Context, w Write, values map[string]any, notes []crm.Note) (Result, error) {
	first, later := maps.Clone(values), map[string]any{}
	for _, name := range w.Shared {
		if v, ok := first[name]; ok && len(w.Shared) < len(identifiers) {
			delete(first, name)
			later[name] = v
		}
	}
	if !hasIdentifier(first) {
		return c.createPlainly(ctx, w, values, notes)
	}
	answer, created, err := c.api.UpsertContact(ctx, c.body(first))
	if isKind(err, ghl.Rejected, ghl.Duplicate) {
		// Some refusals have written: only the primary store knows.
		have, findErr := c.lookup(ctx, first)
		if findErr != nil {
			return Result{}, findErr
		}
		if have != nil && c.compatible(have, w.Want) {
			return c.replan(ctx, w, have, Created, notes)
		}
		return refused(err, w.Want), nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("create a contact: %w", err)
	}
	status := Updated
	if created {
		status = Created
	}
	result := c.written(status, first, answer, notes)
	if len(later) == 0 {
		return result, nil
	}
	w.Have = result.Contact
	then, err := c.put(ctx, w, later)
	then.Notes = append(result.Notes, then.Notes...)
	then.Status = status
	return then, err
}

// createPlainly creates without any guard: all the identifiers are known to be
// somebody else's, so no upsert could tell this person apart.
func (c *contacts) createPlainly(ctx context.Context, w Write, values map[string]any, notes []crm.Note) (Result, error) {
	body := c.body(values)
	if len(w.Want.Tags) > 0 {
		body["tags"] = w.Want.Tags
	}
	answer, err := c.api.CreateContact(ctx, body)
	if isKind(err, ghl.Rejected, ghl.Duplicate) {
		return refused(err, w.Want), nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("create a contact: %w", err)
	}
	return c.written(Created, values, answer, notes), nil
}
