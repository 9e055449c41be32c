package records_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/records"
	"destination-gohighlevel/connector/sandbox"
)

const (
	opNotes       = "GET /contacts/{contactId}/notes"
	opCreateNote  = "POST /contacts/{contactId}/notes"
	opTasks       = "GET /contacts/{contactId}/tasks"
	opCreateTask  = "POST /contacts/{contactId}/tasks"
	opSearchTasks = "POST /locations/{locationId}/tasks/search"
)

// ofNotes and ofTasks are a sync of these streams; of none it is one with the key id, in the mode append_dedup.
func ofNotes(streams ...stream) job {
	d := records.Notes()
	return ofChildren(&d, "calls", streams)
}

func ofTasks(streams ...stream) job {
	d := records.Tasks()
	return ofChildren(&d, "todos", streams)
}

func ofChildren(d *object.Descriptor, name string, streams []stream) job {
	if len(streams) == 0 {
		streams = []stream{{name: name, key: "id"}}
	}
	return job{of: d, streams: streams}
}

// withPeople puts contacts of these names into a location.
func withPeople(p *place, names ...string) *place {
	for _, name := range names {
		p.Put(sandbox.Contact{ID: idOf(name), Fields: map[string]any{"email": name + "@example.com"}})
	}
	return p
}

func idOf(name string) string { return (name + strings.Repeat("Z", 20))[:20] }

func call(id, who, text string) string {
	return record("calls", fmt.Sprintf(`{"id":%q,"email":"%s@example.com","body":%q}`, id, who, text))
}

func todo(id, who, title, rest string) string {
	return record("todos", fmt.Sprintf(`{"id":%q,"email":"%s@example.com","title":%q,"due":"2026-12-24"%s}`, id, who, title, rest))
}

// texts are the notes of a location, sorted, each with the name of its contact.
func (p *place) texts() []string {
	var texts []string
	for _, n := range p.Notes() {
		texts = append(texts, strings.TrimRight(n.ContactID, "Z")+": "+strings.ReplaceAll(n.Body, "\n", "|"))
	}
	slices.Sort(texts)
	return texts
}

func (p *place) hasTexts(want ...string) {
	p.t.Helper()
	if got := p.texts(); !slices.Equal(got, want) {
		p.t.Errorf("the notes are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTheKeyOfANote is the last line of its text: of another stream, of another contact or above that line it is none.
func TestTheKeyOfANote(t *testing.T) {
	p := withPeople(newPlace(t, sandbox.Options{}), "ann", "bob")
	j := ofNotes(stream{name: "calls", key: "id"}, stream{name: "e mails", key: "id"})
	mail := record("e mails", `{"id":1,"email":"ann@example.com","body":"Hello"}`)
	lines := []string{call("1", "ann", "Hello"), mail, call("1", "bob", "Hello"), call("a/b", "bob", "[ref:calls/1]")}
	p.must(j, lines...)
	want := []string{"ann: Hello|[ref:calls/1]", "ann: Hello|[ref:e%20mails/1]", "bob: Hello|[ref:calls/1]", "bob: [ref:calls/1]|[ref:calls/a%2Fb]"}
	p.hasTexts(want...)
	if p.ResetCounts(); p.must(j, lines...).counts.Unchanged != 4 || p.Writes() != 0 || p.Requests()[opNotes] != 2 {
		t.Errorf("again: %v", p.Requests())
	}
	p.must(j, call("1", "ann", "Hello again"))
	want[0] = "ann: Hello again|[ref:calls/1]"
	p.hasTexts(want...)
}

// TestNotesOfAStreamWithoutAKey are the same if contact and text are, whatever the markup; one that bears another's key is none of theirs.
func TestNotesOfAStreamWithoutAKey(t *testing.T) {
	p := withPeople(newPlace(t, sandbox.Options{}), "ann")
	p.PutNote(sandbox.Note{ContactID: idOf("ann"), Body: "<p>Called &amp; left a <b>message</b>.</p>"})
	p.PutNote(sandbox.Note{ContactID: idOf("ann"), Body: "Hello\n[ref:mails/1]"})
	j := ofNotes(stream{name: "calls"})
	lines := []string{call("", "ann", "Called & left a message."), call("", "ann", "Hello"), call("", "ann", " Hello "), call("", "ann", "Pasted\n[ref:calls/7]")}
	for range 2 {
		p.must(j, lines...)
		p.hasTexts("ann: <p>Called &amp; left a <b>message</b>.</p>", "ann: Hello", "ann: Hello|[ref:mails/1]", "ann: Pasted")
	}
	if out := p.must(j, record("calls", `{"email":"ann@example.com"}`)); out.told[0].Reject == nil || out.told[0].Reject.Code != "value_missing" {
		t.Errorf("without a text: %+v", out.told)
	}
}

// TestNotesAreComparedWithTheCRM: what a person has changed there is written again, its key stays, and markup is no change.
func TestNotesAreComparedWithTheCRM(t *testing.T) {
	for _, variant := range []sandbox.Variant{0, sandbox.NotesAsHTML} {
		p := withPeople(newPlace(t, sandbox.Options{Variant: variant}), "ann")
		lines := []string{call("1", "ann", "First line\nsecond <line>"), call("2", "ann", "Other")}
		p.must(ofNotes(), lines...)
		if p.ResetCounts(); p.must(ofNotes(), lines...).counts.Unchanged != 2 || p.Writes() != 0 {
			t.Errorf("again: %d writes", p.Writes())
		}
		for _, n := range p.Notes() {
			n.Body, n.Pinned = strings.Replace(n.Body, "second <line>", "changed by hand", 1), true
			p.PutNote(n)
		}
		out := p.must(ofNotes(), lines...)
		p.hasTexts("ann: First line|second <line>|[ref:calls/1]", "ann: Other|[ref:calls/2]")
		if p.Writes() != 1 || !p.Notes()[0].Pinned || !strings.HasPrefix(fmt.Sprint(out.told[0].Before["body"]), "First") && variant == 0 {
			t.Errorf("%d writes, %+v", p.Writes(), out.told)
		}
	}
}

// TestWhatATaskIsComparedBy: all its fields; one that is due on a day is at any time of it.
func TestWhatATaskIsComparedBy(t *testing.T) {
	p := withPeople(newPlace(t, sandbox.Options{}), "ann")
	line := todo("1", "ann", "Call", `,"description":"Twice","status":"open","assigned_to":"`+idOf("user")+`"`)
	p.must(ofTasks(), line)
	task := p.Tasks()[0]
	if task.Title != "Call" || task.Body != "Twice\n[ref:todos/1]" || task.Completed || task.AssignedTo != idOf("user") || !task.Due.Equal(time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", task)
	}
	for name, tt := range map[string]struct {
		hand   func(*sandbox.Task)
		writes int
	}{
		"nothing":      {func(*sandbox.Task) {}, 0},
		"another time": {func(t *sandbox.Task) { t.Due = t.Due.Add(5 * time.Hour) }, 0},
		"another day":  {func(t *sandbox.Task) { t.Due = t.Due.Add(24 * time.Hour) }, 1},
		"done by hand": {func(t *sandbox.Task) { t.Completed = true }, 1},
		"another text": {func(t *sandbox.Task) { t.Body = "Thrice\n[ref:todos/1]" }, 1},
		"another name": {func(t *sandbox.Task) { t.Title = "Write" }, 1},
		"another user": {func(t *sandbox.Task) { t.AssignedTo = idOf("boss") }, 1},
	} {
		changed := task
		tt.hand(&changed)
		p.PutTask(changed)
		p.ResetCounts()
		p.must(ofTasks(), line)
		now := p.Tasks()[0]
		if now.Due = task.Due; p.Writes() != tt.writes || now != task {
			t.Errorf("%s: %d writes, %+v", name, p.Writes(), now)
		}
	}
	p.must(ofTasks(), record("todos", `{"id":"1","email":"ann@example.com","status":"done"}`))
	if now := p.Tasks()[0]; !now.Completed || now.Body != task.Body {
		t.Errorf("%+v", now)
	}
}

// TestTasksOfAStreamWithoutAKey are the same if contact, title and the day are.
func TestTasksOfAStreamWithoutAKey(t *testing.T) {
	p := withPeople(newPlace(t, sandbox.Options{}), "ann")
	p.PutTask(sandbox.Task{ContactID: idOf("ann"), Title: "Call", Due: time.Date(2026, 12, 24, 8, 0, 0, 0, time.UTC)})
	j := ofTasks(stream{name: "todos"})
	for range 2 {
		p.must(j, todo("", "ann", "Call", `,"done":true`), todo("", "ann", "Write", ""), todo("", "ann", "Write", ""))
	}
	if all := p.Tasks(); len(all) != 2 || !all[0].Completed || all[1].Title != "Write" || p.Writes() != 2 {
		t.Errorf("%+v, %d writes", all, p.Writes())
	}
	update := ofTasks(stream{name: "todos", mode: airbyte.Update})
	if out := p.must(update, todo("", "ann", "Sing", "")); out.counts.Rejected != 1 || out.told[0].Reject.Code != "no_match" {
		t.Errorf("%+v", out.told)
	}
}

// TestDeletesOfNotes: only where the mode or the setting asks for it, and only what bears the key.
func TestDeletesOfNotes(t *testing.T) {
	const gone = `,"_ab_cdc_deleted_at":"2026-01-01"`
	for name, tt := range map[string]struct {
		stream
		record  string
		removes bool
		says    string
	}{
		"by default":         {stream{key: "id"}, `"id":"1"` + gone, false, `set \"on_delete\": \"delete\" to delete the notes that bear the key`},
		"on_delete":          {stream{key: "id", delete: object.Delete}, `"id":"1"` + gone, true, ""},
		"soft_delete":        {stream{key: "id", mode: airbyte.SoftDelete, delete: object.RemoveTags}, `"id":"1"`, true, ""},
		"ignored":            {stream{key: "id", mode: airbyte.SoftDelete}, `"id":"1"`, false, "on_delete"},
		"another key":        {stream{key: "id", delete: object.Delete}, `"id":"2"` + gone, false, ""},
		"without a key":      {stream{delete: object.Delete}, `"body":"Hello"` + gone, false, "no primary key"},
		"of another stream":  {stream{name: "mails", key: "id", delete: object.Delete}, `"id":"1"` + gone, false, ""},
		"of another contact": {stream{key: "id", delete: object.Delete}, `"id":"1","email":"bob@example.com"` + gone, false, ""},
		"of nobody":          {stream{key: "id", delete: object.Delete}, `"id":"1","email":"eve@example.com"` + gone, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := withPeople(newPlace(t, sandbox.Options{}), "ann", "bob")
			for _, body := range []string{"Hello\n[ref:calls/1]", "Hello again\n[ref:calls/1]", "Hello"} { // two have it since contacts were merged
				p.PutNote(sandbox.Note{ContactID: idOf("ann"), Body: body})
			}
			if tt.name == "" {
				tt.name = "calls"
			}
			j, line := ofNotes(tt.stream), record(tt.name, `{"email":"ann@example.com",`+tt.record+`}`)
			for _, dry := range []bool{true, false, false} {
				j.dry = dry
				out := p.must(j, line)
				if out.counts.Rejected > 0 || !strings.Contains(out.log, tt.says) {
					t.Errorf("%+v\n%s", out.counts, out.log)
				}
			}
			want := []string{"ann: Hello"}
			if !tt.removes {
				want = []string{"ann: Hello", "ann: Hello again|[ref:calls/1]", "ann: Hello|[ref:calls/1]"}
			}
			p.hasTexts(want...)
		})
	}
}

// TestNothingIsReadOfNewContacts, nor twice of others, nor of those without a record; tasks of a hundred contacts are read at once.
func TestNothingIsReadOfNewContacts(t *testing.T) {
	p := newPlace(t, sandbox.Options{})
	var notes, todos []string
	for i := range 250 {
		for _, who := range []string{fmt.Sprintf("new%d", i), fmt.Sprintf("old%d", i), fmt.Sprintf("other%d", i)} {
			withPeople(p, who)
			if who[1] != 't' {
				p.PutTask(sandbox.Task{ContactID: idOf(who), Title: "Call", Body: fmt.Sprintf("[ref:todos/%d]", i), Due: time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)})
			}
			if who[0] == 'n' || who[1] == 'l' {
				notes = append(notes, call(fmt.Sprint(i), who, "Hello"), call(fmt.Sprintf("b%d", i), who, "Hello"))
			}
			if who[1] == 'l' {
				todos = append(todos, todo(fmt.Sprint(i), who, "Call", ""))
			}
		}
	}
	j := ofNotes()
	j.limits = windowsOf(100)
	p.must(j, append(notes, notes...)...)
	if got := p.Requests(); got[opNotes] != 250 || got[opCreateNote] != 1000 {
		t.Errorf("notes: %v", got)
	}
	p.ResetCounts()
	p.must(ofTasks(), todos...)
	if got := p.Requests(); got[opSearchTasks] != 3 || p.Total() != 3 {
		t.Errorf("tasks: %v", got)
	}
}

// TestNothingIsDoubled: not by a create whose answer was lost, nor by a run after one that nobody knows the end of, while search lags.
func TestNothingIsDoubled(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{sandbox.FaultResetAfter, sandbox.FaultResetBefore, sandbox.FaultTruncated, sandbox.FaultEmptyBody,
		sandbox.FaultStatusApplied, sandbox.FaultGarbage, sandbox.Fault422Applied} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := withPeople(newPlace(t, sandbox.Options{IndexLag: time.Minute}), "ann", "bob")
				p.Inject(sandbox.Fault{Operation: opCreateNote, Kind: kind, After: 1, Times: 3}, sandbox.Fault{Operation: opCreateTask, Kind: kind, After: 1, Times: 3})
				var calls, todos []string
				for i := range 5 {
					for _, who := range []string{"ann", "bob"} {
						calls = append(calls, call(fmt.Sprint(i), who, fmt.Sprint("Text ", i)))
						todos = append(todos, todo(fmt.Sprint(i), who, fmt.Sprint("Title ", i), ""))
					}
				}
				for range 2 {
					p.must(ofNotes(), calls...)
					p.must(ofTasks(), todos...)
					if p.must(ofNotes(stream{name: "calls"}), calls...); len(p.Notes()) != 10 || len(p.Tasks()) != 10 {
						t.Errorf("%d notes, %d tasks", len(p.Notes()), len(p.Tasks()))
					}
				}
			})
		})
	}
}

// TestWhatSearchDoesNotKnowYet: what the sync before has changed a moment ago is not written again, and what is deleted is not there.
func TestWhatSearchDoesNotKnowYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := withPeople(newPlace(t, sandbox.Options{IndexLag: time.Minute}), "ann")
		p.must(ofTasks(), todo("1", "ann", "Call", ""), todo("2", "ann", "Write", ""))
		time.Sleep(2 * time.Minute) // of the bubble
		lines := []string{todo("1", "ann", "Call again", ""), todo("2", "ann", "Write", "")}
		for _, writes := range []int{1, 0} {
			if p.ResetCounts(); p.must(ofTasks(), lines...).err != nil || p.Writes() != writes {
				t.Errorf("%d writes, want %d", p.Writes(), writes)
			}
		}
		gone := ofTasks(stream{name: "todos", key: "id", mode: airbyte.SoftDelete, delete: object.Delete})
		for _, writes := range []int{1, 0} {
			if p.ResetCounts(); p.must(gone, todo("2", "ann", "Write", "")).err != nil || p.Writes() != writes {
				t.Errorf("%d deletes, want %d", p.Writes(), writes)
			}
		}
	})
}

// TestSearchIsBelievedOnceItKnows what a sync before can have written: then nothing else is asked.
func TestSearchIsBelievedOnceItKnows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := withPeople(newPlace(t, sandbox.Options{IndexLag: time.Minute}), "ann", "bob")
		j := ofTasks()
		j.limits, j.release = windowsOf(1), func() { time.Sleep(80 * time.Second) } // of the bubble
		p.must(j, todo("1", "ann", "Call", ""), state("todos", 1), todo("1", "bob", "Call", ""), todo("1", "ann", "Call again", ""))
		if got := p.Requests(); got[opTasks] != 1 || got[opSearchTasks] != 2 || p.Writes() != 3 || len(p.Tasks()) != 2 {
			t.Errorf("%v", got)
		}
	})
}

// TestWhatVanishes: a note that somebody has deleted is created again; of two contacts that were merged the one that is left gets the notes, and
// those of nobody are rejected.
func TestWhatVanishes(t *testing.T) {
	p := withPeople(newPlace(t, sandbox.Options{}), "ann", "bob", "eve")
	lines := []string{call("1", "ann", "Hello"), call("1", "bob", "Hello"), call("1", "eve", "Hello")}
	p.must(ofNotes(), lines...)
	j := ofNotes()
	j.limits = windowsOf(3)
	j.release = func() { // the notes of all are known by then
		p.DeleteNote(p.Notes()[slices.IndexFunc(p.Notes(), func(n sandbox.Note) bool { return n.ContactID == idOf("ann") })].ID)
		for _, c := range p.Contacts()[1:] {
			p.ghosts = append(p.ghosts, c)
			p.Delete(c.ID)
		}
		p.Put(sandbox.Contact{ID: idOf("rob"), Fields: map[string]any{"email": "bob@example.com"}})
	}
	again := []string{call("1", "ann", "Hello again"), call("1", "bob", "Hello again"), call("1", "eve", "Hello again")}
	out := p.must(j, slices.Concat(lines, []string{state("calls", 1)}, again)...)
	p.hasTexts("ann: Hello again|[ref:calls/1]", "rob: Hello again|[ref:calls/1]")
	if out.counts.Created != 2 || out.counts.Rejected != 1 || out.told[5].Reject == nil || out.told[5].Reject.Code != "no_contact" {
		t.Errorf("%+v %+v", out.counts, out.told)
	}
	p.ghosts = []sandbox.Contact{{ID: idOf("eve"), Fields: map[string]any{"email": "ann@example.com"}}} // and from the start
	if p.must(ofNotes(), again[0]).counts.Unchanged != 1 {
		t.Errorf("%q", p.texts())
	}
}

// TestWhoIsToCome: a record waits for its contact, and all behind it of its row with it.
func TestWhoIsToCome(t *testing.T) {
	p := withPeople(newPlace(t, sandbox.Options{}), "ann", "later")
	j := ofNotes()
	j.limits = windowsOf(1)
	out := p.must(j, call("1", "later", "first"), call("2", "ann", "at once"), call("1", "ann", "moved"), call("1", "later", "last"), call("3", "later2", "never"))
	p.hasTexts("ann: at once|[ref:calls/2]", "ann: moved|[ref:calls/1]", "later: last|[ref:calls/1]")
	if out.counts.Rejected != 1 || out.told[len(out.told)-1].Reject.Code != "no_contact" {
		t.Errorf("%+v, %+v", out.counts, out.told)
	}
}

// TestADryRunOfNotes tells what a sync does, and writes nothing.
func TestADryRunOfNotes(t *testing.T) {
	p := withPeople(newPlace(t, sandbox.Options{}), "ann", "new")
	p.PutNote(sandbox.Note{ContactID: idOf("ann"), Body: "Hello\n[ref:calls/1]"})
	lines := []string{call("1", "ann", "Hello again"), call("2", "new", "Hello"), call("2", "new", "Hello"), call("1", "ann", "Hello again"), call("3", "nobody", "?")}
	j := ofNotes()
	j.dry, j.limits = true, windowsOf(1)
	dry := p.must(j, lines...)
	if p.Writes() != 0 || !dry.told[1].Pretended {
		t.Errorf("%d writes, %+v", p.Writes(), dry.told)
	}
	j.dry = false
	if real := p.must(j, lines...); fmt.Sprint(real.counts) != fmt.Sprint(dry.counts) || len(real.told) != len(dry.told) {
		t.Errorf("the dry run says %+v, the sync %+v", dry.counts, real.counts)
	}
}

// TestWhatIsForgotten is read again, also of contacts that the sync has created.
func TestWhatIsForgotten(t *testing.T) {
	defer records.RememberNothing()()
	p := withPeople(newPlace(t, sandbox.Options{}), "ann", "new")
	j := ofNotes()
	j.limits = windowsOf(1)
	var lines []string
	for i := range 4 {
		lines = append(lines, call("1", "ann", fmt.Sprint("Text ", i)), call("1", "new", fmt.Sprint("Text ", i)))
	}
	p.must(j, lines...)
	p.hasTexts("ann: Text 3|[ref:calls/1]", "new: Text 3|[ref:calls/1]")
}
