package ghl

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
)

// list is an answer that lists entries. They are decoded one by one: no more are made
// of it than were asked for.
type list[J, T any] struct {
	envelope
	name  string             // of the member that lists them
	entry func(*J) (T, bool) // false leaves it out
	limit int                // entries at most; 0: any number
	also  map[string]any     // pointers to other members
	rows  []T                // nil: nothing was listed
}

var errTooMany = errors.New("the answer lists more than was asked for")

// readList asks for a list.
func readList[J, T any](ctx context.Context, c *Client, op Operation, r request, l list[J, T]) ([]T, error) {
	l.limit = r.limit
	if err := c.do(ctx, op, r, &l); err != nil {
		return nil, err
	}
	if l.rows == nil { // must not pass for "there are none"
		return nil, op.fault(Bug, "the answer lists no "+l.name)
	}
	return l.rows, nil
}

// clear takes out what an attempt before may have left.
func (l *list[J, T]) clear() {
	l.envelope, l.rows = envelope{}, nil
	for _, to := range l.also {
		reflect.ValueOf(to).Elem().SetZero()
	}
}

func (l *list[J, T]) decodeFrom(d *json.Decoder) error {
	l.clear()
	return eachMember(d, func(name string) error {
		if name == l.name {
			return l.decodeRows(d)
		}
		to := l.also[name]
		if to == nil {
			to = l.member(name)
		}
		if to == nil {
			to = new(json.RawMessage)
		}
		return d.Decode(to)
	})
}

// decodeRows reads the list, or null.
func (l *list[J, T]) decodeRows(d *json.Decoder) error {
	switch opening, err := d.Token(); {
	case err != nil:
		return err
	case opening == nil:
		return nil
	case opening != json.Delim('['):
		return errForm
	}
	var told, none J // one for all: some are large
	for l.rows = []T{}; d.More(); {
		if l.limit > 0 && len(l.rows) == l.limit {
			return errTooMany
		}
		told = none
		if err := tolerate(d.Decode(&told), 0); err != nil {
			return err
		}
		if entry, ok := l.entry(&told); ok {
			l.rows = append(l.rows, entry)
		}
	}
	_, err := d.Token()
	return err
}
