package contacts

import (
	"encoding/json"
	"slices"
	"time"

	"destination-gohighlevel/connector/contacts/gateway"
)

// gap is a part of a location that a listing has not read: the contacts that were added
// from one moment on and before another, in milliseconds, and not read at an end.
type gap struct {
	from, to int64
	ends     [2]*end
	left     int // contacts in it, about
	read     int // contacts of it, so far
	shut     bool
}

// The ends of a gap.
const (
	latestEnd = iota
	oldestEnd
)

// end is an end of a gap, from which it is read.
type end struct {
	of      *gap
	after   json.RawMessage // the cursor of the last contact that was read; nil: none was
	read    []string        // that contact and those that were added in the same moment
	density float64         // contacts for each millisecond of the last page
	busy    bool            // a page is under way
}

// busy is how many pages of a gap are under way.
func (g *gap) busy() (n int) {
	for _, e := range g.ends {
		if e.busy {
			n++
		}
	}
	return n
}

// free is an end at which a page can be read; nil if there is none. The last page is asked
// for alone, so that its answer tells that it is the last. Of a single millisecond only one
// end is read: nothing tells where both would meet.
func (g *gap) free() *end {
	busy := g.busy()
	switch {
	case g.shut || busy > 0 && g.left <= (busy+1)*gateway.PageSize:
		return nil
	case !g.ends[latestEnd].busy:
		return g.ends[latestEnd]
	case !g.ends[oldestEnd].busy && g.to-g.from > 1:
		return g.ends[oldestEnd]
	}
	return nil
}

// question asks for the next page at an end.
func (e *end) question() gateway.Listing {
	l := gateway.Listing{Span: &gateway.Span{From: e.of.from, To: e.of.to}, Oldest: e == e.of.ends[oldestEnd], After: e.after}
	for _, other := range e.of.ends {
		l.Span.Without = append(l.Span.Without, other.read...)
	}
	return l
}

// answered enters a page of a span that was asked for when so many contacts of the gap
// had been read, and reports whether it is one.
func (e *end) answered(page gateway.Page, span *gateway.Span, read int) bool {
	g := e.of
	g.left = max(0, page.Total-page.Listed()-(g.read-read))
	g.read += page.Listed()
	if isLast(page) {
		g.shut = true
		return true
	}
	if page.At < span.From || page.At >= span.To {
		return false
	}
	e.moveTo(page)
	if e == g.ends[latestEnd] {
		g.to = min(g.to, page.At+1)
	} else {
		g.from = max(g.from, page.At)
	}
	g.shut = g.shut || g.to <= g.from
	return true
}

// mostWithout is how many contacts are left out of a question at each end of it, so that
// its answer counts those that were not read: a few may have been added in the same moment.
const mostWithout = 20

// moveTo moves the end behind a page.
func (e *end) moveTo(page gateway.Page) {
	e.after, e.read = page.Next, nil
	if len(page.Contacts) == 0 { // a dry run would have deleted them all
		return
	}
	last := page.Contacts[len(page.Contacts)-1]
	for _, c := range slices.Backward(page.Contacts) {
		if c.Added != last.Added || len(e.read) == mostWithout {
			break
		}
		e.read = append(e.read, c.ID)
	}
	if begins, err := time.Parse(time.RFC3339, page.Contacts[0].Added); err == nil {
		e.density = float64(page.Listed()) / float64(max(begins.UnixMilli()-page.At, page.At-begins.UnixMilli(), 1))
	}
}

// worthDividing is how many pages a gap has at least that is divided.
const worthDividing = 8

// divisible reports whether a gap can be divided with some reason.
func (g *gap) divisible() bool {
	return !g.shut && g.left >= worthDividing*gateway.PageSize && g.to-g.from > 2 && g.ends[latestEnd].density > 0 && g.ends[oldestEnd].density > 0
}

// divide leaves the earlier half of a gap, and returns the later one.
func (g *gap) divide() (later *gap) {
	middle := min(max(g.middle(), g.from+1), g.to-1)
	later = &gap{from: middle, to: g.to, left: g.left / 2, read: g.read}
	later.ends = [2]*end{latestEnd: g.ends[latestEnd], oldestEnd: {of: later}}
	later.ends[latestEnd].of = later
	g.to, g.left, g.ends[latestEnd] = middle, g.left/2, &end{of: g}
	return later
}

// middle guesses before which moment half of the contacts were added: the half at the
// denser end is taken to be as dense as there.
func (g *gap) middle() int64 {
	later, earlier := g.ends[latestEnd].density, g.ends[oldestEnd].density
	way := int64(min(float64(g.left)/2/max(later, earlier), float64(g.to-g.from)/2))
	if later >= earlier {
		return g.to - way
	}
	return g.from + way
}
