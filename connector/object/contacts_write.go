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

// Codes of rejected records. They are stable: users filter by them.
const (
	CodeRefused          = "refused_by_api"
	CodeIdentityConflict = "identity_conflict"
	CodeVanished         = "contact_vanished"
)

// identifiers are the fields by which the location itself recognises people.
var identifiers = []string{"email", "phone"}

// tries bounds how often one write is planned anew after a surprise: an answer
// that was lost, an identifier that turned out to be taken, an id that is gone.
const tries = 4

// Create writes a person nobody was found for. The guard against what search
// has missed is the create itself where the location forbids duplicates, and
// an upsert without tags where it allows them.
func (c *contacts) Create(ctx context.Context, w Write) (Result, error) {
	values := crm.Initial(w.Want, w.Defaults)
	var notes []crm.Note
	for range tries {
		if c.facts.AllowsDuplicates && w.Unique && hasIdentifier(values) {
			return c.createByUpsert(ctx, values, notes)
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
			if isKind(err, ghl.Rejected) {
				field := c.refusedField(err, values)
				if field == "" {
					return refused(err), nil
				}
				delete(values, field)
				notes = append(notes, crm.Note{Field: display(c.table, field), Rule: "refused by the API, left out", Dropped: true})
			}
		default:
			return Result{}, fmt.Errorf("create a contact: %w", err)
		}
	}
	return Result{}, fmt.Errorf("create a contact: %w", errUndecided)
}

// errUndecided ends a write that kept meeting surprises; the record stays
// unsettled and the next sync tries it again.
var errUndecided = &ghl.Error{Kind: ghl.Transient, Messages: []string{"the answers stayed contradictory or lost"}}

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
// that search had missed. Tags are never sent: they would replace all.
func (c *contacts) createByUpsert(ctx context.Context, values map[string]any, notes []crm.Note) (Result, error) {
	answer, created, err := c.api.UpsertContact(ctx, c.body(values))
	if isKind(err, ghl.Rejected, ghl.Duplicate) {
		return refused(err), nil
	}
	if err != nil {
		return Result{}, fmt.Errorf("create a contact: %w", err)
	}
	status := Updated
	if created {
		status = Created
	}
	return c.written(status, values, answer, notes), nil
}

// Update writes the difference. companyName is not accepted by PUT and goes
// through an upsert; gender can only be set on create, as the API discards it
// later without a word.
func (c *contacts) Update(ctx context.Context, w Write) (Result, error) {
	set := maps.Clone(w.Change.Set)
	var notes []crm.Note
	if _, ok := set["gender"]; ok {
		delete(set, "gender")
		notes = append(notes, crm.Note{Field: "gender", Rule: "can only be set when a contact is created", Dropped: true})
	}
	if v, ok := set["country"]; ok && v == nil {
		delete(set, "country")
		notes = append(notes, crm.Note{Field: "country", Rule: "cannot be cleared", Dropped: true})
	}
	company, hasCompany := set["companyName"]
	delete(set, "companyName")

	result := Result{Status: Unchanged, Contact: w.Have}
	if len(set) > 0 {
		r, err := c.put(ctx, w, set)
		if err != nil || r.Reject != nil || r.Status == Created {
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

// put sends the changed fields. An identifier that belongs to another contact
// is left out, an id that vanished becomes a create.
func (c *contacts) put(ctx context.Context, w Write, set map[string]any) (Result, error) {
	var notes []crm.Note
	for range tries {
		if len(set) == 0 {
			return Result{Status: Unchanged, Contact: w.Have, Notes: notes}, nil
		}
		answer, err := c.api.UpdateContact(ctx, w.Have.ID, c.body(set))
		if err == nil && answer.ID == "" { // accepted without an echo
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
			w.Have = nil
			return c.Create(ctx, w)
		case ghl.Rejected:
			// Some refusals have written all the same: read before judging.
			again, readErr := c.api.GetContact(ctx, w.Have.ID)
			if readErr != nil && !isKind(readErr, ghl.Gone) {
				return Result{}, fmt.Errorf("read a contact: %w", readErr)
			}
			if readErr == nil && len(c.missing(set, c.decode(again))) == 0 {
				return c.written(Updated, set, again, notes), nil
			}
			field := c.refusedField(err, set)
			if field == "" {
				return refused(err), nil
			}
			delete(set, field)
			notes = append(notes, crm.Note{Field: display(c.table, field), Rule: "refused by the API, left out", Dropped: true})
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
	for _, name := range slices.Backward(identifiers) {
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
	for _, name := range identifiers {
		if v := have.Values[name]; v != nil {
			body[name] = v
		}
	}
	if len(body) == 1 {
		return note("cannot be changed on a contact without email and phone"), nil
	}
	if c.facts.AllowsDuplicates && !w.Alone {
		return note("cannot be changed where several contacts share an email or phone"), nil
	}
	answer, created, err := c.api.UpsertContact(ctx, c.body(body))
	switch {
	case isKind(err, ghl.Rejected, ghl.Duplicate):
		return note("was refused by the API"), nil
	case err != nil:
		return Result{}, fmt.Errorf("update a contact's company: %w", err)
	case created || answer.ID != have.ID:
		return note("was written to another contact with the same email or phone"), nil
	}
	return c.written(Updated, map[string]any{"companyName": value}, answer, nil), nil
}

// written judges an answer: what was sent and did not stick is noted, since
// the API discards some values without an error.
func (c *contacts) written(s Status, sent map[string]any, answer ghl.Contact, notes []crm.Note) Result {
	now := c.decode(answer)
	for _, name := range c.missing(sent, now) {
		notes = append(notes, crm.Note{Field: display(c.table, name), Rule: "did not stick: the API discarded the value", Dropped: true})
	}
	for name, v := range sent {
		if _, told := now.Values[name]; !told {
			now.Values[name] = v
		}
	}
	return Result{Status: s, Contact: now, Notes: notes}
}

// missing names the fields whose told value differs from what was sent.
func (c *contacts) missing(sent map[string]any, now *crm.Contact) []string {
	var out []string
	for _, f := range c.table.Fields() {
		v, ok := sent[f.Name]
		if !ok || f.Name == "name" {
			continue
		}
		if got, told := now.Values[f.Name]; told && !crm.Equal(f, v, got) {
			out = append(out, f.Name)
		}
	}
	return out
}

// refusedField names the one value that a refusal is about, if the record can
// do without it; "" if the refusal is about the record.
func (c *contacts) refusedField(err error, sent map[string]any) string {
	var e *ghl.Error
	if !errors.As(err, &e) || sent[e.Field] == nil {
		return ""
	}
	rest := maps.Clone(sent)
	delete(rest, e.Field)
	if slices.Contains(identifiers, e.Field) && !hasIdentifier(rest) {
		return ""
	}
	return e.Field
}

func hasIdentifier(values map[string]any) bool {
	return values["email"] != nil || values["phone"] != nil
}

// display is the name under which users know a field.
func display(t *crm.Table, name string) string {
	if f := t.Field(name); f != nil && f.Custom {
		return f.Key
	}
	return name
}

func belongsToAnother(field string) crm.Note {
	return crm.Note{Field: field, Rule: "belongs to another contact, left out", Dropped: true}
}

func conflict(field string) Result {
	return Result{Reject: &crm.Reject{Code: CodeIdentityConflict, Field: field,
		Reason: "the email belongs to one contact and the phone to another"}}
}

// refused is the rejection of a record by the API, in the API's own words.
func refused(err error) Result {
	reason := "the API refused the record"
	var e *ghl.Error
	if errors.As(err, &e) && len(e.Messages) > 0 {
		reason = e.Messages[0]
	}
	return Result{Reject: &crm.Reject{Code: CodeRefused, Reason: reason}}
}
