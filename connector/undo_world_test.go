package connector

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/sandbox"
)

// undoWorld is a location with a few people, whom random syncs and others change in turn, and what would be there had there been no sync.
type undoWorld struct {
	said string // by the last undo
	*rand.Rand
	*sandbox.Server
	t       *testing.T
	journal string
	story   []string // what has happened, to be told if the world fails

	twin    picture                   // without the syncs, but for what they created as it was then; with what others did to that
	born    picture                   // what syncs created, as it was then
	touched map[string]bool           // what others have ever changed
	left    map[string]map[string]any // what a sync wrote last, by thing and field
	doubts  map[string]bool           // things of which nobody knows what a killed sync wrote to them
	number  int                       // makes values unlike any other
	api     http.Handler              // answers an undo in place of the location; nil does not
}

const undoPeople = 12 // of whom most are there before

func newUndoWorld(t *testing.T, seed uint64) *undoWorld {
	random := rand.New(rand.NewPCG(seed, 53))
	w := undoWorldOn(t, sandbox.New(sandbox.Options{AllowDuplicates: random.IntN(2) == 0, AllowDuplicateOpportunities: true, Latency: time.Millisecond,
		IndexLag: []time.Duration{0, 2 * time.Second, time.Minute}[random.IntN(3)]}))
	w.Rand = random
	for i := range 2 {
		w.PutBusiness(sandbox.Business{ID: fmt.Sprintf("%024d", i), Properties: map[string]any{"name": undoCompanies[i], "city": w.unique("Town")}})
	}
	for i := range undoPeople {
		if w.IntN(4) > 0 {
			w.seedPerson(i)
		}
	}
	w.twin = pictureOf(w.Server)
	return w
}

// undoWorldOn is a world of what is in a location.
func undoWorldOn(t *testing.T, s *sandbox.Server) *undoWorld {
	return &undoWorld{t: t, Server: s, journal: filepath.Join(t.TempDir(), "journal"), twin: pictureOf(s), born: picture{}, touched: map[string]bool{}, left: map[string]map[string]any{}, doubts: map[string]bool{}}
}

var undoCompanies = []string{"Acme", "Bolt", "Coil", "Dell"}

func undoEmail(person int) string { return fmt.Sprintf("p%d@example.com", person) }

// unique is a text that was nowhere before.
func (w *undoWorld) unique(word string) string {
	w.number++
	return fmt.Sprintf("%s %d", word, w.number)
}

func (w *undoWorld) phone() string {
	w.number++
	return fmt.Sprintf("+1%03d55501%02d", 201+w.number/100, w.number%100)
}

// id is a new one, as the CRM gives them.
func (w *undoWorld) id() string { w.number++; return fmt.Sprintf("u%019d", w.number) }

func (w *undoWorld) seedPerson(i int) {
	c := sandbox.Contact{ID: w.id(), Fields: map[string]any{"email": undoEmail(i), "phone": w.phone(), "firstName": w.unique("Ann"), "country": "US", "source": "web"},
		CustomFields: map[string]any{}, DateAdded: time.Now().Add(time.Duration(i-100) * time.Hour)}
	for _, tag := range []string{"heropixel", "vip", "old-1", "old-2", "kept"} {
		if w.IntN(3) == 0 {
			c.Tags = append(c.Tags, tag)
		}
	}
	switch w.IntN(8) {
	case 0:
		c.Fields["dnd"] = true
	case 1:
		c.Fields["dndSettings"] = map[string]any{"SMS": map[string]any{"status": []string{"active", "permanent"}[w.IntN(2)]}}
	}
	if w.IntN(2) == 0 {
		c.Fields["city"], c.CustomFields["cfText00000000000001"] = w.unique("Rome"), w.unique("N")
	}
	if w.IntN(3) == 0 {
		c.Fields["businessId"], c.Fields["companyName"] = fmt.Sprintf("%024d", 0), undoCompanies[0]
	}
	w.Put(c)
	if w.IntN(2) == 0 {
		w.PutNote(sandbox.Note{ID: w.id(), ContactID: c.ID, Title: "Old", Body: w.unique("Old") + fmt.Sprintf("\n[ref:calls/%d]", i)})
		w.PutTask(sandbox.Task{ID: w.id(), ContactID: c.ID, Title: w.unique("Old"), Body: fmt.Sprintf("[ref:todos/%d]", i), Due: undoDue})
		w.PutOpportunity(sandbox.Opportunity{ID: w.id(), ContactID: c.ID, PipelineID: "plSales0000000000001", StageID: "5a1e5000-0000-4000-8000-000000000001", Name: w.unique("Old"),
			CustomFields: map[string]any{"ofText00000000000001": fmt.Sprintf("D-%d", i)}})
	}
}

var undoDue = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

// undoStream is a stream of a random sync: how its record about a person is made.
type undoStream struct {
	name, object, key, columns string
	modes                      []string
	record                     func(w *undoWorld, person int) map[string]any
}

var undoStreams = []undoStream{
	{"stops", "suppressions", "", `"email":{}`, []string{"append"}, func(_ *undoWorld, person int) map[string]any {
		return map[string]any{"email": undoEmail(person)}
	}},
	{"companies", "businesses", "name", `"name":{},"city":{}`, []string{"append_dedup", "update"}, func(w *undoWorld, person int) map[string]any {
		return map[string]any{"name": undoCompanies[person%4], "city": w.unique("Town")}
	}},
	{"people", "contacts", "email", `"email":{},"phone":{},"first_name":{},"city":{},"tags":{},"dnd":{},"dnd_sms":{},"business":{},"contact.customer_number":{},"_ab_cdc_deleted_at":{}`,
		[]string{"append_dedup", "append_dedup", "update", "overwrite", "soft_delete", "append"}, (*undoWorld).person},
	{"calls", "notes", "id", `"id":{},"email":{},"body":{},"title":{},"_ab_cdc_deleted_at":{}`, []string{"append_dedup", "soft_delete"}, func(w *undoWorld, person int) map[string]any {
		return map[string]any{"id": person + undoPeople*w.IntN(2), "email": undoEmail(person), "body": w.unique("Call"), "title": w.unique("T")}
	}},
	{"todos", "tasks", "id", `"id":{},"email":{},"title":{},"due":{},"completed":{},"_ab_cdc_deleted_at":{}`, []string{"append_dedup", "update", "soft_delete"}, func(w *undoWorld, person int) map[string]any {
		return map[string]any{"id": person + undoPeople*w.IntN(2), "email": undoEmail(person), "title": w.unique("Task"), "due": "2026-12-2" + fmt.Sprint(w.IntN(10)), "completed": w.IntN(2) == 0}
	}},
	{"deals", "opportunities", "deal_number", `"deal_number":{},"email":{},"pipeline":{},"stage":{},"name":{},"status":{},"value":{},"_ab_cdc_deleted_at":{}`, []string{"append_dedup", "update", "soft_delete"},
		func(w *undoWorld, person int) map[string]any {
			return map[string]any{"deal_number": fmt.Sprintf("D-%d", person), "email": undoEmail(person), "pipeline": "Sales", "stage": []string{"New Lead", "Contacted"}[w.IntN(2)],
				"name": w.unique("Deal"), "status": []string{"open", "won", "lost"}[w.IntN(3)], "value": w.IntN(3)}
		}},
}

// person is a record about a person, with some of the columns.
func (w *undoWorld) person(i int) map[string]any {
	data := map[string]any{"email": undoEmail(i)}
	values := map[string][]any{"phone": {w.phone()}, "first_name": {w.unique("Bea")}, "city": {nil, w.unique("Oslo"), "Lima"},
		"contact.customer_number": {nil, w.unique("M")}, "tags": {"new", "old-1", "new,old-2", ""}}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if w.IntN(2) == 0 {
			data[name] = values[name][w.IntN(len(values[name]))]
		}
	}
	switch w.IntN(8) {
	case 0:
		data["dnd"] = w.IntN(2) == 0
	case 1:
		data["dnd_sms"] = w.IntN(2) == 0
	}
	if w.IntN(3) == 0 {
		data["business"] = undoCompanies[w.IntN(4)]
	}
	return data
}

// sync runs a random sync of some streams.
func (w *undoWorld) sync(c cut) {
	w.t.Helper()
	var given []givenStream
	for _, s := range undoStreams {
		if w.IntN(2) == 0 {
			given = append(given, givenStream{s, s.modes[w.IntN(len(s.modes))], w.records(s)})
		}
	}
	w.write(c, map[string]any{"tags": [][]string{{"heropixel"}, {"heropixel", "vip"}}[w.IntN(2)],
		"managed_tags": []string{"old-*"}, "null_values": []string{"clear", "ignore"}[w.IntN(2)], "on_delete": []string{"delete", "remove_tags"}[w.IntN(2)],
		"on_missing": []string{"keep", "delete", "remove_tags"}[w.IntN(3)], "removal_limit_percent": 100, "do_not_disturb": []string{"protect", "protect", "sync"}[w.IntN(3)],
		"create_missing_businesses": w.IntN(2) == 0}, given...)
}

// givenStream is a stream of a sync.
type givenStream struct {
	undoStream
	mode  string
	lines []sourceLine
}

// write runs a sync, and learns what it has done.
func (w *undoWorld) write(c cut, settings map[string]any, given ...givenStream) {
	w.t.Helper()
	if len(given) == 0 {
		return
	}
	p := &platform{Server: w.Server, t: w.t, settings: settings, acked: map[string]int{}, settled: map[string]sums{}}
	defer w.learnDoubts()
	defer w.killing(p)()
	var catalog, streams []any
	for _, s := range given {
		stream := map[string]any{"stream": map[string]any{"name": s.name, "json_schema": json.RawMessage(`{"properties":{` + s.columns + `}}`)}, "destination_sync_mode": s.mode}
		if s.key != "" {
			stream["primary_key"] = [][]string{{s.key}}
		}
		catalog = append(catalog, stream)
		of := map[string]any{"name": s.name, "object": s.object}
		if s.object == "opportunities" {
			of["match_on"] = []string{"custom_field:deal_number"}
		}
		streams = append(streams, of)
		p.lines = append(p.lines, s.lines...)
	}
	text, _ := json.Marshal(map[string]any{"streams": catalog}) // plain values
	p.catalog = string(text)
	settings["streams"], settings["journal"] = streams, w.recording()
	before := pictureOf(w.Server)
	w.tell("sync %v %s\n%s", p.settings, p.catalog, townLog(p.lines))
	if _, err := p.sync(c); err != nil {
		w.t.Fatalf("%v\n%s", err, p.log)
	}
	w.learn(before)
}

// killing lets what is cut short leave of its journal what was durable then, once it has ended.
func (w *undoWorld) killing(p *platform) (ended func()) {
	var durable map[string][]byte
	p.struck = func() { durable = w.journals() }
	return func() {
		for name := range w.journals() {
			if durable != nil && os.WriteFile(name, durable[name], 0o600) != nil {
				w.t.Error("a journal cannot be written")
			}
		}
	}
}

// learnDoubts learns of which things nobody knows what a sync that was killed wrote to them.
func (w *undoWorld) learnDoubts() {
	files, err := journal.FilesIn(w.journal)
	if errors.Is(err, fs.ErrNotExist) { // killed before it wrote anything
		return
	}
	for _, file := range files {
		_, changes, err := file.Read(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		for _, c := range changes {
			if c.Result == journal.Unknown && c.ID != "" {
				w.doubts[c.Object+"/"+c.ID] = true
			}
		}
	}
}

// recording is the setting of the journal.
func (w *undoWorld) recording() map[string]any {
	return map[string]any{"storage_type": "Local", "path": w.journal}
}

// journals are the files of the journals as they are.
func (w *undoWorld) journals() map[string][]byte {
	files, now := must(filepath.Glob(filepath.Join(w.journal, "*.jsonl"))), map[string][]byte{}
	for _, name := range files {
		now[name] = must(os.ReadFile(name))
	}
	return now
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// records are those of a stream: about some people, each once or twice.
func (w *undoWorld) records(s undoStream) (lines []sourceLine) {
	for range 1 + w.IntN(8) {
		data := s.record(w, w.IntN(undoPeople))
		if s.name != "stops" && s.name != "companies" && w.IntN(5) == 0 {
			data["_ab_cdc_deleted_at"] = "2026-01-01"
		}
		text, _ := json.Marshal(data)
		lines = append(lines, sourceLine{stream: s.name, data: string(text), pause: w.IntN(8) == 0})
	}
	last := &lines[len(lines)-1]
	last.state, last.complete = true, true
	return lines
}

// learn enters what a sync has done.
func (w *undoWorld) learn(before picture) {
	now := pictureOf(w.Server)
	for key, h := range now {
		was, known := before[key]
		if !known {
			w.born[key], w.twin[key] = now.clone()[key], now.clone()[key]
			continue
		}
		if w.left[key] == nil {
			w.left[key] = map[string]any{}
		}
		for _, field := range fieldsOf(h, was) {
			if !same(h[field], was[field]) {
				w.left[key][field] = h[field]
			}
		}
	}
}

// same reports whether two fields hold the same.
func same(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// fieldsOf are the fields of things, sorted.
func fieldsOf(things ...held) (fields []string) {
	for _, h := range things {
		for field := range h {
			fields = append(fields, field)
		}
	}
	slices.Sort(fields)
	return slices.Compact(fields)
}

func (w *undoWorld) tell(format string, of ...any) {
	w.story = append(w.story, fmt.Sprintf(format, of...))
}
