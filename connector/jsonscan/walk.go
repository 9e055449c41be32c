package jsonscan

import "iter"

// Walk goes through a text once, value by value, and checks on the way that it is valid
// JSON: so no more is looked at twice than what is taken whole and then taken apart. Each
// value is taken by Value, or gone into by Members or Elements; one that is not is passed
// over. [Walk.End] tells whether all was valid. Names and values lie in the text, but for
// names with escapes or broken characters.
type Walk struct {
	v   validator
	at  int
	bad bool
}

// Begin starts at a text.
func (w *Walk) Begin(text []byte) {
	w.v.text, w.v.depth, w.bad = text, 0, false
	w.at = w.v.space(0)
}

// End reports whether the text was valid JSON, and nothing of it is left.
func (w *Walk) End() bool { return !w.bad && w.v.space(w.at) == len(w.v.text) }

// First is the first byte of the value that is next: see [First].
func (w *Walk) First() byte { return w.v.at(w.at) }

// Value takes the value that is next; it is null if the text is not valid.
func (w *Walk) Value() []byte {
	begin, depth := w.at, w.v.depth
	end, ok := w.v.value(begin)
	for ok && w.v.depth > depth {
		end, ok = w.v.next(end)
	}
	if w.bad = w.bad || !ok; w.bad {
		return null
	}
	w.at = end
	return w.v.text[begin:end]
}

var null = []byte("null")

// Members goes into the object that is next, and yields the names of its members. Before
// each the value of the one before is taken.
func (w *Walk) Members() iter.Seq[[]byte] {
	return func(yield func(name []byte) bool) {
		for more := w.open('{'); more; more = w.more('}') {
			name := w.name()
			if begin := w.at; w.bad || !yield(name) {
				return
			} else if w.at == begin {
				w.Value()
			}
		}
	}
}

// Elements goes into the list that is next, and yields the first byte of each value in it.
// Before each the one before is taken.
func (w *Walk) Elements() iter.Seq[byte] {
	return func(yield func(first byte) bool) {
		for more := w.open('['); more; more = w.more(']') {
			if begin := w.at; !yield(w.First()) {
				return
			} else if w.at == begin {
				w.Value()
			}
		}
	}
}

// open goes into an object or a list, and reports whether there is anything in it.
func (w *Walk) open(bracket byte) bool {
	if w.First() != bracket || w.v.depth == mostNested {
		w.bad = true
		return false
	}
	w.at = w.v.space(w.at + 1)
	if w.First() == closing(bracket) {
		w.at++
		return false
	}
	w.v.begin(bracket == '{')
	return true
}

// more goes to the next member or element, and reports whether there is one.
func (w *Walk) more(closing byte) bool {
	w.at = w.v.space(w.at)
	switch c := w.First(); {
	case w.bad:
	case c == ',':
		w.at = w.v.space(w.at + 1)
		return true
	case c == closing:
		w.v.depth--
		w.at++
	default:
		w.bad = true
	}
	return false
}

// name takes the name of a member and the colon.
func (w *Walk) name() []byte {
	begin := w.at
	end, ok := w.v.name(begin)
	if !ok {
		w.bad = true
		return nil
	}
	w.at = w.v.space(end)
	last := end - 1 // the colon
	for w.v.text[last-1] != '"' {
		last--
	}
	return Unquote(w.v.text[begin:last])
}

// Mark is a place in the text.
type Mark struct{ at, depth int }

// Mark is where the next value is.
func (w *Walk) Mark() Mark { return Mark{w.at, w.v.depth} }

// Back goes back to a mark.
func (w *Walk) Back(to Mark) { w.at, w.v.depth = to.at, to.depth }
