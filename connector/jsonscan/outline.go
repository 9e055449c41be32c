package jsonscan

// Outline checks documents, and tells of each where its outermost members are, in one
// way through it. The zero Outline is ready to be used; one is meant for many
// documents, one after another.
type Outline struct {
	v       validator
	members []Placed
}

// Placed is a member of an object.
type Placed struct {
	Pair
	Depth int // 1: of the document itself
}

// deepestMember is the depth down to which there are members.
const deepestMember = 2

// Of reports whether a text is valid JSON, as [Valid] does. Of a valid one it returns,
// until the next call, the members of the object that it is and of the objects that
// these are, which come right before them. Of several with one name all are returned.
func (o *Outline) Of(text []byte) (members []Placed, valid bool) {
	v := &o.v
	clear(o.members) // what is not used again would hold on to another text
	v.text, v.depth, o.members = text, 0, o.members[:0]
	i, ok := v.value(0)
	for ok && v.depth > 0 {
		if all := uint64(1)<<v.depth - 1; v.depth <= deepestMember && v.objects[0]&all == all { // they are objects
			at := v.members[v.depth-1]
			name := Unquote(Trim(text[at.name:at.colon]))
			o.members = append(o.members, Placed{Pair{name, text[v.space(at.colon+1):i]}, v.depth})
		}
		i, ok = v.next(i)
	}
	return o.members, ok && v.space(i) == len(text)
}
