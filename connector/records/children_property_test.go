package records_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/records"
	"destination-gohighlevel/connector/sandbox"
)

// household is contacts with notes or tasks, and records about them, by chance and few enough to meet.
type household struct {
	*rand.Rand
	job
	notes bool
	there []string // texts of notes and titles of tasks before
	lines []string
}

func newHousehold(seed uint64) *household {
	h := &household{Rand: rand.New(rand.NewPCG(seed, 15))}
	h.notes = h.IntN(2) == 0
	h.job = ofTasks(stream{})
	modes := []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Append, airbyte.SoftDelete, airbyte.Update}
	if h.notes {
		h.job, modes = ofNotes(stream{}), modes[:3]
	}
	h.streams = nil
	for _, name := range []string{"calls", "mails"} {
		s := stream{name: name, key: []string{"", "id"}[h.IntN(2)], mode: modes[h.IntN(len(modes))], delete: []object.Removal{object.Keep, object.Delete}[h.IntN(2)],
			plan: crm.PlanOptions{ClearNulls: h.IntN(2) == 0}}
		h.streams = append(h.streams, s)
	}
	for range h.IntN(6) {
		h.there = append(h.there, h.text()+[]string{"", "\n[ref:calls/1]", "\n[ref:mails/2]", "\n[ref:calls/2]\nPS"}[h.IntN(4)])
	}
	for range 1 + h.IntN(25) {
		data := map[string]any{"id": 1 + h.IntN(3), "email": []string{"ann@example.com", "bob@example.com", "eve@example.com"}[min(2, h.IntN(10)/4)]}
		switch {
		case h.notes:
			data["body"], data["pinned"] = h.text(), h.IntN(2) == 0
		default:
			data["title"], data["due"], data["done"] = h.text(), fmt.Sprintf("2026-12-0%d", 1+h.IntN(2)), h.IntN(2) == 0
			data["description"] = h.text()
		}
		for _, column := range []string{"pinned", "done", "description", "body", "title"} {
			if _, given := data[column]; given && h.IntN(6) == 0 {
				data[column] = nil
			}
			if h.IntN(6) == 0 {
				delete(data, column)
			}
		}
		if h.IntN(6) == 0 {
			data["_ab_cdc_deleted_at"] = "2026-01-01"
		}
		text, _ := json.Marshal(data)
		h.lines = append(h.lines, record(h.streams[h.IntN(2)].name, string(text)))
	}
	return h
}

func (h *household) text() string { return []string{"One", "Two", "Three <b>3</b>"}[h.IntN(3)] }

// end is what the location holds after the records came in these many syncs.
func (h *household) end(t *testing.T, syncs [][]string, size int, faults ...sandbox.Fault) string {
	t.Helper()
	p := withPeople(newPlace(t, sandbox.Options{IndexLag: time.Minute}), "ann", "bob")
	for i, text := range h.there {
		p.PutNote(sandbox.Note{ContactID: idOf("ann"), Body: text, Added: time.Unix(int64(i), 0)})
		title, body, _ := strings.Cut(text, "\n")
		p.PutTask(sandbox.Task{ContactID: idOf("ann"), Title: title, Body: body, Due: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)})
	}
	p.Inject(faults...)
	for _, lines := range syncs {
		j := h.job
		j.limits = windowsOf(size)
		p.must(j, lines...)
		time.Sleep(2 * time.Minute) // of the bubble: search has caught up
	}
	var out []string
	for _, n := range p.Notes() {
		out = append(out, fmt.Sprint(n.ContactID, n.Body, n.Pinned))
	}
	for _, k := range p.Tasks() {
		out = append(out, fmt.Sprint(k.ContactID, k.Title, k.Body, k.Due.Format(time.DateOnly), k.Completed))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestChildrenOfAWindowEndAsIfEachHadCome in a sync of its own, whatever windows they come in, where answers are lost, and where nothing is remembered.
func TestChildrenOfAWindowEndAsIfEachHadCome(t *testing.T) {
	worlds := *randomWorlds
	if testing.Short() {
		worlds = 60
	}
	for seed := range uint64(worlds) {
		h := newHousehold(seed)
		var apart [][]string
		for _, line := range h.lines {
			apart = append(apart, []string{line})
		}
		synctest.Test(t, func(t *testing.T) {
			once, twice := h.end(t, apart, 1), h.end(t, append(slices.Clone(apart), apart...), 1)
			all := [][]string{h.lines}
			if h.IntN(2) == 0 {
				defer records.RememberNothing()()
			}
			creates := sandbox.Fault{Operation: opCreateTask, Kind: sandbox.FaultResetAfter, After: h.IntN(3), Times: 1 + h.IntN(2)}
			creates.Kind = []sandbox.FaultKind{sandbox.FaultResetAfter, sandbox.FaultResetBefore, sandbox.Fault422Applied, sandbox.FaultGarbage}[h.IntN(4)]
			if h.notes {
				creates.Operation = opCreateNote
			}
			for name, ends := range map[string][2]string{
				"together": {h.end(t, all, 100), once}, "in windows": {h.end(t, all, 2+h.IntN(5)), once},
				string(creates.Kind): {h.end(t, all, 100, creates), once}, "twice": {h.end(t, append(all, h.lines), 100), twice},
			} {
				if got, want := ends[0], ends[1]; got != want {
					t.Fatalf("world %d %s: %s\nstreams %+v\nthere %q\n%s", seed, name, cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")), h.streams, h.there, strings.Join(h.lines, ""))
				}
			}
		})
	}
}
