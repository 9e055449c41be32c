package source

import (
	"context"
	"encoding/json"
	"errors"
)

var (
	errRepeats = errors.New("the listing answered the page before once more")
	errTooFew  = errors.New("the listing shows fewer rows than it counts")
)

// listing is what the server tells in pages by their place in a list, in which later
// ones move up where others delete rows.
type listing[T any] struct {
	size int // rows of a page, unless it is the last
	// lap is how many rows of the page before are asked for again, by which it shows
	// whether rows have moved up; 0 where the server has no such pages, but a total.
	lap int
	id  func(T) string
	// ask reads the page behind the first skip rows, and how many rows there are in all;
	// 0 if the server does not tell. Without a lap, skip is a number of whole pages.
	ask func(ctx context.Context, skip int) (rows []T, total int, err error)
}

// listPlace is where a read of a listing goes on. The zero place is the beginning.
type listPlace struct {
	Skip int `json:"skip"`
	// Last is the row before the place, which tells whether it still is there.
	Last string `json:"last"`
}

// readPlace reads a state that a read has given.
func readPlace(from json.RawMessage) (at listPlace, err error) {
	if !isBlank(from) && (json.Unmarshal(from, &at) != nil || at.Skip <= 0 || at.Last == "") {
		return at, errForeignState
	}
	return at, nil
}

// read hands each page over, without what it has in common with the page before, and then
// where to go on from; the zero place after the last page.
func (l listing[T]) read(ctx context.Context, at listPlace, each func(page []T, next listPlace) error) error {
	w := listWalk[T]{listing: l, at: at, lap: l.lap, before: map[string]bool{at.Last: true}}
	if l.lap == 0 && at.Skip > 0 {
		w.lap = l.size
	}
	for {
		page, next, err := w.page(ctx)
		if err != nil {
			return err
		}
		if page == nil { // it went back
			continue
		}
		if err := each(page, next); err != nil || next.Skip == 0 {
			return err
		}
	}
}

// listWalk is one read of a listing.
type listWalk[T any] struct {
	listing[T]
	at     listPlace
	lap    int             // of the next request
	before map[string]bool // the ids of the page before
	back   bool            // whether rows have moved up behind the place
	total  int             // of the last answer
}

// page reads the next page, and is nil if it has to go back for rows that have moved up.
func (w *listWalk[T]) page(ctx context.Context) (fresh []T, next listPlace, err error) {
	from := max(0, w.at.Skip-w.lap)
	rows, total, err := w.ask(ctx, from)
	if err != nil {
		return nil, next, err
	}
	known := w.known(rows)
	moved := w.at.Skip > 0 && known == 0 && (w.back || from < w.at.Skip || total < w.total)
	if w.total = total; moved {
		w.goBack()
		return nil, next, nil
	}
	full := len(rows) == w.size
	switch {
	case known == len(rows) && full && !w.back && w.lap == w.listing.lap:
		return nil, next, errRepeats
	case len(rows) == 0 && from < total:
		return nil, next, errTooFew
	case full || from+len(rows) < total:
		next = listPlace{Skip: from + len(rows), Last: w.id(rows[len(rows)-1])}
	}
	w.goOn(next, rows)
	return append([]T{}, rows[known:]...), next, nil
}

// goBack moves the place to the page before.
func (w *listWalk[T]) goBack() {
	w.lap, w.back = w.listing.lap, true
	if w.at.Skip = max(0, w.at.Skip-w.size); w.at.Skip == 0 {
		w.before = nil
	}
}

// goOn moves the place behind a page.
func (w *listWalk[T]) goOn(next listPlace, rows []T) {
	w.at, w.lap, w.back, w.before = next, w.listing.lap, false, make(map[string]bool, len(rows))
	for _, row := range rows {
		w.before[w.id(row)] = true
	}
}

// known is how many rows at the beginning of a page were on the page before.
func (w *listWalk[T]) known(rows []T) int {
	for i := len(rows); i > 0; i-- {
		if w.before[w.id(rows[i-1])] {
			return i
		}
	}
	return 0
}

// state is the place as the state of a stream.
func (at listPlace) state() json.RawMessage {
	if at.Skip == 0 {
		return whole
	}
	state, err := json.Marshal(at)
	if err != nil {
		panic(err) // a number and a text always encode
	}
	return state
}
