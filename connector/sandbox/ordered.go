package sandbox

import (
	"iter"
	"slices"
	"strings"
)

// ordered holds people by time of creation, then id, in blocks, so that adding, removing and starting
// to read anywhere cost about the same whatever the number of people.
type ordered struct {
	blocks [][]*person
	size   int
}

const blockSize = 1024

// place is where a person stands in the order.
type place struct {
	added int64
	id    string
}

func (p *person) place() place { return place{p.added, p.id} }

func (a place) compare(b place) int {
	switch {
	case a.added < b.added:
		return -1
	case a.added > b.added:
		return 1
	}
	return strings.Compare(a.id, b.id)
}

// find gives the block and the index at which at stands, or would stand.
func (o *ordered) find(at place) (block, index int, found bool) {
	block, _ = slices.BinarySearchFunc(o.blocks, at, func(b []*person, at place) int { return b[len(b)-1].place().compare(at) })
	if block == len(o.blocks) {
		return block, 0, false
	}
	index, found = slices.BinarySearchFunc(o.blocks[block], at, func(p *person, at place) int { return p.place().compare(at) })
	return block, index, found
}

// put adds p, or replaces the one at its place.
func (o *ordered) put(p *person) {
	b, i, found := o.find(p.place())
	if found {
		o.blocks[b][i] = p
		return
	}
	o.size++
	if b == len(o.blocks) { // after everyone: the usual case
		if b == 0 || len(o.blocks[b-1]) >= blockSize {
			o.blocks = append(o.blocks, []*person{p})
			return
		}
		o.blocks[b-1] = append(o.blocks[b-1], p)
		return
	}
	o.blocks[b] = slices.Insert(o.blocks[b], i, p)
	if full := o.blocks[b]; len(full) > blockSize {
		half := slices.Clone(full[blockSize/2:])
		clear(full[blockSize/2:])
		o.blocks[b] = full[:blockSize/2]
		o.blocks = slices.Insert(o.blocks, b+1, half)
	}
}

func (o *ordered) remove(at place) {
	b, i, found := o.find(at)
	if !found {
		return
	}
	o.size--
	o.blocks[b] = slices.Delete(o.blocks[b], i, i+1)
	if len(o.blocks[b]) == 0 {
		o.blocks = slices.Delete(o.blocks, b, b+1)
	}
}

// oldest gives people in order, beginning after a place where one is given.
func (o *ordered) oldest(after *place) iter.Seq[*person] {
	return func(yield func(*person) bool) {
		b, i := 0, 0
		if after != nil {
			var found bool
			if b, i, found = o.find(*after); found {
				i++
			}
		}
		for ; b < len(o.blocks); b, i = b+1, 0 {
			for _, p := range o.blocks[b][min(i, len(o.blocks[b])):] {
				if !yield(p) {
					return
				}
			}
		}
	}
}

// newest gives people in reverse order, beginning before a place where one is given.
func (o *ordered) newest(before *place) iter.Seq[*person] {
	return func(yield func(*person) bool) {
		b, i := len(o.blocks), 0
		if before != nil {
			b, i, _ = o.find(*before)
		}
		for {
			if i == 0 {
				if b--; b < 0 {
					return
				}
				i = len(o.blocks[b])
			}
			i--
			if !yield(o.blocks[b][i]) {
				return
			}
		}
	}
}
