package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// Update writes the difference. companyName is not accepted by PUT and goes
// through an upsert; gender can only be set on create, as the API discards it
// later without a word.
func (c *contacts) Update(ctx context.Context, w Write) (Result, error) {
	return unlessRefused(c.update(ctx, w))
}

func (c *contacts) update(ctx context.Context, w Write) (Result, error) {
	set, notes := writable(c.table, w.Change.Set)
	company, hasCompany := set[companyField]
	delete(set, companyField)

	result := Result{Status: load.Unchanged, Contact: w.Have}
	if len(set) > 0 {
		r, told, err := c.put(ctx, w, set)
		if err != nil || r.Reject != nil || r.Gone {
			r.Notes = append(notes, r.Notes...)
			return r, err
		}
		result, w.Fresh = r, w.Fresh || told
	}
	notes = append(notes, result.Notes...)
	if hasCompany {
		r, err := c.company(ctx, w, result.Contact, company)
		if err != nil {
			return Result{}, err
		}
		if r.Gone {
			return r, nil
		}
		notes = append(notes, r.Notes...)
		if r.Status == load.Updated {
			result.Status, result.Contact = load.Updated, r.Contact
		}
	}
	result.Notes = notes
	return result, nil
}

const companyField = "companyName"

// writable is what of a change an existing contact takes, with a note for the
// rest.
func writable(t *crm.Table, change map[string]any) (set map[string]any, notes []trouble.Note) {
	set = make(map[string]any, len(change))
	for _, f := range t.Fields() {
		v, changes := change[f.Name]
		switch {
		case !changes:
		case !f.Taken(crm.Update | crm.Upsert):
			notes = append(notes, trouble.Note{Field: f.Name, Rule: "can only be set when a contact is created", Dropped: true})
		case v == nil && f.Type == crm.Country: // the API has no null for it
			notes = append(notes, trouble.Note{Field: f.Name, Rule: "cannot be cleared", Dropped: true})
		default:
			set[f.Name] = v
		}
	}
	return set, notes
}

// put sends the changed fields. An identifier that belongs to another contact
// is left out. told says that the answer tells the contact as it is now.
func (c *contacts) put(ctx context.Context, w Write, set map[string]any) (r Result, told bool, err error) {
	var notes []trouble.Note
	var omitted omissions
	for len(set) > 0 { // each refusal leaves something out, or ends it
		update := func() (ghl.Contact, error) { return c.api.UpdateContact(ctx, w.Have.ID, c.body(set)) }
		answer, entry, err := object.Send(ctx, c.journal, update, c.updating(w, set))
		if err == nil {
			r, told = c.accepted(entry, w.Have, set, answer, append(notes, c.taken(&omitted)...))
			return r, told, nil
		}
		switch ghl.KindOf(err) {
		case ghl.Duplicate:
			c.recognised(err)
			taken := changedIdentifier(err, set)
			if taken == "" {
				return refused(err), false, nil
			}
			if w.RejectConflicts {
				return conflict(taken), false, nil
			}
			delete(set, taken)
			notes = append(notes, belongsToAnother(taken))
		case ghl.Gone:
			return Result{Gone: true, Notes: notes}, false, nil
		case ghl.Rejected:
			// Some refusals have written all the same: read before judging.
			again, readErr := c.api.GetContact(ctx, w.Have.ID)
			if isKind(readErr, ghl.Gone) {
				return Result{Gone: true, Notes: notes}, false, nil
			}
			if readErr != nil {
				return Result{}, false, fmt.Errorf("read a contact: %w", readErr)
			}
			now := c.decode(&again)
			if permanent := c.permanent(err, set, now); permanent != nil {
				entry.Fail(object.Refusal(err))
				notes = append(notes, c.leaveOut(permanent, set)...)
				w.Have = now
				continue
			}
			if len(c.missing(set, now)) == 0 {
				return c.written(entry, load.Updated, set, &again, append(notes, c.taken(&omitted)...)), true, nil
			}
			entry.Fail(object.Refusal(err))
			if !c.omit(&omitted, err, set, func([]string) bool { return true }) {
				return refused(err), false, nil
			}
		default:
			return Result{}, false, fmt.Errorf("update a contact: %w", err)
		}
	}
	return Result{Status: load.Unchanged, Contact: w.Have, Notes: append(notes, c.omitted(&omitted)...)}, false, nil
}

// accepted judges the answer to an update that was taken; told says that it tells the
// contact as it is now.
func (c *contacts) accepted(entry *journal.Entry, have *crm.Contact, set map[string]any, answer ghl.Contact, notes []trouble.Note) (r Result, told bool) {
	if answer.Fields.Told() == 0 { // without an echo
		entry.Done(journal.Outcome{ID: have.ID})
		return Result{Status: load.Updated, Contact: crm.Apply(have, crm.Change{Set: set}), Notes: notes}, false
	}
	return c.written(entry, load.Updated, set, &answer, notes), true
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

// company writes companyName by an upsert, and only where that can hit no other
// contact and make no new one.
func (c *contacts) company(ctx context.Context, w Write, have *crm.Contact, value any) (Result, error) {
	note := func(rule string) Result {
		return Result{Status: load.Unchanged, Contact: have, Notes: []trouble.Note{{Field: companyField, Rule: rule, Dropped: true}}}
	}
	if rule := keepsCompany(w, have); rule != "" {
		return note(rule), nil
	}
	by, gone, err := c.leadingTo(ctx, have, w.Fresh)
	switch {
	case err != nil:
		return Result{}, err
	case gone:
		return Result{Gone: true}, nil
	case by.Field == "":
		return note("cannot be changed: the API does not tell this contact by its email or phone"), nil
	}
	set := map[string]any{companyField: value}
	created := false
	upsert := func() (answer ghl.Contact, err error) {
		answer, created, err = c.api.UpsertContact(ctx, c.body(map[string]any{companyField: value, by.Field: by.Value}))
		return answer, err
	}
	answer, entry, err := object.Send(ctx, c.journal, upsert, c.updating(w, set))
	switch {
	case isKind(err, ghl.Rejected, ghl.Duplicate):
		// Some refusals have written all the same.
		now, readErr := c.api.GetContact(ctx, have.ID)
		if readErr == nil && len(c.missing(set, c.decode(&now))) == 0 {
			return c.written(entry, load.Updated, set, &now, nil), nil
		}
		if readErr != nil && !isKind(readErr, ghl.Gone) {
			return Result{}, fmt.Errorf("read a contact: %w", readErr)
		}
		return note("was refused by the API"), nil
	case err != nil:
		return Result{}, fmt.Errorf("update a contact's company: %w", err)
	}
	r := c.written(entry, load.Updated, set, &answer, nil)
	switch {
	case created:
		return note("was written to a new contact: the API did not tell this one by its " + by.Field), nil
	case answer.ID != have.ID:
		return note("was written to another contact with the same " + by.Field), nil
	}
	return r, nil
}

// keepsCompany says why the company of a contact cannot be changed, "" if it can.
func keepsCompany(w Write, have *crm.Contact) string {
	switch {
	case w.Fresh && crm.Judge(have, w.Want.Keys) == crm.Other: // as the answer to the other changes has told
		return "was not changed: the contact is somebody else's by now"
	case have.KeyText("email") == "" && have.KeyText("phone") == "":
		return "cannot be changed on a contact without email and phone"
	case !w.Alone:
		return "cannot be changed where several contacts share an email or phone"
	}
	return ""
}

// leadingTo is the email or phone by which the API tells this contact from all
// others, as an upsert will: the email goes first, and whether a location looks
// at phones at all is nowhere told. Search may be behind in what it tells of
// both, so the API is asked unless have is fresh. It also leads to a contact by an
// additional email, which an upsert would make the primary one: what counts is the
// contact's own. The key has no field if there is none.
func (c *contacts) leadingTo(ctx context.Context, have *crm.Contact, fresh bool) (by crm.Key, gone bool, err error) {
	for _, name := range crm.Identifiers() {
		k := crm.Key{Field: name, Value: have.KeyText(name)}
		if k.Value == "" {
			continue
		}
		if fresh && (c.leads.by(name).Load() || c.Recognises(name)) {
			return k, false, nil
		}
		email, number := emailOrPhone(k)
		a, err := c.api.FindDuplicate(ctx, email, number)
		if err != nil && !isKind(err, ghl.Rejected) {
			return crm.Key{}, false, fmt.Errorf("look up a contact by its email and phone: %w", err)
		}
		if a == nil || a.ID != have.ID {
			continue
		}
		if own, _ := a.Fields.Value(name).(string); own != "" && !fresh {
			k.Value = own
		}
		c.leads.by(name).Store(true)
		return k, false, nil
	}
	_, err = c.api.GetContact(ctx, have.ID)
	if err != nil && !isKind(err, ghl.Gone, ghl.Rejected) {
		return crm.Key{}, false, fmt.Errorf("read a contact: %w", err)
	}
	return crm.Key{}, isKind(err, ghl.Gone), nil
}

// Recognise asks GET /contacts/search/duplicate, which, where duplicates are
// forbidden, looks by what the location's setting looks at and nothing else.
func (c *contacts) Recognise(ctx context.Context, key crm.Key) (bool, error) {
	email, number := emailOrPhone(key)
	holder, err := c.api.FindDuplicate(ctx, email, number)
	if err != nil && !isKind(err, ghl.Rejected) {
		return false, fmt.Errorf("find out by what the location tells people apart: %w", err)
	}
	if holder != nil {
		c.refuses.by(key.Field).Store(true)
	}
	return holder != nil, nil
}

func (c *contacts) Recognises(field string) bool {
	return slices.Contains(crm.Identifiers(), field) && c.refuses.by(field).Load()
}
