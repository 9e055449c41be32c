package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v4"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// creation is a create under way. Its methods return no result if it is to be
// tried again.
type creation struct {
	*contacts
	Write
	values    map[string]any // to be sent
	omitted   omissions
	notes     []trouble.Note
	others    []*crm.Contact // who have an identifier of the record
	begun     time.Time
	pause     backoff.BackOff // nil until an answer is lost
	surprises int
}

// with adds the contacts that a create has met.
func (r *Result) with(others []*crm.Contact) Result {
	r.Others = others
	return *r
}

// try sends the create once.
func (a *creation) try(ctx context.Context) (*Result, error) {
	body := a.body(a.values)
	if tags := a.Want.TagsFor(nil); len(tags) > 0 {
		body["tags"] = tags
	}
	create := func() (ghl.Contact, error) { return a.api.CreateContact(ctx, body) }
	answer, entry, err := object.Send(ctx, a.journal, create, a.creating(a.Write, a.values))
	switch {
	case err == nil:
		r, err := a.insist(ctx, a.written(entry, load.Created, a.values, &answer, a.said()), a.values)
		return &r, err
	case isKind(err, ghl.Duplicate):
		return a.met(ctx, err)
	case isKind(err, ghl.Ambiguous, ghl.Rejected):
		return a.look(ctx, err, entry)
	}
	return nil, fmt.Errorf("create a contact: %w", err)
}

// said are the notes of a create that was taken.
func (a *creation) said() []trouble.Note { return append(a.notes, a.taken(&a.omitted)...) }

// met goes on after a refusal because somebody has the email or phone: that is the
// person, or an identifier belongs to somebody else and is left out.
func (a *creation) met(ctx context.Context, refusal error) (*Result, error) {
	a.surprises++
	a.recognised(refusal)
	have, other, err := a.existing(ctx, a.Write, a.values, refusal)
	switch {
	case errors.Is(err, errVanished):
		return nil, nil
	case err != nil:
		return nil, err
	case have != nil:
		return &Result{Met: have}, nil
	}
	if other.by != nil {
		a.others = append(a.others, other.by)
	}
	if a.RejectConflicts || !findable(a.values, a.Want.Keys, other.field) {
		r := conflict(other.field)
		return &r, nil
	}
	delete(a.values, other.field)
	a.notes = append(a.notes, belongsToAnother(other.field))
	return nil, nil
}

// look goes on after a refusal, of which some have written, or an answer that was
// lost, which tells nothing: only the primary store knows.
func (a *creation) look(ctx context.Context, failure error, entry *journal.Entry) (*Result, error) {
	have, err := a.search(ctx, failure)
	switch {
	case err != nil && isKind(failure, ghl.Rejected) && isKind(err, ghl.Rejected):
		r := refused(failure)
		return &r, nil
	case err != nil:
		return nil, err
	case have == nil:
		if hasIdentifier(a.values) { // else nobody was asked
			entry.Fail(object.Refusal(failure))
		}
		return a.again(ctx, failure, false)
	case !a.ours(have, a.Write, a.begun):
		return a.again(ctx, failure, true)
	case crm.Diff(a.table, wanted(a.Write, a.values), a.Defaults, have).Empty():
		entry.Done(journal.Outcome{ID: have.ID, After: object.Recorded(a.table, have.Values)})
		return &Result{Status: load.Created, Contact: have, Notes: a.said()}, nil
	}
	return &Result{Met: have}, nil
}

// search asks the primary store who has an email or phone of the record: of a lost
// answer about both at once, since nearly always somebody has both or nobody either.
func (a *creation) search(ctx context.Context, failure error) (*crm.Contact, error) {
	email, _ := a.values["email"].(string)
	phone, _ := a.values["phone"].(string)
	if isKind(failure, ghl.Ambiguous) && email != "" && phone != "" && len(identifiersOf(a.Want, a.values)) == 2 {
		return a.ask(ctx, a.Write, a.values, email, phone)
	}
	have, _, err := a.lookup(ctx, a.Want, a.values)
	return have, err
}

// again makes a create that has written nothing ready to be sent once more: after
// a lost answer later, after a refusal without what was refused. A refusal that
// names nothing may have written all the same: if others have the record's email or
// phone, as where duplicates are allowed, nobody can say that it has not, and it is
// not sent again.
func (a *creation) again(ctx context.Context, failure error, others bool) (*Result, error) {
	if isKind(failure, ghl.Ambiguous) {
		if !hasIdentifier(a.values) { // nobody can say whether it exists: the next sync can, by search
			return nil, fmt.Errorf("create a contact: %w", failure)
		}
		if a.pause == nil {
			a.pause = lostAnswerPause()
		}
		if err := rest(ctx, a.pause.NextBackOff()); err != nil {
			return nil, fmt.Errorf("create a contact: %w", cmp.Or(ctx.Err(), failure))
		}
		return nil, nil
	}
	if permanent := a.permanent(failure, a.values, nil); permanent != nil {
		a.notes = append(a.notes, a.leaveOut(permanent, a.values)...)
		return nil, nil
	}
	a.surprises++
	if others && a.refusedField(failure, a.values) == "" || !a.omit(&a.omitted, failure, a.values, func(without []string) bool { return findable(a.values, a.Want.Keys, without...) }) {
		r := refused(failure)
		return &r, nil
	}
	return a.askAgain(ctx, failure)
}

// askAgain makes sure that nobody has an identifier that is left out because of a
// refusal which names no value: that somebody has it may be what was refused, and
// who is created without it would be there twice. It was asked for once already,
// but so much hangs on it.
func (a *creation) askAgain(ctx context.Context, refusal error) (*Result, error) {
	for _, name := range crm.Identifiers() {
		value, held := a.omitted.held[name].(string)
		if !held {
			continue
		}
		have, err := a.lookupKey(ctx, crm.Key{Field: name, Value: value})
		switch {
		case isKind(err, ghl.Rejected): // a value that it does not take is nobody's
		case err != nil:
			return nil, err
		case have != nil:
			r := refused(refusal)
			return &r, nil
		}
	}
	return nil, nil
}
