package contacts

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

// row is a contact of a crowded location: when it was added, in milliseconds, 0 if that is not known, and its number.
type row struct {
	at int64
	id int
}

func (r row) compare(o row) int { return cmp.Or(cmp.Compare(r.at, o.at), cmp.Compare(r.id, o.id)) }

// crowded is a location that others change while it is listed.
type crowded struct {
	gateway.Target
	table     *crm.Table
	latency   time.Duration
	refuses   bool                           // spans
	misread   func(*gateway.Span)            // how it misreads them; nil: it does not
	capped    bool                           // it counts 10,000 at most
	meanwhile func(c *crowded, requests int) // is called after each request; nil: nobody does anything

	mu             sync.Mutex       // guards what follows
	rows           []row            // sorted
	loyal          map[int]struct{} // those who were there all the time
	next           int
	requests       int
	underWay, most int
}

func (c *crowded) Table() *crm.Table { return c.table }

// Facts are those of a location that keeps people apart.
func (c *crowded) Facts() object.Facts { return object.Facts{} }

func newCrowded(at []int64) *crowded {
	c := &crowded{table: indexTable(), loyal: map[int]struct{}{}, latency: 100 * time.Millisecond}
	for _, ms := range at {
		c.add(ms)
	}
	return c
}

func (c *crowded) add(at int64) {
	r := row{at, c.next}
	i, _ := slices.BinarySearchFunc(c.rows, r, row.compare)
	c.rows = slices.Insert(c.rows, i, r)
	if c.requests == 0 {
		c.loyal[r.id] = struct{}{}
	}
	c.next++
}

func (c *crowded) drop(i int) {
	delete(c.loyal, c.rows[i].id)
	c.rows = slices.Delete(c.rows, i, i+1)
}

func (c *crowded) List(_ context.Context, l gateway.Listing) (gateway.Page, error) {
	c.mu.Lock()
	c.underWay++
	c.most = max(c.most, c.underWay)
	c.mu.Unlock()
	time.Sleep(time.Duration(float64(c.latency) * (0.5 + rand.Float64())))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.underWay--
	c.requests++
	if c.meanwhile != nil {
		defer c.meanwhile(c, c.requests)
	}
	if l.Span != nil && c.refuses {
		return gateway.Page{}, fmt.Errorf("list: %w", &ghl.Error{Kind: ghl.Rejected})
	}
	return c.page(l), nil
}

// page answers as search does: who has no date comes last, the id decides in the direction of the sort.
func (c *crowded) page(l gateway.Listing) gateway.Page {
	first := c.before(row{at: 1})
	all, undated, without := c.rows[first:], c.rows[:first], 0
	switch {
	case l.Undated:
		all, undated = nil, c.rows[:first]
	case l.Span != nil:
		span := *l.Span
		if c.misread != nil {
			c.misread(&span)
		}
		from := max(first, c.before(row{at: span.From}))
		all, undated = c.rows[from:max(from, c.before(row{at: span.To}))], nil
		for _, id := range span.Without {
			if slices.ContainsFunc(all, func(r row) bool { return strconv.Itoa(r.id) == id }) {
				without++
			}
		}
	}
	page := gateway.Page{Total: len(all) + len(undated) - without}
	if c.capped {
		page.Total = min(page.Total, uncounted)
	}
	var told []row
	last, isBehind := placeOf(l.After), l.After != nil
	for i := range len(all) + len(undated) {
		r := row{}
		switch {
		case i >= len(all):
			r = undated[i-len(all)]
		case l.Oldest:
			r = all[i]
		default:
			r = all[len(all)-1-i]
		}
		if isBehind && !r.follows(last, l.Oldest) || l.Span != nil && slices.Contains(l.Span.Without, strconv.Itoa(r.id)) {
			continue
		}
		if told = append(told, r); len(told) == gateway.PageSize {
			break
		}
	}
	for _, r := range told {
		page.Contacts = append(page.Contacts, &crm.Contact{ID: strconv.Itoa(r.id), Added: time.UnixMilli(r.at).UTC().Format(time.RFC3339Nano)})
		page.Next, page.At = json.RawMessage(fmt.Sprintf("[%d,%d]", r.at, r.id)), r.at
	}
	if len(page.Contacts) < gateway.PageSize {
		page.Next, page.At = nil, 0
	}
	return page
}

// listed lists the location, and tells with how many requests.
func (c *crowded) listed(t *testing.T, workers int) (f *finder, took time.Duration) {
	return c.listedBy(t, c, workers)
}

func (c *crowded) listedBy(t *testing.T, target gateway.Target, workers int) (f *finder, took time.Duration) {
	f = &finder{known: newKnown([]string{"email"}), target: target, log: zerolog.Nop(), fields: func() []*crm.Field { return nil },
		links: func() []string { return nil }, workers: func() int { return workers }, lookups: 1_000_000}
	begun := time.Now()
	if _, err := f.consider(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if f.index == nil {
		t.Fatal("not listed")
	}
	return f, time.Since(begun)
}

// missed are those who were there all the time and are not in the index.
func (c *crowded) missed(f *finder) (ids []int) {
	for id := range c.loyal {
		if len(f.index.with(crm.IDKey(strconv.Itoa(id)))) == 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// before is how many rows come before one.
func (c *crowded) before(r row) int {
	i, _ := slices.BinarySearchFunc(c.rows, r, row.compare)
	return i
}

// placeOf is the row that a cursor stands for.
func placeOf(cursor json.RawMessage) row {
	var values [2]int64
	_ = json.Unmarshal(cursor, &values)
	return row{values[0], int(values[1])}
}

// follows reports whether a row comes behind another one.
func (r row) follows(last row, oldest bool) bool {
	switch {
	case last.at == 0 || r.at == 0:
		return r.at == 0 && (last.at != 0 || r.id > last.id)
	case oldest:
		return r.compare(last) > 0
	}
	return r.compare(last) < 0
}

const year = 365 * 24 * 3_600_000 // in milliseconds

// histories are how contacts of a location may have come.
var histories = map[string]func(i, n int) int64{
	"evenly":          func(i, n int) int64 { return year + int64(i)*year/int64(n) },
	"at random":       func(int, int) int64 { return year + rand.Int64N(year) },
	"at once":         func(int, int) int64 { return year },
	"within a second": func(int, int) int64 { return year + rand.Int64N(1000) },
	"ever faster":     func(i, _ int) int64 { return year + int64(float64(year)*(1-1/float64(1+i))) },
	"ever slower":     func(i, _ int) int64 { return 2*year - int64(float64(year)*(1-1/float64(1+i))) },
	"by imports":      func(i, _ int) int64 { return year + int64(i/4000)*year/100 + rand.Int64N(60_000) },
	"by a large import": func(i, _ int) int64 {
		if i%50 == 0 {
			return year + rand.Int64N(year)
		}
		return year*3/2 + rand.Int64N(10_000)
	},
}

// TestAListingReadsEverybody, whatever the history of the location, with hardly more requests than one page after the other.
func TestAListingReadsEverybody(t *testing.T) {
	t.Parallel()
	for name, history := range histories {
		for _, n := range []int{0, 1, 499, 500, 501, 1000, 2750, 10_000} {
			for _, workers := range []int{1, 16} {
				t.Run(fmt.Sprintf("%s/%d/%d", name, n, workers), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						at := make([]int64, n)
						for i := range at {
							at[i] = history(i, n)
						}
						c := newCrowded(at)
						f, took := c.listed(t, workers)
						if missed := c.missed(f); len(missed) > 0 {
							t.Errorf("%d of %d contacts are missed", len(missed), n)
						}
						pages := max(1, (n+gateway.PageSize-1)/gateway.PageSize)
						most := pages
						if workers > 1 {
							most += 2 + pages/pagesEach
						}
						if n%gateway.PageSize == 0 && n > gateway.PageSize { // also if others were added in the same moment
							most++
						}
						if pages > fewPages { // who has no date
							most++
						}
						if n == uncounted {
							most++
						}
						if c.requests > most {
							t.Errorf("%d requests for %d pages, want at most %d", c.requests, pages, most)
						}
						t.Logf("%d requests for %d pages, %d at a time, in %s", c.requests, pages, c.most, took.Round(time.Millisecond))
					})
				})
			}
		}
	}
}

// TestWhoHasNoDateIsListed, also where as many others come meanwhile as have none, if that takes more than a few pages.
func TestWhoHasNoDateIsListed(t *testing.T) {
	for _, n := range []int{fewPages*gateway.PageSize + 1, 9000} {
		synctest.Test(t, func(t *testing.T) {
			at := make([]int64, n)
			for i := range at {
				if i != n/2 {
					at[i] = histories["evenly"](i, n)
				}
			}
			c := newCrowded(at)
			c.meanwhile = func(c *crowded, requests int) {
				if requests == 1 {
					c.add(year)
				}
			}
			f, _ := c.listed(t, 8)
			if missed := c.missed(f); len(missed) > 0 {
				t.Errorf("%d of %d contacts are missed", len(missed), n)
			}
		})
	}
}

// TestAListingWhileOthersWrite: whoever is there all the time is read, whatever others create, delete, restore and merge.
func TestAListingWhileOthersWrite(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range histories {
			if !yield(name) {
				return
			}
		}
	})
	for trial := range 30 {
		t.Run(fmt.Sprint(trial), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, history := 500*rand.IntN(40)+rand.IntN(3)-1, histories[names[trial%len(names)]]
				at := make([]int64, max(n, 0))
				for i := range at {
					if at[i] = history(i, n); trial%5 == 4 && i%1000 == 7 && n > fewPages*gateway.PageSize {
						at[i] = 0
					}
				}
				c := newCrowded(at)
				busy := rand.IntN(30)
				c.meanwhile = func(c *crowded, requests int) {
					for range rand.IntN(busy + 1) {
						switch rand.IntN(4) {
						case 0:
							c.add(3*year + int64(requests))
						case 1:
							c.add(year + rand.Int64N(year)) // restored
						default:
							if len(c.rows) > 0 {
								c.drop(rand.IntN(len(c.rows)))
							}
						}
					}
				}
				f, _ := c.listed(t, 1+rand.IntN(16))
				if missed := c.missed(f); len(missed) > 0 {
					t.Errorf("%d of %d contacts are missed that were there all the time", len(missed), n)
				}
				t.Logf("%d contacts, %d requests, %d at a time", n, c.requests, c.most)
			})
		})
	}
}

// TestAListingOfAnOddLocation: an API that does not list by time as it should is asked for one page after the other.
func TestAListingOfAnOddLocation(t *testing.T) {
	t.Parallel()
	for name, odd := range map[string]func(*crowded){
		"refuses":       func(c *crowded) { c.refuses = true },
		"finds nobody":  func(c *crowded) { c.misread = func(s *gateway.Span) { s.To = 0 } },
		"finds all":     func(c *crowded) { c.misread = func(s *gateway.Span) { s.From, s.To = 0, 9*year } },
		"takes seconds": func(c *crowded) { c.misread = func(s *gateway.Span) { s.From, s.To = s.From*1000, s.To*1000 } },
		"ends early":    func(c *crowded) { c.misread = func(s *gateway.Span) { s.To -= year / 50 } },
		"begins late":   func(c *crowded) { c.misread = func(s *gateway.Span) { s.From += year / 50 } },
		"counts so far": func(c *crowded) { c.capped = true },
		"has undated ones": func(c *crowded) {
			for range 1200 {
				c.add(0)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				at := make([]int64, 16_300)
				for i := range at {
					at[i] = histories["at random"](i, len(at))
				}
				c := newCrowded(at)
				odd(c)
				f, _ := c.listed(t, 16)
				if missed := c.missed(f); len(missed) > 0 {
					t.Errorf("%d of %d contacts are missed", len(missed), len(c.rows))
				}
				t.Logf("%d requests, %d at a time", c.requests, c.most)
			})
		})
	}
}

// TestAListingThatFails ends with its error, and nothing stays under way.
func TestAListingThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := make([]int64, 16_300)
		for i := range at {
			at[i] = histories["evenly"](i, len(at))
		}
		c := newCrowded(at)
		ctx, cancel := context.WithCancelCause(t.Context())
		c.meanwhile = func(_ *crowded, requests int) {
			if requests == 9 {
				cancel(errors.New("stopped"))
			}
		}
		f := &finder{known: newKnown(nil), target: failing{c}, log: zerolog.Nop(), fields: func() []*crm.Field { return nil },
			links: func() []string { return nil }, workers: func() int { return 8 }, lookups: 1_000_000}
		if _, err := f.consider(ctx, 1); !errors.Is(err, context.Canceled) || f.index != nil || c.underWay > 0 {
			t.Errorf("error %v, listed %t, %d under way", err, f.index != nil, c.underWay)
		}
	})
}

// failing is a location of which nothing can be read once the context has ended.
type failing struct{ *crowded }

func (f failing) List(ctx context.Context, l gateway.Listing) (gateway.Page, error) {
	if err := ctx.Err(); err != nil {
		return gateway.Page{}, err
	}
	return f.crowded.List(ctx, l)
}
