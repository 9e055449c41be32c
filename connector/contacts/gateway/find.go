package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// MaxKey is the longest string that a search filter accepts. A longer email
// or phone is looked up in another way, any other key cannot be.
const MaxKey = 75

// findings gathers what the parts of a Find have found. It is safe for
// concurrent use.
type findings struct {
	mu       sync.Mutex
	seen     map[string]bool
	contacts []*crm.Contact
	refused  []crm.Key
	surely   bool      // it is to be found out what is certain
	certain  []crm.Key // see [Answer]
}

// add enters a contact once.
func (f *findings) add(a *crm.Contact) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.seen[a.ID] {
		f.seen[a.ID] = true
		f.contacts = append(f.contacts, a)
	}
}

// refuse enters a key that the API does not take.
func (f *findings) refuse(k crm.Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refused = append(f.refused, k)
}

// believe enters keys of which the answer is certain.
func (f *findings) believe(keys []crm.Key) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.certain = append(f.certain, keys...)
}

func (c *contacts) Find(ctx context.Context, keys []crm.Key) (contacts []*crm.Contact, refused []crm.Key, err error) {
	found := &findings{seen: map[string]bool{}}
	if err := c.find(ctx, keys, found); err != nil {
		return nil, nil, err
	}
	return found.contacts, found.refused, nil
}

func (c *contacts) FindSurely(ctx context.Context, keys []crm.Key) (Answer, error) {
	found := &findings{seen: map[string]bool{}, surely: true}
	if err := c.seekControls(ctx, keys, found); err != nil {
		return Answer{}, fmt.Errorf("look up contacts: %w", err)
	}
	if err := c.find(ctx, keys, found); err != nil {
		return Answer{}, err
	}
	return Answer{found.contacts, found.refused, found.certain}, nil
}

func (c *contacts) find(ctx context.Context, keys []crm.Key, found *findings) (err error) {
	group, grouped := bug.NewGroup(ctx, readers)
	var short []crm.Key
	for _, k := range keys {
		if len(k.Value) <= MaxKey {
			short = append(short, k)
			continue
		}
		group.Go(func() error { return c.findAlone(grouped, k, found) })
	}
	if short, err = c.tryOut(ctx, short, found); err != nil {
		return fmt.Errorf("look up contacts: %w", err)
	}
	room := 0
	if found.surely {
		room = c.controls.room(short)
	}
	for _, part := range c.parts(short, room) {
		group.Go(func() error {
			if err := c.lookUp(grouped, part, found); err != nil {
				return fmt.Errorf("look up contacts: %w", err)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return c.findIDs(ctx, keys, found)
}

// lookUp asks for keys that are thought to fit into one request, or for as many of
// them at a time as are taken.
func (c *contacts) lookUp(ctx context.Context, keys []crm.Key, found *findings) error {
	return batches[crm.Key]{
		size: c.sizeFor(keys),
		call: func(keys []crm.Key) error {
			err := c.askFor(ctx, keys, found)
			if isKind(err, ghl.Rejected) {
				return cmp.Or(c.unsearchable(ctx, keys), err)
			}
			return err
		},
		alone: func(k crm.Key, _ error) error { return c.findAlone(ctx, k, found) },
	}.send(keys)
}

// UnsearchableError says that search takes no value at all of a custom field, so
// that nobody can be matched by it. It is fatal: the setting is wrong, not a
// record.
type UnsearchableError struct{ Field string }

func (e *UnsearchableError) Error() string {
	return "contacts cannot be looked for by the custom field " + e.Field
}

// unsearchable finds out whether a refused question was about a custom field
// that search does not take, by asking for a plain value of each.
func (c *contacts) unsearchable(ctx context.Context, keys []crm.Key) error {
	for _, k := range keys {
		f := c.table.Field(k.Field)
		if f == nil || !f.Custom {
			continue
		}
		if _, taken := c.searchable.Load(k.Field); taken {
			continue
		}
		_, _, _, err := c.searchPage(ctx, ghl.Search{Filters: []ghl.Filter{ghl.Eq(c.filterField(k.Field), "0")}})
		if isKind(err, ghl.Rejected) {
			return &UnsearchableError{c.table.Display(k.Field)}
		}
		if err != nil {
			return err
		}
		c.searchable.Store(k.Field, true)
	}
	return nil
}

// findIDs reads the contacts one by one whose ids search does not know yet, or
// does not take.
func (c *contacts) findIDs(ctx context.Context, keys []crm.Key, found *findings) error {
	var missing []Incomplete
	for _, k := range keys {
		if k.Field == "id" && !found.seen[k.Value] {
			missing = append(missing, Incomplete{Have: &crm.Contact{ID: k.Value}})
		}
	}
	read := map[string]*crm.Contact{}
	err := c.readEach(ctx, missing, read)
	for _, have := range read {
		if have != nil {
			found.add(have)
		}
	}
	return err
}

// searchAll pages through everything that the filters match. Several contacts
// may carry the same key, so a full page does not mean the end.
func (c *contacts) searchAll(ctx context.Context, filters []ghl.Filter, add func(*crm.Contact)) error {
	for after := json.RawMessage(nil); ; {
		page, _, next, err := c.searchPage(ctx, ghl.Search{Filters: filters, SearchAfter: after})
		if err != nil {
			return err
		}
		for _, a := range page {
			add(a)
		}
		if next == nil {
			return nil
		}
		after = next
	}
}

// searchPage asks for one page and tells the cursor to the next, nil at the
// end. A size of page that is refused where a smaller one passes is not asked
// for again.
func (c *contacts) searchPage(ctx context.Context, search ghl.Search) (found []*crm.Contact, total int, next json.RawMessage, err error) {
	size := int(c.page.Load())
	take := func(a *ghl.Contact) *crm.Contact {
		next = a.SearchAfter
		return c.found(a)
	}
	search.PageLimit = size
	found, total, err = ghl.FindContacts(ctx, c.api, search, take)
	if isKind(err, ghl.Rejected) && size > smallPage && !refusesOperator(err) {
		size, search.PageLimit = smallPage, smallPage
		if found, total, err = ghl.FindContacts(ctx, c.api, search, take); err == nil {
			c.page.Store(smallPage)
		}
	}
	if err != nil || len(found) < size {
		return found, total, nil, err
	}
	if len(next) == 0 || string(next) == string(search.SearchAfter) {
		return found, total, nil, errors.New("the search answered a full page without a cursor to the next")
	}
	return found, total, next, nil
}

const addedField = "dateAdded"

func (c *contacts) List(ctx context.Context, l Listing) (Page, error) {
	page, total, next, err := c.searchPage(ctx, l.search())
	if err != nil {
		return Page{}, fmt.Errorf("list contacts: %w", err)
	}
	return Page{Contacts: page, Total: total, Next: next, At: sortedBy(next)}, nil
}

// search asks for a page of the listing.
func (l Listing) search() ghl.Search {
	s := ghl.Search{SearchAfter: l.After}
	for _, tag := range l.Tags {
		s.Filters = append(s.Filters, ghl.Eq("tags", tag))
	}
	if l.Span != nil {
		s.Filters = append(s.Filters, ghl.Between(addedField, l.Span.From, l.Span.To))
		for _, id := range l.Span.Without {
			s.Filters = append(s.Filters, ghl.Not("id", id))
		}
	}
	if l.Undated {
		s.Filters = append(s.Filters, ghl.Lacks(addedField))
	}
	if l.Oldest {
		s.Sort = []ghl.Sort{{Field: addedField, Direction: "asc"}}
	}
	return s
}

// sortedBy is the time by which a search sorts the contact that a cursor stands for, 0 if
// the cursor does not begin with one.
func sortedBy(cursor json.RawMessage) (ms int64) {
	var values []json.RawMessage
	if json.Unmarshal(cursor, &values) != nil || len(values) == 0 || json.Unmarshal(values[0], &ms) != nil {
		return 0
	}
	return ms
}

// filterField is the name under which search filters know a field.
func (c *contacts) filterField(name string) string {
	if f := c.table.Field(name); f != nil && f.Custom {
		return "customFields." + name
	}
	return name
}

// findAlone asks the primary store for a key that search does not take. It
// knows emails and phones, and by their ids all contacts (see findIDs).
func (c *contacts) findAlone(ctx context.Context, k crm.Key, found *findings) error {
	if k.Field == "id" {
		return nil
	}
	if !k.Identifies() {
		found.refuse(k)
		return nil
	}
	have, err := c.lookupKey(ctx, k)
	switch {
	case isKind(err, ghl.Rejected):
		found.refuse(k)
	case err != nil:
		return err
	case have != nil:
		found.add(have)
	}
	return nil
}
