package connector

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/words"
)

// changesView shows changes, to people or as one JSON object a line. People see what was
// carried out or may have been; the rest is counted.
type changesView struct {
	out  *pane
	json bool
	run  *journal.Run // whose changes are shown

	shown, refused, unsent int
}

// changeLine is a change for programs.
type changeLine struct {
	At      time.Time         `json:"at"`
	Run     string            `json:"run"`
	Seq     int64             `json:"seq"`
	Op      journal.Op        `json:"op"`
	Object  string            `json:"object"`
	ID      string            `json:"id"`
	Contact string            `json:"contact,omitempty"`
	Keys    map[string]string `json:"keys,omitempty"`
	Stream  string            `json:"stream"`
	Lines   []int64           `json:"lines"`
	Result  string            `json:"result"`
	Changes []recordedField   `json:"changes"`
}

// resultNames are the results in words.
var resultNames = map[journal.Result]string{
	journal.Carried: "done", journal.Failed: "refused", journal.Unsent: "not sent", journal.Unknown: "unknown",
}

func (v *changesView) change(run *journal.Run, r journal.Recorded, fields []recordedField) {
	if v.json {
		l := changeLine{At: r.At, Run: run.ID, Seq: r.Seq, Op: r.Op, Object: r.Object, ID: idOf(r), Contact: r.Contact, Keys: r.Keys,
			Stream: r.Stream, Lines: r.Lines, Result: resultNames[r.Result], Changes: fields}
		doc, _ := json.Marshal(l) // what was JSON can be
		_, _ = fmt.Fprintf(v.out, "%s\n", words.EscapeJSON(doc))
		return
	}
	switch r.Result {
	case journal.Failed:
		v.refused++
		return
	case journal.Unsent:
		v.unsent++
		return
	}
	if v.run != run {
		v.begin(run)
	}
	v.shown++
	v.head(r)
	for _, f := range fields {
		v.field(r, f)
	}
}

// begin tells of a run before its first change.
func (v *changesView) begin(run *journal.Run) {
	if v.run != nil {
		say(v.out, "")
	}
	v.run = run
	var streams []string
	for _, s := range run.Streams {
		streams = append(streams, fmt.Sprintf("%s → %s (%s)", s.Name, s.Object, s.Mode))
	}
	running := ""
	if !run.Ended {
		running = "  (it has not ended, or was killed)"
	}
	say(v.out, "%s  location %s  %s%s", run.ID, run.Location, strings.Join(streams, ", "), running)
}

// opNames are what was done, in the words of a sentence.
var opNames = map[journal.Op]string{
	journal.Create: "created", journal.Update: "updated", journal.Delete: "deleted",
	journal.AddTags: "tagged", journal.RemoveTags: "untagged", journal.Link: "linked",
}

func (v *changesView) head(r journal.Recorded) {
	parts := []string{fmt.Sprintf("%s  %-8s %s", r.At.UTC().Format("2006-01-02 15:04:05Z"), opNames[r.Op], words.Singular(r.Object))}
	for _, part := range []string{idOf(r), words.Cut(whoIs(r), longestShown), whence(r)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if r.Contact != "" {
		parts = append(parts, "of contact "+r.Contact)
	}
	if r.Result == journal.Unknown {
		parts = append(parts, "(perhaps: the journal does not tell whether it was done)")
	}
	say(v.out, "%s", strings.Join(parts, "  "))
}

func (v *changesView) field(r journal.Recorded, f recordedField) {
	row := (&textView{out: v.out}).row
	switch {
	case f.Added != nil || f.Removed != nil:
		var tags []string
		for _, t := range f.Added {
			tags = append(tags, "+"+t)
		}
		for _, t := range f.Removed {
			tags = append(tags, "-"+t)
		}
		row(f.Field, "%s", strings.Join(tags, " "))
	case f.To == nil: // it was deleted
		row(f.Field, "%s", shown(*f.From))
	case r.Op == journal.Create:
		row(f.Field, "%s", shown(*f.To))
	case f.From == nil:
		row(f.Field, "→ %s", shown(*f.To))
	default:
		row(f.Field, "%s → %s", shown(*f.From), shown(*f.To))
	}
}

// end sums up.
func (v *changesView) end() {
	if v.json {
		return
	}
	if v.shown == 0 {
		say(v.out, "No such change is recorded.")
	}
	var rest []string
	if v.refused > 0 {
		rest = append(rest, words.Plural(v.refused, "was refused", "were refused"))
	}
	if v.unsent > 0 {
		rest = append(rest, words.Plural(v.unsent, "was not sent", "were not sent"))
	}
	switch {
	case v.shown > 0 && len(rest) > 0:
		say(v.out, "\n%s; %s, which --format json shows", words.Count(v.shown, "change"), words.List(rest))
	case v.shown > 0:
		say(v.out, "\n%s", words.Count(v.shown, "change"))
	case len(rest) > 0:
		say(v.out, "%s, which --format json shows", words.List(rest))
	}
}
