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
//
// All windows fill the same queue: what it is made of is about as large each time.
type queue struct {
	*finder
	people []*person
	// Marks and contacts have numbers in a window, by their hashes, and at its number is
	// what the people of the window have to do with one.
	numbers map[uint64]int32
	met     []meeting

	singles []person // one for each record
	records []record // theirs
	marks   []mark   // of these
	latest  []*person
	parent  []int
}

// meeting is by what people of a window may meet: a mark, a contact, or an id that is both.
type meeting struct {
	// The different people of the window who bring it, as hashes; no more of them than matter.
	first uint64
	more  []uint64
	// turns counts the people who had their turn before anybody had the mark.
	turns  int32
	person int32 // the first who has to do with it, from 1

	// What follows is about one turn: whether the mark orders people, once that was asked,
	// and who of those that were looked at so far bring it or have it for their contact.
	asked, orders bool
	rank          rank
	isNear        bool
}

// crowd reports whether more than a few people share the mark.
func (m *meeting) crowd() bool { return len(m.more) >= fewShare }

// A mark that more than a few people of a window share, like the phone of a
// switchboard, orders nobody once it is known whose it is.
const (
	fewShare = 20
	fewTurns = 3 // after so many who did not get it, nobody waits for it any more
)

// usualMarks is how many marks a record usually has: an email, a phone and a row.
const usualMarks = 3

func newQueue(f *finder) *queue { return &queue{finder: f} }

// fill puts the records of a window in line.
func (q *queue) fill(entries []*entry) {
	n := len(entries)
	if q.numbers == nil {
		q.numbers = make(map[uint64]int32, (usualMarks+1)*n)
	}
	q.people, q.marks, q.met = slices.Grow(q.people, n), slices.Grow(q.marks, usualMarks*n), slices.Grow(q.met, (usualMarks+1)*n)
	q.singles, q.records, q.latest = sized(q.singles, n), sized(q.records, n), sized(q.latest, n)
	for i, e := range entries {
		begin := len(q.marks)
		q.marks = q.appendMarks(q.marks, e)
		q.records[i] = record{entry: e, marks: slices.Clip(q.marks[begin:])}
		q.singles[i].records, q.singles[i].marks = slices.Clip(q.records[i:i+1]), q.records[i].marks
		q.count(&q.singles[i])
	}
	for i, circle := range q.circles(q.singles) {
		p := q.latest[circle]
		if p == nil || !q.absorb(p, &q.singles[i]) {
			p = &q.singles[i]
			q.people = append(q.people, p)
		}
		q.latest[circle] = p
	}
}

// empty forgets the window. Nobody may know any of its people any more.
func (q *queue) empty() {
	clear(q.numbers)
	q.people, q.met = emptied(q.people), emptied(q.met)
	q.singles, q.records, q.marks, q.latest = emptied(q.singles), emptied(q.records), emptied(q.marks), emptied(q.latest)
}

// sized returns n values in the room of an empty slice: zero, if [emptied] has made it empty.
func sized[T any](s []T, n int) []T { return slices.Grow(s, n)[:n] }

// emptied returns the room of a slice without what was in it.
func emptied[T any](s []T) []T {
	clear(s)
	return s[:0]
}

// number is the number of a mark or a contact with a hash.
func (q *queue) number(hash uint64) int32 {
	n, known := q.numbers[hash]
	if !known {
		n = int32(len(q.met))
		q.numbers[hash] = n
		q.met = append(q.met, meeting{})
	}
	return n
}

func (q *queue) contact(id string) int32 { return q.number(hashKey(crm.IDKey(id))) }

// circles tells for each of the people with whom it has to do, directly or by
// way of others: those of one circle have the same number.
func (q *queue) circles(people []person) []int {
	q.parent = sized(q.parent[:0], len(people))
	parent := q.parent
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	meet := func(i int, number int32) {
		if m := &q.met[number]; m.person > 0 {
			parent[root(i)] = root(int(m.person) - 1)
		} else {
			m.person = int32(i) + 1
		}
	}
	var contacts []int32
	for i := range people {
		p := &people[i]
		parent[i] = i
		marks := q.ordering(p)
		for _, m := range marks {
			meet(i, m.number)
		}
		contacts = q.near(p, marks, contacts[:0])
		for _, c := range contacts {
			meet(i, c)
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
	for i := range p.first().want.Keys { // which the marks begin with
		who = who*31 + p.marks[i].hash
	}
	who = max(who, 1) // 0 is nobody
	for _, mark := range p.marks {
		switch m := &q.met[mark.number]; {
		case m.first == 0:
			m.first = who
		case !m.crowd() && m.first != who && !slices.Contains(m.more, who):
			m.more = append(m.more, who)
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
func replaces(newer, older []mark) bool {
	return !slices.ContainsFunc(older, func(o mark) bool {
		return !slices.ContainsFunc(newer, func(n mark) bool { return n.Field == o.Field })
	})
}

func withoutRow(marks []mark) []mark {
	if n := len(marks); n > 0 && marks[n-1].Field == rowMark {
		return marks[:n-1]
	}
	return marks
}

// next takes those whose turn it is. waits is the line of the first who has to
// wait.
func (q *queue) next() (turn []*person, waits int64) {
	for i := range q.met {
		m := &q.met[i]
		m.asked, m.rank, m.isNear = false, 0, false
	}
	waits = nobody
	turn = make([]*person, 0, len(q.people))
	var contacts []int32
	for _, p := range q.people {
		if p.stage == settled {
			continue
		}
		marks := q.ordering(p)
		contacts = q.near(p, marks, contacts[:0])
		if q.meets(p, marks, contacts) {
			waits = min(waits, p.line())
		} else {
			turn = append(turn, p)
		}
		q.enter(p, marks, contacts)
	}
	return turn, waits
}

// nobody stands for the line of a person where there is none.
const nobody = math.MaxInt64

// over takes out who is settled, and counts who had a turn without anybody
// getting what many share.
func (q *queue) over(turn []*person) {
	for _, p := range turn {
		for _, mark := range p.marks {
			if m := &q.met[mark.number]; p.stage == settled && m.crowd() {
				m.turns++
			}
		}
	}
	q.people = slices.DeleteFunc(q.people, func(p *person) bool { return p.stage == settled })
}

// orders reports whether those who share a mark have their turns one after
// another.
func (q *queue) orders(mark mark) bool {
	m := &q.met[mark.number]
	if !m.crowd() || mark.Field == rowMark {
		return true
	}
	if !m.asked {
		m.asked = true
		m.orders = m.turns < fewTurns && !q.isKnownWhose(mark.Key)
	}
	return m.orders
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
func (q *queue) ordering(p *person) []mark {
	if !slices.ContainsFunc(p.marks, func(m mark) bool { return !q.orders(m) }) {
		return p.marks
	}
	return slices.DeleteFunc(slices.Clone(p.marks), func(m mark) bool { return !q.orders(m) })
}

// near adds to numbers the contacts that have to do with a person: the ones it means, and
// all that carry one of its marks.
func (q *queue) near(p *person, marks []mark, numbers []int32) []int32 {
	if !p.looks() {
		return numbers
	}
	add := func(c *crm.Contact) bool {
		if n := q.contact(c.ID); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
		return true
	}
	for _, m := range marks {
		if m.Field == rowMark {
			if id := p.formerly(); id != "" {
				numbers = append(numbers, q.contact(id))
			}
			continue
		}
		q.each(m.Key, add)
	}
	if len(marks) < len(p.marks) { // also if it is found by what orders nobody
		contacts, _ := q.whom(p)
		for _, c := range contacts {
			add(c)
		}
	}
	return numbers
}

// rank says who has brought a mark: somebody who is created whoever else
// exists waits only for people who are looked for, not for his like.
type rank byte

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

// meets reports whether a person has to wait for one that was entered.
func (q *queue) meets(p *person, marks []mark, contacts []int32) bool {
	return slices.ContainsFunc(marks, func(m mark) bool {
		rank := q.met[m.number].rank
		return rank == looked || rank == created && p.looks()
	}) || slices.ContainsFunc(contacts, func(c int32) bool { return q.met[c].isNear })
}

// enter enters whom those behind a person may have to wait for.
func (q *queue) enter(p *person, marks []mark, contacts []int32) {
	rank := rankOf(p)
	for _, m := range marks {
		q.met[m.number].rank = max(q.met[m.number].rank, rank)
	}
	for _, c := range contacts {
		q.met[c].isNear = true
	}
}
