package contacts_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/sandbox"
)

// TestTheJournalLeadsBack: whatever random syncs do to a location, also where answers are lost, their journals lead back, change by change,
// to the location as it was before: nothing is missing there, and what was there before each change is told as it was.
func TestTheJournalLeadsBack(t *testing.T) {
	worlds := 300
	if testing.Short() {
		worlds = 60
	}
	for seed := range worlds {
		synctest.Test(t, func(t *testing.T) { leadBack(t, uint64(seed)) })
		if t.Failed() {
			t.Fatalf("in the world %d", seed)
		}
	}
}

// rewound is a location in memory, by id.
type rewound map[string]*sandbox.Contact

func leadBack(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 17))
	p := inside(t, sandbox.Options{AllowDuplicates: random.IntN(3) == 0})
	for i := range 10 {
		p.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("p%d@example.com", i), "city": "Rome", "dnd": random.IntN(4) == 0},
			CustomFields: map[string]any{textField(p): "before"}, Tags: []string{"kept", "old-" + fmt.Sprint(i%2)}[:random.IntN(3)]})
	}
	before := held(p)
	folder := filepath.Join(t.TempDir(), "journal")
	for range 1 + random.IntN(3) {
		if random.IntN(2) == 0 {
			operations := []string{"POST /contacts/", "PUT /contacts/{contactId}", "DELETE /contacts/{contactId}", "POST /contacts/bulk/tags/update/{type}"}
			kinds := []sandbox.FaultKind{sandbox.Fault422Applied, sandbox.FaultResetAfter, sandbox.FaultTruncated, sandbox.FaultStatus, sandbox.FaultResetBefore}
			p.Inject(sandbox.Fault{Operation: operations[random.IntN(4)], Kind: kinds[random.IntN(5)], After: random.IntN(3), Times: 1})
		}
		plan := crm.PlanOptions{Tags: []string{"vip"}, ManagedTags: []string{"old-*"}, ClearNulls: true, LiftsDND: random.IntN(2) == 0}
		mode := []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Update, airbyte.SoftDelete, airbyte.Append}[random.IntN(4)]
		if p.Options().AllowDuplicates && mode == airbyte.Append { // who was there can be who was created without an answer: nobody can say
			mode = airbyte.AppendDedup
		}
		out := p.sync(job{streams: []stream{{plan: plan, mode: mode, onDelete: "delete", schema: `{"properties":{"email":{},"city":{},"firstName":{},"tags":{},"dnd":{},"` + textKey(p) + `":{},"_ab_cdc_deleted_at":{}}}`}}, journal: journaled(p, folder)},
			randomPeople(random, textKey(p)))
		if out.err != nil {
			t.Fatal(out.err, out.log)
		}
		time.Sleep(time.Minute) // runs are told apart, and sorted, by their seconds
	}
	now, all := held(p), recordedIn(t, folder)
	for _, c := range slices.Backward(all) {
		now.takeBack(t, p, c)
	}
	ignored := cmpopts.IgnoreFields(sandbox.Contact{}, "DateUpdated", "DateAdded")
	if diff := cmp.Diff(before, now, ignored, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the journal does not lead back: %s", diff)
	}
}

// randomPeople are records about people of whom some are there.
func randomPeople(random *rand.Rand, key string) string {
	var lines []string
	for range 12 {
		data := map[string]any{"email": fmt.Sprintf("p%d@example.com", random.IntN(16))}
		for name, values := range map[string][]any{"city": {"Milan", "Oslo", nil}, "firstName": {"Ada", "Bob"}, "tags": {"new", "old-1", "new,old-0"}, "dnd": {true, false}, key: {"after", nil}} {
			if random.IntN(2) == 0 {
				data[name] = values[random.IntN(len(values))]
			}
		}
		if random.IntN(6) == 0 {
			data["_ab_cdc_deleted_at"] = "2026-01-01"
		}
		lines = append(lines, encode(data))
	}
	return records(lines...)
}

// textField and textKey are the id and the key of a custom field that holds text.
func textField(p *place) string { return textCustom(p).ID }
func textKey(p *place) string   { return textCustom(p).Key }

func textCustom(p *place) sandbox.CustomField {
	all := p.CustomFields()
	return all[slices.IndexFunc(all, func(f sandbox.CustomField) bool { return f.DataType == "TEXT" })]
}

// held is what the location holds, in copies; the order of tags is nobody's.
func held(p *place) rewound {
	out := rewound{}
	for _, c := range p.Contacts() {
		slices.Sort(c.Tags)
		delete(c.Fields, "type") // nobody writes it
		out[c.ID] = &c
	}
	return out
}

// takeBack undoes a recorded change, if it was carried out.
func (w rewound) takeBack(t *testing.T, p *place, c journal.Recorded) {
	if c.Result == journal.Unknown {
		t.Errorf("nobody knows whether this was carried out: %+v", c.Change)
	}
	if c.Result != journal.Carried {
		return
	}
	if c.Op == journal.Create {
		delete(w, c.Outcome.ID)
		return
	}
	if c.Op == journal.Delete {
		w[c.ID] = &sandbox.Contact{ID: c.ID, Fields: map[string]any{}, CustomFields: map[string]any{}}
	}
	contact, tags := w[c.ID], c.Outcome.Tags
	if tags == nil { // not told: those that it did, or did not have
		had, _ := c.Before["tags"].([]any)
		tags = slices.DeleteFunc(slices.Clone(c.Tags), func(tag string) bool { return slices.Contains(had, any(tag)) == (c.Op == journal.AddTags) })
	}
	switch c.Op {
	case journal.AddTags:
		contact.Tags = slices.DeleteFunc(contact.Tags, func(tag string) bool { return slices.Contains(tags, tag) })
	case journal.RemoveTags:
		contact.Tags = slices.Sorted(slices.Values(append(contact.Tags, tags...)))
	default:
		for name := range c.Set {
			if _, told := c.Before[name]; !told {
				t.Errorf("what %s was before an update is not told", name)
			}
		}
		for name, v := range c.Before {
			hold(p, contact, name, v)
		}
	}
}

// hold puts a recorded value into a contact.
func hold(p *place, c *sandbox.Contact, name string, v any) {
	values := c.Fields
	if name == textKey(p) {
		values, name = c.CustomFields, textField(p)
	}
	switch list, isList := v.([]any); {
	case name == "tags" && isList:
		for _, tag := range list {
			c.Tags = append(c.Tags, tag.(string))
		}
		slices.Sort(c.Tags)
	case v == nil || v == false: // of the standard fields only dnd is true or false
		delete(values, name)
	default:
		values[name] = v
	}
}
