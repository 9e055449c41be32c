package load

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// Search, and a listing, may be behind what the location holds. So before
// anything is changed by which people are told apart, the contact is read from
// the primary store; and of any other update the answer is heard.
//
//	search shows   by now it has   the record           what is done
//	phone 1        ann@, phone 1   bob@, phone 1        read; Ann keeps her email, Bob is somebody else
//	phone 1        phone 9         bob@, phone 1        read; whoever has phone 1 now is Bob
//	ann@           ann@, phone 7   ann@, phone 1        read, and compared anew
//	phone 1        phone 9         phone 1, a city      the answer tells; the city is put back
//	phone 1        phone 9         phone 1, a tag       nothing tells: that is not promised

// verify reads the contact of a person whose change is of this kind. It reports
// whether the change, which is worked out anew, may be written: not if the
// contact turns out to be somebody else's, see [person.moves].
func (r *run) verify(ctx context.Context, f *finder, p *person) (ok bool, err error) {
	if p.have == nil || p.read || !p.changesKeys() {
		return true, nil
	}
	now, reject, err := r.fresh(ctx, f, p.have)
	if err != nil {
		return false, err
	}
	if !r.enterFresh(f, p, now, reject) {
		return false, nil
	}
	shown := p.have
	p.have, p.read = now, true
	p.change = crm.Diff(f.target.Table(), p.want, p.stream().Plan.Defaults(), now)
	if _, company := p.change.Set["companyName"]; company && p.alone && !sameKeys(shown, now, crm.Identifiers()) {
		found, refused, err := f.target.Find(ctx, p.ownKeys())
		p.alone = len(refused) == 0 && !slices.ContainsFunc(found, func(c *crm.Contact) bool { return c.ID != now.ID })
		return true, err
	}
	return true, nil
}

// enterFresh enters what the primary store has told of a person's contact, and
// reports whether it is the person's.
func (r *run) enterFresh(f *finder, p *person, now *crm.Contact, reject *crm.Reject) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case reject != nil:
		p.reject = reject
		return false
	case now == nil:
		f.gone(p.have.ID)
		p.startOver()
		return false
	}
	f.wrote(now)
	if !p.isThe(now) {
		p.moves()
		return false
	}
	return true
}

// fresh reads a contact from the primary store, which does not lag; nil if it
// does not exist. What a dry run has pretended to write, no store knows.
func (r *run) fresh(ctx context.Context, f *finder, c *crm.Contact) (*crm.Contact, *crm.Reject, error) {
	r.mu.Lock()
	pretended := f.pretended(c.ID)
	r.mu.Unlock()
	if pretended != nil {
		return pretended, nil, nil
	}
	return f.target.Read(ctx, c.ID)
}

// pretended is a contact that a dry run has pretended to write; nil if it has not.
func (f *finder) pretended(id string) *crm.Contact {
	if !f.target.Facts().DryRun || !f.told[id] {
		return nil
	}
	return f.own.contacts[id]
}

// changesKeys reports whether a change is of an email, a phone, or a field that
// the person is matched by.
func (p *person) changesKeys() bool {
	for field := range p.change.Set {
		if slices.Contains(crm.Identifiers(), field) || slices.ContainsFunc(p.want.Keys, func(k crm.Key) bool { return k.Field == field }) {
			return true
		}
	}
	return false
}

// isThe reports whether a contact, as it is now, is the person's: by the keys of
// its records or, where its row has led there, by those of any version of the row.
func (p *person) isThe(now *crm.Contact) bool {
	return crm.Judge(now, p.want.Keys) == crm.Same || p.byRow && slices.ContainsFunc(p.pieces, func(r piece) bool {
		return r.formerly == now.ID || crm.Judge(now, r.want.Keys) == crm.Same
	})
}

// sameKeys reports whether two pictures of a contact agree in these fields.
func sameKeys(a, b *crm.Contact, fields []string) bool {
	return !slices.ContainsFunc(fields, func(name string) bool { return a.KeyText(name) != b.KeyText(name) })
}

// moves makes the records of a person be decided anew, once all others of the
// window are written: their contact is somebody else's by now.
func (p *person) moves() {
	p.moved = true
	for i := range p.pieces {
		if p.pieces[i].moved++; p.pieces[i].moved > mostMoves {
			p.reject = &crm.Reject{Code: object.CodeRefused, Reason: "its contact became somebody else's several times while it was written"}
		}
	}
}

// mostMoves bounds how often a record is decided anew.
const mostMoves = 3

// decideAgain writes the records of people who have moved, as if they came
// after all others of the window.
func (r *run) decideAgain(ctx context.Context, l *lane, people []*person) error {
	var entries []entry
	for _, p := range people {
		for _, piece := range p.pieces {
			entries = append(entries, piece.entry)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return int(a.line - b.line) })
	singles := separate(entries)
	if err := r.finders[l.target].find(ctx, singles); err != nil {
		return err
	}
	return r.write(ctx, l, singles)
}

// hear listens to the answer to an update that went without a look: it is the
// first that the primary store tells of the contact. If that has become somebody
// else's, what was written is put back, and the records are decided anew. An
// answer that says so is not believed at its first word.
func (r *run) hear(ctx context.Context, f *finder, p *person) error {
	if p.before == nil || p.read || p.status != object.Updated || p.reject != nil || sameKeys(p.before, p.have, f.known.fields) {
		return nil
	}
	now, reject, err := f.target.Read(ctx, p.have.ID)
	if err != nil || reject != nil || now == nil || p.isThe(now) {
		return err
	}
	back := map[string]any{}
	for name := range p.set {
		if was, told := p.before.Values[name]; told {
			back[name] = was
		}
	}
	put, err := f.target.Update(ctx, object.Write{Have: now, Fresh: true, Change: crm.Change{Set: back}})
	if err != nil {
		return err
	}
	rule := "was somebody else's by the time it was written: what it held was put back"
	if put.Reject != nil || put.Gone {
		rule = "was somebody else's by the time it was written, and what it held could not be put back"
	} else {
		now = put.Contact
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p.stream().tally.note(p.pieces[p.last()].line, crm.Note{Field: "contact", Rule: rule, Warns: true})
	f.wrote(now)
	p.have, p.done = p.before, false
	p.result = result{}
	p.moves()
	return nil
}
