package records

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// businesses are the [things] that are businesses.
type businesses struct {
	*location
	object.Options
}

const (
	nameField    = "name"
	websiteField = "website"
	hostField    = "host" // no field of a business, but what websites have in common
)

// host is the key of the host of a website's key; its value is "" if it is none.
func host(k crm.Key) crm.Key {
	name := ""
	if k.Field == websiteField {
		name, _, _ = strings.Cut(k.Value, "/")
	}
	return crm.Key{Field: hostField, Value: name}
}

// keys are what a business is found by, but for its id.
func (l *location) keys(c *crm.Contact) []crm.Key {
	var keys []crm.Key
	for _, field := range l.matchOn {
		if k := crm.KeyOf(field, c.KeyText(field)); k.Value != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// keysAndHost are what a business is remembered by: its keys, and the host of its
// website.
func (l *location) keysAndHost(c *crm.Contact) []crm.Key {
	keys := l.keys(c)
	for _, k := range keys {
		if h := host(k); h.Value != "" {
			return append(keys, h)
		}
	}
	return keys
}

// sharing is how many have a website on the host of a key; 0 if it is no website.
func (l *location) sharing(k crm.Key) int { return l.memory.count(host(k)) }

func (b *businesses) prepare(*entry, *object.Prepared) {}

func (b *businesses) spared(*entry) string { return "businesses are never deleted" }

func (b *businesses) find(ctx context.Context, _ *load.Window, entries []*entry) ([]*entry, error) {
	return entries, b.list(ctx, b.concernsCustom(entries), b.Workers())
}

// concernsCustom reports whether custom fields are written or matched by.
func (b *businesses) concernsCustom(entries []*entry) bool {
	for _, e := range entries {
		for _, k := range e.want.Keys {
			if _, custom := b.custom[k.Field]; custom {
				return true
			}
		}
		for name := range e.want.Values {
			if _, custom := b.custom[name]; custom {
				return true
			}
		}
	}
	return false
}

func (b *businesses) renew(ctx context.Context, items []*item) error {
	if !slices.ContainsFunc(items, func(it *item) bool { return it.doubt != nil }) {
		return nil // what is gone is forgotten
	}
	return b.location.renew(ctx, b.Workers())
}

// A host that many websites share orders nobody: it tells none of them, and no window
// moves so many away.
const manyShare = 20

// marks are a record's keys, what it can be found by once it is written, the
// businesses that carry any of them now, and the hosts of all their websites, of
// which it counts how many have one.
func (b *businesses) marks(e *entry) []crm.Key {
	keys := append(slices.Clone(e.want.Keys), b.keys(written(e))...)
	marks := b.memory.marks(keys)
	addHost := func(k crm.Key) {
		if h := host(k); h.Value != "" && b.sharing(k) < manyShare {
			marks = addMark(marks, h)
		}
	}
	for _, k := range keys {
		addHost(k)
		for _, c := range b.memory.with(k) {
			addHost(crm.KeyOf(websiteField, c.KeyText(websiteField)))
		}
	}
	return marks
}

// written is what a record would make if there were nothing yet.
func written(e *entry) *crm.Contact {
	c := &crm.Contact{Values: make(map[string]any, len(e.want.Values))}
	for name, v := range e.want.Values {
		c.Values[name] = v.Data
	}
	return c
}

// alike: a website as key makes a difference, which may tell nobody any more once the
// first is created.
func (b *businesses) alike(one, other *item) bool {
	return slices.Equal(one.marks, other.marks) &&
		!slices.ContainsFunc(one.records[0].want.Keys, func(k crm.Key) bool { return host(k).Value != "" })
}

// match finds the business with the first key, in order of trust, that leads to
// one of which no key trusted more says otherwise. A website whose host several
// have tells none of them.
func (b *businesses) match(it *item) (*crm.Contact, *trouble.Reject) {
	keys := slices.DeleteFunc(slices.Clone(it.records[0].want.Keys), func(k crm.Key) bool { return b.sharing(k) > 1 })
	for _, key := range keys {
		hits := slices.DeleteFunc(b.memory.with(key), func(c *crm.Contact) bool { return crm.Judge(c, keys) == crm.Other })
		switch {
		case len(hits) == 1:
			return hits[0], nil
		case len(hits) > 1:
			return nil, &trouble.Reject{Code: trouble.Ambiguous, Field: b.table.Display(key.Field), Reason: fmt.Sprintf("%d businesses have this value", len(hits))}
		}
	}
	if len(keys) == 0 {
		return nil, &trouble.Reject{Code: trouble.Ambiguous, Field: websiteField, Reason: "several businesses have a website on this host, so it tells none of them"}
	}
	return nil, nil
}

func (b *businesses) fit(*item) *trouble.Reject { return nil }

func (b *businesses) create(ctx context.Context, it *item) (*crm.Contact, error) {
	return b.post(ctx, it.set)
}

func (b *businesses) update(ctx context.Context, it *item) (*crm.Contact, error) {
	return b.change(ctx, it.have, it.set)
}

// remove is not called: see spared.
func (b *businesses) remove(context.Context, *item) error { return nil }
