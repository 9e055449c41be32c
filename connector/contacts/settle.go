package contacts

import (
	"maps"
	"slices"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// settle accounts for a person whose writes are done, or who was rejected, and
// reports whether that is so. What was rejected or left out is handed to the
// store before it counts as handled.
func (r *run) settle(p *person) (bool, error) {
	if p.stage == settled || p.reject == nil && (p.stage != written || p.open > 0 || !p.taggedAll()) {
		return p.stage == settled, nil
	}
	p.note()
	last, late := p.last(), p.late()
	r.account(p)
	for i, rec := range p.records {
		o := load.Outcome{Status: p.status, Again: i != last, Reject: p.reject}
		if p.removed {
			o.Status = load.Removed
		}
		if i == last {
			o.Notes = p.notes
		}
		var err error
		if i == late {
			err = r.await(p, &rec, o, p.outcomes())
		} else {
			err = r.window.Follow(rec.Record, o, p.nested(&rec))
		}
		if err != nil {
			return false, err
		}
	}
	if late < 0 && r.Observe != nil {
		r.outcomes.Add(p.outcomes()...)
	}
	p.letGo(late)
	return true, nil
}

// note completes the notes about a person, in words for its user.
func (p *person) note() {
	if p.change.Kept && p.reject == nil {
		p.notes = append(p.notes, crm.KeptNote())
	}
	for _, name := range p.change.Older {
		p.notes = append(p.notes, crm.OlderNote(name, p.want.Values[name]))
	}
	for i := range p.notes {
		p.notes[i].Field = p.stream().target.Table().Display(p.notes[i].Field)
	}
}

// nested are the records of other objects that a record of the person has brought.
func (p *person) nested(rec *record) (children []*load.Record) {
	if p.have == nil || p.reject != nil || p.deletes() || rec.void {
		return nil
	}
	for _, c := range rec.nested {
		children = append(children, c.Record(p.have.ID))
	}
	return children
}

// account remembers a person who is done.
func (r *run) account(p *person) {
	p.stage = settled
	r.mu.Lock()
	defer r.mu.Unlock()
	r.finder.suppressed.account(p)
	for _, s := range p.streams() {
		s.seen.add(p)
		if p.reject == nil && s.dated() {
			s.history.remember(s, p)
		}
	}
	for _, rec := range p.records {
		if p.have != nil {
			rec.stream.rows.remember(rec.entry, p.have)
		}
	}
	if _, given := p.want.Links[gateway.LinkField]; given && p.have != nil {
		delete(r.awaits, p.have.ID)
	}
}

// settleEarly settles the records that ask for nothing, because they were
// rejected on the way in or are deletes that the user wants ignored, and
// returns the others.
func (r *run) settleEarly(entries []*entry) ([]*entry, error) {
	rest := make([]*entry, 0, len(entries))
	for _, e := range entries {
		if e.Reject == nil && (!e.want.Deleted || e.stream.OnDelete != object.Keep || e.want.Stops()) {
			rest = append(rest, e)
			continue
		}
		if e.Reject != nil {
			e.stream.seen.protect(e.want.Keys)
		}
		if err := r.window.Done(e.Record, load.Outcome{Reject: e.Reject}); err != nil {
			return nil, err
		}
		r.outcomes.Add(object.Outcome{Stream: e.stream.ID, Lines: []int64{e.Line}, Reject: e.Reject, LeftOut: e.stream.LeftOut(e.Record, e.Notes)})
	}
	return rest, nil
}

// outcomes tells what became of the person: one outcome, or one for each
// contact that was removed.
func (p *person) outcomes() []object.Outcome {
	o := object.Outcome{Stream: p.stream().ID, Status: p.status, Reject: p.reject, AddedTags: p.addedTags, Set: p.set}
	for _, rec := range p.records {
		o.Lines = append(o.Lines, rec.Line)
		o.LeftOut = append(o.LeftOut, rec.stream.LeftOut(rec.Record, rec.Notes)...)
	}
	last := p.records[p.last()]
	if p.have != nil {
		o.Pretended = gateway.Pretended(p.have.ID)
	}
	o.LeftOut = append(o.LeftOut, last.stream.LeftOut(last.Record, p.notes)...)
	if p.reject != nil {
		o.Status = load.Unchanged
	}
	if p.have != nil {
		o.ID, o.TakenTags = p.have.ID, p.takenTags[p.have.ID]
	}
	if p.removed {
		o.Status = load.Removed
		var out []object.Outcome
		for _, c := range p.matches {
			o.ID, o.TakenTags = c.ID, p.takenTags[c.ID]
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
		if v, told := p.before.Held(field); told {
			if o.Before == nil {
				o.Before = map[string]any{}
			}
			o.Before[field] = v
		}
	}
	if p.linkedFrom != p.linkedTo {
		o.Set, o.Before = with(o.Set, gateway.LinkField, p.linkedTo), with(o.Before, gateway.LinkField, p.linkedFrom)
	}
	return []object.Outcome{o}
}

// with is a copy of values with one more.
func with(values map[string]any, field string, value any) map[string]any {
	out := maps.Clone(values)
	if out == nil {
		out = map[string]any{}
	}
	out[field] = value
	return out
}
