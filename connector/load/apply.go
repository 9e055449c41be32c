package load

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// errStopped ends a window early: nothing new is begun after a stop.
var errStopped = errors.New("stopped")

// process takes one window from records to states. What it could not finish
// stays unsettled, and the error says why.
func (r *run) process(ctx context.Context, w *window) error {
	groups := w.streams()
	people := make([][]*person, len(groups))
	byTarget := map[object.Target][]*person{}
	for i, entries := range groups {
		stream := entries[0].stream
		entries = r.rejectBad(entries)
		if stream.matches() {
			people[i] = coalesce(entries)
			byTarget[stream.Target] = append(byTarget[stream.Target], people[i]...)
		} else {
			people[i] = separate(entries)
		}
	}
	for _, k := range r.known {
		k.begin()
	}
	for target, all := range byTarget {
		if err := find(ctx, target, r.known[target], all); err != nil {
			return err
		}
	}
	for i, entries := range groups {
		if err := r.write(ctx, entries[0].stream, people[i]); err != nil {
			return err
		}
	}
	return nil
}

// separate makes one person of each record, for streams that never match.
func separate(entries []entry) []*person {
	people := make([]*person, 0, len(entries))
	for _, e := range entries {
		people = append(people, &person{stream: e.stream, want: e.want, tickets: []Ticket{e.ticket}})
	}
	return people
}

// rejectBad settles the records that were rejected on the way in.
func (r *run) rejectBad(entries []entry) []entry {
	good := make([]entry, 0, len(entries))
	for _, e := range entries {
		if e.reject == nil {
			good = append(good, e)
			continue
		}
		e.stream.tally.rejected(*e.reject)
		r.ledger.Settle(e.ticket, false)
	}
	return good
}

// write brings the people of one stream into the CRM.
func (r *run) write(ctx context.Context, s *Stream, people []*person) error {
	k := r.known[s.Target]
	if s.matches() {
		for _, p := range people {
			k.resolve(p)
		}
		people = join(people)
	}
	if err := compare(ctx, s, k, people); err != nil {
		return err
	}
	for {
		err := r.each(ctx, s, people, time.Now().Add(sliceTime))
		lacking := groupTags(s, people)               // whoever still lacks tags is not done
		if err == nil || errors.Is(err, errStopped) { // what was written is finished also after a stop
			err = cmp.Or(r.tags(ctx, s, lacking), err)
		}
		rest := people[:0]
		for _, p := range people {
			if !r.settle(p) {
				rest = append(rest, p)
			}
		}
		if released := r.ledger.Release(); err == nil {
			err = released
		}
		if err != nil || len(rest) == 0 {
			return err
		}
		people = rest
	}
}

// sliceTime is how long a window writes before what is done so far is settled
// and acknowledged: a slow location must not hold back states for long.
const sliceTime = time.Minute

// compare works out what differs. Fields that the search answer does not tell
// are read first, since what is not told cannot be called unchanged.
func compare(ctx context.Context, s *Stream, k *known, people []*person) error {
	table, defaults := s.Target.Table(), s.Plan.Defaults()
	var unknown []object.Incomplete
	for _, p := range people {
		if p.have == nil || p.reject != nil {
			continue
		}
		p.change = crm.Diff(table, p.want, defaults, p.have)
		if len(p.change.Unknown) > 0 {
			unknown = append(unknown, object.Incomplete{Have: p.have, Want: p.want, Fields: p.change.Unknown})
		}
	}
	if len(unknown) > 0 {
		completed, err := s.Target.Complete(ctx, unknown)
		if err != nil {
			return err
		}
		for _, p := range people {
			if p.have == nil || completed[p.have.ID] == nil {
				continue
			}
			p.have = completed[p.have.ID]
			p.change = crm.Diff(table, p.want, defaults, p.have)
		}
	}
	for _, p := range people {
		for _, name := range p.change.Unknown {
			p.notes = append(p.notes, crm.Note{Field: name, Rule: "not compared: the API takes it only when a contact is created"})
		}
	}
	return checkAlone(ctx, s, k, people)
}

// checkAlone finds out, where the location allows duplicates, whether a
// contact to be written by its own email and phone is the only one with them.
func checkAlone(ctx context.Context, s *Stream, k *known, people []*person) error {
	var keys []crm.Key
	for _, p := range people {
		if p.have == nil {
			continue
		}
		p.alone = !s.Target.Facts().AllowsDuplicates
		if _, ok := p.change.Set["companyName"]; ok && !p.alone {
			keys = append(keys, ownKeys(p.have)...)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	contacts, err := s.Target.Find(ctx, keys)
	if err != nil {
		return err
	}
	for _, c := range contacts {
		k.found(c)
	}
	for _, p := range people {
		if p.have != nil {
			p.alone = !slices.ContainsFunc(ownKeys(p.have), func(key crm.Key) bool { return len(k.with(key)) > 1 })
		}
	}
	return nil
}

// ownKeys are the identifiers that a contact carries now.
func ownKeys(c *crm.Contact) []crm.Key {
	var keys []crm.Key
	for _, name := range identifiers {
		if v, ok := c.Values[name].(string); ok && v != "" {
			keys = append(keys, keyOf(name, v))
		}
	}
	return keys
}

// each writes all people, several at a time, and those who share a key one
// after another. After until, a fatal error or a stop nothing new is begun, and
// what is in flight is finished.
func (r *run) each(ctx context.Context, s *Stream, people []*person, until time.Time) error {
	var group errgroup.Group
	group.SetLimit(r.workers)
	var mu sync.Mutex // guards known
	var ended atomic.Bool
	k := r.known[s.Target]
	for i, chain := range chains(people) {
		if i > 0 && time.Now().After(until) {
			break
		}
		group.Go(func() error {
			for i, p := range chain {
				if ended.Load() || r.stopped() {
					return errStopped
				}
				if i > 0 && time.Now().After(until) {
					return nil
				}
				mu.Lock()
				shared := k.shared(p)
				mu.Unlock()
				var contact *crm.Contact
				err := guarded(func() (err error) { contact, err = r.one(ctx, s, p, shared); return err })
				if err != nil {
					ended.Store(true)
					return err
				}
				mu.Lock()
				k.wrote(contact)
				mu.Unlock()
			}
			return nil
		})
	}
	return group.Wait()
}

// one writes one person and returns the contact if it was written.
func (r *run) one(ctx context.Context, s *Stream, p *person, shared []string) (*crm.Contact, error) {
	w := object.Write{
		Want: p.want, Defaults: s.Plan.Defaults(), Have: p.have, Change: p.change, Alone: p.alone,
		Unique: s.unique(), RejectConflicts: s.RejectConflicts, Shared: shared,
	}
	var result object.Result
	var err error
	if p.reject == nil && p.want.Deleted && p.have == nil && s.matches() {
		if p.have, err = s.Target.Lookup(ctx, p.want); err != nil { // search may lag behind the insert
			return nil, err
		}
	}
	switch {
	case p.reject != nil:
		return nil, nil
	case p.want.Deleted, p.have != nil && len(p.change.Set) == 0:
		p.status, p.done = object.Unchanged, true
		return nil, nil
	case p.have == nil:
		result, err = s.Target.Create(ctx, w)
	default:
		result, err = s.Target.Update(ctx, w)
	}
	if err != nil {
		return nil, err
	}
	p.notes = append(p.notes, result.Notes...)
	p.status, p.reject, p.done = result.Status, result.Reject, true
	if result.Contact != nil {
		p.have = result.Contact
	}
	return result.Contact, nil
}
