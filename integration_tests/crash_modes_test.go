package integration_tests

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// The source of the crash suite: so many lines that they make three windows of the connector, with a state after every so many.
// Most lines are fillers; every so many of them says something about one of a few people, so that a run takes some seventy requests.
const (
	crashLines  = 3000
	crashStates = 200
	crashEvents = 45
	crashPeople = 33
)

// syncTag is the connector's default tag, keptTag one of somebody else's.
const (
	syncTag = "heropixel"
	keptTag = "keep-me"
)

// numberField and visitsField are custom fields of the sandbox: a text and a number.
const (
	numberField = "cfText00000000000001"
	visitsField = "cfNumerical000000003"
)

// anchor is a filler that says the same thing of the same person each time.
const anchor = `{"email":"anchor@example.com","first_name":"Anchor"}`

// crashMode is one way to sync the source.
type crashMode struct {
	name     string
	api      sandbox.Options
	settings map[string]any // over those of the sandbox's configuration
	stream   string         // members of the configured stream
	deletes  bool           // the source deletes some
	only     bool           // it does nothing else: everybody is there, and is deleted twice
	byID     bool           // people are told by their ids, and are all there
	filler   string         // "" is {}, which is rejected
	complete bool           // the source says that it is complete
	update   bool           // only who is there is written
	repeats  bool           // each record is a contact of its own, and may be sent twice by two runs
	missing  int            // people with the tag whom the source lacks
}

const crashDedup = `"destination_sync_mode":"append_dedup","primary_key":[["email"]],"cursor_field":["visits"]`

func crashModes() []crashMode {
	return []crashMode{
		{name: "append_dedup", stream: crashDedup},
		{name: "append_dedup, duplicates allowed, search lags", stream: crashDedup, api: sandbox.Options{AllowDuplicates: true, IndexLag: 2 * time.Second}},
		{name: "append, rate limited", stream: `"destination_sync_mode":"append"`, api: sandbox.Options{Burst: 30, Interval: 300 * time.Millisecond}},
		{name: "append, duplicates allowed", stream: `"destination_sync_mode":"append"`, api: sandbox.Options{AllowDuplicates: true}, repeats: true},
		{name: "overwrite that removes tags", complete: true, missing: 9, filler: anchor,
			stream:   `"destination_sync_mode":"overwrite","generation_id":3,"minimum_generation_id":3,"sync_id":7`,
			settings: map[string]any{"on_missing": "remove_tags", "removal_limit_percent": 50}},
		{name: "update", stream: `"destination_sync_mode":"update"`, update: true},
		{name: "deletes of contacts", stream: crashDedup, deletes: true, settings: map[string]any{"on_delete": "delete"}},
		{name: "deletes of tags", stream: crashDedup, deletes: true, settings: map[string]any{"on_delete": "remove_tags"}},
		{name: "soft_delete of contacts", stream: `"destination_sync_mode":"soft_delete"`, deletes: true, only: true, settings: map[string]any{"on_delete": "delete"}},
		{name: "deletes by id, duplicates allowed, search lags", stream: `"destination_sync_mode":"append_dedup","primary_key":[["id"]]`, deletes: true, only: true, byID: true,
			api: sandbox.Options{AllowDuplicates: true, IndexLag: 2 * time.Second}, settings: map[string]any{"on_delete": "delete", "match_on": []string{"id", "email", "phone"}}},
		{name: "append_dedup of a new generation that deletes", complete: true, missing: 9, filler: anchor,
			stream:   crashDedup + `,"generation_id":3,"minimum_generation_id":3,"sync_id":7`,
			settings: map[string]any{"on_missing": "delete", "removal_limit_percent": 50}},
	}
}

// crashEvent is a line of the source that says something about a person.
type crashEvent struct {
	at, person, version int
	deleted             bool
}

// events lists them in their order: each person twice, and with deletes some of them deleted, and some of these back again.
func (m crashMode) events() []crashEvent {
	var out []crashEvent
	for i := range 2 * crashPeople {
		e := crashEvent{at: (i + 1) * crashEvents, person: 1 + i*7%crashPeople, version: 1 + i/crashPeople}
		if e.deleted = m.only || m.deletes && e.version == 2 && e.person%3 == 0; !m.only && e.deleted && e.person%2 == 0 {
			out = append(out, e)
			e = crashEvent{at: e.at + 3, person: e.person, version: 3}
		}
		out = append(out, e)
	}
	return out
}

// there tells whether the person was in the location before the first sync.
func (e crashEvent) there() bool { return e.person%4 == 0 }

// Bystanders have what a delete brings besides the key that it names: whom it means is gone after the first delivery.
func (e crashEvent) bystandersPhone() string { return fmt.Sprintf("+120255502%02d", e.person) }
func (e crashEvent) bystandersEmail() string {
	return fmt.Sprintf("bystander%02d@example.com", e.person)
}

const bystander = "Bystander" // is their first name

// id is that of a person who was there before.
func (e crashEvent) id() string     { return fmt.Sprintf("crash%015d", e.person) }
func (e crashEvent) email() string  { return fmt.Sprintf("crash%02d@example.com", e.person) }
func (e crashEvent) number() string { return fmt.Sprintf("N-%02d-%d", e.person, e.version) }
func (e crashEvent) tags() []string {
	if e.person%2 == 1 {
		return []string{"vip"}
	}
	return []string{}
}

// data is the record.
func (m crashMode) data(e crashEvent) map[string]any {
	switch {
	case e.deleted && m.byID:
		return map[string]any{"id": e.id(), "email": e.bystandersEmail(), "phone": e.bystandersPhone(), "visits": e.version, "_ab_cdc_deleted_at": "2026-01-02T03:04:05Z"}
	case e.deleted:
		return map[string]any{"email": e.email(), "phone": e.bystandersPhone(), "visits": e.version, "_ab_cdc_deleted_at": "2026-01-02T03:04:05Z"}
	}
	return map[string]any{"email": e.email(), "phone": fmt.Sprintf("+120255501%02d", e.person), "first_name": fmt.Sprintf("Ada%d", e.person),
		"city": fmt.Sprintf("Austin %d", e.version), "customer_number": e.number(), "visits": e.version, "tags": e.tags()}
}

// rejected tells whether the record has to be rejected.
func (m crashMode) rejected(e crashEvent) bool { return m.update && !e.there() }

// source gives what the source sends to a platform that has the state of a line, and how many records of each following state have to
// be rejected.
func (m crashMode) source(from int) (input []byte, rejects map[int]int) {
	filler := m.filler
	if filler == "" {
		filler = `{}`
	}
	events := map[int]crashEvent{}
	for _, e := range m.events() {
		events[e.at] = e
	}
	var b strings.Builder
	rejects = map[int]int{}
	bad := 0
	for i := from + 1; i <= crashLines; i++ {
		data := filler
		if e, ok := events[i]; ok {
			text, _ := json.Marshal(m.data(e))
			data = string(text)
			if m.rejected(e) {
				bad++
			}
		} else if m.filler == "" {
			bad++
		}
		fmt.Fprintf(&b, `{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":%s}}`+"\n", data)
		if i%crashStates == 0 {
			fmt.Fprintf(&b, `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"},"stream_state":{"through":%d}}}}`+"\n", i)
			rejects[i], bad = bad, 0
		}
	}
	if m.complete {
		b.WriteString(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"people"},"status":"COMPLETE"}}}` + "\n")
	}
	return []byte(b.String()), rejects
}

func (m crashMode) catalog() []byte {
	return fmt.Appendf(nil, `{"streams":[{"stream":{"name":"people","supported_sync_modes":["incremental"],"json_schema":{"type":"object","properties":{
"id":{"type":"string"},"email":{"type":"string"},"phone":{"type":"string"},"first_name":{"type":"string"},"city":{"type":"string"},"customer_number":{"type":"string"},
"visits":{"type":"integer"},"tags":{"type":"array"}}}},"sync_mode":"incremental",%s}]}`, m.stream)
}

// location makes the sandbox as it is before the first sync.
func (m crashMode) location() *sandbox.Server {
	m.api.Latency = 2 * time.Millisecond
	api := sandbox.New(m.api)
	for n := 1; n <= crashPeople; n++ {
		e := crashEvent{person: n}
		if m.only || e.there() {
			api.Put(sandbox.Contact{ID: e.id(), Tags: []string{keptTag}, Fields: map[string]any{"email": e.email(), "firstName": "Old", "city": "Oldtown", "source": "seed"}})
		}
		if m.deletes {
			api.Put(sandbox.Contact{Tags: []string{keptTag, syncTag}, Fields: map[string]any{"phone": e.bystandersPhone(), "firstName": bystander}})
			api.Put(sandbox.Contact{Tags: []string{keptTag, syncTag}, Fields: map[string]any{"email": e.bystandersEmail(), "firstName": bystander}})
		}
	}
	for n := range m.missing {
		api.Put(sandbox.Contact{Tags: []string{syncTag, keptTag}, Fields: map[string]any{"email": fmt.Sprintf("missing%d@example.com", n), "firstName": "Missing"}})
	}
	return api
}

// behind tells what of the source up to a line is not in the location; "" if all is. What later lines say of the same people may be
// there too: a run that was cut short may have come further than its last state.
func (m crashMode) behind(contacts []sandbox.Contact, through int) string {
	by := map[any][]sandbox.Contact{}
	for _, c := range contacts {
		by[c.Fields["email"]] = append(by[c.Fields["email"]], c)
	}
	latest := map[int][]crashEvent{}
	for _, e := range m.events() {
		if e.at <= through && !m.repeats {
			latest[e.person] = nil
		}
		if e.at <= through || len(latest[e.person]) > 0 && !m.repeats {
			latest[e.person] = append(latest[e.person], e)
		}
	}
	for person, events := range latest {
		var faults []string
		for _, e := range events {
			if fault := m.fault(by[e.email()], e); fault != "" {
				faults = append(faults, fmt.Sprintf("line %d: %s", e.at, fault))
			}
		}
		if len(faults) == len(events) || m.repeats && len(faults) > 0 {
			return fmt.Sprintf("person %d: %s", person, strings.Join(faults, "; "))
		}
	}
	return ""
}

// fault tells how the contacts of a person differ from what an event asks for.
func (m crashMode) fault(found []sandbox.Contact, e crashEvent) string {
	want := 1
	switch {
	case m.repeats:
		found = slices.DeleteFunc(slices.Clone(found), func(c sandbox.Contact) bool { return c.CustomFields[numberField] != e.number() })
		if len(found) == 0 {
			return "there is no contact"
		}
		want = len(found)
	case m.rejected(e), e.deleted && m.settings["on_delete"] == "delete":
		want = 0
	}
	if len(found) != want {
		return fmt.Sprintf("%d contacts, want %d", len(found), want)
	}
	for _, c := range found {
		anew := e.version == 3 && m.settings["on_delete"] == "delete" // the contact that had the tag is gone
		if e.there() && !m.repeats && !anew && !slices.Contains(c.Tags, keptTag) {
			return "somebody else's tag is gone"
		}
		if e.deleted {
			if slices.Contains(c.Tags, syncTag) {
				return "the tag is still there"
			}
			continue
		}
		data := m.data(e)
		if c.Fields["firstName"] != data["first_name"] || c.Fields["city"] != data["city"] || c.Fields["phone"] != data["phone"] {
			return "the fields are others"
		}
		if c.CustomFields[numberField] != e.number() || c.CustomFields[visitsField] != float64(e.version) {
			return "the custom fields are others"
		}
		for _, tag := range append(e.tags(), syncTag) {
			if !slices.Contains(c.Tags, tag) {
				return "the tag " + tag + " is not there"
			}
		}
	}
	return ""
}

// crashPicture is everything in the location that a sync may decide, in an order of its own.
func crashPicture(contacts []sandbox.Contact) []string {
	out := make([]string, 0, len(contacts))
	for _, c := range contacts {
		slices.Sort(c.Tags)
		text, err := json.Marshal([]any{c.Fields, c.CustomFields, c.Tags, c.AdditionalEmails})
		if err != nil {
			panic(err) // it came from JSON
		}
		out = append(out, string(text))
	}
	slices.Sort(out)
	return out
}
