package records

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// children are the [things] that belong to contacts: notes, tasks.
type children struct {
	*below
	object.Options
	memory *memory

	mu      sync.Mutex
	parents map[string]*parent // by the contact's id
	window  int                // how many there were
	// forgotten are contacts of which the sync does not remember any more what it has
	// written to them, which search may not know yet.
	forgotten map[uint64]struct{}
	most      int // bytes that are remembered
}

// parent is what is known of what belongs to a contact.
type parent struct {
	known bool // all that search tells is,
	whole bool // and all that there is
	gone  bool // it does not exist any more
	last  int  // the window that had to do with it last
}

func newChildren(b *below, o object.Options) *children {
	c := &children{below: b, Options: o, parents: map[string]*parent{}, forgotten: map[uint64]struct{}{}, most: mostRemembered}
	c.memory = newMemory(c.keys)
	return c
}

// Fields of keys of a child, and what is known of it besides its own fields.
const (
	contactField = "contactId"
	refField     = "ref"  // its key, as the last line of its text has it
	sameField    = "same" // what tells it from others that bear no key
)

// keys are what a child is found by among those of its contact, and the contact.
func (c *children) keys(child *crm.Contact) []crm.Key {
	contact := child.KeyText(contactField)
	keys := []crm.Key{{Field: contactField, Value: contact}}
	for _, k := range []crm.Key{{Field: refField, Value: child.KeyText(refField)}, {Field: sameField, Value: c.same(child.Values)}} {
		if k.Value != "" {
			keys = append(keys, within(contact, k))
		}
	}
	return keys
}

// within is the key of a child among all, if k is its key among those of a contact.
func within(contact string, k crm.Key) crm.Key {
	return crm.Key{Field: k.Field, Value: contact + "/" + k.Value}
}

// same is what tells a child without a key from others: what none is without, of a
// time the day; "" if that is not all there.
func (b *below) same(values map[string]any) string {
	var parts []string
	for _, name := range b.kind.Required() {
		f, text := b.table.Field(name), crm.PlainText((&crm.Contact{Values: values}).KeyText(name))
		if f.Type == crm.Time {
			text = text[:min(len(text), len(time.DateOnly))]
		}
		if text == "" {
			return ""
		}
		parts = append(parts, strconv.FormatUint(crm.Hash(f, text), 36))
	}
	return strings.Join(parts, "/")
}

// prepare gives a record its key among those of its contact.
func (c *children) prepare(e *entry, p *object.Prepared) {
	e.row = e.stream.Row(p)
	if e.Reject != nil {
		return
	}
	for name, v := range e.want.Values { // what is not true is false
		if c.table.Field(name).Type == crm.Bool && v.Data == nil {
			e.want.Values[name] = crm.Value{Data: false, When: v.When}
		}
	}
	if len(e.stream.PrimaryKey) > 0 {
		e.Reject = c.byRow(e, p)
	} else {
		e.Reject = c.byContent(e)
	}
}

// byRow makes the row a record's key.
func (c *children) byRow(e *entry, p *object.Prepared) *trouble.Reject {
	var key []json.RawMessage
	for _, path := range e.stream.PrimaryKey {
		value := p.At(path)
		if crm.RowText(value) == "" {
			return &trouble.Reject{Code: trouble.NoIdentifier, Reason: "no value for the stream's primary key, by which a " + c.kind.One + " is known"}
		}
		key = append(key, value)
	}
	e.ref = refOf(e.stream.ID.Name, key)
	e.own = []crm.Key{{Field: refField, Value: e.ref}}
	return nil
}

// byContent makes what a record says its key: see [below.same].
func (c *children) byContent(e *entry) *trouble.Reject {
	if body, given := e.want.Values[crm.FieldBody]; given && body.Data != nil {
		body.Data, _ = cutRef(body.Data.(string)) // the last line would be taken for a key
		e.want.Values[crm.FieldBody] = body
	}
	for _, name := range c.kind.Required() {
		if e.want.Values[name].Data == nil && !e.want.Deleted {
			return &trouble.Reject{Code: trouble.ValueMissing, Field: name, Reason: "the stream has no primary key, and without it nothing tells one " + c.kind.One + " from another"}
		}
	}
	e.own = []crm.Key{{Field: sameField, Value: c.same(written(e).Values)}}
	return nil
}

func (c *children) spared(e *entry) string {
	if len(e.stream.PrimaryKey) == 0 {
		return "the stream has no primary key, so nothing tells which of the " + c.kind.Name + " is meant"
	}
	return sparedBy(e.stream.Stream, c.kind)
}

func (c *children) marks(e *entry) []crm.Key { return c.memory.marks(e.want.Keys) }

// alike: records with one key mean one thing of one contact.
func (c *children) alike(_, _ *item) bool { return true }

// match finds the child that bears the key, or of a stream without keys one that
// bears none of another stream's.
func (c *children) match(it *item) (*crm.Contact, *trouble.Reject) {
	e := it.records[0]
	if all := c.meant(e); len(all) > 0 {
		return all[0], nil
	}
	return nil, e.Reject // its contact has vanished meanwhile
}

func (c *children) fit(*item) *trouble.Reject { return nil }

// meant are all that a record could mean.
func (c *children) meant(e *entry) (all []*crm.Contact) {
	for _, k := range e.want.Keys {
		all = slices.DeleteFunc(c.memory.with(k), func(child *crm.Contact) bool {
			ref := child.KeyText(refField)
			return ref != "" && !strings.HasPrefix(ref, escaped(e.stream.ID.Name)+"/")
		})
	}
	return all
}

func (c *children) create(ctx context.Context, it *item) (*crm.Contact, error) {
	now, err := c.post(ctx, it)
	switch {
	case isKind(err, ghl.Gone):
		c.about(it.records[0].parent.ID, func(at *parent) { at.gone = true })
	case err == nil:
		c.memory.put(now)
	}
	return now, err
}

// update changes a child. Where the API refuses that, the contact's own list tells
// whether it is because there is none any more.
func (c *children) update(ctx context.Context, it *item) (*crm.Contact, error) {
	now, err := c.change(ctx, it)
	switch {
	case err == nil:
		c.memory.put(now)
	case isKind(err, ghl.Gone, ghl.Rejected): // some refusals have written all the same
		told, readErr := c.reread(ctx, it.have)
		switch {
		case readErr != nil:
			return nil, readErr
		case told == nil:
			c.memory.forget(it.have.ID)
			return nil, errors.Join(&ghl.Error{Kind: ghl.Gone}, err)
		case isKind(err, ghl.Rejected) && len(discarded(c.table, it.set, told)) == 0:
			c.memory.put(told)
			return told, nil
		}
	}
	return now, err
}

// reread is what the list of its contact says of a child; nil if it is not there.
func (c *children) reread(ctx context.Context, child *crm.Contact) (*crm.Contact, error) {
	there, err := c.list(ctx, child.KeyText(contactField))
	if i := slices.IndexFunc(there, func(told ghl.Child) bool { return told.ID == child.ID }); i >= 0 {
		return c.decode(there[i]), err
	}
	return nil, err
}

func (c *children) remove(ctx context.Context, it *item) error {
	err := c.drop(ctx, it.have)
	if isKind(err, ghl.Rejected) {
		if told, readErr := c.reread(ctx, it.have); told == nil {
			err = readErr
		}
	}
	if err == nil || isKind(err, ghl.Gone) {
		c.memory.forget(it.have.ID)
	}
	return err
}
