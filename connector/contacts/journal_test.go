package contacts_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sandbox"
)

// auditor is in front of a location, and holds each request that changes something to the journals in a folder: what it changes must be
// durable there when it arrives.
type auditor struct {
	next   http.RoundTripper
	t      testing.TB
	folder string

	mu      sync.Mutex
	changes int // requests that change something
}

func (a *auditor) RoundTrip(r *http.Request) (*http.Response, error) {
	if isWrite(r) {
		var sent map[string]any
		if r.Body != nil {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			_ = json.Unmarshal(body, &sent)
		}
		a.mu.Lock()
		a.changes++
		recorded := recordedIn(a.t, a.folder)
		a.mu.Unlock()
		for _, lacks := range lacking(r, sent, recorded) {
			a.t.Errorf("%s %s is sent, and no intent tells of %s", r.Method, r.URL.Path, lacks)
		}
	}
	return a.next.RoundTrip(r)
}

// isAudited picks the trials that have a journal and an auditor, which make them slow.
func isAudited(t testing.TB) bool {
	share := uint32(3)
	if testing.Short() {
		share = 10
	}
	return crc32.ChecksumIEEE([]byte(t.Name()))%share == 0
}

func isWrite(r *http.Request) bool {
	return r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/search") && !strings.Contains(r.URL.Path, "/oauth/")
}

// recordedIn is all that the journals in a folder tell, run by run.
func recordedIn(t testing.TB, folder string) (all []journal.Recorded) {
	t.Helper()
	files, err := journal.FilesIn(folder)
	if err != nil && !os.IsNotExist(err) && !strings.Contains(err.Error(), "no such file") {
		t.Fatal(err)
	}
	for _, f := range files {
		_, changes, err := f.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, changes...)
	}
	return all
}

// lacking names what a request changes and no intent tells of.
func lacking(r *http.Request, sent map[string]any, recorded []journal.Recorded) (lacks []string) {
	has := func(op journal.Op, id string, set map[string]any, tags any) bool {
		return slices.ContainsFunc(recorded, func(c journal.Recorded) bool {
			for name, v := range set {
				if held, known := c.Set[name]; known && !sameValue(held, v) || !known && c.Set["contact."+name] == nil && standard(name) {
					return false
				}
			}
			return c.Op == op && c.ID == id && (tags == nil || reflect.DeepEqual(tags, anys(c.Tags)))
		})
	}
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch last := path[len(path)-1]; {
	case strings.HasSuffix(r.URL.Path, "/contacts/") && r.Method == http.MethodPost:
		if !has(journal.Create, "", sent, sent["tags"]) {
			return []string{"the create"}
		}
	case last == "upsert":
		if !slices.ContainsFunc(recorded, func(c journal.Recorded) bool {
			return c.Op == journal.Update && sameValue(c.Set["companyName"], sent["companyName"])
		}) {
			return []string{"the company"}
		}
	case last == "business":
		for _, id := range sent["ids"].([]any) {
			if !has(journal.Link, id.(string), map[string]any{"business": sent["businessId"]}, nil) {
				lacks = append(lacks, "the link")
			}
		}
	case slices.Contains(path, "tags"):
		op := map[string]journal.Op{"add": journal.AddTags, "remove": journal.RemoveTags}[last]
		for _, id := range sent["contacts"].([]any) {
			if !has(op, id.(string), nil, sent["tags"]) {
				lacks = append(lacks, "tags of a contact")
			}
		}
	case last == "customFields":
		if !has(journal.Create, "", map[string]any{"name": sent["name"]}, nil) {
			lacks = append(lacks, "the field")
		}
	case r.Method == http.MethodPut:
		if !has(journal.Update, last, sent, nil) {
			lacks = append(lacks, "the update")
		}
	case r.Method == http.MethodDelete:
		if !has(journal.Delete, last, nil, nil) {
			lacks = append(lacks, "the delete")
		}
	}
	return lacks
}

// standard tells the properties of a body that the journal has under the same name.
func standard(name string) bool {
	return name != "customFields" && name != "dndSettings" && name != "locationId" && name != "tags"
}

// sameValue compares what is recorded with what is sent; an empty text clears.
func sameValue(recorded, sent any) bool {
	return reflect.DeepEqual(recorded, sent) || recorded == nil && sent == ""
}

func anys(texts []string) any {
	var out []any
	for _, t := range texts {
		out = append(out, t)
	}
	return out
}

// settledBy fails unless the journal of a run that has ended tells of each change whether it was carried out, and of those that were
// only what the location holds.
func settledBy(t testing.TB, p *place, recorded []journal.Recorded) {
	t.Helper()
	deleted := map[string]bool{}
	for _, c := range recorded {
		deleted[c.ID] = deleted[c.ID] || c.Op == journal.Delete && c.Result == journal.Carried
	}
	there := map[string]sandbox.Contact{}
	for _, c := range p.Contacts() {
		there[c.ID] = c
	}
	for _, c := range recorded {
		_, exists := there[c.Outcome.ID]
		switch {
		case c.Result == journal.Unknown:
			t.Errorf("nobody knows what became of %+v", c.Change)
		case c.Op == journal.Create && c.Object == "contacts" && c.Result == journal.Carried && !exists && !deleted[c.Outcome.ID]:
			t.Errorf("the create of %q is recorded as done, and it does not exist", c.Outcome.ID)
		case c.Op == journal.Delete && c.Result == journal.Carried && exists:
			t.Errorf("the delete of %q is recorded as done, and it exists", c.ID)
		}
	}
}

// journaled is a location whose writes are audited, and a journal for the next sync into it.
func journaled(p *place, folder string) *journal.Journal {
	if _, audited := p.transport.(*auditor); !audited {
		p.transport = &auditor{next: p.transport, t: p.t, folder: folder}
	}
	return journal.InFolder(folder, journal.Run{Started: time.Now(), Location: p.Options().LocationID})
}

// durable is a store that makes a journal durable too, as that of the write verb.
type durable struct {
	load.Store
	journal *journal.Journal
}

func (d durable) Flush(ctx context.Context) error {
	return cmp.Or(d.journal.Flush(ctx), d.Store.Flush(ctx))
}
func (d durable) Pending() bool { return d.journal.Pending() || d.Store.Pending() }

// withJournal is a store together with a journal.
func withJournal(s load.Store, j *journal.Journal) load.Store {
	switch {
	case j == nil:
		return s
	case s == nil:
		s = &shelf{}
	}
	return durable{s, j}
}

// TestJournal: every kind of change of a contact is recorded with what was there before, ahead of its request, and for as many requests as
// without a journal.
func TestJournal(t *testing.T) {
	world := func(t *testing.T, with bool) (requests int, recorded []journal.Recorded) {
		p := inside(t, sandbox.Options{})
		changed := p.Put(sandbox.Contact{Fields: map[string]any{"email": "old@example.com", "city": "Rome", "companyName": "Before"}, Tags: []string{"kept"}})
		gone := p.Put(sandbox.Contact{Fields: map[string]any{"email": "gone@example.com", "firstName": "Gone"}, Tags: []string{"vip"}})
		folder := filepath.Join(t.TempDir(), "journal")
		j := job{plan: crm.PlanOptions{Tags: []string{"vip"}, ManagedTags: []string{"old*"}}}
		j.streams = []stream{{plan: j.plan, onDelete: "delete", schema: `{"properties":{"email":{},"city":{},"_ab_cdc_deleted_at":{}}}`}}
		if with {
			j.journal = journaled(p, folder)
		}
		out := p.must(j, records(`{"email":"old@example.com","city":"Milan","company":"After"}`, `{"email":"new@example.com","city":"Oslo"}`,
			`{"email":"gone@example.com","_ab_cdc_deleted_at":"2026-01-01"}`)+state("people", 1))
		if len(out.states) != 1 {
			t.Errorf("%d states", len(out.states))
		}
		requests = int(out.usage.Requests)
		if !with {
			return requests, nil
		}
		recorded = recordedIn(t, folder)
		settledBy(t, p, recorded)
		wantRecorded(t, recorded, "update", changed, 1, `{"city":"Rome","country":null}`, `{"city":"Milan","country":"US"}`)
		wantRecorded(t, recorded, "update", changed, 1, `{"companyName":"Before"}`, `{"companyName":"After"}`)
		wantRecorded(t, recorded, "tag_add", changed, 1, `{"tags":["kept"]}`, `["vip"]`)
		wantRecorded(t, recorded, "create", "", 2, `null`, `{"city":"Oslo","country":"US","email":"new@example.com","source":"capitalaudience"}`)
		wantRecorded(t, recorded, "delete", gone, 3, `{"dnd":false,"email":"gone@example.com","firstName":"Gone","tags":["vip"]}`, `null`)
		return requests, recorded
	}
	synctest.Test(t, func(t *testing.T) {
		without, _ := world(t, false)
		with, recorded := world(t, true)
		if with != without {
			t.Errorf("%d requests with a journal, %d without", with, without)
		}
		if len(recorded) != 5 {
			t.Errorf("%d changes are recorded", len(recorded))
		}
	})
}

// TestJournalTellsWhatALostAnswerDidNot: whatever becomes of an answer, the journal ends with what was carried out.
func TestJournalTellsWhatALostAnswerDidNot(t *testing.T) {
	for _, operation := range []string{"POST /contacts/", "PUT /contacts/{contactId}", "DELETE /contacts/{contactId}", "POST /contacts/bulk/tags/update/{type}"} {
		for _, kind := range []sandbox.FaultKind{sandbox.Fault422Applied, sandbox.FaultResetAfter, sandbox.FaultTruncated, sandbox.FaultStatusApplied, sandbox.FaultEmptyBody} {
			t.Run(fmt.Sprintf("%s/%s", operation, kind), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{})
					p.Put(sandbox.Contact{Fields: map[string]any{"email": "old@example.com", "city": "Rome"}})
					p.Put(sandbox.Contact{Fields: map[string]any{"email": "gone@example.com"}})
					p.Inject(sandbox.Fault{Operation: operation, Kind: kind, Times: 1})
					folder := filepath.Join(t.TempDir(), "journal")
					plan := crm.PlanOptions{Tags: []string{"vip"}}
					p.must(job{streams: []stream{{plan: plan, onDelete: "delete", schema: `{"properties":{"email":{},"city":{},"_ab_cdc_deleted_at":{}}}`}}, journal: journaled(p, folder)},
						records(`{"email":"old@example.com","city":"Milan"}`, `{"email":"new@example.com"}`, `{"email":"gone@example.com","_ab_cdc_deleted_at":"2026-01-01"}`))
					carried := map[journal.Op]int{}
					for _, c := range recordedIn(t, folder) {
						if c.Result == journal.Carried {
							carried[c.Op]++
						}
						lost := operation == "POST /contacts/bulk/tags/update/{type}"
						if told := c.Outcome.Tags != nil; c.Op == journal.AddTags && c.Result == journal.Carried && told == lost {
							t.Errorf("the tags that were added are told as %v", c.Outcome.Tags)
						}
					}
					if len(carried) != 4 {
						t.Errorf("recorded as carried out are %v", carried)
					}
					settledBy(t, p, recordedIn(t, folder))
				})
			})
		}
	}
}

// wantRecorded fails unless a change is recorded as carried out, with what was before and what is after, for a line of the stream people.
func wantRecorded(t *testing.T, all []journal.Recorded, op, id string, line int64, before, after string) {
	t.Helper()
	for _, c := range all {
		was, _ := json.Marshal(c.Before)
		is, _ := json.Marshal(c.Set)
		if c.Op == journal.AddTags || c.Op == journal.RemoveTags {
			is, _ = json.Marshal(c.Outcome.Tags)
		}
		if string(c.Op) == op && c.ID == id && string(was) == before && string(is) == after && c.Result == journal.Carried {
			if c.Stream != "people" || !slices.Equal(c.Lines, []int64{line}) || c.Keys["email"] == "" || c.Outcome.ID == "" {
				t.Errorf("%s is recorded for %+v", op, c.Origin)
			}
			return
		}
	}
	t.Errorf("no %s from %s to %s is recorded: %s", op, before, after, fmt.Sprint(all))
}

// TestOutcomesBeforeStates: when a state leaves, the journal says what became of all that it acknowledges; and states do not wait for it.
func TestOutcomesBeforeStates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		folder := filepath.Join(t.TempDir(), "journal")
		var input strings.Builder
		const each = 20
		for n := range 5 {
			for i := range each {
				input.WriteString(records(fmt.Sprintf(`{"email":"p%d@example.com"}`, n*each+i)))
			}
			input.WriteString(state("people", n+1))
		}
		states, begun, first := 0, time.Now(), time.Duration(0)
		p.must(job{plan: crm.PlanOptions{Tags: []string{"vip"}}, journal: journaled(p, folder), release: func(*airbyte.State) {
			if states++; states == 1 {
				first = time.Since(begun)
			}
			for _, c := range recordedIn(t, folder) {
				if c.Lines[0] <= int64(states*(each+1)) && c.Result != journal.Carried {
					t.Errorf("state %d leaves, and what became of line %d is not recorded", states, c.Lines[0])
				}
			}
		}}, input.String())
		if states != 5 || first > 20*time.Second {
			t.Errorf("%d states, the first after %v", states, first)
		}
		settledBy(t, p, recordedIn(t, folder))
	})
}

// TestJournalThatCannotBeWritten: nothing is sent that could not be recorded, and the sync ends.
func TestJournalThatCannotBeWritten(t *testing.T) {
	p := inside(t, sandbox.Options{})
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	out := p.sync(job{mode: airbyte.AppendDedup, journal: journal.InFolder(file, journal.Run{})}, records(`{"email":"a@example.com"}`)+state("people", 1))
	var broken *journal.Error
	if !errors.As(out.err, &broken) || len(p.Contacts()) != 0 || len(out.states) != 0 {
		t.Errorf("%d contacts, %d states: %v", len(p.Contacts()), len(out.states), out.err)
	}
}
