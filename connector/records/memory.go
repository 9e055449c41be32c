package records

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"destination-gohighlevel/connector/crm"
)

// memory is what the location holds, as it was listed and as this sync has left
// it. It is safe for concurrent use.
type memory struct {
	fields []string // by which things are looked for

	mu    sync.RWMutex
	all   map[string]*crm.Contact // by id
	ids   map[crm.Key][]string    // by what they carry
	hosts map[string]int          // how many have a website there
}

const (
	nameField    = "name"
	websiteField = "website"
)

func newMemory() *memory {
	return &memory{fields: []string{nameField, websiteField}, all: map[string]*crm.Contact{}, ids: map[crm.Key][]string{}, hosts: map[string]int{}}
}

// index makes things be found by more fields. It comes before anything is put.
func (m *memory) index(fields ...string) {
	for _, f := range fields {
		if f != "id" && !slices.Contains(m.fields, f) {
			m.fields = append(m.fields, f)
		}
	}
}

// keys are what something is found by, but for its id.
func (m *memory) keys(c *crm.Contact) []crm.Key {
	var keys []crm.Key
	for _, field := range m.fields {
		if k := crm.KeyOf(field, c.KeyText(field)); k.Value != "" {
			keys = append(keys, k)
		}
	}
	return keys
}

// host is the host of a website's key; "" if it is none.
func host(k crm.Key) string {
	if k.Field != websiteField {
		return ""
	}
	name, _, _ := strings.Cut(k.Value, "/")
	return name
}

// get returns what has an id; nil if there is none.
func (m *memory) get(id string) *crm.Contact {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.all[id]
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

// sharing is how many have a website on the host of a key; 0 if it is no website.
func (m *memory) sharing(k crm.Key) int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.hosts[host(k)]
}

// put enters something, in place of what was known of it.
func (m *memory) put(c *crm.Contact) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(c.ID)
	m.all[c.ID] = c
	for _, k := range m.keys(c) {
		m.ids[k] = append(m.ids[k], c.ID)
		if h := host(k); h != "" {
			m.hosts[h]++
		}
	}
}

// forget takes out what does not exist any more.
func (m *memory) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remove(id)
}

func (m *memory) remove(id string) {
	c := m.all[id]
	if c == nil {
		return
	}
	delete(m.all, id)
	for _, k := range m.keys(c) {
		m.ids[k] = slices.DeleteFunc(m.ids[k], func(other string) bool { return other == id })
		if h := host(k); h != "" {
			m.hosts[h]--
		}
	}
}
