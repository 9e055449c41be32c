package records

import (
	"cmp"
	"hash/maphash"
	"maps"
	"slices"

	"destination-gohighlevel/connector/crm"
)

// mostRemembered bounds in bytes what is remembered of what belongs to contacts,
// besides that of one window.
var mostRemembered = 64 << 20

// forget forgets what belongs to contacts that no record has been about for long, if
// that is too much. It will be read again if it matters once more.
func (c *children) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	weights, all := map[string]int{}, 0
	add := func(contact string, bytes int) { weights[contact] += bytes; all += bytes }
	for _, child := range c.memory.list() {
		add(child.KeyText(contactField), weight(child))
	}
	for contact := range c.parents {
		add(contact, 200)
	}
	if all <= c.most {
		return
	}
	oldest := slices.SortedFunc(maps.Keys(c.parents), func(a, b string) int { return cmp.Compare(c.parents[a].last, c.parents[b].last) })
	for _, contact := range oldest {
		at := c.parents[contact]
		if at.last == c.window || all <= c.most/2 {
			return
		}
		for _, child := range c.memory.with(crm.Key{Field: contactField, Value: contact}) {
			c.memory.forget(child.ID)
		}
		c.forgotten[maphash.String(seed, contact)] = struct{}{}
		delete(c.parents, contact)
		all -= weights[contact]
	}
}

// weight is about how many bytes something takes up, with what it is found by.
func weight(c *crm.Contact) int {
	bytes := 1000
	for _, v := range c.Values {
		if text, ok := v.(string); ok {
			bytes += len(text)
		}
	}
	return bytes
}

func (c *children) hasForgotten(contact string) bool {
	_, forgotten := c.forgotten[maphash.String(seed, contact)]
	return forgotten
}
