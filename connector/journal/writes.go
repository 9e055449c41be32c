package journal

import (
	"cmp"
	"context"
	"encoding/json"
	"hash/maphash"
	"sync"
	"time"
)

// Writes remember when runs, this one among them, changed each thing last, and when
// others had changed it before. They remember at least the half million things that were
// changed last, in 50 MB at most; the last change of one that they have forgotten is taken for
// somebody else's. Nil remembers nothing. They are safe for concurrent use.
type Writes struct {
	location, object string
	most             int // things in one generation

	mu          sync.Mutex
	now, before map[uint64]written // by hash of an id; two generations
}

// written is a thing that was changed; times are in milliseconds since 1970.
type written struct {
	last   int64 // by us
	others int64 // by others, before; noTime if nobody had
}

const mostWrites = 500_000 // of 40 bytes

var (
	writesSeed = maphash.MakeSeed()
	noTime     = time.Time{}.UnixMilli()
)

// WritesOf remembers the changes of one kind of things in a location.
func WritesOf(location, object string) *Writes {
	return &Writes{location: location, object: object, most: mostWrites, now: map[uint64]written{}}
}

// Others is when others have changed a thing last that was changed at a time, by
// whomever; zero if nobody else has.
func (w *Writes) Others(id string, changed time.Time) time.Time {
	if w == nil {
		return changed
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	known, ours := w.of(maphash.String(writesSeed, id))
	if !ours || changed.UnixMilli() > known.last {
		return changed
	}
	return time.UnixMilli(known.others).UTC()
}

// of needs mu.
func (w *Writes) of(hash uint64) (known written, ours bool) {
	if known, ours = w.now[hash]; !ours {
		known, ours = w.before[hash]
	}
	return known, ours
}

// begun is what [Writes] need to know of a change that was begun.
type begun struct {
	Op     Op         `json:"op"`
	Object string     `json:"object"`
	ID     string     `json:"id"`
	Others *time.Time `json:"others"`
	At     time.Time  `json:"at"`
}

// ended is what they need to know of its outcome.
type ended struct {
	ID      string    `json:"id"`
	Updated string    `json:"updated"`
	At      time.Time `json:"at"`
}

// add enters a change that was carried out.
func (w *Writes) add(b begun, e ended) {
	id := cmp.Or(b.ID, e.ID)
	if w == nil || b.Object != w.object || id == "" {
		return
	}
	last := e.At.UnixMilli()
	if at, err := time.Parse(time.RFC3339, e.Updated); err == nil {
		last = at.UnixMilli()
	}
	others := b.At.UnixMilli() // who does not tell may have written over somebody
	switch {
	case b.Others != nil:
		others = b.Others.UnixMilli()
	case b.Op == Create:
		others = noTime
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	hash := maphash.String(writesSeed, id)
	if known, ours := w.of(hash); ours {
		if others <= known.last { // nothing was known of others since
			others = known.others
		}
		last = max(last, known.last)
	}
	if len(w.now) >= w.most {
		w.now, w.before = map[uint64]written{}, w.now
	}
	w.now[hash] = written{last, others}
}

// Read enters what the journal of a run tells, line by line. One of another location
// tells nothing, and a broken last line is no error, as in [File.Read].
func (w *Writes) Read(ctx context.Context, f File) error {
	open := map[int64]begun{}
	ours := false
	return f.each(ctx, func(text []byte) error {
		var l line
		if json.Unmarshal(text, &l) != nil {
			return errNoLine
		}
		var err error
		switch l.Type {
		case typeRun:
			var r Run
			err = json.Unmarshal(text, &r)
			if ours = r.Location == w.location; l.Format > format {
				return errNewer
			}
		case typeIntent:
			var b begun
			if err = json.Unmarshal(text, &b); ours && b.Object == w.object {
				open[l.Seq] = b
			}
		case typeDone:
			var e ended
			err = json.Unmarshal(text, &e)
			if b, told := open[l.Seq]; told {
				w.add(b, e)
			}
			delete(open, l.Seq)
		case typeFail:
			delete(open, l.Seq)
		}
		if err != nil {
			return errNoLine
		}
		return nil
	})
}
