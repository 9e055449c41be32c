package records

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// childKind is what notes and tasks differ in.
type childKind struct {
	kind *crm.Kind
	// given are values that a create has to carry.
	given map[string]any

	list   func(c *ghl.Client, ctx context.Context, contact string) ([]ghl.Child, error)
	search func(c *ghl.Client, ctx context.Context, contacts []string) ([]ghl.Child, error) // may lag; nil: there is none
	create func(c *ghl.Client, ctx context.Context, contact string, fields map[string]any) (ghl.Child, error)
	update func(c *ghl.Client, ctx context.Context, contact, id string, fields map[string]any) (ghl.Child, error)
	remove func(c *ghl.Client, ctx context.Context, contact, id string) error
}

// below is what of one kind belongs to the contacts of a location.
type below struct {
	of    childKind
	kind  *crm.Kind
	api   *ghl.Client
	facts object.Facts
	table *crm.Table
	begun time.Time

	requests atomic.Int64 // that the writes of a dry run would have cost
	created  atomic.Int64 // in a dry run
}

// under opens what belongs to the contacts of a location.
func (k childKind) under(_ context.Context, contacts object.Location, api *ghl.Client) (object.Location, error) {
	return &below{of: k, kind: k.kind, api: api, facts: contacts.Facts(), table: k.kind.Table(), begun: time.Now()}, nil
}

func (b *below) Facts() object.Facts { return b.facts }
func (b *below) Table() *crm.Table   { return b.table }
func (b *below) Pretended() int64    { return b.requests.Load() }

func (b *below) Writer(streams []*object.Stream, o object.Options) load.Object {
	o = o.OrDefaults()
	return newRun(b.table, newChildren(b, o), streams, o)
}

// decode turns an answer into canonical values; the key is taken off the text.
func (b *below) decode(told ghl.Child) *crm.Contact {
	c := &crm.Contact{ID: told.ID, Values: map[string]any{contactField: told.ContactID}}
	for name, v := range told.Fields {
		f := b.table.Field(name)
		if f == nil {
			continue
		}
		if text, ok := v.(string); ok && name == crm.FieldBody {
			v, c.Values[refField] = cutRef(text)
		}
		if v == nil && f.Type == crm.Bool {
			v = false
		}
		c.Values[name] = f.Canonical(v)
	}
	return c
}

// sent are the fields to send that give a child the values in an item's set. A day
// becomes its noon, which is the same day nearly everywhere; a text keeps its key.
func (b *below) sent(it *item) map[string]any {
	ref := it.records[0].ref
	if it.have != nil {
		ref = it.have.KeyText(refField)
	} else {
		for name, v := range b.of.given {
			if _, given := it.set[name]; !given {
				it.set[name] = v
			}
		}
	}
	for name, v := range it.set {
		if day, ok := v.(string); ok && b.table.Field(name).Type == crm.Time && len(day) == len(time.DateOnly) {
			it.set[name] = day + "T12:00:00Z"
		}
	}
	sent := maps.Clone(it.set)
	if text, given := sent[crm.FieldBody]; ref != "" && (given || it.have == nil) {
		body, _ := text.(string)
		sent[crm.FieldBody] = strings.TrimLeft(body+"\n"+refLine(ref), "\n")
	}
	return sent
}

// post creates a child. An answer that was lost is Ambiguous: the contact's own list
// tells whether there is one.
func (b *below) post(ctx context.Context, it *item) (*crm.Contact, error) {
	e, fields := it.records[0], b.sent(it)
	after := &crm.Contact{Values: maps.Clone(it.set)}
	after.Values[contactField], after.Values[refField] = e.parent.ID, e.ref
	if b.facts.DryRun {
		b.requests.Add(1)
		after.ID = fmt.Sprintf("%s%s-%d", pretended, b.kind.One, b.created.Add(1))
		return after, nil
	}
	now, err := b.of.create(b.api, ctx, e.parent.ID, fields)
	if err != nil {
		return nil, fmt.Errorf("create a %s: %w", b.kind.One, err)
	}
	return b.answered(now, after), nil
}

// change writes the changed values of a child.
func (b *below) change(ctx context.Context, it *item) (*crm.Contact, error) {
	fields := b.sent(it)
	after := crm.Apply(it.have, crm.Change{Set: it.set})
	if b.facts.DryRun {
		b.requests.Add(1)
		return after, nil
	}
	now, err := b.of.update(b.api, ctx, it.have.KeyText(contactField), it.have.ID, fields)
	if err != nil {
		return nil, fmt.Errorf("update a %s: %w", b.kind.One, err)
	}
	return b.answered(now, after), nil
}

// answered is what an answer tells, and where it tells nothing what was sent.
func (b *below) answered(now ghl.Child, sent *crm.Contact) *crm.Contact {
	if len(now.Fields) > 0 {
		sent = crm.Apply(sent, crm.Change{Set: b.decode(now).Values})
	}
	sent.ID = now.ID
	return sent
}

// drop deletes a child.
func (b *below) drop(ctx context.Context, child *crm.Contact) error {
	if b.facts.DryRun {
		b.requests.Add(1)
		return nil
	}
	if err := b.of.remove(b.api, ctx, child.KeyText(contactField), child.ID); err != nil {
		return fmt.Errorf("delete a %s: %w", b.kind.One, err)
	}
	return nil
}
