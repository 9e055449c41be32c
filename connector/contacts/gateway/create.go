package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v4"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

// Create writes a person nobody was found for. The guard against what search
// has missed is the create itself where the location forbids duplicates, and
// a question before it where it allows them.
func (c *contacts) Create(ctx context.Context, w Write) (Result, error) {
	return unlessRefused(c.create(ctx, w))
}

func (c *contacts) create(ctx context.Context, w Write) (Result, error) {
	a := &creation{contacts: c, Write: w, values: crm.Initial(w.Want, w.Defaults), begun: time.Now()}
	if c.facts.AllowsDuplicates && w.Unique && !w.Certain {
		have, err := c.guard(ctx, w, a.values)
		if err != nil || have != nil {
			return Result{Met: have}, err
		}
	}
	for a.surprises < tries {
		if r, err := a.try(ctx); r != nil || err != nil {
			return cmp.Or(r, &Result{}).with(a.others), err
		}
	}
	return Result{}, fmt.Errorf("create a contact: %w", ErrUndecided)
}

// recognised learns from a refusal by what the location recognises people.
func (c *contacts) recognised(refusal error) {
	var e *ghl.Error
	if errors.As(refusal, &e) && slices.Contains(crm.Identifiers(), e.MatchingField) {
		c.refuses.by(e.MatchingField).Store(true)
	}
}

// errVanished: the contact that stood in the way of a create has gone.
var errVanished = errors.New("the contact has vanished")

// ErrUndecided ends a write that kept meeting surprises; the record stays
// unsettled and the next sync tries it again.
var ErrUndecided = &ghl.Error{Operation: "POST /contacts/", Kind: ghl.Transient, Messages: []string{"the answers stayed contradictory or lost"}}

// lostAnswerPause spaces out the attempts of a create whose answers are lost,
// for as long as the client repeats other calls.
func lostAnswerPause() backoff.BackOff {
	return backoff.NewExponentialBackOff(backoff.WithInitialInterval(300*time.Millisecond),
		backoff.WithMaxInterval(30*time.Second), backoff.WithMaxElapsedTime(5*time.Minute))
}

// rest waits; it fails if the patience is at its end or ctx ends first.
func rest(ctx context.Context, d time.Duration) error {
	if d == backoff.Stop {
		return ErrUndecided
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
func (c *contacts) ours(have *crm.Contact, w Write, begun time.Time) bool {
	if !c.facts.AllowsDuplicates || w.Unique {
		return crm.Judge(have, w.Want.Keys) == crm.Same
	}
	added, err := time.Parse(time.RFC3339, have.Added)
	older := err == nil && begun.Sub(added) > clockDifference
	return !older && crm.Diff(c.table, w.Want, w.Defaults, have).Empty()
}

// clockDifference is how far the server's clock may be behind ours.
const clockDifference = 2 * time.Minute

// taken is an identifier of a record that somebody else has: who, if known.
type taken struct {
	field string
	by    *crm.Contact
}

// existing resolves a refusal because of a duplicate: it returns the contact
// to update, or else the identifier that belongs to somebody else.
func (c *contacts) existing(ctx context.Context, w Write, values map[string]any, cause error) (have *crm.Contact, other taken, err error) {
	var e *ghl.Error
	errors.As(cause, &e)
	if e != nil && e.ContactID != "" {
		a, err := c.api.GetContact(ctx, e.ContactID)
		if err != nil && !isKind(err, ghl.Gone) {
			return nil, taken{}, fmt.Errorf("read the contact that has this email or phone: %w", err)
		}
		if err != nil {
			return nil, taken{}, errVanished // to be created after all
		}
		have = c.decode(&a)
	}
	if have != nil && crm.Judge(have, w.Want.Keys) == crm.Same {
		return have, taken{}, nil
	}
	if e != nil && values[e.MatchingField] != nil && have != nil {
		return nil, taken{e.MatchingField, have}, nil
	}
	have, other, err = c.lookup(ctx, w.Want, values)
	if other.field == "" && e != nil && values[e.MatchingField] != nil {
		other.field = e.MatchingField
	}
	return have, other, err
}

// lookup asks the primary store, which does not lag, for the contact that has
// one of the identifiers and can be this person: key by key, in the order of
// trust. Failing that, other is an identifier that somebody else has. The
// question about one identifier may be refused if another is answered.
func (c *contacts) lookup(ctx context.Context, want crm.Desired, values map[string]any) (have *crm.Contact, other taken, err error) {
	var refusal error
	answered := false
	for _, k := range identifiersOf(want, values) {
		have, err := c.lookupKey(ctx, k)
		if isKind(err, ghl.Rejected) {
			refusal = err
			continue
		}
		answered = true
		switch {
		case err != nil:
			return nil, taken{}, err
		case have != nil && crm.Judge(have, want.Keys) == crm.Same:
			return have, taken{}, nil
		case have != nil && other.field == "":
			other = taken{k.Field, have}
		}
	}
	if answered {
		refusal = nil
	}
	return nil, other, refusal
}

// identifiersOf lists the emails and phones of a record that are among the
// values, those it is matched by first, in the order of trust.
func identifiersOf(want crm.Desired, values map[string]any) []crm.Key {
	var keys []crm.Key
	for _, k := range want.Keys {
		if _, wanted := values[k.Field]; wanted && k.Identifies() {
			keys = append(keys, k)
		}
	}
	for _, name := range crm.Identifiers() {
		v, _ := values[name].(string)
		if v != "" && !slices.ContainsFunc(keys, func(k crm.Key) bool { return k.Field == name }) {
			keys = append(keys, crm.Key{Field: name, Value: v})
		}
	}
	return keys
}

// lookupKey asks for an email or a phone.
func (c *contacts) lookupKey(ctx context.Context, k crm.Key) (*crm.Contact, error) {
	email, number := emailOrPhone(k)
	return c.lookupBy(ctx, email, number)
}

func emailOrPhone(k crm.Key) (email, number string) {
	if k.Field == "phone" {
		return "", k.Value
	}
	return k.Value, ""
}

// lookupBy asks for an email, a number or both: then the email goes first. A
// refusal is not taken at its first word, since so much hangs on it.
func (c *contacts) lookupBy(ctx context.Context, email, number string) (*crm.Contact, error) {
	a, err := c.api.FindDuplicate(ctx, email, number)
	if isKind(err, ghl.Rejected) {
		a, err = c.api.FindDuplicate(ctx, email, number)
	}
	if err != nil {
		return nil, fmt.Errorf("look up a contact by its email and phone: %w", err)
	}
	if a == nil {
		return nil, nil
	}
	full, err := c.api.GetContact(ctx, a.ID) // a duplicate's answer is not the whole contact
	if isKind(err, ghl.Gone) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a contact: %w", err)
	}
	have := c.decode(&full)
	c.controls.alias(have)
	return have, nil
}

// Lookup finds the contact of a record by its own email or phone.
func (c *contacts) Lookup(ctx context.Context, want crm.Desired) (*crm.Contact, *trouble.Reject, error) {
	values := map[string]any{}
	for _, k := range want.Keys {
		values[k.Field] = k.Value
	}
	have, _, err := c.lookup(ctx, want, values)
	if isKind(err, ghl.Rejected) {
		return nil, refused(err).Reject, nil
	}
	return have, nil, err
}

// wanted is what a create asked for, without the identifiers that were left out
// of its values.
func wanted(w Write, values map[string]any) crm.Desired {
	want := w.Want.Clone()
	for _, name := range crm.Identifiers() {
		if _, sent := values[name]; !sent {
			delete(want.Values, name)
		}
	}
	return want
}

// telling are the emails and phones whose holder can be the person: those that
// it is matched by and, if it is matched by something else that no question can
// be asked about, the others too.
func telling(values map[string]any, keys []crm.Key) map[string]any {
	out := map[string]any{}
	all := slices.ContainsFunc(keys, func(k crm.Key) bool { return !k.Identifies() && k.Field != "id" })
	for _, name := range crm.Identifiers() {
		if v, ok := values[name]; ok && (all || slices.ContainsFunc(keys, func(k crm.Key) bool { return k.Field == name })) {
			out[name] = v
		}
	}
	return out
}

// findable reports whether a contact that is created without some fields can be
// found again, which takes a key of its record: else each delivery would create
// another. Without naming a field it reports false.
func findable(values map[string]any, keys []crm.Key, without ...string) bool {
	return !slices.Contains(without, "") && slices.ContainsFunc(keys, func(k crm.Key) bool {
		return !slices.Contains(without, k.Field) && values[k.Field] != nil
	})
}

// guard asks the primary store, where the location would let a second contact
// of a person pass, for the one that search does not know yet. An upsert would
// do it in one request, but it takes over whoever has the phone, and makes an
// additional address of somebody the primary one.
func (c *contacts) guard(ctx context.Context, w Write, values map[string]any) (*crm.Contact, error) {
	values = telling(values, w.Want.Keys)
	email, _ := values["email"].(string)
	phone, _ := values["phone"].(string)
	if email == "" && phone == "" {
		return nil, nil
	}
	return c.ask(ctx, w, values, email, phone)
}

// ask asks for the person by an email and a phone at once, and key by key only if
// that has led to somebody else or is refused: nobody is the common answer.
func (c *contacts) ask(ctx context.Context, w Write, values map[string]any, email, phone string) (*crm.Contact, error) {
	have, err := c.lookupBy(ctx, email, phone)
	if !isKind(err, ghl.Rejected) && (err != nil || have == nil || crm.Judge(have, w.Want.Keys) == crm.Same) {
		return have, err
	}
	have, _, err = c.lookup(ctx, w.Want, values)
	return have, err
}
