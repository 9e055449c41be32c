package connector

import "destination-gohighlevel/connector/words"

// writtenView shows people what an import has written: nobody by himself, and the
// mapping only where no preview has shown it.
type writtenView struct {
	*textView
	previewed bool
}

func (v *writtenView) header(h header) {
	if !v.previewed {
		v.mapping("Writing to %q.", h)
	}
}

func (v *writtenView) person(previewLine) {}

func (v *writtenView) summary(s summary) {
	v.notes(s)
	for _, stream := range s.Streams {
		say(v.out, "\n%s: %s · %s", stream.Object, stream.counts, words.Count(s.Cost.Requests, "request"))
	}
}
