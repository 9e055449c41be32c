package object

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// Update writes the difference. companyName is not accepted by PUT and goes
// through an upsert; gender can only be set on create, as the API discards it
// later without a word.
func (c *contacts) Update(ctx context.Context, w Write) (Result, error) {
	return unlessRefused(c.update(ctx, w))
}

func (c *contacts) update(ctx context.Context, w Write) (Result, error) {
	set, notes := writable(w.Change.Set)
	company, hasCompany := set[companyField]
	delete(set, companyField)

	result := Result{Status: Unchanged, Contact: w.Have}
	if len(set) > 0 {
		r, err := c.put(ctx, w, set)
		if err != nil || r.Reject != nil || r.Gone {
			r.Notes = append(notes, r.Notes...)
			return r, err
		}
		result = r
	}
	notes = append(notes, result.Notes...)
	if hasCompany {
		r, err := c.company(ctx, w, result.Contact, company)
		if err != nil {
			return Result{}, err
		}
		notes = append(notes, r.Notes...)
		if r.Status == Updated {
			result.Status, result.Contact = Updated, r.Contact
		}
	}
	result.Notes = notes
	return result, nil
}

const companyField = "companyName"

// writable is what of a change an existing contact takes, with a note for the
// rest.
func writable(change map[string]any) (map[string]any, []crm.Note) {
	set := maps.Clone(change)
	var notes []crm.Note
	if _, ok := set["gender"]; ok {
		delete(set, "gender")
		notes = append(notes, crm.Note{Field: "gender", Rule: "can only be set when a contact is created", Dropped: true})
	}
	for _, name := range []string{"country", "dnd"} { // the API has no null for these
		if v, ok := set[name]; ok && v == nil {
			delete(set, name)
			notes = append(notes, crm.Note{Field: name, Rule: "cannot be cleared", Dropped: true})
		}
	}
	return set, notes
}

// put sends the changed fields. An identifier that belongs to another contact
// is left out.
func (c *contacts) put(ctx context.Context, w Write, set map[string]any) (Result, error) {
	var notes []crm.Note
	for range tries {
		if len(set) == 0 {
			return Result{Status: Unchanged, Contact: w.Have, Notes: notes}, nil
		}
		answer, err := c.api.UpdateContact(ctx, w.Have.ID, c.body(set))
		if err == nil && len(answer.Fields) == 0 { // accepted without an echo
			return Result{Status: Updated, Contact: crm.Apply(w.Have, crm.Change{Set: set}), Notes: notes}, nil
		}
		if err == nil {
			return c.written(Updated, set, answer, notes), nil
		}
		switch ghl.KindOf(err) {
		case ghl.Duplicate:
			taken := changedIdentifier(err, set)
			if taken == "" {
				return refused(err), nil
			}
			if w.RejectConflicts {
				return conflict(taken), nil
			}
			delete(set, taken)
			notes = append(notes, belongsToAnother(taken))
		case ghl.Gone:
			return Result{Gone: true, Notes: notes}, nil
		case ghl.Rejected:
			// Some refusals have written all the same: read before judging.
			again, readErr := c.api.GetContact(ctx, w.Have.ID)
			if isKind(readErr, ghl.Gone) {
				return Result{Gone: true, Notes: notes}, nil
			}
			if readErr != nil {
				return Result{}, fmt.Errorf("read a contact: %w", readErr)
			}
			if len(c.missing(set, c.decode(again))) == 0 {
				return c.written(Updated, set, again, notes), nil
			}
			field := c.refusedField(err, set)
			if field == "" {
				return refused(err), nil
			}
			delete(set, field)
			notes = append(notes, crm.Note{Field: c.table.Display(field), Rule: "refused by the API, left out", Dropped: true})
		default:
			return Result{}, fmt.Errorf("update a contact: %w", err)
		}
	}
	return Result{}, fmt.Errorf("update a contact: %w", errUndecided)
}

// changedIdentifier tells which changed identifier a refusal was about.
func changedIdentifier(err error, set map[string]any) string {
	var e *ghl.Error
	if errors.As(err, &e) {
		if _, ok := set[e.MatchingField]; ok && e.MatchingField != "" {
			return e.MatchingField
		}
	}
	for _, name := range slices.Backward(crm.Identifiers()) {
		if set[name] != nil {
			return name
		}
	}
	return ""
}

// company writes companyName by an upsert keyed by the contact's own stored
// identifiers, and only where that can hit no other contact.
func (c *contacts) company(ctx context.Context, w Write, have *crm.Contact, value any) (Result, error) {
	note := func(rule string) Result {
		return Result{Status: Unchanged, Contact: have, Notes: []crm.Note{{Field: "companyName", Rule: rule, Dropped: true}}}
	}
	body := map[string]any{"companyName": value}
	for _, name := range crm.Identifiers() {
		if v := have.Values[name]; v != nil {
			body[name] = v
		}
	}
	if len(body) == 1 {
		return note("cannot be changed on a contact without email and phone"), nil
	}
	if !w.Alone {
		return note("cannot be changed where several contacts share an email or phone"), nil
	}
	answer, created, err := c.api.UpsertContact(ctx, c.body(body))
	switch {
	case isKind(err, ghl.Rejected, ghl.Duplicate):
		// Some refusals have written all the same.
		now, readErr := c.api.GetContact(ctx, have.ID)
		set := map[string]any{companyField: value}
		if readErr == nil && len(c.missing(set, c.decode(now))) == 0 {
			return c.written(Updated, set, now, nil), nil
		}
		if readErr != nil && !isKind(readErr, ghl.Gone) {
			return Result{}, fmt.Errorf("read a contact: %w", readErr)
		}
		return note("was refused by the API"), nil
	case err != nil:
		return Result{}, fmt.Errorf("update a contact's company: %w", err)
	case created || answer.ID != have.ID:
		return note("was written to another contact with the same email or phone"), nil
	}
	return c.written(Updated, map[string]any{"companyName": value}, answer, nil), nil
}

// alone reports whether a contact is the only one with its email and phone, as
// far as search knows: those it has and, where the location would let it share
// one, those it will have.
func (c *contacts) alone(ctx context.Context, have *crm.Contact, change crm.Change) (bool, error) {
	var keys []crm.Key
	for _, name := range crm.Identifiers() {
		for i, values := range []map[string]any{have.Values, change.Set} {
			if v, _ := values[name].(string); v != "" && (i == 0 || c.facts.AllowsDuplicates) {
				keys = append(keys, crm.Key{Field: name, Value: v})
			}
		}
	}
	found, refused, err := c.Find(ctx, keys)
	others := slices.ContainsFunc(found, func(other *crm.Contact) bool { return other.ID != have.ID })
	return !others && len(refused) == 0, err
}
