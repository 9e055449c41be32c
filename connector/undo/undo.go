package undo

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
)

// indexLag is how long search may lack what was written.
const indexLag = 75 * time.Second

// refKey is the key that a note or task bears as the last line of its text.
const refKey = "ref"

// readSingly is up to how many contacts are read one by one while search may not know
// yet what the runs have written; for more it is waited.
const readSingly = 100

// Options of an Undo.
type Options struct {
	// Recreate creates anew what runs have deleted.
	Recreate bool
	// Only are the fields that go back; nil is all, and only then what was created is
	// deleted and what was deleted created anew.
	Only []string
	// Last is when anything was changed last that search may not know yet.
	Last time.Time
	// Waits is told for how long Look waits until search knows that; it may be nil.
	Waits func(time.Duration)
}

// Undo takes runs back in one location.
type Undo struct {
	Options
	client  *ghl.Client
	journal *journal.Journal
	target  gateway.Target
	keep    func(ctx context.Context, name string) (object.Keeper, error)
	keepers map[string]object.Keeper // by object; nil for one that is not kept
	Things  []*Thing                 // what the runs have changed; see [Undo.Look]
	ids     map[string]string        // of contacts that were created anew, by the old id
	origin  journal.Origin

	steps, done atomic.Int64 // writes that there are, and that were made
}

// Open prepares to take runs back. keep opens what is no contact. It writes nothing.
func Open(target gateway.Target, client *ghl.Client, j *journal.Journal, keep func(context.Context, string) (object.Keeper, error), o Options) *Undo {
	target.Record(j, nil)
	return &Undo{Options: o, client: client, journal: j, target: target, keep: keep, keepers: map[string]object.Keeper{}, ids: map[string]string{},
		origin: journal.Origin{Stream: "undo"}}
}

// Look finds out what is to be done about changes, which are in the order in which they
// were made. It reads, and writes nothing.
func (u *Undo) Look(ctx context.Context, changes []journal.Recorded) error {
	if err := u.waitForSearch(ctx, changes); err != nil {
		return err
	}
	for _, c := range changes { // also of objects that identify does not ask for
		if _, err := u.keeper(ctx, c.Object); err != nil {
			return err
		}
	}
	if err := u.checkOnly(changes); err != nil {
		return err
	}
	changes, err := u.identify(ctx, changes)
	if err != nil {
		return err
	}
	u.group(changes)
	if err := u.readContacts(ctx); err != nil {
		return err
	}
	if err := u.readOthers(ctx); err != nil {
		return err
	}
	for _, th := range u.Things {
		t := u.target.Table()
		if k := u.keepers[th.Object]; k != nil {
			t = k.Table()
		}
		th.fold(t, u.Recreate)
		th.narrow(t, u.Only)
	}
	return u.lookAtCreated(ctx)
}

// waitForSearch waits until search knows what the runs have written, if it is asked.
func (u *Undo) waitForSearch(ctx context.Context, changes []journal.Recorded) error {
	ids := map[string]bool{}
	searches := false // for opportunities that an earlier undo may have created anew, and for creates without an answer
	for _, c := range changes {
		ids[idOf(c)] = true
		searches = searches || u.Recreate && c.Op == journal.Delete && c.Object == crm.Opportunities.Name || isUnidentified(c)
	}
	left := time.Until(u.Last.Add(indexLag))
	if left <= 0 || len(ids) <= readSingly && !searches {
		return nil
	}
	if u.Waits != nil {
		u.Waits(left)
	}
	select {
	case <-time.After(left):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// idOf is the id of what was changed; "" if the journal does not tell.
func idOf(c journal.Recorded) string { return cmp.Or(c.ID, c.Outcome.ID) }

// group gathers the changes of each thing.
func (u *Undo) group(changes []journal.Recorded) {
	byID := map[string]*Thing{}
	for _, c := range changes {
		id := idOf(c)
		if id == "" || c.Object != crm.Contacts.Name && u.keepers[c.Object] == nil {
			continue
		}
		th := byID[c.Object+"/"+id]
		if th == nil {
			th = &Thing{Object: c.Object, ID: id}
			byID[c.Object+"/"+id] = th
			u.Things = append(u.Things, th)
		}
		th.Contact = cmp.Or(c.Contact, th.Contact)
		th.Changes = append(th.Changes, c)
	}
}

// canonical are recorded values by the names of their fields.
func canonical(t *crm.Table, recorded map[string]any) map[string]any {
	w := walk{table: t}
	values := make(map[string]any, len(recorded))
	for name, v := range recorded {
		if f := w.field(name); f != nil {
			values[f.Name] = f.Canonical(v)
		} else {
			values[name] = v
		}
	}
	return values
}

// holds reports whether a contact holds values, as far as it is told.
func holds(t *crm.Table, have *crm.Contact, set map[string]any) bool {
	for name, v := range set {
		f := t.Field(name)
		if held, told := have.Held(name); f != nil && told && !crm.Equal(f, held, v) {
			return false
		}
	}
	return true
}

// keeper opens what keeps the things of an object.
func (u *Undo) keeper(ctx context.Context, name string) (object.Keeper, error) {
	k, open := u.keepers[name]
	if open || name == crm.Contacts.Name {
		return k, nil
	}
	k, err := u.keep(ctx, name)
	if err == nil {
		u.keepers[name] = k
	}
	return k, err
}

// of are the things of an object.
func (u *Undo) of(name string) (all []*Thing) {
	for _, th := range u.Things {
		if th.Object == name {
			all = append(all, th)
		}
	}
	return all
}

// readContacts reads the contacts that were changed: many at a time, and one by one
// those of which search does not tell all that was written, or nothing.
func (u *Undo) readContacts(ctx context.Context) error {
	all := u.of(crm.Contacts.Name)
	var keys []crm.Key
	for _, th := range all {
		keys = append(keys, crm.IDKey(th.ID))
	}
	if len(keys) == 0 {
		return nil
	}
	found := map[string]*crm.Contact{}
	if time.Since(u.Last) >= indexLag {
		contacts, _, err := u.target.Find(ctx, keys)
		if err != nil {
			return err
		}
		for _, c := range contacts {
			found[c.ID] = c
		}
	}
	group, grouped := bug.NewGroup(ctx, u.client.Callers())
	for _, th := range all {
		if th.Now = found[th.ID]; th.Now != nil && th.isTold(u.target.Table()) {
			continue
		}
		group.Go(func() (err error) {
			th.Now, _, err = u.target.Read(grouped, th.ID)
			return err
		})
	}
	return group.Wait()
}

// isTold reports whether all fields that were written are known.
func (th *Thing) isTold(t *crm.Table) bool {
	for _, c := range th.Changes {
		for name := range canonical(t, c.Set) {
			if _, told := th.Now.Held(name); !told && t.Field(name) != nil {
				return false
			}
		}
		if c.Op == journal.Create {
			return false // it is to be looked at as it is
		}
	}
	return true
}

// readOthers reads what is no contact.
func (u *Undo) readOthers(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(u.keepers)) {
		k := u.keepers[name]
		all := u.of(name)
		if k == nil || len(all) == 0 {
			continue
		}
		things := make([]object.Thing, len(all))
		for i, th := range all {
			things[i] = object.Thing{ID: th.ID, Contact: th.Contact}
		}
		held, err := k.Held(ctx, things)
		if err != nil {
			return err
		}
		for _, th := range all {
			th.Now = held[th.ID]
		}
	}
	return nil
}

// FieldError is a field of [Options.Only] that nothing has which the runs have changed.
type FieldError struct{ Field string }

func (e *FieldError) Error() string {
	return fmt.Sprintf("nothing that was changed has a field %q", e.Field)
}

// checkOnly refuses names that are no fields: a misspelt one would take nothing back.
func (u *Undo) checkOnly(changes []journal.Recorded) error {
	tables := []*crm.Table{u.target.Table()}
	for _, k := range u.keepers {
		if k != nil {
			tables = append(tables, k.Table())
		}
	}
	for _, asked := range u.Only {
		known := asked == tagsField || slices.ContainsFunc(tables, func(t *crm.Table) bool { return t.Find(asked) != nil }) ||
			slices.ContainsFunc(changes, func(c journal.Recorded) bool { _, set := c.Set[asked]; return set }) // a field that is gone
		if !known {
			return &FieldError{asked}
		}
	}
	return nil
}

// narrow leaves only some fields to go back.
func (th *Thing) narrow(t *crm.Table, only []string) {
	if only == nil {
		return
	}
	th.Delete, th.Recreate, th.Kept = false, nil, nil
	wanted := func(name string) bool {
		return slices.ContainsFunc(only, func(asked string) bool {
			f := t.Find(asked)
			return f != nil && f.Name == name || asked == name
		})
	}
	maps.DeleteFunc(th.Set, func(name string, _ any) bool { return !wanted(name) })
	if !wanted(tagsField) {
		th.AddTags, th.RemoveTags = nil, nil
	}
}

// lookAtCreated keeps created contacts to which something of others belongs.
func (u *Undo) lookAtCreated(ctx context.Context) error {
	var created []string
	doomed := map[string]bool{} // what is deleted itself is nobody's reason
	for _, th := range u.Things {
		if th.Delete && th.Object == crm.Contacts.Name {
			created = append(created, th.ID)
		} else if th.Delete || th.Now == nil {
			doomed[th.ID] = true
		}
	}
	if len(created) == 0 {
		return nil
	}
	others, err := u.belongings(ctx, created, doomed)
	if err != nil {
		return err
	}
	for _, th := range u.of(crm.Contacts.Name) {
		if th.Delete && others[th.ID] {
			th.stay(createdHas)
		}
	}
	return nil
}

// about says what an error came of.
func about(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
