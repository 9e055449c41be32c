package gateway

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// DryRun is a Target that reads like another and writes nothing: every write
// answers what the API would most likely have answered, and is counted; what is
// read later is as if it had been written.
type DryRun struct {
	Target
	pretence pretence
	requests atomic.Int64
	created  atomic.Int64
	table    *crm.Table // nil: the target's own
	added    []string   // fields that exist in table only
}

// pretended begins the ids of contacts that a dry run has not created. They have the
// form of the API's, which are random, since records can name them.
const pretended = "pretended"

// Pretended reports whether an id is one that a dry run made up.
func Pretended(id string) bool { return strings.HasPrefix(id, pretended) }

// NewDryRun wraps a target.
func NewDryRun(t Target) *DryRun { return &DryRun{Target: t} }

// Requests is how many requests the writes would have cost so far.
func (d *DryRun) Requests() int64 { return d.requests.Load() }

// Facts are those of the target, with DryRun set.
func (d *DryRun) Facts() object.Facts {
	f := d.Target.Facts()
	f.DryRun = true
	return f
}

// AddField creates nothing, but goes on as if it had: contacts hold nothing in
// the field.
func (d *DryRun) AddField(_ context.Context, n object.NewField) (string, error) {
	d.requests.Add(1)
	slug := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
			return unicode.ToLower(r)
		case unicode.IsSpace(r):
			return '_'
		}
		return -1
	}, n.Name)
	field := crm.CustomField("new-"+n.Name, "contact."+slug, n.Name, n.DataType, nil)
	d.table, d.added = d.Table().With(field), append(d.added, field.Name)
	return field.Key, nil
}

// Table has the fields that AddField would have created.
func (d *DryRun) Table() *crm.Table {
	if d.table != nil {
		return d.table
	}
	return d.Target.Table()
}

// Find answers as the target does, and knows the contacts that are not there; nobody
// has a field that does not exist.
func (d *DryRun) Find(ctx context.Context, keys []crm.Key) ([]*crm.Contact, []crm.Key, error) {
	created, keys := d.toFind(keys)
	found, refused, err := d.Target.Find(ctx, keys)
	return append(created, d.pretence.showAll(d.withAdded(found))...), refused, err
}

// FindSurely answers as the target does, see [DryRun.Find].
func (d *DryRun) FindSurely(ctx context.Context, keys []crm.Key) (Answer, error) {
	created, keys := d.toFind(keys)
	a, err := d.Target.FindSurely(ctx, keys)
	a.Found = append(created, d.pretence.showAll(d.withAdded(a.Found))...)
	return a, err
}

// toFind returns the contacts that are not there and may have one of the keys, and the keys
// that the target is asked for.
func (d *DryRun) toFind(keys []crm.Key) (created []*crm.Contact, ask []crm.Key) {
	created, others := d.pretence.find(keys)
	return created, slices.DeleteFunc(append(others, keys...), func(k crm.Key) bool {
		return slices.Contains(d.added, k.Field) || k.Field == "id" && strings.HasPrefix(k.Value, pretended)
	})
}

// List answers as the target does, and has the contacts that are not there on its
// first page, if it is not of a part of the location.
func (d *DryRun) List(ctx context.Context, l Listing) (Page, error) {
	page, err := d.Target.List(ctx, l)
	told := page.Total > 0 || len(page.Contacts) == 0
	page.Contacts, page.Gone = d.pretence.part(d.withAdded(page.Contacts))
	if l.After != nil || l.Span != nil || l.Undated || err != nil {
		return page, err
	}
	created := d.pretence.tagged(l.Tags)
	page.Contacts = append(page.Contacts, created...)
	if told {
		page.Total += len(created)
	}
	return page, nil
}

// Lookup answers as the target does.
func (d *DryRun) Lookup(ctx context.Context, want crm.Desired) (*crm.Contact, *trouble.Reject, error) {
	have, reject, err := d.Target.Lookup(ctx, want)
	d.withAdded([]*crm.Contact{have})
	return d.pretence.show(have), reject, err
}

// Read answers as the target does, and knows the contacts that are not there.
func (d *DryRun) Read(ctx context.Context, id string) (*crm.Contact, *trouble.Reject, error) {
	if now, ok := d.pretence.created(id); ok {
		d.requests.Add(1)
		return now, nil, nil
	}
	now, reject, err := d.Target.Read(ctx, id)
	d.withAdded([]*crm.Contact{now})
	return d.pretence.show(now), reject, err
}

// Complete answers as the target does; fields that do not exist are empty.
func (d *DryRun) Complete(ctx context.Context, wanted []Incomplete) (map[string]*crm.Contact, error) {
	var ask []Incomplete
	completed := map[string]*crm.Contact{}
	for _, w := range wanted {
		w.Fields = slices.DeleteFunc(slices.Clone(w.Fields), func(name string) bool { return slices.Contains(d.added, name) })
		if _, ok := d.pretence.created(w.Have.ID); len(w.Fields) > 0 && !ok {
			ask = append(ask, w)
			continue
		}
		have := *w.Have
		have.Values = maps.Clone(have.Values)
		completed[have.ID] = &have
	}
	told, err := d.Target.Complete(ctx, ask)
	for id, c := range told {
		completed[id] = d.pretence.show(c)
	}
	d.withAdded(slices.Collect(maps.Values(completed)))
	return completed, err
}

// withAdded completes contacts by fields that do not exist: nobody has a value.
func (d *DryRun) withAdded(contacts []*crm.Contact) []*crm.Contact {
	for _, c := range contacts {
		for _, name := range d.added {
			if c != nil {
				c.Values[name] = nil
			}
		}
	}
	return contacts
}

// Create answers a contact with an id of its own making.
func (d *DryRun) Create(_ context.Context, w Write) (Result, error) {
	d.requests.Add(1)
	if d.Target.Facts().AllowsDuplicates && w.Unique && !w.Certain {
		d.requests.Add(1) // the primary store is asked before
	}
	now := crm.Apply(nil, crm.Change{Set: crm.Initial(w.Want, w.Defaults), AddTags: w.Want.TagsFor(nil)})
	now.Changed = new(time.Time)
	now.ID = fmt.Sprintf("%s%011d", pretended, d.created.Add(1))
	for _, f := range d.Table().Fields() {
		if _, given := now.Values[f.Name]; !given {
			now.Values[f.Name] = nil
		}
		if !f.Told(crm.Read) {
			delete(now.Values, f.Name)
		}
	}
	d.pretence.on(now.ID, func(a *act) { a.created = now })
	return Result{Status: load.Created, Contact: now}, nil
}

// Update answers the contact as it would be, and notes what cannot be written.
func (d *DryRun) Update(_ context.Context, w Write) (Result, error) {
	set, notes := writable(d.Table(), w.Change.Set)
	plain := len(set)
	if _, ok := set[companyField]; ok {
		d.requests.Add(2) // a question and an upsert
		plain--
	}
	if plain > 0 {
		d.requests.Add(1)
	}
	r := Result{Status: load.Unchanged, Contact: w.Have, Notes: notes}
	if len(set) > 0 {
		r.Status, r.Contact = load.Updated, crm.Apply(w.Have, crm.Change{Set: set})
		d.pretence.on(w.Have.ID, func(a *act) { maps.Copy(a.change.Set, set) })
	}
	return r, nil
}

// ChangeTags changes nothing, with few calls.
func (d *DryRun) ChangeTags(_ context.Context, c TagChange) (map[string]*trouble.Reject, error) {
	d.requests.Add(int64(len(c.Contacts)+startBulk-1) / startBulk)
	for _, of := range c.Contacts {
		d.pretence.on(of.ID, func(a *act) { a.tag(c.Tags, c.Remove) })
	}
	return nil, nil
}

// Link links nobody.
func (d *DryRun) Link(_ context.Context, business string, contacts []Subject) ([]string, *trouble.Reject, error) {
	d.requests.Add(1)
	for _, of := range contacts {
		d.pretence.on(of.ID, func(a *act) { a.change.Set[LinkField] = Linked(business) })
	}
	return nil, nil, nil
}

// Delete deletes nothing.
func (d *DryRun) Delete(_ context.Context, of Subject) (*trouble.Reject, error) {
	d.requests.Add(1)
	d.pretence.on(of.ID, func(a *act) { a.deleted = true })
	return nil, nil
}
