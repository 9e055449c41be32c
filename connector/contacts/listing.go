package contacts

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/words"
)

// fits reckons from the first page of a location whether an index can hold all of it:
// one that turns out too small has read its pages for nothing.
func (f *finder) fits(first gateway.Page) bool {
	x := f.newIndex()
	f.enter(x, first.Contacts)
	once := x.size
	f.enter(x, first.Contacts) // again, as the names of tags are kept once for all contacts
	if n := len(first.Contacts); n > 0 && (x.size-once)/n*first.Total > indexBound {
		f.log.Info().Msgf("the location is too large to be kept in memory (%s); contacts are looked up", words.Count(first.Total, "contact"))
		return false
	}
	return true
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

// list reads the whole location into an index, from its first page on.
func (f *finder) list(ctx context.Context, page gateway.Page) error {
	begun := time.Now()
	x := f.newIndex()
	for n, read := 1, 0; ; n++ {
		read += len(page.Contacts)
		f.enter(x, page.Contacts)
		if x.full() {
			f.tooBig = true
			f.log.Info().Msgf("the location is too large to be kept in memory (%s); contacts are looked up", words.Count(page.Total, "contact"))
			return nil
		}
		if page.Next == nil || read >= page.Total && counts(page.Total) {
			for _, c := range f.own.contacts { // search may not know yet what this run wrote
				x.put(c, f.keysOf(c))
			}
			f.index, f.listed, f.lookups = x, begun, 0
			f.log.Info().Msgf("read the whole location with %s (%s): from now on none needs to be looked up",
				words.Count(n, "request"), words.Count(len(x.latest), "contact"))
			return nil
		}
		var err error
		if page, err = f.target.List(ctx, nil, json.RawMessage(page.Next)); err != nil {
			return err
		}
	}
}

// counts reports whether a total can be believed: 10,000 may be where the API
// stops counting, and a full page beside a total of none says that it is not
// told.
func counts(total int) bool { return total > 0 && total < 10_000 }
