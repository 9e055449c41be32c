package connector

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/undo"
	"destination-gohighlevel/connector/words"
)

// undoView shows what is taken back, to people or as one JSON object a line.
type undoView struct {
	out  io.Writer
	json bool
}

func (v undoView) say(text string) {
	if !v.json {
		say(v.out, "%s", text)
	}
}

// undoneLine is what becomes of one thing, for programs.
type undoneLine struct {
	Object    string      `json:"object"`
	ID        string      `json:"id"`
	Fields    []string    `json:"fields,omitempty"`
	TagsBack  []string    `json:"tags_back,omitempty"`
	TagsOff   []string    `json:"tags_off,omitempty"`
	Deleted   bool        `json:"deleted,omitempty"`
	Recreated bool        `json:"recreated,omitempty"`
	Kept      []undo.Kept `json:"kept,omitempty"`
	Stream    string      `json:"stream,omitempty"`
	Lines     []int64     `json:"lines,omitempty"`
}

// plan shows what is to be done.
func (v undoView) plan(u *undo.Undo, dry bool) {
	if v.json {
		v.lines(u)
		return
	}
	if u.Empty() {
		say(v.out, "There is nothing to take back.")
	} else {
		say(v.out, "To be taken back:")
		v.counts(u)
	}
	v.kept(u)
	if dry {
		say(v.out, "Nothing was written.")
	}
}

// done shows what became of it.
func (v undoView) done(u *undo.Undo, err error) {
	if v.json || err != nil {
		return
	}
	say(v.out, "Taken back:")
	v.counts(u)
	v.kept(u)
}

func (v undoView) counts(u *undo.Undo) {
	for _, n := range u.Counts() {
		var parts []string
		for _, p := range []struct {
			n    int
			what string
		}{{n.Restored, "changed back"}, {n.Deleted, "deleted that were created"}, {n.Recreated, "created anew that were deleted"}} {
			if p.n > 0 {
				parts = append(parts, words.Grouped(int64(p.n))+" "+p.what)
			}
		}
		if len(parts) > 0 {
			say(v.out, "  %-14s %s", n.Object, strings.Join(parts, " · "))
		}
	}
}

// kept shows what stays as it is: how many, why, and of the first few which.
func (v undoView) kept(u *undo.Undo) {
	type reason struct{ object, field, why string }
	ids := map[reason][]string{}
	for _, th := range u.Things {
		for _, k := range th.Kept {
			r := reason{th.Object, k.Field, k.Why}
			ids[r] = append(ids[r], th.ID)
		}
	}
	if len(ids) == 0 {
		return
	}
	say(v.out, "To stay as it is:")
	order := slices.SortedFunc(maps.Keys(ids), func(a, b reason) int {
		return strings.Compare(a.object+"\x00"+a.why+"\x00"+a.field, b.object+"\x00"+b.why+"\x00"+b.field)
	})
	const shown = 3
	for _, r := range order {
		at := ids[r]
		more := ""
		if len(at) > shown {
			at, more = at[:shown], fmt.Sprintf(" and %s more", words.Grouped(int64(len(at)-shown)))
		}
		what := r.object
		if r.field != "" {
			what += " · " + r.field
		}
		say(v.out, "  %-22s %s: %s%s", words.Printable(what), words.Printable(r.why), strings.Join(at, ", "), more)
	}
}

func (v undoView) lines(u *undo.Undo) {
	for _, th := range u.Things {
		l := undoneLine{Object: th.Object, ID: th.ID, Deleted: th.Delete, Recreated: th.Recreate != nil, Kept: th.Kept}
		if !th.Delete {
			l.Fields, l.TagsBack, l.TagsOff = slices.Sorted(maps.Keys(th.Set)), th.AddTags, th.RemoveTags
		}
		last := th.Changes[len(th.Changes)-1]
		l.Stream, l.Lines = last.Stream, last.Lines
		doc, _ := json.Marshal(l) // texts can be
		_, _ = fmt.Fprintf(v.out, "%s\n", words.EscapeJSON(doc))
	}
}
