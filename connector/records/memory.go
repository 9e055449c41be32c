package records

import (
	"maps"
	"slices"
	"sync"

	"destination-gohighlevel/connector/crm"
)

// memory is what the location holds, as it was read and as this sync has left it.
// It is safe for concurrent use.
type memory struct {
	keysOf func(*crm.Contact) []crm.Key // by which something is looked for, besides its id

	mu  sync.RWMutex
	all map[string]*crm.Contact // by id
	ids map[crm.Key][]string
}

func newMemory(keysOf func(*crm.Contact) []crm.Key) *memory {
	return &memory{keysOf: keysOf, all: map[string]*crm.Contact{}, ids: map[crm.Key][]string{}}
}

// get returns what has an id; nil if there is none.
func (m *memory) get(id string) *crm.Contact {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.all[id]
}

// size is how many things there are.
func (m *memory) size() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.all)
}

// list returns everything, in no order.
func (m *memory) list() []*crm.Contact {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Collect(maps.Values(m.all))
}

// with returns all that carry a key.
func (m *memory) with(k crm.Key) []*crm.Contact {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if k.Field == "id" {
		if c := m.all[k.Value]; c != nil {
			return []*crm.Contact{c}
		}
		return nil
	}
	var out []*crm.Contact
	for _, id := range m.ids[k] {
		out = append(out, m.all[id])
	}
	return out
}

// count is how many carry a key.
func (m *memory) count(k crm.Key) int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.ids[k])
}

// marks are keys and the ids of all that carry one of them, each once.
func (m *memory) marks(keys []crm.Key) (marks []crm.Key) {
	for _, k := range keys {
		marks = addMark(marks, k)
		for _, c := range m.with(k) {
			marks = addMark(marks, crm.IDKey(c.ID))
		}
	}
	return marks
}

func addMark(marks []crm.Key, m crm.Key) []crm.Key {
	if slices.Contains(marks, m) {
		return marks
	}
	return append(marks, m)
}

// put enters something, in place of what was known of it.
func (m *memory) put(c *crm.Contact) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := m.keysOf(c)
	m.remove(c.ID, keys)
	m.all[c.ID] = c
	for _, k := range keys {
		if !slices.Contains(m.ids[k], c.ID) {
			m.ids[k] = append(m.ids[k], c.ID)
		}
	}
}

// forget takes out what does not exist any more.
func (m *memory) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(id, nil)
}

// remove takes something out, but for its place among those with these keys.
func (m *memory) remove(id string, but []crm.Key) {
	c := m.all[id]
	if c == nil {
		return
	}
	delete(m.all, id)
	for _, k := range m.keysOf(c) {
		if slices.Contains(but, k) {
			continue
		}
		if m.ids[k] = slices.DeleteFunc(m.ids[k], func(other string) bool { return other == id }); len(m.ids[k]) == 0 {
			delete(m.ids, k)
		}
	}
}
