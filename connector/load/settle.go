package load

import (
	"slices"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// Outcome is what became of the records of one person, or, in a dry run, what
// would become of them. A delete of several contacts has one for each.
type Outcome struct {
	Stream airbyte.StreamID
	// Lines are the records' lines of the input; none for a contact that was
	// removed because the sync did not contain it.
	Lines []int64
	// Status is Unchanged where Removed or Reject say more.
	Status    object.Status
	Removed   bool
	Reject    *crm.Reject
	ContactID string // "" if there is none, or none yet
	// Set is what was written, by field; Before holds what was there, as far
	// as it was known.
	Set, Before          map[string]any
	AddedTags, TakenTags []string
	// Deleted says that Removed means that the contacts were deleted.
	Deleted bool
	// LeftOut are the values of the records that are not written.
	LeftOut []LeftOut
}

// settle accounts for a person whose writes are done, or who was rejected, and
// reports whether that is so. What was rejected or left out is handed to the
// store before it counts as handled.
func (r *run) settle(p *person) (bool, error) {
	if p.stage == settled || p.reject == nil && (p.stage != written || p.open > 0 || !p.taggedAll()) {
		return p.stage == settled, nil
	}
	if p.change.Kept && p.reject == nil {
		p.notes = append(p.notes, crm.KeptNote())
	}
	for i := range p.notes {
		p.notes[i].Field = p.stream().Target.Table().Display(p.notes[i].Field)
	}
	last := p.last()
	for i, rec := range p.records {
		notes := rec.notes
		if i == last {
			notes = slices.Concat(notes, p.notes)
		}
		if err := r.keep(rec.entry, p.reject, notes); err != nil {
			return false, err
		}
	}
	if !r.account(p) {
		return true, nil
	}
	return true, r.releaseSoon()
}

// account enters a person who is done into all accounts, and reports whether a
// state may be ripe now.
func (r *run) account(p *person) (ripens bool) {
	p.stage = settled
	last := p.last()
	r.mu.Lock()
	defer r.mu.Unlock()
	p.stream().tally.note(p.records[last].line, p.notes...)
	for _, s := range p.streams() {
		s.seen.add(p)
		if p.reject == nil && s.dated() {
			s.history.remember(s, p)
		}
	}
	for i, rec := range p.records {
		if p.have != nil {
			rec.stream.rows.remember(rec.row, p.have.ID)
		}
		if p.reject != nil {
			rec.stream.tally.rejected(*p.reject, rec.line, rec.data)
		} else {
			rec.stream.tally.settled(p, i == last)
		}
		ripens = r.ledger.Settle(rec.ticket, p.reject == nil) || ripens
	}
	if r.Observe != nil {
		r.observe(p.outcomes()...)
	}
	return ripens
}

// observe keeps an outcome until those of the window are told.
func (r *run) observe(o ...Outcome) {
	if r.Observe != nil {
		r.outcomes = append(r.outcomes, o...)
	}
}

// tell hands over the outcomes of a window, in the order of the input.
func (r *run) tell() {
	slices.SortStableFunc(r.outcomes, func(a, b Outcome) int { return slices.Compare(a.Lines, b.Lines) })
	for _, o := range r.outcomes {
		r.Observe(o)
	}
	r.outcomes = nil
}

// settleEarly settles the records that ask for nothing, because they were
// rejected on the way in or are deletes that the user wants ignored, and
// returns the others.
func (r *run) settleEarly(entries []entry) ([]entry, error) {
	rest := make([]entry, 0, len(entries))
	ripens := false
	for _, e := range entries {
		switch {
		case e.reject != nil:
			if err := r.keep(e, e.reject, nil); err != nil {
				return nil, err
			}
			e.stream.seen.protect(e.want.Keys)
			e.stream.tally.rejected(*e.reject, e.line, e.data)
		case e.want.Deleted && e.stream.OnDelete == Keep && !e.want.Stops():
			e.stream.tally.unchanged()
		default:
			rest = append(rest, e)
			continue
		}
		ripens = r.ledger.Settle(e.ticket, e.reject == nil) || ripens
		r.observe(Outcome{Stream: e.stream.ID, Lines: []int64{e.line}, Status: object.Unchanged, Reject: e.reject, LeftOut: e.leftOut(e.notes)})
	}
	if ripens {
		return rest, r.releaseSoon()
	}
	return rest, nil
}

// releaseAtOnce lets go of the states that waited for a removal: one from the
// middle must not be all that is left of a finished sync.
func (r *run) releaseAtOnce() error {
	if r.AtOnce == nil {
		return r.release()
	}
	return r.AtOnce(r.release)
}

// outcomes tells what became of the person: one outcome, or one for each
// contact that was removed.
func (p *person) outcomes() []Outcome {
	o := Outcome{Stream: p.stream().ID, Status: p.status, Reject: p.reject, AddedTags: p.addedTags, Set: p.set}
	for _, rec := range p.records {
		o.Lines = append(o.Lines, rec.line)
		o.LeftOut = append(o.LeftOut, rec.leftOut(rec.notes)...)
	}
	o.LeftOut = append(o.LeftOut, p.records[p.last()].leftOut(p.notes)...)
	if p.reject != nil || o.Status == 0 {
		o.Status = object.Unchanged
	}
	if p.have != nil {
		o.ContactID, o.TakenTags = p.have.ID, p.takenTags[p.have.ID]
	}
	if p.removed {
		var out []Outcome
		for _, c := range p.matches {
			o.ContactID, o.Removed, o.TakenTags = c.ID, true, p.takenTags[c.ID]
			o.Deleted = slices.Contains(p.deleted, c.ID)
			if o.Deleted || len(o.TakenTags) > 0 {
				out = append(out, o)
			}
		}
		return out
	}
	for field := range p.set {
		if p.before == nil {
			break
		}
		if v, told := p.before.Values[field]; told {
			if o.Before == nil {
				o.Before = map[string]any{}
			}
			o.Before[field] = v
		}
	}
	return []Outcome{o}
}
