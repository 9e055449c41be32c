package connector

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/trouble"
	"destination-gohighlevel/connector/words"
)

// Bounds of what people are shown; programs get it all.
const (
	longestShown = 120 // characters of a value
	mostShown    = 25  // tags, and kinds of trouble
)

// textView shows a preview to people.
type textView struct {
	out io.Writer
	// head is shown once there is something below it, so that an input that
	// cannot be read ends in the words about that alone.
	head *header
}

// row is a line with a name and what there is to say of it.
func (v *textView) row(name, format string, args ...any) {
	say(v.out, "%s", strings.TrimRight(fmt.Sprintf("  %-20s %s", strings.Join(strings.Fields(name), " "), fmt.Sprintf(format, args...)), " "))
}

func (v *textView) header(h header) { v.head = &h }

func (v *textView) begin() {
	if v.head == nil {
		return
	}
	h := *v.head
	v.head = nil
	v.mapping("A preview of what would be written to %q; nothing is.", h)
	say(v.out, "")
}

func (v *textView) mapping(intro string, h header) {
	say(v.out, intro+" %s", h.Location, strings.ToUpper(h.Facts[:1])+h.Facts[1:])
	for _, s := range h.Streams {
		say(v.out, "\n%s → %s (%s)", s.Stream, s.Object, s.Mode)
		for _, f := range s.Fields {
			v.row(f.Field, "← %s", f.way)
		}
		if len(s.MatchOn) > 0 {
			v.row("found by", "%s", strings.Join(s.MatchOn, ", then "))
		}
		if len(s.NotWritten) > 0 {
			v.row("not written", "%s", strings.Join(s.NotWritten, ", "))
		}
		if len(s.Tags) > 0 {
			v.row("everybody gets", "the %s %s", words.Noun(len(s.Tags), "tag"), words.List(s.Tags))
		}
		if s.Source != "" {
			v.row("new ones get", "the source %s, if they have none", s.Source)
		}
		if s.Country != "" {
			v.row("country", "%s, where the contact has none", s.Country)
		}
	}
}

// has tells whether something changes, or is left out; the others are counted.
func (v *textView) has(l previewLine) bool { return l.Action != actUnchanged || len(l.LeftOut) > 0 }

func (v *textView) person(l previewLine) {
	v.begin()
	first := fmt.Sprintf("%-11s", l.Action)
	if len(l.Lines) > 0 {
		first += " line " + joined(l.Lines)
	}
	if id := l.ContactID + l.ID; id != "" {
		first += fmt.Sprintf(" %s %s", l.one, id)
	}
	if l.CreatedOn != 0 {
		first += fmt.Sprintf(" the %s of line %d", l.one, l.CreatedOn)
	}
	if l.Code != "" {
		first += fmt.Sprintf(" %s; %s", &trouble.Reject{Code: l.Code, Field: l.Field, Column: l.Column, Reason: l.Reason}, l.NextStep)
	}
	say(v.out, "%s", first)
	for _, name := range slices.Sorted(maps.Keys(l.Fields)) {
		change := l.Fields[name]
		if l.Action == actCreate {
			v.row(name, "%s", shown(change.New))
		} else {
			v.row(name, "%s → %s", shown(change.Old), shown(change.New))
		}
	}
	var tags []string
	for _, t := range l.TagsAdded {
		tags = append(tags, "+"+t)
	}
	for _, t := range l.TagsRemoved {
		tags = append(tags, "-"+t)
	}
	if len(tags) > 0 {
		v.row("tags", "%s", strings.Join(tags, " "))
	}
	for _, left := range l.LeftOut {
		v.row(cmp.Or(left.Field, left.Column), "left out: %s%s", left.Rule, left.place(len(l.Lines) > 1))
	}
}

// place tells the column and the value, and the line if there are several.
func (l leftOut) place(several bool) string {
	var parts []string
	if l.Column != "" && l.Column != l.Field {
		parts = append(parts, fmt.Sprintf("column %q", l.Column))
	}
	if several {
		parts = append(parts, fmt.Sprintf("line %d", l.Line))
	}
	text := ""
	if l.Value != nil {
		text = ": " + words.Cut(string(l.Value), longestShown)
	}
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text
}

func joined(lines []int64) string {
	parts := make([]string, len(lines))
	for i, n := range lines {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, ", ")
}

// shown is a value for people, in one line.
func shown(v any) string {
	text := ""
	switch v := v.(type) {
	case nil:
		return "(empty)"
	case string:
		text = v
	case []string:
		text = strings.Join(v, ", ")
	default:
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		text = string(b)
	}
	return words.Cut(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " ⏎ "), longestShown)
}

func (v *textView) summary(s summary) {
	v.begin()
	if s.NotShown > 0 {
		say(v.out, "… and %s more", words.Grouped(s.NotShown))
	}
	v.fields(s.Totals.Fields)
	v.tags(s.Totals.TagsAdded, s.Totals.TagsRemoved)
	v.notes(s)
	say(v.out, "\n%s: %s", people(s.Counts), s.Cost)
	for _, b := range s.Brakes {
		say(v.out, "%s", b)
	}
}

// notes tells what is not written, and what is read otherwise than it came.
func (v *textView) notes(s summary) {
	several := len(s.Streams) > 1
	for _, stream := range s.Streams {
		if len(stream.late) > 0 {
			say(v.out, "\nNot written, of the columns beyond the schema of %s\n  %s", stream.Stream, strings.Join(stream.late, ", "))
		}
	}
	v.troubles("Left out", s.Totals.LeftOut, several)
	v.troubles("Rejected", s.Totals.Rejected, several)
	v.troubles("Noted", s.Totals.Noted, several)
}

func (v *textView) fields(fields map[string]fieldTotal) {
	if len(fields) == 0 {
		return
	}
	say(v.out, "\n%-22s %10s %10s", "Fields", "created", "changed")
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		v.row(name, "%10s %10s", words.Grouped(fields[name].Created), words.Grouped(fields[name].Changed))
	}
}

func (v *textView) tags(added, removed map[string]int) {
	type total struct {
		tag   string
		count int
	}
	var all []total
	for tag, n := range added {
		all = append(all, total{"+" + tag, n})
	}
	for tag, n := range removed {
		all = append(all, total{"-" + tag, n})
	}
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(a, b total) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.tag, b.tag)) })
	say(v.out, "\n%-22s %10s", "Tags", "contacts")
	for _, t := range all[:min(mostShown, len(all))] {
		v.row(t.tag, "%10s", words.Grouped(t.count))
	}
	if more := len(all) - mostShown; more > 0 {
		v.row("…", "%s", words.Count(more, "more tag"))
	}
}

func (v *textView) troubles(title string, list []troubleLine, several bool) {
	if len(list) == 0 {
		return
	}
	say(v.out, "\n%s", title)
	for _, t := range list[:min(mostShown, len(list))] {
		text := t.text
		if t.Code != "" {
			text = t.Code + ": " + text
		}
		if several {
			text = t.Stream + ": " + text
		}
		say(v.out, "  %s", text)
	}
	if more := len(list) - mostShown; more > 0 {
		say(v.out, "  … %s", words.Plural(more, "more kind", "more kinds"))
	}
}
