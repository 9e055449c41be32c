package sandbox

import (
	"iter"
	"slices"
	"time"
)

// row is something of the location that is no contact.
type row interface {
	rowID() string     // never ""
	contactID() string // of the contact that it belongs to, "" for none
}

// table holds the rows of one kind, as the store has them and as the search index does.
type table[T row] struct {
	stored, indexed *rows[T] // the same where the index does not lag
	lag             time.Duration
	pending         []pendingRow[T] // on their way to the index, oldest first
}

// pendingRow is a write on its way to the search index; a nil row is a removal.
type pendingRow[T row] struct {
	due time.Time
	id  string
	row *T
}

func newTable[T row](lag time.Duration) *table[T] {
	t := &table[T]{stored: newRows[T](), lag: lag}
	t.indexed = t.stored
	if lag > 0 {
		t.indexed = newRows[T]()
	}
	return t
}

// write stores a row, or removes the id where the row is nil, and lets the search index know later.
func (t *table[T]) write(id string, row *T) {
	t.stored.write(id, row)
	if t.indexed != t.stored {
		t.pending = append(t.pending, pendingRow[T]{time.Now().Add(t.lag), id, row})
	}
}

// writeNow stores a row, or removes the id where the row is nil, in store and index alike.
func (t *table[T]) writeNow(id string, row *T) {
	t.pending = slices.DeleteFunc(t.pending, func(p pendingRow[T]) bool { return p.id == id })
	t.stored.write(id, row)
	if t.indexed != t.stored {
		t.indexed.write(id, row)
	}
}

// searched gives what the search index knows by now.
func (t *table[T]) searched() *rows[T] {
	now, n := time.Now(), 0
	for n < len(t.pending) && !t.pending[n].due.After(now) {
		t.indexed.write(t.pending[n].id, t.pending[n].row)
		n++
	}
	t.pending = slices.Delete(t.pending, 0, n)
	return t.indexed
}

// leave removes all that belongs to a contact by one of the two ways to write.
func leave[T row](t *table[T], contact string, write func(*table[T], string, *T)) {
	for _, r := range t.stored.of(contact) {
		write(t, r.rowID(), nil)
	}
}

// rows are those of one kind, in the order of their creation. One that is held is never changed: writing replaces it.
type rows[T row] struct {
	list     []T // what was removed leaves a zero row, until there are many
	places   map[string]int
	contacts map[string][]int // the places by contact
}

func newRows[T row]() *rows[T] {
	return &rows[T]{places: map[string]int{}, contacts: map[string][]int{}}
}

func (r *rows[T]) get(id string) (found T, ok bool) {
	i, ok := r.places[id]
	if ok {
		found = r.list[i]
	}
	return found, ok
}

func (r *rows[T]) size() int { return len(r.places) }

func (r *rows[T]) write(id string, next *T) {
	i, known := r.places[id]
	switch {
	case next == nil && known:
		r.remove(id, i)
	case next == nil:
	case known && r.list[i].contactID() == (*next).contactID():
		r.list[i] = *next
	default:
		if known {
			r.remove(id, i)
		}
		r.places[id] = len(r.list)
		if contact := (*next).contactID(); contact != "" {
			r.contacts[contact] = append(r.contacts[contact], len(r.list))
		}
		r.list = append(r.list, *next)
	}
}

func (r *rows[T]) remove(id string, i int) {
	if contact := r.list[i].contactID(); contact != "" {
		r.contacts[contact] = slices.DeleteFunc(r.contacts[contact], func(place int) bool { return place == i })
	}
	var none T
	r.list[i] = none
	delete(r.places, id)
	if len(r.list) > 2*len(r.places)+1000 {
		fresh := newRows[T]()
		for held := range r.oldest() {
			fresh.write(held.rowID(), &held)
		}
		*r = *fresh
	}
}

// oldest gives all in the order of their creation.
func (r *rows[T]) oldest() iter.Seq[T] { return r.from(0, 1) }

// newest gives all, the last created first.
func (r *rows[T]) newest() iter.Seq[T] { return r.from(len(r.list)-1, -1) }

func (r *rows[T]) from(i, step int) iter.Seq[T] {
	return func(yield func(T) bool) {
		for ; i >= 0 && i < len(r.list); i += step {
			if r.list[i].rowID() != "" && !yield(r.list[i]) {
				return
			}
		}
	}
}

// ofAll gives those of contacts, each contact's once.
func (r *rows[T]) ofAll(contacts []string) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, contact := range slices.Compact(slices.Sorted(slices.Values(contacts))) {
			for _, held := range r.of(contact) {
				if !yield(held) {
					return
				}
			}
		}
	}
}

// of gives those of a contact in the order of their creation.
func (r *rows[T]) of(contact string) []T {
	out := make([]T, 0, len(r.contacts[contact]))
	for _, i := range r.contacts[contact] {
		out = append(out, r.list[i])
	}
	return out
}

// held gives all rows of a table, each through a copy where there is one.
func held[T row](s *Server, t *table[T], copied func(T) T) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]T, 0, t.stored.size())
	for r := range t.stored.oldest() {
		if copied != nil {
			r = copied(r)
		}
		out = append(out, r)
	}
	return out
}

// removeNow removes a row as a person at the screen would.
func removeNow[T row](s *Server, t *table[T], id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.writeNow(id, nil)
}
