package load

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// process takes one window from records to states. What it could not finish
// stays unsettled, and the error says why.
func (r *run) process(ctx context.Context, w *window) error {
	lanes := w.lanes()
	for _, e := range w.entries {
		e.stream.tally.note(e.line, e.notes...)
	}
	people := make([][]*person, len(lanes))
	byTarget := map[object.Target][]*person{}
	for i, l := range lanes {
		recall(l.entries)
		entries, err := r.settleEarly(l.entries)
		if err != nil {
			return err
		}
		people[i] = separate(entries)
		if l.matches {
			byTarget[l.target] = append(byTarget[l.target], people[i]...)
		}
	}
	r.tellTrouble()
	for _, f := range r.finders {
		f.begin()
	}
	for target, all := range byTarget {
		if err := r.finders[target].find(ctx, all); err != nil {
			return err
		}
	}
	for i, l := range lanes {
		if err := r.write(ctx, l, people[i]); err != nil {
			return err
		}
	}
	return nil
}

// write brings the people of one lane into the CRM.
func (r *run) write(ctx context.Context, l *lane, people []*person) error {
	f := r.finders[l.target]
	if l.matches {
		people = f.gather(people)
		spare(people)
		outdate(people)
	}
	if err := r.compare(ctx, f, people); err != nil {
		return err
	}
	for {
		err := r.findLate(ctx, f, people)
		if err == nil {
			err = r.each(ctx, f, people)
		}
		rest, moved := people[:0], []*person(nil)
		for _, p := range people {
			settled, settleErr := r.settle(p)
			if err == nil {
				err = settleErr
			}
			switch {
			case settled:
			case p.moved:
				moved = append(moved, p)
			default:
				rest = append(rest, p)
			}
		}
		if err != nil {
			return err
		}
		if len(rest) == 0 {
			return r.decideAgain(ctx, l, moved)
		}
		people = append(rest, moved...)
	}
}

// each writes all people, with their tags: several at a time, and those who
// share a key one after another. Some may have to be planned anew after it.
func (r *run) each(ctx context.Context, f *finder, people []*person) error {
	busy, err := r.settleIdle(people)
	if err != nil {
		return err
	}
	s := r.newSchedule(ctx, f)
	f.foresee(busy)
	all := chains(busy)
	if p := f.probe(all); p != nil && ctx.Err() == nil {
		if err := s.one(ctx, p); err != nil {
			return err
		}
		busy = slices.DeleteFunc(busy, func(other *person) bool { return other == p }) // if it is not done, it is planned anew
		f.foresee(busy)
		all = chains(busy)
	}
	for _, chain := range all {
		if !s.begin(ctx, func() error { return s.chain(ctx, chain) }) {
			break
		}
	}
	err = cmp.Or(s.group.Wait(), ctx.Err())
	var limit *LimitError
	if errors.As(err, &limit) {
		limit.further(people)
	}
	if err == nil || limit != nil { // also what was written before a limit was reached
		err = cmp.Or(s.tag(ctx, s.lacking), err)
	}
	return err
}

// foresee is [finder.foresee] while others write.
func (r *run) foresee(f *finder, people []*person) (changed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return f.foresee(people)
}

// settleIdle settles those whose contacts are as they should be, and returns
// the others that are not done.
func (r *run) settleIdle(people []*person) ([]*person, error) {
	var busy []*person
	for _, p := range people {
		switch {
		case p.done, p.moved:
		case p.have != nil && p.reject == nil && !p.want.Deleted && len(p.change.Set) == 0 && len(p.tagChanges()) == 0:
			p.status, p.done = object.Unchanged, true
			if _, err := r.settle(p); err != nil {
				return nil, err
			}
		default:
			busy = append(busy, p)
		}
	}
	return busy, nil
}

// one writes one person, but for changes of tags.
func (r *run) one(ctx context.Context, f *finder, p *person) error {
	switch {
	case p.reject != nil:
		return nil
	case p.want.Deleted:
		return r.remove(ctx, f, p)
	}
	ok, err := r.verify(ctx, f, p)
	if err != nil || !ok {
		return err
	}
	err = r.within(p, func() error {
		if p.have != nil && len(p.change.Set) == 0 {
			p.status, p.done = object.Unchanged, true
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
	w := object.Write{
		Want: p.want, Defaults: p.stream().Plan.Defaults(), Have: p.have, Change: p.change, Alone: p.alone,
		Unique: p.stream().unique(), RejectConflicts: p.stream().RejectConflicts, Certain: f.sure, Fresh: p.read,
	}
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
	if result.Gone {
		if w.Have != nil { // else it was found and lost while it was created
			f.gone(w.Have.ID)
		}
		p.startOver()
		return nil
	}
	p.notes = append(p.notes, result.Notes...)
	p.before, p.set = p.have, p.change.Set
	if p.have == nil && result.Status == object.Created {
		p.set = crm.Initial(p.want, p.stream().Plan.Defaults())
		p.addedTags = p.want.TagsFor(nil)
	}
	p.status, p.reject, p.done = result.Status, result.Reject, true
	for _, other := range result.Others {
		f.read(other)
	}
	if p.have == nil && w.Unique && !w.Certain {
		f.asked()
	}
	if p.have == nil && result.Reject == nil && result.Status != object.Created && len(p.want.Keys) > 1 {
		f.met()
	}
	if result.Contact != nil {
		p.have = result.Contact
		f.wrote(result.Contact)
	}
	return nil
}
