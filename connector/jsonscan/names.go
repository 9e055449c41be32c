package jsonscan

// Names is what is known of members by their names. Objects of one kind mostly have
// the same members in the same order, so each name remembers which one came after it
// last: to see that it has come again is faster than to look it up.
type Names[V any] struct {
	all   map[string]*named[V]
	first named[V] // the name that comes after it comes first
	last  *named[V]
}

type named[V any] struct {
	name  string
	next  *named[V]
	known V
}

// Begin begins with the next object.
func (n *Names[V]) Begin() { n.last = &n.first }

// Of is what is known of the member that comes next; nil if nothing is.
func (n *Names[V]) Of(name []byte) *V {
	if n.last == nil {
		n.Begin()
	}
	if next := n.last.next; next != nil && next.name == string(name) {
		n.last = next
		return &next.known
	}
	found := n.all[string(name)]
	if found == nil {
		return nil
	}
	n.last.next, n.last = found, found
	return &found.known
}

// Know enters what is known of a name.
func (n *Names[V]) Know(name string, what V) *V {
	if n.all == nil {
		n.all = map[string]*named[V]{}
	}
	entered := &named[V]{name: name, known: what}
	n.all[name] = entered
	return &entered.known
}

// Len is how many names are known.
func (n *Names[V]) Len() int { return len(n.all) }
