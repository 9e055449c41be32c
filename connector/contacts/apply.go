package contacts

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
)

// write brings what records ask for into the CRM, turn by turn.
func (r *run) write(ctx context.Context, entries []*entry) error {
	f := r.finder
	f.begin()
	f.coming = r.window
	defer func() { f.coming = nil }()
	if err := f.find(ctx, entries); err != nil {
		return err
	}
	q := cmp.Or(r.queue, newQueue(f))
	r.queue = nil // somebody may still be at work where a mistake ends the window
	q.fill(entries)
	for len(q.people) > 0 {
		if err := f.lookLate(ctx, q.people); err != nil {
			return err
		}
		f.turn = time.Now()
		turn, waits := q.next()
		turn = notFarBehind(turn, waits)
		err := r.serve(ctx, f, turn, waits)
		for _, p := range turn {
			if _, settleErr := r.settle(p); err == nil {
				err = settleErr
			}
		}
		if err != nil {
			return err
		}
		q.over(turn)
	}
	q.empty()
	r.queue = q
	return nil
}

// notFarBehind leaves out those who are far behind the first who waits: they will
// not have their turn before.
func notFarBehind(turn []*person, waits int64) []*person {
	first := slices.IndexFunc(turn, func(p *person) bool { return p.line() > waits })
	if first < 0 {
		return turn
	}
	return turn[:min(len(turn), first+farBehind)]
}

// farBehind is more people than have their turn before somebody who waits, unless
// nothing needs to be written for most of them.
const farBehind = 200

// serve gives people their turn: they are resolved, written and tagged. Who has
// to wait after all has another turn, as has who waits in line; not many of those
// behind the first of them go before.
func (r *run) serve(ctx context.Context, f *finder, turn []*person, waits int64) error {
	ready, err := r.resolve(ctx, f, turn)
	if err != nil {
		return err
	}
	for i, p := range turn {
		if i >= len(ready) || ready[i] != p { // the first who is left out
			waits = min(waits, p.line())
			break
		}
	}
	if err := r.announce(ctx, f, ready); err != nil {
		return err
	}
	s := r.newSchedule(f, ready, waits)
	err = s.work(ctx)
	var limit *load.LimitError
	if errors.As(err, &limit) {
		limit.Further += further(limit.Verb, turn)
	}
	return err
}

// idle reports whether nothing needs to be asked or written for a person.
func (p *person) idle() bool {
	return p.stage == written || p.reject != nil || !p.deletes() && p.have != nil && len(p.change.Set) == 0
}

// one writes one person, but for its tags.
func (r *run) one(ctx context.Context, f *finder, p *person) error {
	switch {
	case p.stage != waiting || p.reject != nil:
		return nil
	case p.suppresses():
		return r.suppress(ctx, f, p)
	case p.deletes():
		return r.remove(ctx, f, p)
	}
	ok, err := r.verify(ctx, f, p)
	if err != nil || !ok {
		return err
	}
	err = r.within(p, func() error {
		if p.have != nil && len(p.change.Set) == 0 {
			p.status, p.stage = load.Unchanged, written
			return nil
		}
		return r.put(ctx, f, p)
	})
	if err != nil {
		return err
	}
	return r.hear(ctx, f, p)
}

// put creates or updates the contact of a person.
func (r *run) put(ctx context.Context, f *finder, p *person) error {
	w := r.writeOf(f, p)
	write := f.target.Update
	if p.have == nil {
		write = f.target.Create
	}
	result, err := write(ctx, w)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, other := range result.Others {
		f.read(other)
	}
	switch {
	case result.Gone:
		if w.Have != nil { // else it was found and lost while it was created
			f.gone(w.Have.ID)
		}
		p.startOver()
		return nil
	case result.Met != nil:
		f.read(result.Met)
		if len(p.want.Keys) > 1 {
			f.met()
		}
		p.planned = false
		if p.met++; p.met > mostMet {
			return gateway.ErrUndecided
		}
		return nil
	}
	r.wrote(f, p, w, result)
	return nil
}

// wrote enters what was written of a person. It needs mu.
func (r *run) wrote(f *finder, p *person, w gateway.Write, result gateway.Result) {
	p.notes = append(p.notes, result.Notes...)
	p.before, p.set = p.have, p.change.Set
	if p.have == nil && result.Status == load.Created {
		p.addedTags = p.want.TagsFor(nil)
		if r.Observe != nil {
			p.set = crm.Initial(p.want, p.stream().Plan.Defaults())
		}
	}
	p.status, p.reject, p.stage = result.Status, result.Reject, written
	if p.have == nil && w.Unique {
		f.made(w.Certain)
	}
	if result.Contact != nil {
		p.have = result.Contact
		f.wrote(result.Contact)
		if r.created != nil && result.Status == load.Created {
			r.created.put(hashKey(crm.IDKey(p.have.ID)), 1)
		}
	}
}

// writeOf is what is to be written of a person.
func (r *run) writeOf(f *finder, p *person) gateway.Write {
	w := gateway.Write{
		Want: p.want, Defaults: p.stream().Plan.Defaults(), Have: p.have, Change: p.change, Alone: p.alone,
		Unique: p.stream().unique(), RejectConflicts: p.stream().RejectConflicts, Certain: f.isCertain(p), Fresh: p.fresh,
	}
	if r.Journal != nil {
		w.Of = p.origin()
	}
	return w
}

// announce tells what the turn is about to write, as far as that is decided.
func (r *run) announce(ctx context.Context, f *finder, turn []*person) error {
	return f.target.Announce(ctx, func(yield func(gateway.Write) bool) {
		for _, p := range turn {
			if p.writable() && !p.idle() && !yield(r.writeOf(f, p)) {
				return
			}
		}
	})
}

// mostMet bounds how often the create of one person may meet a contact that
// then turns out not to be it.
const mostMet = 4

// writeOne is one, where a panic becomes the person's rejection.
func (r *run) writeOne(ctx context.Context, f *finder, p *person) error {
	err := bug.Guard(func() error { return r.one(ctx, f, p) })
	if why := r.window.Mistake(err); why != nil {
		p.reject = why
		return nil
	}
	return err
}

// within writes a person unless that is over a limit.
func (r *run) within(p *person, write func() error) error {
	intent := load.Updated
	switch {
	case p.creates():
		intent = load.Created
	case !p.updates():
		return write()
	}
	return r.Brake.Write(intent, func() (load.Status, error) {
		err := write()
		return p.status, err
	})
}

// creates reports whether a contact has to be created for the person.
func (p *person) creates() bool {
	return p.writable() && p.have == nil && p.stream().creates()
}

// writable reports whether a person is planned and not written yet.
func (p *person) writable() bool {
	return p.planned && p.stage == waiting && p.reject == nil && !p.deletes()
}

// updates reports whether the person's contact has to be changed.
func (p *person) updates() bool {
	return p.writable() && p.have != nil && (len(p.change.Set) > 0 || len(p.tagChanges()) > 0 || p.linkDiffers())
}

// further counts the people who ask for what a limit forbids.
func further(verb string, people []*person) (count int64) {
	for _, p := range people {
		if verb == "create" && p.creates() || verb == "update" && p.updates() {
			count++
		}
	}
	return count
}
