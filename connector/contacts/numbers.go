package contacts

// numbers keeps a number for each of many hashes in 10 to 16 bytes, where a map takes
// 24 to 38. Of a hash 48 bits are kept: among a million contacts one of a hundred
// thousand others is taken for one of them once in 3,000 syncs. It is not safe for
// concurrent use.
type numbers struct{ parts [256]part }

// part are the numbers of the hashes with the same first byte: 40 further bits of each
// before its number, at the first free place behind where they belong. 0 is free.
type part struct {
	slots []uint64
	used  int
}

const (
	numberBits = 24
	leastSlots = 16
)

// get returns the number of a hash, 0 if it has none.
func (n *numbers) get(hash uint64) uint32 {
	p := &n.parts[hash>>56]
	if p.used == 0 {
		return 0
	}
	return uint32(p.slots[p.place(kept(hash))] & (1<<numberBits - 1))
}

// put gives a hash a number, of 24 bits; 0 is none.
func (n *numbers) put(hash uint64, number uint32) {
	p := &n.parts[hash>>56]
	if p.used*5 >= len(p.slots)*4 {
		p.grow()
	}
	p.enter(kept(hash), number)
}

// kept are the 40 bits of a hash that are kept beside its first byte, never all zero.
func kept(hash uint64) uint64 { return max(1, hash<<8>>numberBits) }

func (p *part) enter(bits uint64, number uint32) {
	at := p.place(bits)
	if p.slots[at] == 0 {
		p.used++
	}
	p.slots[at] = bits<<numberBits | uint64(number)
}

// place is where a hash is, or the free place where it would be.
func (p *part) place(bits uint64) uint64 {
	at := bits % uint64(len(p.slots))
	for p.slots[at] != 0 && p.slots[at]>>numberBits != bits {
		at = (at + 1) % uint64(len(p.slots))
	}
	return at
}

func (p *part) grow() {
	old := p.slots
	p.slots, p.used = make([]uint64, max(leastSlots, len(old)*3/2)), 0
	for _, slot := range old {
		if slot != 0 {
			p.enter(slot>>numberBits, uint32(slot&(1<<numberBits-1)))
		}
	}
}
