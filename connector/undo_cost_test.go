package connector

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestWhatAnUndoCosts: fields and tags of contacts cost one read for a hundred and a write each, a contact that was created two reads more
// and its share of what finds its tasks and opportunities.
func TestWhatAnUndoCosts(t *testing.T) {
	const people = 200
	for name, c := range map[string]struct {
		there        bool // before the sync
		reads, write int  // for each hundred contacts, besides those that every undo has
	}{"updated": {true, 1, 100}, "created": {false, 200 + 1 + 1 + 10, 100}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := undoWorldOn(t, sandbox.New(sandbox.Options{}))
				var lines []sourceLine
				for i := range people {
					email := fmt.Sprintf("p%d@example.com", i)
					if c.there {
						w.Put(sandbox.Contact{Fields: map[string]any{"email": email, "city": "Rome", "country": "US", "source": "web"}})
					}
					lines = append(lines, sourceLine{stream: "people", data: fmt.Sprintf(`{"email":%q,"city":"Oslo"}`, email)})
				}
				before := pictureOf(w.Server)
				w.write(cut{}, map[string]any{}, givenStream{undoStream{name: "people", object: "contacts", key: "email", columns: `"email":{},"city":{}`}, "append_dedup", lines})
				time.Sleep(time.Minute)
				w.ResetCounts()
				w.undo(undoOptions{}, cut{})
				if now := pictureOf(w.Server); len(now) != len(before) {
					t.Fatalf("there are %d contacts", len(now))
				}
				if !strings.Contains(w.said, "waiting 15 seconds, until HighLevel's search knows") {
					t.Errorf("nobody is told of the wait: %s", w.said)
				}
				const always = 10 // reads that have nothing to do with how many contacts there are
				if reads, most := w.Total()-w.Writes(), always+c.reads*people/100; reads > most {
					t.Errorf("%d reads, at most %d are allowed: %v", reads, most, w.Requests())
				}
				tags := 0
				if c.there {
					tags = 1
				}
				if want := c.write*people/100 + tags; w.Writes() != want {
					t.Errorf("%d writes, want %d: %v", w.Writes(), want, w.Requests())
				}
				if strings.Contains(fmt.Sprint(pictureOf(w.Server)), "Oslo") {
					t.Error("not all is taken back")
				}
			})
		})
	}
}
