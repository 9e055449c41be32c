package contacts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// parents are the contacts of a location as they are to what belongs to one. Whom a
// record belongs to is found out as for one of mode update.
type parents struct {
	*location
	object.Options
	children *stream
	trusted  string // the field of the key that all trust most
}

// Findable gives the contacts of a location to whatever belongs to them. in is what
// [Describe] has opened; its Writer, if it gets one, is made later. matchOn are the
// keys by which contacts are found, as the setting names them.
func Findable(in object.Location, matchOn []string, o object.Options) object.Contacts {
	l := in.(*location)
	l.created = &numbers{}
	trusted := ""
	for _, ref := range matchOn {
		if f := l.Table().Find(ref); f != nil {
			l.keys = append(l.keys, f.Name)
			trusted = cmp.Or(trusted, f.Name)
		}
	}
	update := &object.Stream{Stream: load.Stream{Stream: airbyte.Stream{Mode: airbyte.Update}}}
	return &parents{location: l, Options: o, trusted: trusted, children: &stream{Stream: update, target: l.Target}}
}

// Find tells which contacts records belong to.
func (p *parents) Find(ctx context.Context, keys [][]crm.Key, last bool) ([]object.Parent, error) {
	if p.run == nil { // no stream is written to contacts
		p.run = newRun(p.location, nil, p.Options)
	}
	r, f := p.run, p.run.finder
	if time.Since(f.window) > rememberFor || len(f.seen.contacts) > foundMost {
		f.begin()
	}
	f.turn = time.Now()
	children := make([]*entry, len(keys))
	for i, k := range keys {
		children[i] = &entry{Record: &load.Record{}, stream: p.children, want: crm.Desired{Keys: k}}
	}
	if err := f.find(ctx, slices.DeleteFunc(slices.Clone(children), func(e *entry) bool { return p.isSure(f, e) })); err != nil {
		return nil, err
	}
	later := !last && slices.ContainsFunc(r.streams, func(s *stream) bool { return s.creates() && !s.IsComplete() })
	if !later {
		if err := r.askForMissing(ctx, f, children); err != nil {
			return nil, err
		}
	}
	found := make([]object.Parent, len(children))
	for i, e := range children {
		found[i] = r.parent(f, e)
		// Whoever is created gets an id that no record can have known.
		found[i].Later = later && found[i].ID == "" && slices.ContainsFunc(e.want.Keys, func(k crm.Key) bool { return k.Field != "id" })
	}
	return found, nil
}

// foundMost is how many contacts that were found are known to records that come soon
// after, such as the tasks of contacts whose notes have been written.
const foundMost = 5000

// Gone forgets a contact that was found and does not exist.
func (p *parents) Gone(id string) { p.run.goneNow(p.run.finder, id) }

// isSure reports whether nothing needs to be looked up for a record: whoever has its
// first key is known by its id, was looked up by it, or has the key that all trust most
// and has been written by the sync or read from the primary store. Another key may be an
// older contact's too.
func (p *parents) isSure(f *finder, e *entry) bool {
	contacts, by := f.meant(e.want.Keys)
	return len(contacts) > 0 && by == e.want.Keys[0] &&
		(by.Field == "id" || f.searched[by] || by.Field == p.trusted && f.certainOf(oldest(contacts)))
}

// parent is the contact that a record belongs to.
func (r *run) parent(f *finder, e *entry) object.Parent {
	contacts, by := f.meant(e.want.Keys)
	if len(contacts) == 0 {
		none := &trouble.Reject{Code: trouble.NoContact, Reason: "no contact has one of the record's keys"}
		return object.Parent{Reject: cmp.Or(e.Reject, f.doubt(e.want.Keys), none)}
	}
	id := oldest(contacts).ID
	p := object.Parent{ID: id, Created: r.created.get(hashKey(crm.IDKey(id))) > 0}
	if n := len(contacts); n > 1 {
		p.Notes = []trouble.Note{{Field: r.target.Table().Display(by.Field), Rule: fmt.Sprintf("found on %d contacts, the oldest was taken", n)}}
	}
	return p
}

// askForMissing asks for the contacts that were not found, as long as search may not
// know them yet: the primary store, by email and phone. For who has neither, and for
// so many that to ask for each would cost more, search is asked again when it must know
// them.
func (r *run) askForMissing(ctx context.Context, f *finder, children []*entry) error {
	missing := map[string][]*entry{}
	var searched []crm.Key
	for _, e := range children {
		switch contacts, _ := f.meant(e.want.Keys); {
		case len(contacts) > 0:
		case f.onlySearchFinds(e.want.Keys):
			searched = append(searched, e.want.Keys...)
		case slices.ContainsFunc(e.want.Keys, crm.Key.Identifies):
			who := fmt.Sprint(e.want.Keys)
			missing[who] = append(missing[who], e)
		}
	}
	if len(missing) > fewMissed && !f.target.Facts().DryRun { // which waits for nothing
		for _, same := range missing {
			searched = append(searched, slices.DeleteFunc(slices.Clone(same[0].want.Keys), func(k crm.Key) bool { return k.Field == "id" })...)
		}
		clear(missing)
	}
	group, grouped := bug.NewGroup(ctx, r.Workers())
	for _, same := range missing {
		group.Go(func() error {
			have, reject, err := r.lookup(grouped, f, same[0].want)
			r.mu.Lock()
			defer r.mu.Unlock()
			if have != nil {
				f.read(have)
			}
			for _, e := range same {
				e.Reject = reject
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return f.searchAgain(ctx, searched, "some records belong to contacts that were not found")
}
