package object

import (
	"context"
	"encoding/json"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// maxLeaf is the longest string that a search filter accepts.
const maxLeaf = 75

func (c *contacts) Find(ctx context.Context, keys []crm.Key) ([]*crm.Contact, error) {
	seen := map[string]bool{}
	var found []*crm.Contact
	add := func(a ghl.Contact) {
		if !seen[a.ID] {
			seen[a.ID] = true
			found = append(found, c.decode(a))
		}
	}
	var short []crm.Key
	for _, k := range keys {
		if len(k.Value) <= maxLeaf {
			short = append(short, k)
			continue
		}
		if err := c.findLong(ctx, k, add); err != nil {
			return nil, err
		}
	}
	for len(short) > 0 {
		n := min(int(c.leaves.Load()), len(short))
		err := c.findBatch(ctx, short[:n], add)
		if isKind(err, ghl.Rejected) && n > 1 {
			c.leaves.Store(int64((n + 1) / 2))
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look up contacts: %w", err)
		}
		short = short[n:]
	}
	return found, nil
}

// findBatch asks for all keys at once: one OR group of eq leaves.
func (c *contacts) findBatch(ctx context.Context, keys []crm.Key, add func(ghl.Contact)) error {
	leaves := make([]ghl.Filter, 0, len(keys))
	for _, k := range keys {
		leaves = append(leaves, ghl.Eq(c.filterField(k.Field), k.Value))
	}
	return c.searchAll(ctx, []ghl.Filter{ghl.Or(leaves...)}, add)
}

// searchAll pages through everything that the filters match. Several contacts
// may carry the same key, so a full page does not mean the end.
func (c *contacts) searchAll(ctx context.Context, filters []ghl.Filter, add func(ghl.Contact)) error {
	var after json.RawMessage
	for {
		page, err := c.api.SearchContacts(ctx, ghl.Search{Filters: filters, PageLimit: searchPage, SearchAfter: after})
		if err != nil {
			return err
		}
		for _, a := range page.Contacts {
			add(a)
		}
		if len(page.Contacts) < searchPage {
			return nil
		}
		next := page.Contacts[len(page.Contacts)-1].SearchAfter
		if len(next) == 0 || string(next) == string(after) {
			return fmt.Errorf("the search answered a full page without a cursor to the next")
		}
		after = next
	}
}

// filterField is the name under which search filters know a field.
func (c *contacts) filterField(name string) string {
	if f := c.table.Field(name); f != nil && f.Custom {
		return "customFields." + name
	}
	return name
}

// findLong asks for a key that is too long for a search filter.
func (c *contacts) findLong(ctx context.Context, k crm.Key, add func(ghl.Contact)) error {
	if k.Field != "email" {
		return nil // no other endpoint looks it up; creating has its own guard
	}
	a, err := c.api.FindDuplicate(ctx, k.Value, "")
	if err != nil {
		return fmt.Errorf("look up a contact by its long email: %w", err)
	}
	if a != nil {
		add(*a)
	}
	return nil
}
