package contacts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// children is an object whose records belong to contacts: each is a list of keys,
// as in {"keys":["email","ann@example.com"]}. What was found of each is kept, by line.
type children struct {
	contacts object.Contacts
	found    map[int64]object.Parent
	held     int
}

func (c *children) Prepare(*load.Record)         {}
func (c *children) Finish(context.Context) error { return nil }

func (c *children) Write(ctx context.Context, w *load.Window) error {
	keys := make([][]crm.Key, len(w.Records))
	for i, r := range w.Records {
		var child struct{ Keys []string }
		if err := json.Unmarshal(r.Data, &child); err != nil {
			return err
		}
		for k := range len(child.Keys) / 2 {
			keys[i] = append(keys[i], crm.KeyOf(child.Keys[2*k], child.Keys[2*k+1]))
		}
	}
	found, err := c.contacts.Find(ctx, keys, w.Last)
	if err != nil {
		return err
	}
	for i, r := range w.Records {
		if found[i].Later {
			w.Hold(r)
			c.held++
			continue
		}
		c.found[r.Line] = found[i]
		if err := w.Done(r, load.Outcome{Status: load.Created, Reject: found[i].Reject, Notes: found[i].Notes}); err != nil {
			return err
		}
	}
	return nil
}

// family syncs streams of contacts and one of children, which come after the
// contacts of their window.
func (p *place) family(j job, input string) *children {
	p.t.Helper()
	at := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: at.LocationID, Transport: p.transport, Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: at.Token})})
	if err != nil {
		p.t.Fatal(err)
	}
	target, err := gateway.Open(p.t.Context(), client)
	if err != nil {
		p.t.Fatal(err)
	}
	if j.dry {
		target = gateway.NewDryRun(target)
	}
	var log bytes.Buffer
	o := object.Options{Log: zerolog.New(zerolog.SyncWriter(&log))}
	in := contacts.In(target)
	c := &children{contacts: contacts.Findable(in, []string{"email", "phone", "custom_field:customer_number"}, o), found: map[int64]object.Parent{}}
	conf := load.Config{Limits: j.limits, Log: o.Log, Usage: func() load.Usage { return load.Usage{} }, What: "records",
		Release: func(s *airbyte.State, _, _ int64) error {
			if j.release != nil {
				j.release(s)
			}
			return nil
		}}
	var streams []*object.Stream
	for _, s := range j.streams {
		streams = append(streams, p.open(target, s))
	}
	if len(streams) > 0 {
		writer := in.Writer(streams, o)
		for _, s := range streams {
			s.Object = writer
			conf.Streams = append(conf.Streams, &s.Stream)
		}
	}
	conf.Streams = append(conf.Streams, &load.Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: "children"}}, Object: c})
	if err := load.Run(p.t.Context(), airbyte.NewReader(j.source(input)), conf); err != nil {
		p.t.Fatalf("%v\n%s", err, &log)
	}
	return c
}

// child is a record that belongs to whoever has these keys.
func child(keys ...string) string {
	return record("children", encode(map[string]any{"keys": keys}))
}

const (
	opSearch    = "POST /contacts/search"
	opDuplicate = "GET /contacts/search/duplicate"
	opContact   = "GET /contacts/{contactId}"
)

// expect checks what was found for a line: an id, "created" for one that this sync has created, or a code.
func (c *children) expect(t *testing.T, line int64, want string) {
	t.Helper()
	p := c.found[line]
	got := p.ID
	switch {
	case p.Created:
		got = "created"
	case p.Reject != nil && p.ID == "":
		got = p.Reject.Code
	}
	if got != want {
		t.Errorf("line %d: %s, want %s", line, got, want)
	}
}

// TestWhomARecordBelongsTo, by each kind of key, and by the one trusted most that leads to somebody.
func TestWhomARecordBelongsTo(t *testing.T) {
	p := inside(t, sandbox.Options{})
	put := func(email, phone, number string) string {
		fields := map[string]any{}
		for name, v := range map[string]string{"email": email, "phone": phone} {
			if v != "" {
				fields[name] = v
			}
		}
		return p.Put(sandbox.Contact{Fields: fields, CustomFields: map[string]any{customerNumber: number}})
	}
	ann, bob := put("ann@example.com", onePhone, "N-1"), put("bob@example.com", twoPhone, "N-2")
	old := p.Put(sandbox.Contact{Fields: map[string]any{"phone": "+12025550103"}, DateAdded: time.Now().Add(-time.Hour)})
	put("", "+12025550103", "N-4")
	var input strings.Builder
	var wants []string
	for _, tt := range []struct {
		want string
		keys []string
	}{
		{ann, []string{"id", ann}},
		{ann, []string{"email", "Ann@example.com"}},
		{bob, []string{"phone", twoPhone}},
		{bob, []string{customerNumber, "N-2"}},
		{ann, []string{"id", "gone0000000000000000", "email", "ann@example.com"}},
		{bob, []string{"email", "bob@example.com", "phone", onePhone}},
		{"no_contact", []string{"email", "cyd@example.com", "phone", onePhone}}, // that is Ann's, who has another email
		{old, []string{"email", "cyd@example.com", "phone", "+12025550103"}},
		{"no_contact", []string{"email", "cyd@example.com"}},
		{"no_contact", []string{"id", "gone0000000000000000"}},
	} {
		input.WriteString(child(tt.keys...))
		wants = append(wants, tt.want)
	}
	c := p.family(job{}, input.String())
	for i, want := range wants {
		c.expect(t, int64(i+1), want)
	}
	if notes := fmt.Sprint(c.found[8].Notes); !strings.Contains(notes, "found on 2 contacts, the oldest was taken") {
		t.Errorf("notes %s", notes)
	}
	if p.Writes() != 0 {
		t.Errorf("%d writes", p.Writes())
	}
}

// TestWhatTheSyncHasMadeOfContactsIsKnown, whatever search shows, and whichever window it was in.
func TestWhatTheSyncHasMadeOfContactsIsKnown(t *testing.T) {
	for _, dry := range []bool{false, true} {
		t.Run(fmt.Sprintf("dry %t", dry), func(t *testing.T) {
			inWindowsOf(t, func(t *testing.T, l load.Limits) {
				synctest.Test(t, func(t *testing.T) {
					p := inside(t, sandbox.Options{IndexLag: time.Minute})
					moved := p.Put(sandbox.Contact{Fields: map[string]any{"phone": onePhone, "email": "old@example.com"}, CustomFields: map[string]any{customerNumber: "N-1"}})
					gone := p.Put(sandbox.Contact{Fields: map[string]any{"email": "gone@example.com"}, CustomFields: map[string]any{customerNumber: "N-2"}})
					p.Put(sandbox.Contact{Fields: map[string]any{"email": "other@example.com"}})
					plan := crm.PlanOptions{MatchOn: []string{"custom_field:customer_number", "email", "phone"}}
					c := p.family(job{dry: dry, limits: l, streams: []stream{{plan: plan, onDelete: object.Delete}}}, records(
						`{"email":"new@example.com","phone":"+12025550102","customer_number":"N-3"}`,
						`{"customer_number":"N-1","email":"moved@example.com"}`,
						`{"customer_number":"N-2","_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`)+
						child("email", "new@example.com")+child("phone", twoPhone)+child(customerNumber, "N-3")+
						child("email", "moved@example.com")+child("email", "old@example.com")+child("email", "gone@example.com")+child("id", gone)+
						child("email", "late@example.com")+records(`{"email":"late@example.com","customer_number":"N-4"}`)+child("email", "other@example.com", "id", "none0000000000000000"))
					for line, want := range map[int64]string{4: "created", 5: "created", 6: "created", 7: moved, 8: "no_contact", 9: "no_contact", 10: "no_contact", 11: "created"} {
						c.expect(t, line, want)
					}
					if c.found[13].ID == "" || c.found[13].Created {
						t.Errorf("line 13: %+v", c.found[13])
					}
					if !dry && c.found[4].ID != p.with("new@example.com").ID {
						t.Errorf("%+v, want %s", c.found[4], p.with("new@example.com").ID)
					}
				})
			})
		})
	}
}

// TestWhatTheSyncHasMadeOfContactsIsKnownLongAfter it was forgotten, as search shows it by then, or the dry run that has pretended it.
func TestWhatTheSyncHasMadeOfContactsIsKnownLongAfter(t *testing.T) {
	for _, dry := range []bool{false, true} {
		t.Run(fmt.Sprintf("dry %t", dry), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{IndexLag: time.Minute})
				moved := p.Put(sandbox.Contact{Fields: map[string]any{"email": "old@example.com"}, CustomFields: map[string]any{customerNumber: "N-1"}})
				plan := crm.PlanOptions{MatchOn: []string{"custom_field:customer_number", "email", "phone"}}
				j := job{dry: dry, limits: small(2), streams: []stream{{plan: plan}}, pause: time.Hour}
				c := p.family(j, records(`{"email":"new@example.com","customer_number":"N-2"}`, `{"email":"moved@example.com","customer_number":"N-1"}`,
					`{"phone":"+12025550101","customer_number":"N-2"}`)+state("people", 1)+
					child("email", "new@example.com")+child(customerNumber, "N-2")+child("phone", onePhone)+child("email", "moved@example.com")+child("email", "old@example.com"))
				for line, want := range map[int64]string{5: "created", 6: "created", 7: "created", 8: moved, 9: "no_contact"} {
					c.expect(t, line, want)
				}
			})
		})
	}
}

// TestNothingIsHeldOnceNoContactCanCome: a source that has said that all contacts are delivered is believed, from the window on in which it has.
func TestNothingIsHeldOnceNoContactCanCome(t *testing.T) {
	const said = `{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":0,"stream_status":{"stream_descriptor":{"name":"people"},"status":"%s"}}}` + "\n"
	ann, bob := records(`{"email":"ann@example.com"}`), child("email", "bob@example.com")
	for name, tt := range map[string]struct {
		input string
		held  int
		finds string // by line
	}{
		"complete":            {ann + fmt.Sprintf(said, "COMPLETE") + bob, 0, "3 no_contact"},
		"complete later":      {child("email", "ann@example.com") + bob + ann + fmt.Sprintf(said, "COMPLETE"), 2, "1 created 2 no_contact"},
		"complete in the end": {ann + bob + fmt.Sprintf(said, "COMPLETE"), 1, "2 no_contact"},
		"still running":       {ann + fmt.Sprintf(said, "RUNNING") + bob, 1, "3 no_contact"},
		"nothing is said":     {ann + bob, 1, "2 no_contact"},
	} {
		t.Run(name, func(t *testing.T) {
			c := inside(t, sandbox.Options{}).family(job{limits: small(1), streams: []stream{{}}}, tt.input)
			words := strings.Fields(tt.finds)
			for i := 0; i < len(words); i += 2 {
				line, _ := strconv.ParseInt(words[i], 10, 64)
				c.expect(t, line, words[i+1])
			}
			if c.held != tt.held {
				t.Errorf("%d held, want %d", c.held, tt.held)
			}
		})
	}
}

// TestWhoWasCreatedAMomentAgoIsFound also by others: the primary store tells who has an email or phone, a search somewhat later anybody.
func TestWhoWasCreatedAMomentAgoIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		p.must(job{plan: crm.PlanOptions{MatchOn: []string{"email", "phone"}}}, records(`{"email":"ann@example.com","phone":"+12025550101","customer_number":"N-1"}`))
		id := p.only().ID
		p.ResetCounts()
		c := p.family(job{}, child("email", "ann@example.com")+child("email", "ann@example.com")+child("email", "bob@example.com", "phone", onePhone))
		for line, want := range map[int64]string{1: id, 2: id, 3: "no_contact"} {
			c.expect(t, line, want)
		}
		if got := p.Requests(); got[opDuplicate] != 3 {
			t.Errorf("the primary store was asked %d times: %v", got[opDuplicate], got)
		}
		p.family(job{}, child("id", id)).expect(t, 1, id)
		var many strings.Builder
		for i := range 200 { // so many who are not there that search is asked once more instead
			many.WriteString(child("email", fmt.Sprintf("p%d@example.com", i)))
		}
		p.ResetCounts()
		if p.family(job{}, many.String()+child("email", "ann@example.com")).expect(t, 201, id); p.Requests()[opDuplicate] != 0 {
			t.Errorf("the primary store was asked: %v", p.Requests())
		}
		p.must(job{plan: crm.PlanOptions{MatchOn: []string{"email", "phone"}}}, records(`{"email":"bob@example.com","customer_number":"N-2"}`))
		begun := time.Now()
		p.family(job{}, child(customerNumber, "N-2")).expect(t, 1, p.with("bob@example.com").ID)
		if waited := time.Since(begun); waited < time.Minute {
			t.Errorf("after %s", waited)
		}
	})
}

// TestParentsCostFewRequests: a search for ninety, nothing for those that the sync has written, and for those that are not there the primary
// store is asked about a hundred at most, or search once more.
func TestParentsCostFewRequests(t *testing.T) {
	for name, tt := range map[string]struct {
		known, created, missing, twice int
		most                           map[string]int // requests; other operations are not counted
	}{
		"known":                  {known: 1000, most: map[string]int{opSearch: 7, opDuplicate: 0, opContact: 0}},
		"known, asked for twice": {known: 1000, twice: 1000, most: map[string]int{opSearch: 7}},
		"created":                {created: 1000, most: map[string]int{opSearch: 7, opDuplicate: 0, opContact: 0}}, // the people's own
		"a few are not there":    {known: 900, missing: 100, most: map[string]int{opSearch: 7, opDuplicate: 100, opContact: 0}},
		"many are not there":     {missing: 1000, most: map[string]int{opSearch: 12, opDuplicate: 0, opContact: 0}},
		"and have not come":      {created: 1, missing: 999, most: map[string]int{opSearch: 18, opDuplicate: 0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				email := func(kind string, i int) string { return fmt.Sprintf("%s%d@example.com", kind, i) }
				for i := range 12_000 { // too many to be listed
					p.Put(sandbox.Contact{Fields: map[string]any{"email": email("known", i)}})
				}
				var people, belong strings.Builder
				for i := range tt.created {
					people.WriteString(record("people", encode(map[string]any{"email": email("created", i)})))
				}
				for _, of := range []struct {
					kind  string
					count int
				}{{"known", tt.known}, {"created", tt.created}, {"missing", tt.missing}, {"known", tt.twice}} {
					for i := range of.count {
						belong.WriteString(child("email", email(of.kind, i)))
					}
				}
				j := job{}
				if tt.created > 0 {
					j.streams = []stream{{}}
				}
				c := p.family(j, people.String()+belong.String())
				got := p.Requests()
				t.Logf("%d searches, %d questions to the primary store of %d requests", got[opSearch], got[opDuplicate]+got[opContact], p.Total())
				for op, most := range tt.most {
					if got[op] > most {
						t.Errorf("%d × %s, want %d at most", got[op], op, most)
					}
				}
				found, created := 0, 0
				for _, parent := range c.found {
					if parent.ID != "" {
						found++
					}
					if parent.Created {
						created++
					}
				}
				if found != tt.known+tt.created+tt.twice || created != tt.created || len(c.found) != found+tt.missing {
					t.Errorf("%d found, %d created, of %d", found, created, len(c.found))
				}
			})
		})
	}
}

// TestParentsAreFoundByATokenThatOnlyReads.
func TestParentsAreFoundByATokenThatOnlyReads(t *testing.T) {
	p := inside(t, sandbox.Options{Scopes: []string{"locations.readonly", "locations/customFields.readonly", "contacts.readonly"}})
	id := p.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com"}})
	c := p.family(job{}, child("email", "ann@example.com")+child("email", "bob@example.com"))
	c.expect(t, 1, id)
	c.expect(t, 2, "no_contact")
}

// TestAPhoneThatTwoHave leads to the older one, also if the sync has just written the other.
func TestAPhoneThatTwoHave(t *testing.T) {
	p := inside(t, sandbox.Options{AllowDuplicates: true})
	for i, who := range []string{"ann", "bob"} {
		p.Put(sandbox.Contact{ID: (who + strings.Repeat("Z", 20))[:20], DateAdded: time.Now().Add(time.Duration(i-2) * time.Hour),
			Fields: map[string]any{"email": who + "@example.com", "phone": onePhone}})
	}
	for range 2 {
		c := p.family(job{streams: []stream{{}}}, record("people", `{"email":"bob@example.com","city":"Oslo"}`)+child("phone", onePhone))
		c.expect(t, 2, "annZZZZZZZZZZZZZZZZZ")
	}
}
