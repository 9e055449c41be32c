package load

import "sync"

// follow is a record that is done once all those are that follow from it.
type follow struct {
	record  *Record
	outcome Outcome
	open    int
}

// followers are the records of a window that follow from others. It is safe for
// concurrent use.
type followers struct {
	mu  sync.Mutex
	all []*Record
}

// Follow says that a record is durable but for others that follow from it, such as
// the notes in a column of a contact. Their streams are [Stream.Derived]; what they are
// written to comes behind this object, and has them in the same window. The record is
// done when the last of them is.
func (w *Window) Follow(r *Record, o Outcome, others []*Record) error {
	if len(others) == 0 {
		return w.Done(r, o)
	}
	f := &w.run.followers
	f.mu.Lock()
	defer f.mu.Unlock()
	after := &follow{r, o, len(others)}
	for _, other := range others {
		other.Line, other.follows = r.Line, after
		other.Stream.account.read(1)
		w.run.prepare(other, "")
		other.Stream.Note(other.Line, other.Notes...)
	}
	f.all = append(f.all, others...)
	return nil
}

// of are those of an object.
func (f *followers) of(o Object) (records []*Record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		if r.Stream.Object == o {
			records = append(records, r)
		}
	}
	return records
}

// done enters that one is done, and returns what it follows from if that is done now.
func (f *followers) done(r *Record) *follow {
	f.mu.Lock()
	defer f.mu.Unlock()
	after := r.follows
	r.follows = nil
	if after.open--; after.open > 0 {
		return nil
	}
	return after
}

// drop forgets those of a window that was written, or that is written anew: then what
// they follow from brings them again.
func (f *followers) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.all {
		if r.follows != nil && !r.early {
			r.Stream.account.read(-1)
		}
	}
	f.all = nil
}
