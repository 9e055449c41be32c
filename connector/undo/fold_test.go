package undo

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
)

var foldStart = time.Date(2026, 8, 31, 12, 0, 0, 0, time.UTC)

// values are written "city=Rome dnd=true phone="; one without a value is empty.
func valuesOf(text string) map[string]any {
	values := map[string]any{}
	for _, part := range strings.Fields(text) {
		name, v, _ := strings.Cut(part, "=")
		switch v {
		case "":
			values[name] = nil
		case "true", "false":
			values[name] = v == "true"
		default:
			values[name] = v
		}
	}
	return values
}

// change is one of the first contact, carried out two minutes after the one before it.
func change(op journal.Op, before, set string, tags ...string) journal.Recorded {
	c := journal.Recorded{Change: journal.Change{Op: op, Object: "contacts", ID: "c1", Before: valuesOf(before), Set: valuesOf(set), Tags: tags}, Result: journal.Carried}
	if op == journal.AddTags || op == journal.RemoveTags {
		c.Outcome.Tags = tags
	}
	return c
}

func doubtful(c journal.Recorded) journal.Recorded {
	c.Result, c.Outcome = journal.Unknown, journal.Outcome{}
	return c
}

// TestFold: what becomes of a contact is told by its changes and by what it holds now.
func TestFold(t *testing.T) {
	create := change(journal.Create, "", "email=bob@example.com city=Rome", "ours", "vip")
	toOslo := change(journal.Update, "city=Rome", "city=Oslo")
	soon := change(journal.Update, "city=Oslo", "city=Bern")
	soon.At = foldStart.Add(130 * time.Second)
	for name, c := range map[string]struct {
		changes   []journal.Recorded
		now, tags string // that it holds
		want      string // what is set, and the tags that are added (+) and removed (-); or "deleted"
		kept      string
	}{
		"a value goes back":                                       {[]journal.Recorded{toOslo}, "city=Oslo", "", "city=Rome", ""},
		"a value that somebody changed since stays":               {[]journal.Recorded{toOslo}, "city=Lima", "", "", changedSince},
		"two changes go back to what was there before both":       {[]journal.Recorded{toOslo, change(journal.Update, "city=Oslo", "city=Lima")}, "city=Lima", "", "city=Rome", ""},
		"what somebody made of it between two changes stays":      {[]journal.Recorded{toOslo, change(journal.Update, "city=Bern", "city=Lima")}, "city=Lima", "", "city=Bern", changedSince},
		"what a change read before search knew the one before it": {[]journal.Recorded{toOslo, change(journal.Update, "city=Oslo", "city=Lima"), soon}, "city=Bern", "", "city=Rome", ""},
		"what was there before is not known":                      {[]journal.Recorded{change(journal.Update, "", "city=Oslo")}, "city=Oslo", "", "", beforeUnknown},
		"nor before the first of two":                             {[]journal.Recorded{change(journal.Update, "", "city=Oslo"), change(journal.Update, "city=Oslo", "city=Lima")}, "city=Lima", "", "", beforeUnknown},
		"a stop is not lifted":                                    {[]journal.Recorded{change(journal.Update, "dnd=false", "dnd=true")}, "dnd=true", "", "", staysStopped},
		"a stop that was lifted comes back":                       {[]journal.Recorded{change(journal.Update, "dnd=true", "dnd=false")}, "dnd=false", "", "dnd=true", ""},
		"a stop that was set and lifted does not":                 {[]journal.Recorded{change(journal.Update, "dnd=false", "dnd=true"), change(journal.Update, "dnd=true", "dnd=false")}, "dnd=false", "", "", ""},
		"tags go back":                                         {[]journal.Recorded{change(journal.AddTags, "", "", "new"), change(journal.RemoveTags, "", "", "old")}, "", "new kept", "+old -new", ""},
		"tags that somebody changed since stay":                {[]journal.Recorded{change(journal.AddTags, "", "", "new"), change(journal.RemoveTags, "", "", "old")}, "", "old", "", ""},
		"tags that were perhaps added":                         {[]journal.Recorded{doubtful(change(journal.AddTags, "tags=", "", "new", "old"))}, "", "new old", "-new -old", ""},
		"tags of which one is there are somebody's":            {[]journal.Recorded{doubtful(change(journal.AddTags, "tags=", "", "new", "old"))}, "", "new", "", ""},
		"an update that was not carried out":                   {[]journal.Recorded{doubtful(toOslo)}, "city=Rome", "", "", ""},
		"a created contact is deleted":                         {[]journal.Recorded{create}, "email=bob@example.com city=Rome", "ours vip", "deleted", ""},
		"with what later changes made of it":                   {[]journal.Recorded{create, toOslo, change(journal.RemoveTags, "", "", "vip")}, "email=bob@example.com city=Oslo", "ours", "deleted", ""},
		"one that somebody changed stays without its tags":     {[]journal.Recorded{create, toOslo}, "email=bob@example.com city=Oslo lastName=Fox", "ours vip theirs", "city=Rome -ours -vip", createdTouched},
		"one with a tag that was taken off and put back stays": {[]journal.Recorded{create, change(journal.RemoveTags, "", "", "vip")}, "email=bob@example.com city=Rome", "ours vip", "-ours", createdTouched},
		"one on which somebody said stop stays":                {[]journal.Recorded{create}, "email=bob@example.com city=Rome dnd=true", "ours vip", "-ours -vip", createdSaidNo},
	} {
		t.Run(name, func(t *testing.T) {
			th := Thing{Object: "contacts", ID: "c1", Changes: slices.Clone(c.changes), Now: &crm.Contact{ID: "c1", Values: valuesOf(c.now), Tags: strings.Fields(c.tags)}}
			for i := range th.Changes {
				if th.Changes[i].At.IsZero() {
					th.Changes[i].At = foldStart.Add(time.Duration(i) * 2 * time.Minute)
				}
			}
			th.fold(crm.Contacts.Table(), false)
			if got := th.told(); got != c.want {
				t.Errorf("it is to be %q, want %q", got, c.want)
			}
			if got := th.why(); got != c.kept {
				t.Errorf("%q stays, want %q", got, c.kept)
			}
		})
	}
}

// told is what becomes of a thing, in words.
func (th *Thing) told() string {
	if th.Delete {
		return "deleted"
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(th.Set)) {
		parts = append(parts, fmt.Sprintf("%s=%v", name, th.Set[name]))
	}
	for _, tag := range slices.Sorted(slices.Values(th.AddTags)) {
		parts = append(parts, "+"+tag)
	}
	for _, tag := range slices.Sorted(slices.Values(th.RemoveTags)) {
		parts = append(parts, "-"+tag)
	}
	return strings.Join(parts, " ")
}

func (th *Thing) why() string {
	var all []string
	for _, k := range th.Kept {
		all = append(all, k.Why)
	}
	return strings.Join(all, "; ")
}
