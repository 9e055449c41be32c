package contacts

import "slices"

// places finds the entries of an index by hashes, in five bytes each, where a map takes 24
// to 38. Of a hash only 24 bits are kept: what is found has to be looked at. It is not safe
// for concurrent use.
type places struct{ parts [256]placesPart }

// placesPart is the places of the hashes with the same first byte: the next 16 bits of
// each, which tell in this order where it belongs, and the place of its entry, at the first
// free slot behind that.
type placesPart struct {
	slots []byte
	used  int
}

const (
	slotBytes = 5
	// taken is the place of an entry that was taken out.
	taken place = 1
)

func (p *placesPart) len() int { return len(p.slots) / slotBytes }

func (p *placesPart) slot(i int) (bits uint16, at place) {
	s := p.slots[i*slotBytes:]
	return uint16(s[0]) | uint16(s[1])<<8, place(s[2]) | place(s[3])<<8 | place(s[4])<<16
}

func (p *placesPart) set(i int, bits uint16, at place) {
	copy(p.slots[i*slotBytes:], []byte{byte(bits), byte(bits >> 8), byte(at), byte(at >> 8), byte(at >> 16)})
}

// each calls f with the place of each entry that may have the hash, and puts what f
// returns in its stead, until f says that it was the last.
func (ps *places) each(hash uint64, f func(at place) (stead place, last bool)) {
	p, bits := &ps.parts[hash>>56], uint16(hash>>40)
	if p.used == 0 {
		return
	}
	for i := p.home(bits); ; i = (i + 1) % p.len() {
		found, at := p.slot(i)
		if at == 0 {
			return
		}
		if found != bits || at == taken {
			continue
		}
		stead, last := f(at)
		if stead != at {
			p.set(i, bits, stead)
		}
		if last {
			return
		}
	}
}

// add enters a further place for a hash.
func (ps *places) add(hash uint64, at place) {
	p := &ps.parts[hash>>56]
	if p.used*20 >= p.len()*17 {
		p.grow()
	}
	p.add(uint16(hash>>40), at)
}

// home is where a hash belongs.
func (p *placesPart) home(bits uint16) int { return int(uint64(bits) * uint64(p.len()) >> 16) }

func (p *placesPart) add(bits uint16, at place) {
	i := p.home(bits)
	for {
		if _, other := p.slot(i); other == 0 {
			break
		}
		i = (i + 1) % p.len()
	}
	p.set(i, bits, at)
	p.used++
}

func (p *placesPart) grow() {
	old := *p
	p.slots, p.used = slices.Clip(make([]byte, slotBytes*max(32, old.len()*9/8))), 0
	for i := range old.len() {
		if bits, at := old.slot(i); at > taken {
			p.add(bits, at)
		}
	}
}
