package object

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// MaxKey is the longest string that a search filter accepts. A longer email
// or phone is looked up in another way, any other key cannot be.
const MaxKey = 75

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
		if len(k.Value) <= MaxKey {
			short = append(short, k)
			continue
		}
		if err := c.findAlone(ctx, k, add); err != nil {
			return nil, err
		}
	}
	for len(short) > 0 {
		n := min(int(c.leaves.Load()), len(short))
		if _, err := c.findBatch(ctx, short[:n], add); err != nil {
			return nil, fmt.Errorf("look up contacts: %w", err)
		}
		short = short[n:]
	}
	return found, nil
}

// findBatch asks for all keys at once: one OR group of eq leaves. A batch that
// is refused is asked in halves; if both pass, it was too large, and the size
// is remembered. A single key that is refused is left to the primary store.
func (c *contacts) findBatch(ctx context.Context, keys []crm.Key, add func(ghl.Contact)) (refused bool, err error) {
	leaves := make([]ghl.Filter, 0, len(keys))
	for _, k := range keys {
		leaves = append(leaves, ghl.Eq(c.filterField(k.Field), k.Value))
	}
	err = c.searchAll(ctx, []ghl.Filter{ghl.Or(leaves...)}, add)
	switch {
	case !isKind(err, ghl.Rejected):
		return false, err
	case len(keys) == 1 && slices.Contains(identifiers, keys[0].Field):
		return true, c.findAlone(ctx, keys[0], add)
	case len(keys) == 1:
		return true, err
	}
	half := (len(keys) + 1) / 2
	first, err := c.findBatch(ctx, keys[:half], add)
	if err != nil {
		return true, err
	}
	second, err := c.findBatch(ctx, keys[half:], add)
	if err != nil {
		return true, err
	}
	if !first && !second {
		c.leaves.Store(int64(half))
	}
	return true, nil
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

// findAlone asks the primary store for an email or phone that search does not
// take. Other keys cannot be asked for in any other way.
func (c *contacts) findAlone(ctx context.Context, k crm.Key, add func(ghl.Contact)) error {
	email, number := "", ""
	switch k.Field {
	case "email":
		email = k.Value
	case "phone":
		number = k.Value
	default:
		return nil
	}
	a, err := c.api.FindDuplicate(ctx, email, number)
	if isKind(err, ghl.Rejected) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up a contact by its %s: %w", k.Field, err)
	}
	if a == nil {
		return nil
	}
	full, err := c.api.GetContact(ctx, a.ID) // a duplicate's answer is not the whole contact
	if err == nil {
		add(full)
	} else if !isKind(err, ghl.Gone) {
		return fmt.Errorf("read a contact: %w", err)
	}
	return nil
}
