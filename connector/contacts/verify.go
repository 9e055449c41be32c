package contacts

import (
	"context"
	"slices"
	"time"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/trouble"
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
//
// Whoever has lost the contact to somebody else in this way waits for another
// turn, and is planned on what is known then.

// verify reads the contact of a person whose change is of this kind. It reports
// whether the change, which is worked out anew, may be written.
func (r *run) verify(ctx context.Context, f *finder, p *person) (ok bool, err error) {
	if p.have == nil {
		return true, nil
	}
	told := r.fresh(f, p.have) // perhaps since the plan was made
	p.fresh = told != nil && sameTexts(p.have, told, f.known.fields)
	if p.fresh || told == nil && !p.changesKeys() {
		return true, nil
	}
	now, reject, err := r.read(ctx, f, p.have)
	if err != nil || !r.entered(f, p, now, reject) {
		return false, err
	}
	shown := p.have
	p.have, p.fresh = now, true
	p.change = crm.Diff(f.target.Table(), p.want, p.stream().Plan.Defaults(), now)
	if _, company := p.change.Set["companyName"]; !company || !p.alone || sameTexts(shown, now, crm.Identifiers()) {
		return true, nil
	}
	found, refused, err := f.target.Find(ctx, p.ownKeys())
	p.alone = len(refused) == 0 && !slices.ContainsFunc(found, func(c *crm.Contact) bool { return c.ID != now.ID })
	return err == nil, err
}

// entered enters what the primary store has told of a person's contact, and
// reports whether it is the person's.
func (r *run) entered(f *finder, p *person, now *crm.Contact, reject *trouble.Reject) bool {
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
		p.loses()
		return false
	}
	return true
}

// fresh is what the primary store has told of a contact a moment ago, if it has;
// it is not asked again.
func (r *run) fresh(f *finder, c *crm.Contact) *crm.Contact {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at, told := f.own.at[c.ID]; told && time.Since(at) < freshFor {
		return f.own.contact(c.ID)
	}
	return nil
}

const freshFor = 20 * time.Second

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
// a version of its row, or because the row was written to it.
func (p *person) isThe(now *crm.Contact) bool {
	return now.ID == p.formerly() || slices.ContainsFunc(p.versions(), func(keys []crm.Key) bool { return crm.Judge(now, keys) == crm.Same })
}

// agrees is [person.isThe] while others write.
func (r *run) agrees(p *person, now *crm.Contact) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return p.isThe(now)
}

// sameTexts reports whether two pictures of a contact agree in these fields.
func sameTexts(a, b *crm.Contact, fields []string) bool {
	return !slices.ContainsFunc(fields, func(name string) bool { return a.KeyText(name) != b.KeyText(name) })
}

// loses makes a person wait for another turn: its contact has turned out to be
// somebody else's.
func (p *person) loses() {
	p.plan, p.result, p.stage = plan{}, result{}, waiting
	if p.lost++; p.lost > mostLost {
		p.reject = &trouble.Reject{Code: trouble.Refused, Reason: "its contact became somebody else's several times while it was written"}
	}
}

// mostLost bounds how often one person may lose a contact.
const mostLost = 3

// read reads a contact from the primary store, which does not lag; nil if it
// does not exist. What a dry run has pretended to write, no store knows.
func (r *run) read(ctx context.Context, f *finder, c *crm.Contact) (*crm.Contact, *trouble.Reject, error) {
	r.mu.Lock()
	own := f.own.contact(c.ID)
	pretended := f.target.Facts().DryRun && own != nil && f.certainOf(own)
	r.mu.Unlock()
	if pretended {
		return own, nil, nil
	}
	return f.target.Read(ctx, c.ID)
}

// hear listens to the answer to an update that went without a look: it is the
// first that the primary store tells of the contact. If that has become somebody
// else's, what was written is put back. An answer that says so is not believed at
// its first word.
func (r *run) hear(ctx context.Context, f *finder, p *person) error {
	if p.before == nil || p.fresh || p.status != load.Updated || p.reject != nil || sameTexts(p.before, p.have, f.known.fields) {
		return nil
	}
	now, reject, err := f.target.Read(ctx, p.have.ID)
	if err != nil || reject != nil || now == nil || r.agrees(p, now) {
		return err
	}
	put, err := f.target.Update(ctx, gateway.Write{Have: now, Fresh: true, Change: crm.Change{Set: p.overwritten()}})
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
	p.stream().Note(p.records[p.last()].Line, trouble.Note{Field: "contact", Rule: rule, Warns: true})
	f.wrote(now)
	p.loses()
	return nil
}

// overwritten is what the fields that were written held before.
func (p *person) overwritten() map[string]any {
	held := map[string]any{}
	for name := range p.set {
		if was, told := p.before.Held(name); told && name != "companyName" { // which waits for the answer
			held[name] = was
		}
	}
	return held
}
