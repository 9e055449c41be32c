package contacts

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/words"
)

// indexOf enters the first page of a location into an index, and reckons from it whether an
// index can hold all of it: one that turns out too small has read its pages for nothing.
func (f *finder) indexOf(first gateway.Page) (x *index, fits bool) {
	x = f.newIndex()
	n := len(first.Contacts)
	f.enter(x, first.Contacts[:n/2])
	half := x.size // of which much is what all contacts share, such as the names of tags
	f.enter(x, first.Contacts[n/2:])
	if n < 2 {
		return x, true
	}
	all := (x.size - half) / (n - n/2) * first.Total
	if all > indexBound {
		f.tellTooBig(first.Total)
		return nil, false
	}
	x.reserve(all)
	return x, true
}

func (f *finder) tellTooBig(contacts int) {
	f.log.Info().Msgf("the location is too large to be kept in memory (%s); contacts are looked up", words.Count(contacts, "contact"))
}

func (f *finder) newIndex() *index {
	return newIndex(f.target.Table(), append(slices.Clone(f.known.fields), f.links()...), f.fields())
}

// enter puts contacts that a listing has told of into an index, but for those that
// turned out not to exist.
func (f *finder) enter(x *index, contacts []*crm.Contact) {
	for _, c := range contacts {
		if _, dead := f.dead[c.ID]; !dead {
			x.put(c, f.keysOf(c))
		}
	}
}

// list reads the whole location into an index that has its first page, which was asked
// for at a time.
func (f *finder) list(ctx context.Context, x *index, first gateway.Page, begun time.Time) error {
	l := newListing(f, x, first)
	if err := l.readOn(ctx, first); err != nil {
		return err
	}
	if l.read.full() {
		f.tooBig = true
		f.tellTooBig(first.Total)
		return nil
	}
	x = l.read
	for c := range f.own.all { // search may not know yet what this run wrote
		x.put(c, f.keysOf(c))
	}
	f.index, f.listed, f.lookups = x, begun, 0
	f.log.Info().Msgf("read the whole location with %s (%s): from now on none needs to be looked up",
		words.Count(l.requests, "request"), words.Count(x.count, "contact"))
	return nil
}

// listing reads a location into an index, several pages at a time.
//
// Contacts are sorted by when they were added, which nobody can change: whatever others
// do meanwhile, each stays in its place. What was not read yet are gaps between such
// times. A gap is read from both of its ends, and a large one is divided where half of
// its contacts are guessed to be on either side; a wrong guess costs a part of a request.
//
//	latest ─┬─ read ─┬─── gap ───┬─ read ─┬─ gap ─┬─ read ─┬─ oldest
//	        first page ▸        ◂ ▸       ▸       ◂        ◂
//
// A gap is shut when an answer has told all that was left of it, or when what was read
// from both ends meets. As many contacts must have been read in the end as the location
// was said to have: otherwise it is looked who is missing, and if nothing explains it, or
// the API does not list by time as it should, one page is read after the other.
type listing struct {
	*finder
	total int // contacts, as the first page told

	mu       sync.Mutex // guards what follows while pages are under way
	read     *index
	ghosts   map[string]struct{} // contacts that are listed and do not exist
	requests int
	gaps     []*gap
	underWay int  // requests
	most     int  // that may be under way
	divides  int  // how often a gap may still be divided
	odd      bool // the API does not list by time as it should
	err      error
	answered *sync.Cond
}

const (
	// pagesEach is for how many pages of a listing one more request may be under way, and
	// one more gap be made, of which the last page may hold few.
	pagesEach = 16
	// fewPages are read so soon that a request for who has no date is saved where the count
	// does not ask for it.
	fewPages = 10
	// mostPages bounds what the pages under way take in memory.
	mostPages = 10
)

func newListing(f *finder, x *index, first gateway.Page) *listing {
	l := &listing{finder: f, total: first.Total, requests: 1, read: x, ghosts: map[string]struct{}{}}
	l.answered = sync.NewCond(&l.mu)
	pages := first.Total / gateway.PageSize
	l.divides = pages / pagesEach
	l.most = max(1, min(f.workers(), mostPages, max(2, l.divides)))
	l.haunt(first)
	return l
}

// take enters a page. It needs mu.
func (l *listing) take(page gateway.Page) {
	l.enter(l.read, page.Contacts)
	l.haunt(page)
}

// haunt enters the ghosts of a page. It needs mu.
func (l *listing) haunt(page gateway.Page) {
	for _, c := range page.Contacts {
		if _, dead := l.dead[c.ID]; dead {
			l.ghosts[c.ID] = struct{}{}
		}
	}
	for _, id := range page.Gone {
		l.ghosts[id] = struct{}{}
	}
}

// isLast reports whether a page was told to be all of what it was asked for.
func isLast(page gateway.Page) bool {
	return page.Next == nil || page.Total > 0 && page.Total <= page.Listed()
}

// uncounted is where the API may stop counting.
const uncounted = 10_000

// readOn reads what is behind the first page.
func (l *listing) readOn(ctx context.Context, first gateway.Page) error {
	if isLast(first) {
		return nil
	}
	if first.At > 0 && first.Total > 0 {
		complete, err := l.sideBySide(ctx, first)
		if err != nil || complete || l.read.full() {
			return err
		}
		l.read, l.ghosts = l.newIndex(), map[string]struct{}{}
		l.take(first)
	}
	for page := first; page.Next != nil && !l.read.full(); l.requests++ {
		var err error
		if page, err = l.target.List(ctx, gateway.Listing{After: page.Next}); err != nil {
			return err
		}
		l.take(page)
	}
	return nil
}

// sideBySide reads by gaps, and reports whether the whole location was read.
func (l *listing) sideBySide(ctx context.Context, first gateway.Page) (complete bool, err error) {
	all := &gap{to: first.At + 1, left: first.Total - first.Listed()}
	all.ends[latestEnd], all.ends[oldestEnd] = &end{of: all}, &end{of: all}
	all.ends[latestEnd].moveTo(first)
	l.gaps = []*gap{all}
	if err := l.work(ctx); err != nil || l.odd || l.read.full() {
		return false, err
	}
	return l.isWhole(ctx)
}

// work has pages read until all gaps are shut.
func (l *listing) work(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		switch {
		case l.underWay < l.most && l.err == nil && !l.odd && !l.read.full() && l.begin(ctx):
		case l.underWay > 0:
			l.answered.Wait()
		default:
			return l.err
		}
	}
}

// begin begins to read a page where most are left for each that is under way, and reports
// whether there is any. It needs mu.
func (l *listing) begin(ctx context.Context) bool {
	var next *end
	most := 0
	for _, g := range l.gaps {
		if e := g.free(); e != nil && g.left/(g.busy()+1) >= most {
			next, most = e, g.left/(g.busy()+1)
		}
	}
	if next == nil {
		next = l.divide()
	}
	if next == nil {
		return false
	}
	next.busy = true
	l.underWay++
	asked, read := next.question(), next.of.read
	go func() {
		var page gateway.Page
		err := bug.Guard(func() (err error) { page, err = l.target.List(ctx, asked); return err })
		l.mu.Lock()
		defer l.mu.Unlock()
		defer l.answered.Signal()
		next.busy = false
		l.underWay--
		l.requests++
		if err == nil {
			err = bug.Guard(func() error {
				l.take(page)
				l.odd = !next.answered(page, asked.Span, read) || l.odd
				return nil
			})
		}
		if err != nil {
			if l.odd = true; ghl.KindOf(err) != ghl.Rejected {
				l.err = err
			}
		}
	}()
	return true
}

// divide makes two gaps of the largest one that is worth it, and returns an end to begin
// with; nil if there is none. It needs mu.
func (l *listing) divide() *end {
	var largest *gap
	for _, g := range l.gaps {
		if g.divisible() && (largest == nil || g.left > largest.left) {
			largest = g
		}
	}
	if largest == nil || l.divides == 0 {
		return nil
	}
	l.divides--
	later := largest.divide()
	l.gaps = append(l.gaps, later)
	return largest.ends[latestEnd]
}

// isWhole reports whether the whole location was read. Of some contacts search may not know
// when they were added: no gap has them, and no count tells that they are missing, for
// others may have come meanwhile. Some may have been deleted.
func (l *listing) isWhole(ctx context.Context) (bool, error) {
	if l.count() >= l.total && l.total <= fewPages*gateway.PageSize {
		return true, nil
	}
	for after := json.RawMessage(nil); ; {
		page, err := l.target.List(ctx, gateway.Listing{Undated: true, After: after})
		l.requests++
		switch {
		case err != nil && ghl.KindOf(err) == ghl.Rejected:
			return false, nil
		case err != nil:
			return false, err
		}
		if l.take(page); isLast(page) {
			break
		}
		after = page.Next
	}
	if l.count() >= l.total && l.total != uncounted {
		return true, nil
	}
	now, err := l.target.List(ctx, gateway.Listing{})
	if l.requests++; err != nil {
		return false, err
	}
	l.take(now)
	return l.count() >= now.Total, nil
}

// count is how many contacts were read.
func (l *listing) count() int { return l.read.count + len(l.ghosts) }
