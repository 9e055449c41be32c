package load

import (
	"context"
	"slices"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
)

// findLate asks the primary store for contacts that search may not know yet,
// where no create would find them out: in update mode, and for a person with an
// old and a new email or phone, of whom a create knows only the new ones. In
// update mode a record without a contact is rejected, and so is in any mode one of
// which nobody can say whether the person may be contacted.
func (r *run) findLate(ctx context.Context, f *finder, people []*person) error {
	var found []*person
	group, grouped := bug.NewGroup(ctx, r.Workers())
	for _, p := range people {
		update := !p.stream().creates()
		if p.have != nil || p.reject != nil || p.done || p.want.Deleted || p.late || !update && !p.hasTwo() && !p.unclear() {
			continue
		}
		p.late = true
		found = append(found, p)
		if !p.stream().matches() {
			continue
		}
		group.Go(func() (err error) {
			p.have, p.reject, err = r.lookup(grouped, f, p)
			p.read = p.have != nil
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, p := range found {
		if p.have != nil && !f.mayBe(p.have, p) {
			p.have = nil
		}
		switch {
		case p.have != nil && f.claimed[p.have.ID] == nil:
			f.claimed[p.have.ID] = p
		case p.have != nil: // the same person
		case p.reject == nil && !p.stream().creates():
			p.reject = &crm.Reject{Code: CodeNoMatch, Reason: "no contact has one of the record's keys, and the mode is update"}
		case p.reject == nil && p.unclear():
			p.reject = p.want.UnclearConsent
		}
	}
	return r.compare(ctx, f, found)
}

// hasTwo reports whether the person has two values of one key.
func (p *person) hasTwo() bool {
	for i, key := range p.want.Keys {
		if slices.ContainsFunc(p.want.Keys[:i], func(k crm.Key) bool { return k.Field == key.Field }) {
			return true
		}
	}
	return false
}

// CodeNoMatch is the code of a record in update mode whose contact does not
// exist.
const CodeNoMatch = "no_match"

// lookup asks the primary store for a contact that was not found, as long as
// it may have been written shortly before the sync: later, search knows it.
func (r *run) lookup(ctx context.Context, f *finder, p *person) (*crm.Contact, *crm.Reject, error) {
	if time.Since(r.begun) > indexLag {
		return nil, nil, nil
	}
	want := p.want
	if want.Deleted {
		want.Keys = p.named()
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
