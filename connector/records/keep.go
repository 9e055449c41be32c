package records

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/cenkalti/backoff/v4"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
)

// keeper is the [object.Keeper] of one object: what all have in common.
type keeper struct {
	keepable
	journal *journal.Journal
	workers int
}

// keepable is what differs between the objects.
type keepable interface {
	Table() *crm.Table
	// read reads the things of one group: of children those of a contact.
	read(ctx context.Context, group []object.Thing) ([]*crm.Contact, error)
	grouped() bool // by contact; else each by itself
	make(ctx context.Context, contact string, values map[string]any) (*crm.Contact, error)
	write(ctx context.Context, have *crm.Contact, set map[string]any) (*crm.Contact, error)
	unmake(ctx context.Context, have *crm.Contact) error
	// twins are things that hold these values, which a create whose answer was lost may
	// have made.
	twins(ctx context.Context, contact string, values map[string]any) ([]*crm.Contact, error)
}

// Keep opens the things of an object, which the name tells, in the location of contacts.
// It is nil for an object whose things are no records.
func Keep(ctx context.Context, name string, contacts object.Location, client *ghl.Client, j *journal.Journal) (object.Keeper, error) {
	k := &keeper{journal: j, workers: client.Callers()}
	switch name {
	case crm.Notes.Name, crm.Tasks.Name:
		of := map[string]childKind{crm.Notes.Name: notes, crm.Tasks.Name: tasks}[name]
		in, err := of.under(ctx, contacts, client)
		if err != nil {
			return nil, err
		}
		k.keepable = keptChildren{in.(*below)}
	case crm.Opportunities.Name:
		in, err := opportunitiesOf(ctx, contacts, client)
		if err != nil {
			return nil, err
		}
		d := in.(*deals)
		if err := d.readAllPlaces(ctx); err != nil {
			return nil, err
		}
		at, err := client.Location(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the location: %w", err)
		}
		k.keepable = keptDeals{d, at.OneOpportunity}
	case crm.Businesses.Name:
		in, err := open(ctx, client, false)
		if err != nil {
			return nil, err
		}
		k.keepable = keptBusinesses{in.(*location)}
	default:
		return nil, nil
	}
	return k, nil
}

func (k *keeper) Held(ctx context.Context, things []object.Thing) (map[string]*crm.Contact, error) {
	groups := map[string][]object.Thing{}
	for _, t := range things {
		by := t.ID
		if k.grouped() {
			by = t.Contact
		}
		groups[by] = append(groups[by], t)
	}
	held := make(map[string]*crm.Contact, len(things))
	var mu sync.Mutex
	group, grouped := bug.NewGroup(ctx, k.workers)
	for _, by := range slices.Sorted(maps.Keys(groups)) {
		group.Go(func() error {
			all, err := k.read(grouped, groups[by])
			if isKind(err, ghl.Gone, ghl.Rejected) { // what is asked for by an id that does not exist
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			for _, c := range all {
				held[c.ID] = c
			}
			return err
		})
	}
	return held, group.Wait()
}

func (k *keeper) Update(ctx context.Context, have *crm.Contact, set map[string]any, of journal.Origin) error {
	change := k.change(journal.Update, have, of)
	change.Before, change.Set = object.Held(k.Table(), have, set), object.Recorded(k.Table(), set)
	now, entry, err := object.Send(ctx, k.journal, func() (*crm.Contact, error) { return k.write(ctx, have, set) }, change)
	if err == nil {
		entry.Done(journal.Outcome{ID: have.ID, After: object.Held(k.Table(), now, set)})
	}
	return err
}

func (k *keeper) Delete(ctx context.Context, have *crm.Contact, of journal.Origin) error {
	change := k.change(journal.Delete, have, of)
	change.Before = object.Recorded(k.Table(), have.Values)
	_, entry, err := object.Send(ctx, k.journal, func() (any, error) { return nil, k.unmake(ctx, have) }, change)
	if err == nil {
		entry.Done(journal.Outcome{ID: have.ID})
	}
	if isKind(err, ghl.Gone) {
		return nil
	}
	return err
}

func (k *keeper) Create(ctx context.Context, contact string, values map[string]any, of journal.Origin) (*crm.Contact, error) {
	change := journal.Change{Op: journal.Create, Object: k.Table().Kind().Name, Contact: contact, Origin: of, Set: object.Recorded(k.Table(), values)}
	var entry *journal.Entry // of a create whose answer was lost
	return backoff.RetryWithData(func() (*crm.Contact, error) {
		there, err := k.twins(ctx, contact, values)
		switch {
		case isKind(err, ghl.Transient): // one search knows more than the other
			return nil, err
		case err != nil:
			return nil, backoff.Permanent(err)
		case len(there) > 0:
			entry.Done(journal.Outcome{ID: there[0].ID})
			return there[0], nil
		}
		now, sent, err := object.Send(ctx, k.journal, func() (*crm.Contact, error) { return k.make(ctx, contact, values) }, change)
		switch {
		case isKind(err, ghl.Ambiguous):
			entry = sent
			return nil, cmp.Or(rest(ctx, childLag), err) // until every search knows it, if it was made
		case err != nil:
			return nil, backoff.Permanent(err)
		}
		sent.Done(journal.Outcome{ID: now.ID, After: object.Held(k.Table(), now, values)})
		return now, nil
	}, backoff.WithContext(lostAnswerPause(), ctx))
}

func (k *keeper) change(op journal.Op, have *crm.Contact, of journal.Origin) journal.Change {
	return journal.Change{Op: op, Object: k.Table().Kind().Name, ID: have.ID, Contact: have.KeyText(contactField), Origin: of,
		Name: cmp.Or(have.KeyText(nameField), have.KeyText("title"))}
}

// own are values without what is no field that is written.
func own(t *crm.Table, values map[string]any) map[string]any {
	set := maps.Clone(values)
	maps.DeleteFunc(set, func(name string, v any) bool { return v == nil || t.Field(name) == nil || name == contactField })
	return set
}

// isTwin reports whether a thing is one of these values: it bears the same key, or, where
// there is none, holds all of them as far as it is told.
func isTwin(t *crm.Table, c *crm.Contact, values map[string]any) bool {
	ref := (&crm.Contact{Values: values}).KeyText(refField)
	if ref != "" || c.KeyText(refField) != "" {
		return ref == c.KeyText(refField)
	}
	set := own(t, values)
	maps.DeleteFunc(set, func(name string, v any) bool {
		held, told := c.Values[name]
		return !told || held == nil && fmt.Sprint(v) == "0" // the CRM keeps no zero
	})
	return len(set) > 0 && len(discarded(t, set, c)) == 0
}

// keptChildren are notes or tasks.
type keptChildren struct{ *below }

func (c keptChildren) grouped() bool { return true }

func (c keptChildren) read(ctx context.Context, group []object.Thing) (all []*crm.Contact, err error) {
	told, err := c.of.list(c.api, ctx, group[0].Contact)
	for _, child := range told {
		all = append(all, c.decode(child))
	}
	return all, err
}

func (c keptChildren) make(ctx context.Context, contact string, values map[string]any) (*crm.Contact, error) {
	ref := (&crm.Contact{Values: values}).KeyText(refField)
	return c.post(ctx, &item{records: []*entry{{parent: object.Parent{ID: contact}, ref: ref}}, set: own(c.table, values)})
}

func (c keptChildren) write(ctx context.Context, have *crm.Contact, set map[string]any) (*crm.Contact, error) {
	return c.change(ctx, &item{records: []*entry{{}}, have: have, set: maps.Clone(set)})
}

func (c keptChildren) unmake(ctx context.Context, have *crm.Contact) error { return c.drop(ctx, have) }

func (c keptChildren) twins(ctx context.Context, contact string, values map[string]any) ([]*crm.Contact, error) {
	all, err := c.read(ctx, []object.Thing{{Contact: contact}})
	return slices.DeleteFunc(all, func(child *crm.Contact) bool { return !isTwin(c.table, child, values) }), err
}

// keptDeals are opportunities, of which a contact may have one that is open in each
// pipeline if only one is allowed.
type keptDeals struct {
	*deals
	one bool
}

func (d keptDeals) grouped() bool { return false }

func (d keptDeals) read(ctx context.Context, group []object.Thing) ([]*crm.Contact, error) {
	o, err := d.api.GetOpportunity(ctx, group[0].ID)
	if err != nil {
		return nil, err
	}
	return []*crm.Contact{d.decode(o, len(o.Custom) > 0 || len(d.custom) == 0)}, nil
}

func (d keptDeals) make(ctx context.Context, contact string, values map[string]any) (*crm.Contact, error) {
	return d.post(ctx, contact, own(d.table, values))
}

func (d keptDeals) write(ctx context.Context, have *crm.Contact, set map[string]any) (*crm.Contact, error) {
	return d.change(ctx, have, set)
}

func (d keptDeals) unmake(ctx context.Context, have *crm.Contact) error { return d.drop(ctx, have.ID) }

func (d keptDeals) twins(ctx context.Context, contact string, values map[string]any) (twins []*crm.Contact, err error) {
	told, err := d.api.Opportunities(ctx, ghl.OpportunityQuery{ContactID: contact, Custom: len(d.custom) > 0})
	if err != nil {
		return nil, fmt.Errorf("look for an opportunity: %w", err)
	}
	want := &crm.Contact{Values: values}
	for _, o := range told {
		c := d.decode(o, false)
		rival := d.one && isOpen(c) && isOpen(want) && c.KeyText(crm.FieldPipeline) == want.KeyText(crm.FieldPipeline)
		twin := isTwin(d.table, c, values)
		if !rival && !twin {
			continue
		}
		now, err := d.api.GetOpportunity(ctx, o.ID) // search may show one that is deleted
		switch {
		case isKind(err, ghl.Gone, ghl.Rejected):
		case err != nil:
			return nil, err
		case twin:
			twins = append(twins, d.decode(now, false))
		default:
			return nil, &ghl.Error{Kind: ghl.Rejected, Messages: []string{"the contact has another open opportunity in this pipeline"}}
		}
	}
	return twins, nil
}

// readAllPlaces reads the pipelines and the reasons for which an opportunity is lost.
func (d *deals) readAllPlaces(ctx context.Context) error {
	all, err := d.api.Pipelines(ctx)
	if err != nil {
		return fmt.Errorf("read the pipelines: %w", err)
	}
	d.places = placesOf(all)
	reasons, err := d.api.LostReasons(ctx)
	if err != nil {
		return fmt.Errorf("read the lost reasons: %w", err)
	}
	d.places.reasons = append(names{}, reasons...)
	return nil
}

// keptBusinesses are businesses. They are not deleted.
type keptBusinesses struct{ *location }

func (b keptBusinesses) grouped() bool { return true } // they belong to no contact: all are read at once

func (b keptBusinesses) read(ctx context.Context, group []object.Thing) (all []*crm.Contact, err error) {
	if err := b.list(ctx, len(b.custom) > 0, 1); err != nil {
		return nil, err
	}
	for _, t := range group {
		if c := b.memory.get(t.ID); c != nil {
			all = append(all, c)
		}
	}
	return all, nil
}

func (b keptBusinesses) make(context.Context, string, map[string]any) (*crm.Contact, error) {
	return nil, fmt.Errorf("businesses are never deleted")
}

func (b keptBusinesses) write(ctx context.Context, have *crm.Contact, set map[string]any) (*crm.Contact, error) {
	return b.change(ctx, have, set)
}

func (b keptBusinesses) unmake(context.Context, *crm.Contact) error {
	return fmt.Errorf("businesses are never deleted")
}

func (b keptBusinesses) twins(context.Context, string, map[string]any) ([]*crm.Contact, error) {
	return nil, nil
}

// Twins is what [keepable] calls so.
func (k *keeper) Twins(ctx context.Context, contact string, values map[string]any) ([]*crm.Contact, error) {
	return k.twins(ctx, contact, values)
}
