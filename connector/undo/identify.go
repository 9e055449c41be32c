package undo

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
)

// createdWithin is how far the clocks of the CRM and of the journal may be apart.
const createdWithin = time.Minute

// isUnidentified reports whether a change is a create of which nobody knows what it has made.
func isUnidentified(c journal.Recorded) bool {
	return c.Op == journal.Create && c.Result == journal.Unknown && idOf(c) == ""
}

// identify gives creates whose answers are not in the journal the ids of what they have
// made, as far as that can be told. The newest come first: had an older one been carried
// out, then the newer one of the same key would not have been sent.
func (u *Undo) identify(ctx context.Context, changes []journal.Recorded) ([]journal.Recorded, error) {
	changes = slices.Clone(changes)
	first := map[string]int{} // by id: which of the changes is the first about it
	for i, c := range slices.Backward(changes) {
		first[idOf(c)] = i
	}
	for _, c := range changes {
		if c.Op == journal.Create {
			first[idOf(c)] = madeByOther
		}
	}
	var claims []claim
	for i := range slices.Backward(changes) {
		c := &changes[i]
		if !isUnidentified(*c) {
			continue
		}
		known := func(id string) bool { // what was changed before, or made by another create, is not it
			at, met := first[id]
			return met && at < i
		}
		var err error
		if c.Object == crm.Contacts.Name {
			var of []claim
			of, err = u.claims(ctx, c, known)
			claims = append(claims, of...)
		} else if c.Outcome.ID, err = u.identifyOther(ctx, *c, changes[i+1:], known); c.Outcome.ID != "" {
			first[c.Outcome.ID] = madeByOther
		}
		if kind := ghl.KindOf(err); err != nil && kind != ghl.Gone && kind != ghl.Rejected {
			return nil, err
		}
	}
	settleClaims(claims)
	return changes, nil
}

// madeByOther stands in place of the first change where a create is known to have made the
// thing: it is before all changes.
const madeByOther = -1

// claim is a contact that a create may have made.
type claim struct {
	create *journal.Recorded
	have   *crm.Contact
	likely int // how much of what it holds the create gave it
}

// settleClaims gives each contact to the create that it is most like, and to each create
// one at most. Should it be the wrong one, then it holds more than that gave it, and is
// not deleted.
func settleClaims(claims []claim) {
	slices.SortStableFunc(claims, func(a, b claim) int { return cmp.Compare(b.likely, a.likely) })
	taken := map[string]bool{}
	for _, c := range claims {
		if c.create.Outcome.ID == "" && !taken[c.have.ID] {
			c.create.Outcome.ID, taken[c.have.ID] = c.have.ID, true
		}
	}
}

// claims finds the contacts that a create without an answer may have made: those with the
// email or phone that was sent that were added at that time.
func (u *Undo) claims(ctx context.Context, c *journal.Recorded, known func(id string) bool) (claims []claim, err error) {
	set := canonical(u.target.Table(), c.Set)
	want := wanted(set, nil)
	if len(want.Keys) == 0 {
		return nil, nil
	}
	found, _, err := u.target.Find(ctx, want.Keys)
	if err != nil {
		return nil, err
	}
	have, _, err := u.target.Lookup(ctx, want) // which does not lag, but tells one only
	if err != nil {
		return nil, err
	}
	if have != nil && !slices.ContainsFunc(found, func(c *crm.Contact) bool { return c.ID == have.ID }) {
		found = append(found, have)
	}
	for _, have := range found {
		added, err := time.Parse(time.RFC3339, have.Added)
		if err == nil && !known(have.ID) && !added.Before(c.At.Add(-createdWithin)) && !added.After(c.At.Add(10*createdWithin)) {
			claims = append(claims, claim{c, have, u.likeness(have, set, c.Tags)})
		}
	}
	return claims, nil
}

// likeness counts the values and tags that a contact was given and holds, less those that
// it was not given, or does not hold.
func (u *Undo) likeness(have *crm.Contact, given map[string]any, tags []string) (likely int) {
	count := func(same bool) {
		if likely--; same {
			likely += 2
		}
	}
	for _, f := range u.target.Table().Fields() {
		if held, told := have.Held(f.Name); told && (held != nil || given[f.Name] != nil) && !isDerived(f.Name, given) {
			count(isWritten(f, held, given[f.Name]))
		}
	}
	for _, tag := range slices.Concat(have.Tags, tags) {
		count(slices.Contains(have.Tags, tag) && slices.Contains(tags, tag))
	}
	return likely
}

// identifyOther is the id of what is no contact that a create without an answer has made;
// "" if that cannot be told.
func (u *Undo) identifyOther(ctx context.Context, c journal.Recorded, later []journal.Recorded, known func(id string) bool) (string, error) {
	k, err := u.keeper(ctx, c.Object)
	if err != nil || k == nil || c.Contact == "" {
		return "", err
	}
	for _, l := range later { // which may have deleted it
		if l.Object == c.Object && l.Contact == c.Contact && l.Op != journal.Create && !known(idOf(l)) && len(c.Keys) > 0 && maps.Equal(l.Keys, c.Keys) {
			return idOf(l), nil
		}
	}
	values := canonical(k.Table(), c.Set)
	if ref, borne := strings.CutPrefix(c.Keys[refKey], c.Contact+"/"); borne { // which is no field
		values[refKey] = ref
	}
	twins, err := k.Twins(ctx, c.Contact, values)
	for _, twin := range twins {
		if !known(twin.ID) {
			return twin.ID, nil
		}
	}
	return "", err
}
