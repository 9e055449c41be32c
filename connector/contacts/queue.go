package contacts

import (
	"math"
	"slices"

	"destination-gohighlevel/connector/crm"
)

// queue is the people of a window who are not settled, in the order of their
// first records.
//
// The order of the input is the order of the CRM: what a record means is decided
// after all records before it that could have to do with it are written. Nobody
// foresees what those will do; whoever shares a mark or a contact with an
// earlier person waits for a later turn. For example, of
//
//	ann@ + phone 1
//	bob@ + phone 2
//	ann@ + phone 3
//	cyd@ + phone 1
//
// the first two have their turn together, then the third, then the last, who
// may get phone 1 because Ann has given it up.
type queue struct {
	*finder
	people []*person
	// What follows is by the hashes of marks. sharers are the different people of the
	// window who bring one; no more of them than matter.
	sharers map[uint64]sharers
	// turns counts the people who had their turn before anybody had the mark.
	turns map[uint64]int
	// crowded says of marks that many share whether they order people in this turn.
	crowded map[uint64]bool
}

// sharers are people, as hashes.
type sharers struct {
	first uint64
	more  []uint64
}

// crowd reports whether they are more than a few.
func (s sharers) crowd() bool { return len(s.more) >= fewShare }

// A mark that more than a few people of a window share, like the phone of a
// switchboard, orders nobody once it is known whose it is.
const (
	fewShare = 20
	fewTurns = 3 // after so many who did not get it, nobody waits for it any more
)

// usualMarks is how many marks a record usually has: an email, a phone and a row.
const usualMarks = 3

// newQueue puts the records of a window in line.
func newQueue(f *finder, entries []*entry) *queue {
	q := &queue{finder: f, people: make([]*person, 0, len(entries)), sharers: make(map[uint64]sharers, usualMarks*len(entries)),
		turns: map[uint64]int{}, crowded: map[uint64]bool{}}
	singles := make([]*person, len(entries))
	for i, e := range entries {
		marks := marksOf(e)
		singles[i] = &person{records: []record{{entry: e, marks: marks}}, marks: marks}
		q.count(singles[i])
	}
	latest := map[int]*person{}
	for i, circle := range q.circles(singles) {
		p := latest[circle]
		if p == nil || !q.absorb(p, singles[i]) {
			p = singles[i]
			q.people = append(q.people, p)
		}
		latest[circle] = p
	}
	return q
}

// circles tells for each of the people with whom it has to do, directly or by
// way of others: those of one circle have the same number.
func (q *queue) circles(people []*person) []int {
	parent := make([]int, len(people))
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	first := make(map[uint64]int, (usualMarks+1)*len(people))
	meet := func(i int, m crm.Key) {
		mark := hashKey(m)
		if other, met := first[mark]; met {
			parent[root(i)] = root(other)
		} else {
			first[mark] = i
		}
	}
	var ids []string
	for i, p := range people {
		parent[i] = i
		marks := q.ordering(p)
		for _, m := range marks {
			meet(i, m)
		}
		ids = q.near(p, marks, ids[:0])
		for _, id := range ids {
			meet(i, crm.IDKey(id))
		}
	}
	for i := range parent {
		parent[i] = root(i)
	}
	return parent
}

// absorb adds a record that plainly means the same person, and reports whether
// it does.
func (q *queue) absorb(p, single *person) bool {
	if !p.looks() || !single.looks() || len(p.marks) == 0 || !q.like(p, single.first()) || p.decidesFirst(single.first()) {
		return false
	}
	p.records = append(p.records, single.records...)
	for _, m := range single.marks {
		if !slices.Contains(p.marks, m) {
			p.marks = append(p.marks, m)
		}
	}
	return true
}

// count enters who brings which marks. Records with the same keys are the same
// person here.
func (q *queue) count(p *person) {
	who := uint64(0)
	for _, k := range p.first().want.Keys {
		who = who*31 + hashKey(k)
	}
	for _, m := range p.marks {
		mark := hashKey(m)
		switch s, shared := q.sharers[mark]; {
		case !shared:
			q.sharers[mark] = sharers{first: who}
		case !s.crowd() && s.first != who && !slices.Contains(s.more, who):
			q.sharers[mark] = sharers{s.first, append(s.more, who)}
		}
	}
}

// like reports whether a record plainly means the person: it is a version of the
// same row, has the same keys, emails and phones, or is a delete of the one contact
// that an insert has named, or the other way round.
func (q *queue) like(p *person, r *record) bool {
	newest := p.records[len(p.records)-1]
	if newest.stream.Mode != r.stream.Mode || slices.ContainsFunc(p.records, func(o record) bool { return !crm.Mergeable(o.want, r.want) }) {
		return false
	}
	same := slices.Equal(withoutRow(newest.marks), withoutRow(r.marks))
	if newest.stream != r.stream {
		return same && !newest.want.Deleted && !r.want.Deleted && newest.stream.RejectConflicts == r.stream.RejectConflicts
	}
	same = same || newest.row != 0 && newest.row == r.row && (r.want.Deleted || replaces(r.marks, newest.marks))
	if newest.want.Deleted == r.want.Deleted {
		return same
	}
	trusted := crm.MostTrusted(r.want.Keys)
	same = same || slices.Equal(crm.MostTrusted(newest.want.Keys), trusted)
	return same && q.mayUnite(&newest, r) && !slices.ContainsFunc(trusted, func(k crm.Key) bool { return len(q.with(k)) > 1 })
}

// mayUnite reports whether an insert and a delete can be taken together: a
// rejected insert would take the delete along, and a "stop" counts where it is
// said.
func (q *queue) mayUnite(a, b *record) bool {
	return !b.stream.RejectConflicts && !a.want.Stops() && !b.want.Stops()
}

// replaces reports whether a version of a row says all that an older one said to
// tell people apart, perhaps otherwise.
func replaces(newer, older []crm.Key) bool {
	return !slices.ContainsFunc(older, func(o crm.Key) bool {
		return !slices.ContainsFunc(newer, func(n crm.Key) bool { return n.Field == o.Field })
	})
}

func withoutRow(marks []crm.Key) []crm.Key {
	if n := len(marks); n > 0 && marks[n-1].Field == rowMark {
		return marks[:n-1]
	}
	return marks
}

// next takes those whose turn it is. waits is the line of the first who has to
// wait.
func (q *queue) next() (turn []*person, waits int64) {
	clear(q.crowded)
	waits = nobody
	met := encounters{marks: make(map[uint64]rank, usualMarks*len(q.people)), contacts: make(map[string]bool, len(q.people))}
	var contacts []string
	for _, p := range q.people {
		if p.stage == settled {
			continue
		}
		marks := q.ordering(p)
		contacts = q.near(p, marks, contacts[:0])
		if met.anybody(p, marks, contacts) {
			waits = min(waits, p.line())
		} else {
			turn = append(turn, p)
		}
		met.enter(p, marks, contacts)
	}
	return turn, waits
}

// nobody stands for the line of a person where there is none.
const nobody = math.MaxInt64

// over takes out who is settled, and counts who had a turn without anybody
// getting what many share.
func (q *queue) over(turn []*person) {
	for _, p := range turn {
		for _, m := range p.marks {
			if mark := hashKey(m); p.stage == settled && q.sharers[mark].crowd() {
				q.turns[mark]++
			}
		}
	}
	q.people = slices.DeleteFunc(q.people, func(p *person) bool { return p.stage == settled })
}

// orders reports whether those who share a mark have their turns one after
// another.
func (q *queue) orders(m crm.Key) bool {
	mark := hashKey(m)
	if !q.sharers[mark].crowd() || m.Field == rowMark {
		return true
	}
	orders, known := q.crowded[mark]
	if !known {
		orders = q.turns[mark] < fewTurns && !q.isKnownWhose(m)
		q.crowded[mark] = orders
	}
	return orders
}

// isKnownWhose reports whether it is known who has a mark, and what the location
// makes of others who bring it.
func (q *queue) isKnownWhose(m crm.Key) (known bool) {
	if !q.decided(m.Field) {
		return false
	}
	allowed := !q.target.Recognises(m.Field) || q.target.Facts().AllowsDuplicates
	q.each(m, func(c *crm.Contact) bool {
		known = allowed || q.certainOf(c)
		return !known
	})
	return known
}

// ordering are the marks of a person that order it.
func (q *queue) ordering(p *person) []crm.Key {
	if !slices.ContainsFunc(p.marks, func(m crm.Key) bool { return !q.orders(m) }) {
		return p.marks
	}
	return slices.DeleteFunc(slices.Clone(p.marks), func(m crm.Key) bool { return !q.orders(m) })
}

// near adds to ids the contacts that have to do with a person: the ones it means, and
// all that carry one of its marks.
func (q *queue) near(p *person, marks []crm.Key, ids []string) []string {
	if !p.looks() {
		return ids
	}
	add := func(c *crm.Contact) bool {
		if !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
		return true
	}
	for _, m := range marks {
		if m.Field == rowMark {
			if id := p.formerly(); id != "" {
				ids = append(ids, id)
			}
			continue
		}
		q.each(m, add)
	}
	if len(marks) < len(p.marks) { // also if it is found by what orders nobody
		contacts, _ := q.whom(p)
		for _, c := range contacts {
			add(c)
		}
	}
	return ids
}

// encounters is whom the people looked at so far could meet.
type encounters struct {
	marks    map[uint64]rank // by hash
	contacts map[string]bool
}

// rank says who has brought a mark: somebody who is created whoever else
// exists waits only for people who are looked for, not for his like.
type rank int

const (
	created rank = iota + 1
	looked
)

func rankOf(p *person) rank {
	if p.looks() {
		return looked
	}
	return created
}

// anybody reports whether a person has to wait for one that was entered.
func (e *encounters) anybody(p *person, marks []crm.Key, contacts []string) bool {
	return slices.ContainsFunc(marks, func(m crm.Key) bool {
		rank := e.marks[hashKey(m)]
		return rank == looked || rank == created && p.looks()
	}) || slices.ContainsFunc(contacts, func(id string) bool { return e.contacts[id] })
}

func (e *encounters) enter(p *person, marks []crm.Key, contacts []string) {
	rank := rankOf(p)
	for _, m := range marks {
		mark := hashKey(m)
		e.marks[mark] = max(e.marks[mark], rank)
	}
	for _, id := range contacts {
		e.contacts[id] = true
	}
}
