package contacts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// resolve decides about the people whose turn it is: whom each means, what its
// records still ask for, and what differs. It reads what search does not tell.
// Who turns out to be the contact of another is left out.
func (r *run) resolve(ctx context.Context, f *finder, turn []*person) ([]*person, error) {
	if err := f.askRows(ctx, turn); err != nil {
		return nil, err
	}
	for _, p := range turn {
		if p.stage == waiting {
			f.plan(p)
		}
	}
	turn, err := r.askPrimary(ctx, f, turn)
	if err != nil {
		return nil, err
	}
	if err := r.compare(ctx, f, turn); err != nil {
		return nil, err
	}
	if err := f.decide(ctx, turn); err != nil {
		return nil, err
	}
	if err := r.findBusinesses(ctx, turn); err != nil {
		return nil, err
	}
	return apart(turn), nil
}

// plan decides whom a person means and what it asks for.
func (f *finder) plan(p *person) {
	p.plan = plan{}
	contacts, by := f.whom(p)
	if p.matches = contacts; len(contacts) > 0 {
		p.have = oldest(contacts)
	}
	p.merge()
	f.suppressed.apply(p, f.keysOf)
	if p.planned = true; p.deletes() {
		p.keepNewer()
	}
	switch {
	case p.void() || p.deletes() && len(contacts) > 0 && len(p.matches) == 0:
		p.status, p.stage = load.Unchanged, written
		return
	case p.keptByStop:
		p.notes = append(p.notes, notDeleted)
	case len(contacts) > 1 && !p.deletes():
		p.notes = append(p.notes, trouble.Note{Field: by.Field, Rule: "found on several contacts, the oldest was taken"})
	case p.have == nil && p.looks():
		p.reject = cmp.Or(f.doubt(p.want.Keys), p.reject)
	}
	if p.reject == nil && !p.deletes() && p.looks() {
		f.conflicts(p)
	}
}

// whom finds the contacts that can be a person, see meant. Of several versions of a
// row the newest goes first, and the contact that the row was written to before is
// the last resort. by is the key that led there.
func (f *finder) whom(p *person) (contacts []*crm.Contact, by crm.Key) {
	switch {
	case !p.looks():
		return nil, by
	case p.suppresses():
		return f.everybody(p), by
	}
	row := crm.IDKey(p.formerly())
	if row.Value != "" && p.outrun() {
		return f.with(row), row
	}
	for _, keys := range p.versions() {
		if contacts, by = f.meant(keys); len(contacts) > 0 {
			return contacts, by
		}
	}
	return f.with(row), row
}

// meant finds the contacts with the first of these keys, in order of trust, that
// leads to one of which no key trusted more says otherwise.
func (f *finder) meant(keys []crm.Key) (contacts []*crm.Contact, by crm.Key) {
	for _, key := range keys {
		f.each(key, func(c *crm.Contact) bool {
			if crm.Judge(c, keys) != crm.Other {
				contacts = append(contacts, c)
			}
			return true
		})
		if len(contacts) > 0 {
			return contacts, key
		}
	}
	return nil, crm.Key{}
}

// versions are the keys of the person's records, each once, the newest first.
func (p *person) versions() [][]crm.Key {
	if len(p.records) == 1 {
		return [][]crm.Key{p.records[0].want.Keys}
	}
	records := slices.Clone(p.records)
	slices.Reverse(records)
	slices.SortStableFunc(records, func(a, b record) int {
		if a.stream != b.stream || !a.stream.dated() {
			return 0
		}
		return object.CompareCursors(b.cursor, a.cursor)
	})
	var out [][]crm.Key
	for _, r := range records {
		if !slices.ContainsFunc(out, func(keys []crm.Key) bool { return slices.Equal(keys, r.want.Keys) }) {
			out = append(out, r.want.Keys)
		}
	}
	return out
}

// oldest is the contact that was added first.
func oldest(contacts []*crm.Contact) *crm.Contact {
	return slices.MinFunc(contacts, func(a, b *crm.Contact) int {
		return cmp.Or(cmp.Compare(a.Added, b.Added), cmp.Compare(a.ID, b.ID))
	})
}

// merge works out what the records ask for together, each without what newer
// ones have said: of earlier windows, and those before it by cursor. A delete that
// takes no more than tags off leaves what the inserts before it have said.
func (p *person) merge() {
	if len(p.records) == 1 {
		p.take(&p.records[0])
		return
	}
	pasts := map[*stream]past{}
	p.want = p.first().want
	first := true
	for i := range p.records {
		r := &p.records[i]
		want := r.want
		if r.void = false; r.stream.dated() {
			known, ok := pasts[r.stream]
			if !ok {
				known = r.stream.history.of(p).clone()
			}
			if want, r.void = known.outdate(want, r.cursor); !r.void {
				known.add(version{r.cursor, r.stream.history.set(&r.want), r.want.Deleted})
			}
			pasts[r.stream] = known
		}
		switch {
		case r.void:
		case first:
			p.want, first = want, false
		case want.Deleted && !p.want.Deleted && (r.stream.OnDelete == object.RemoveTags || p.keptByStop):
			p.want.DropTags(r.stream.owns)
			p.untag = true
		default:
			p.want, p.untag = crm.Merge(p.want, want), false
		}
	}
}

// take is merge where there is only one record.
func (p *person) take(r *record) {
	p.want, r.void = r.want, false
	if r.stream.dated() {
		left, void := r.stream.history.of(p).outdate(r.want, r.cursor)
		if r.void = void; !void {
			p.want = left
		}
	}
}

// keepNewer takes out of a delete the contacts of which the stream has said something
// with a greater cursor.
func (p *person) keepNewer() {
	r := p.records[p.last()]
	if !r.stream.dated() {
		return
	}
	p.matches = slices.DeleteFunc(slices.Clone(p.matches), func(c *crm.Contact) bool {
		_, stale := r.stream.history.at(hashKey(crm.IDKey(c.ID))).outdate(r.want, r.cursor)
		return stale
	})
	if p.have = nil; len(p.matches) > 0 {
		p.have = oldest(p.matches)
	}
}

// doubt is the rejection of a record nobody was found for, if a key could not be
// looked up: the contact may exist all the same. An email or phone is asked for in
// other ways.
func (f *finder) doubt(keys []crm.Key) (reject *trouble.Reject) {
	for _, key := range keys {
		if f.mute[key] && !key.Identifies() {
			reject = &trouble.Reject{Code: trouble.Refused, Field: f.target.Table().Display(key.Field),
				Reason: "the API does not look for contacts by this value"}
		}
	}
	return reject
}

// askPrimary asks the primary store for contacts that search may not know yet,
// where no create would find them out: in update mode, and for a row with an old
// and a new email or phone, of which a create knows only the new one. In update
// mode a record without a contact is rejected, and so is in any mode one of which
// nobody can say whether the person may be contacted. Those for whom a turn is
// too short to ask are left out.
func (r *run) askPrimary(ctx context.Context, f *finder, turn []*person) ([]*person, error) {
	group, grouped := bug.NewGroup(ctx, r.Workers())
	var asked, ready []*person
	found := make([]*crm.Contact, len(turn))
	for i, p := range turn {
		needs := p.needsPrimary()
		ask := needs && !p.asked && p.looks()
		if ask && len(asked) > 0 && time.Since(f.turn) > turnTime {
			continue
		}
		ready = append(ready, p)
		if needs {
			asked = append(asked, p)
		}
		if !ask {
			continue
		}
		p.asked = true
		group.Go(func() (err error) {
			found[i], p.reject, err = r.lookup(grouped, f, p.want)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for _, have := range found {
		if have != nil {
			f.read(have)
		}
	}
	for _, p := range asked {
		if p.reject == nil {
			f.plan(p)
			p.refuseToCreate()
		}
	}
	return ready, nil
}

// needsPrimary reports whether somebody who was not found may exist all the same,
// and no create would find that out.
func (p *person) needsPrimary() bool {
	if p.have != nil || p.reject != nil || p.stage != waiting || p.deletes() {
		return false
	}
	return !p.stream().creates() || p.unclear() || !p.asked && len(p.versions()) > 1
}

// refuseToCreate rejects somebody who does not exist and must not be created.
func (p *person) refuseToCreate() {
	switch {
	case p.have != nil || p.reject != nil:
	case !p.stream().creates():
		p.reject = &trouble.Reject{Code: trouble.NoMatch, Reason: "no contact has one of the record's keys, and the mode is update"}
	case p.unclear():
		p.reject = p.want.UnclearConsent
	}
}

// lookup asks the primary store for a contact that was not found, as long as it
// may have been written shortly before the sync: later, search knows it.
func (r *run) lookup(ctx context.Context, f *finder, want crm.Desired) (*crm.Contact, *trouble.Reject, error) {
	if time.Since(r.begun) >= indexLag {
		return nil, nil, nil
	}
	have, reject, err := f.target.Lookup(ctx, want)
	if have != nil && f.target.Facts().DryRun {
		r.mu.Lock()
		defer r.mu.Unlock()
		if _, deleted := f.dead[have.ID]; deleted { // as far as the dry run goes
			have = nil
		}
	}
	return have, reject, err
}
