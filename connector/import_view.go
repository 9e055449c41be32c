package connector

import (
	"cmp"

	"destination-gohighlevel/connector/words"
)

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
	v.account(s)
}

// account is the table of what became of the records of each stream.
func (v *textView) account(s summary) {
	row := func(name string, n int64, of string) {
		v.row(name, "%10s   %s", words.Grouped(n), of)
	}
	for _, stream := range s.Streams {
		c := stream.counts
		say(v.out, "\n%s → %s", stream.Stream, stream.Object)
		row("read", c.Read, "")
		row("created", c.Created, "")
		row("updated", c.Updated, "")
		row("unchanged", c.Unchanged, "")
		if n := c.Removed + c.Missing; n > 0 {
			row("removed", n, "")
		}
		row("rejected", c.Rejected, words.Ranked(c.RejectedBy))
		left, columns := int64(0), map[string]int64{}
		for _, t := range s.Totals.LeftOut {
			if t.Stream == stream.Stream {
				left += t.Count
				columns[cmp.Or(t.Column, t.Field)] += t.Count
			}
		}
		row("values left out", left, words.Ranked(columns))
	}
	row("requests", s.Cost.Requests, s.quotaLeft)
}
