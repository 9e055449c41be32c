package connector

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/sandbox"
)

// TestTheJournalOfAllObjectsLeadsBack: the journals of random syncs of all objects lead back, change by change, to what was there before:
// nothing has been changed that they do not tell of, and what each change found is told as it was.
func TestTheJournalOfAllObjectsLeadsBack(t *testing.T) {
	t.Parallel()
	worlds := 100
	if testing.Short() {
		worlds = 20
	}
	for seed := range uint64(worlds) {
		synctest.Test(t, func(t *testing.T) {
			w := newUndoWorld(t, seed)
			for range 1 + w.IntN(3) {
				w.sync(cut{})
				time.Sleep(time.Minute) // of the bubble: search has caught up, and runs are told apart by their seconds
			}
			now := pictureOf(w.Server)
			for _, c := range slices.Backward(w.recorded()) {
				now.rewind(t, c)
			}
			for _, key := range w.twin.sorted("") {
				switch lost := w.lostWithContact(key); {
				case w.born[key] != nil:
					if now[key] != nil {
						t.Errorf("the journal does not tell who created %s", key)
					}
				case now[key] == nil && !lost:
					t.Errorf("the journal does not tell of the end of %s", key)
				case !lost:
					for _, field := range fieldsOf(now[key], w.twin[key]) {
						if !same(now[key][field], w.twin[key][field]) && !isStop(field) { // which nobody takes back
							t.Errorf("%s of %s is %v by the journal, and was %v", field, key, now[key][field], w.twin[key][field])
						}
					}
				}
			}
			if t.Failed() {
				t.Fatalf("world %d: %s", seed, strings.Join(w.story, "\n"))
			}
		})
	}
}

// TestNoChangeWithoutAnIntent: whatever a sync has changed in any object its journal tells of, wherever it was killed and whatever answers
// were lost: it may tell of more, but not of less.
func TestNoChangeWithoutAnIntent(t *testing.T) {
	t.Parallel()
	worlds := 200
	if testing.Short() {
		worlds = 30
	}
	for seed := range uint64(worlds) {
		synctest.Test(t, func(t *testing.T) {
			w := newUndoWorld(t, seed)
			for range 1 + w.IntN(3) {
				var c cut
				if w.IntN(2) == 0 {
					c = cut{1 + w.IntN(30), w.IntN(2) == 0}
				}
				w.disturb()
				w.sync(c)
				time.Sleep(time.Minute)
			}
			for _, lack := range untold(w.twin, pictureOf(w.Server), w.recorded()) {
				t.Error(lack)
			}
			if t.Failed() {
				t.Fatalf("world %d: %s", seed, strings.Join(w.story, "\n"))
			}
		})
	}
}

// recorded is what the journals tell, in order.
func (w *undoWorld) recorded() (all []journal.Recorded) {
	files, err := journal.FilesIn(w.journal)
	if err != nil && !errors.Is(err, os.ErrNotExist) { // nothing was changed
		w.t.Fatal(err)
	}
	for _, f := range files {
		_, changes, err := f.Read(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, changes...)
	}
	return all
}

// lostWithContact reports whether a thing went with its contact, when a sync deleted that.
func (w *undoWorld) lostWithContact(key string) bool {
	parent, isChild := w.twin[key]["contact"].(string)
	return isChild && pictureOf(w.Server)["contacts/"+parent] == nil
}

// rewind takes one change back in a picture.
func (p picture) rewind(t *testing.T, c journal.Recorded) {
	id := c.ID
	if id == "" {
		id = c.Outcome.ID
	}
	key := c.Object + "/" + id
	switch {
	case c.Result == journal.Unknown:
		t.Errorf("nobody knows whether this was carried out: %+v", c.Change)
	case c.Result != journal.Carried:
	case c.Op == journal.Create:
		delete(p, key)
	case c.Op == journal.AddTags || c.Op == journal.RemoveTags:
		for _, tag := range c.Outcome.Tags {
			p[key].put("tag:"+tag, map[bool]any{true: true}[c.Op == journal.RemoveTags])
		}
	default:
		if p[key] == nil {
			p[key] = held{}
		}
		for name, v := range c.Before {
			p[key].recall(name, v, c)
		}
		p[key].trim()
	}
}

// undoNames are the fields whose names in a journal differ from those here.
var undoNames = map[string]string{"business": "businessId", "dnd_sms": "dnd:SMS", "contact.customer_number": "custom:cfText00000000000001", "contactId": "contact", "owner": "assignedTo",
	"lost_reason": "reason", "dueDate": "due", "opportunity.deal_number": "custom:ofText00000000000001", "postalCode": "postalcode"}

// undoIDs are the ids of what a journal has by its name.
var undoIDs = map[any]any{"Sales": "plSales0000000000001", "New Lead": "5a1e5000-0000-4000-8000-000000000001", "Contacted": "5a1e5000-0000-4000-8000-000000000002",
	"Proposal Sent": "5a1e5000-0000-4000-8000-000000000003", "Closed": "5a1e5000-0000-4000-8000-000000000004", "Onboarding": "plOnboarding00000002", "Kickoff": "0b0a4d00-0000-4000-8000-000000000001"}

// recall gives a field the value that a journal tells.
func (h held) recall(name string, v any, c journal.Recorded) {
	if name == "ref" || name == "companyName" {
		return // it stands in the body, or follows the business
	}
	if list, isList := v.([]any); isList && name == "tags" {
		for _, tag := range list {
			h["tag:"+tag.(string)] = true
		}
		return
	}
	if to := undoNames[name]; to != "" && (name != "postalCode" || c.Object == "businesses") {
		name = to
	}
	if id := undoIDs[v]; id != nil && c.Object == "opportunities" && (name == "pipeline" || name == "stage") {
		v = id
	}
	if name == "body" {
		body, _ := v.(string)
		v = strings.TrimPrefix(body+h.ref(c), "\n")
	}
	h.put(name, v)
}

// ref is the last line of a body that names a record, which a journal tells apart from the body.
func (h held) ref(c journal.Recorded) string {
	if ref, told := c.Before["ref"].(string); told {
		return "\n[ref:" + ref + "]"
	}
	body, _ := h["body"].(string)
	if i := strings.LastIndex("\n"+body, "\n[ref:"); i >= 0 {
		return ("\n" + body)[i:]
	}
	return ""
}

// untold are the differences between two pictures that no recorded change tells of.
func untold(before, after picture, all []journal.Recorded) (lacks []string) {
	all = slices.DeleteFunc(all, func(c journal.Recorded) bool { return c.Result == journal.Failed || c.Result == journal.Unsent })
	tells := func(key string, of func(journal.Recorded) bool) bool {
		return slices.ContainsFunc(all, func(c journal.Recorded) bool {
			return c.Object == kindOf(key) && (c.ID == idOfKey(key) || c.Op == journal.Create && (c.Outcome.ID == idOfKey(key) || c.Result == journal.Unknown)) && of(c)
		})
	}
	for _, key := range before.sorted("") {
		if parent, isChild := before[key]["contact"].(string); after[key] == nil && (!isChild || after["contacts/"+parent] != nil) &&
			!tells(key, func(c journal.Recorded) bool { return c.Op == journal.Delete }) {
			lacks = append(lacks, key+" was deleted")
		}
	}
	for _, key := range after.sorted("") {
		if before[key] == nil && !tells(key, func(c journal.Recorded) bool { return c.Op == journal.Create }) {
			lacks = append(lacks, key+" was created")
		}
		for _, field := range fieldsOf(before[key], after[key]) {
			if before[key] != nil && !same(before[key][field], after[key][field]) && !tells(key, func(c journal.Recorded) bool { return changes(c, field) }) {
				lacks = append(lacks, fmt.Sprintf("%s of %s was made %v", field, key, after[key][field]))
			}
		}
	}
	return lacks
}

// changes reports whether a recorded change is of a field.
func changes(c journal.Recorded, field string) bool {
	if tag, isTag := strings.CutPrefix(field, "tag:"); isTag {
		return slices.Contains(c.Tags, tag)
	}
	for name := range c.Set {
		if to := undoNames[name]; name == field || to == field {
			return true
		}
	}
	return false
}

// disturb lets some of the next writes go wrong.
func (w *undoWorld) disturb() {
	kinds := []sandbox.FaultKind{sandbox.FaultStatus, sandbox.FaultThrottle, sandbox.FaultResetBefore, sandbox.FaultResetAfter, sandbox.FaultTruncated, sandbox.Fault422Applied, sandbox.FaultStatusApplied,
		sandbox.FaultTimeoutApplied}
	for _, operation := range w.Routes() {
		if method, _, _ := strings.Cut(operation, " "); method != "GET" && !strings.HasSuffix(operation, "/search") && w.IntN(3) == 0 {
			w.Inject(sandbox.Fault{Operation: operation, Kind: kinds[w.IntN(len(kinds))], After: w.IntN(3), Delay: time.Minute})
		}
	}
}
