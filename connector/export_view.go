package connector

import (
	"fmt"
	"strings"
	"time"

	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/words"
)

// account is the table of what was exported.
func (x *exporting) account() {
	v := &textView{out: x.people}
	var formulas int64
	for _, e := range x.done {
		formulas += e.formulas
		v.row(e.object, "%10s exported%s", words.Grouped(e.rows), e.cost())
		if e.note != "" {
			v.row("", "%s", e.note)
		}
	}
	say(x.people, "\n%s", x.said())
	if left := quotaLeft(x.client.Usage()); left != "" {
		say(x.people, "%s", left)
	}
	if formulas > 0 {
		say(x.people, "%s as a formula does, and a spreadsheet would compute that: open the file there as text. They are written as they are, so that import takes them back unchanged.",
			words.Plural(formulas, "value begins", "values begin"))
	}
}

// said is what was exported, in one sentence: 1,204 contacts and 17 businesses exported.
func (x *exporting) said() string {
	var parts []string
	for _, e := range x.done {
		parts = append(parts, words.Plural(e.rows, words.Singular(e.object), strings.ReplaceAll(e.object, "_", " ")))
	}
	return words.List(parts) + " exported"
}

// cost says how the rows of an object came together, and what they cost.
func (e exported) cost() string {
	parts := []string{""}
	if e.deleted > 0 {
		parts = append(parts, words.Grouped(e.deleted)+" deleted")
	}
	if e.resumed > 0 {
		parts = append(parts, words.Grouped(e.resumed)+" of them before")
	}
	parts = append(parts, words.Count(e.requests, "request"), spell(e.took))
	if e.err != nil {
		parts = append(parts, "not complete")
	}
	return strings.Join(parts, " · ")
}

// spell is how long something took.
func spell(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f seconds", d.Seconds())
	}
	return d.Round(time.Second).String()
}

// tells lets people see how far the export is, until it ends: in a bar, or else by a line
// now and then.
func (x *exporting) tells(b *bar) (end func()) {
	begun, stop, done := time.Now(), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for seconds := 1; ; seconds++ {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			rows := x.rows.Load()
			p := load.Progress{Counts: load.Counts{Read: rows, Unchanged: rows}, Elapsed: time.Since(begun), Usage: usageOf(x.client)}
			if b != nil {
				b.show(p)
			} else if seconds%10 == 0 {
				say(x.errors, "so far: %s", strings.Join(append(countedRows(p), p.Rate()), " · "))
			}
		}
	}()
	return func() {
		close(stop)
		<-done
	}
}

// countedRows is the first line of the bar.
func countedRows(p load.Progress) []string {
	return []string{words.Count(p.Read, "row") + " exported"}
}
