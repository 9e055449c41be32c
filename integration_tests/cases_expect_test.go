package integration_tests

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"destination-gohighlevel/connector/sandbox"
)

// expectation is what must be true after the syncs of a situation. What is not named may be anything, unless it is exact.
type expectation struct {
	Exit                int               `json:"exit"` // of every sync
	Contacts            []expectedContact `json:"contacts"`
	Absent              []expectedContact `json:"absent"`
	Count               *int              `json:"count"`
	Notes               []expectedNote    `json:"notes"`                 // exactly these
	LocationTags        []string          `json:"location_tags"`         // exactly these
	LocationTagsWithout []string          `json:"location_tags_without"` // expressions that none matches
	CustomFields        []string          `json:"custom_fields"`         // keys that must exist
	CustomFieldsAtMost  *int              `json:"custom_fields_at_most"`
	Rejected            map[string]int    `json:"rejected"` // by code, of the last sync
	States              *int              `json:"states"`   // that the last sync acknowledges
	Updates             *int              `json:"updates"`  // of single contacts, by the last sync
	Writes              *int              `json:"writes"`   // of any kind, by the last sync
	Log                 []any             `json:"log"`      // expressions; those of a list must all match one message
	LogNot              []string          `json:"log_not"`
	AnyOf               []expectation     `json:"any_of"` // of which one must hold

	exact     bool // what is not named must be empty
	uncounted bool // neither rejects nor exit codes are looked at
}

// expectedNote is a note of the contact with an email.
type expectedNote struct{ Email, Contains string }

// endState is how things are after the syncs.
type endState struct {
	contacts []sandbox.Contact
	notes    []sandbox.Note
	touched  int // of the bystanders
	fields   []sandbox.CustomField
	tags     []string
	lines    []string // of all syncs
	last     []message
	requests map[string]int // of the last sync
	writes   int
}

// look gives how things are now, the last sync having just ended.
func (w *stage) look(said, last []message) *endState {
	contacts, touched := w.server.Contacts(), 0
	if w.crowd > 0 {
		bystanders := contacts[:min(w.crowd, len(contacts))] // who came first
		for i, c := range bystanders {
			if c.Fields["email"] != oneOfTheCrowd(i).Fields["email"] || len(c.Tags) > 0 || !c.DateUpdated.Equal(oneOfTheCrowd(i).DateUpdated) {
				touched++
			}
		}
		contacts = contacts[len(bystanders):]
	}
	return &endState{contacts: contacts, notes: w.server.Notes(), touched: touched, fields: w.server.CustomFields(), tags: w.server.Tags(), lines: lines(said),
		last: last, requests: w.server.Requests(), writes: w.server.Writes()}
}

// faults gives what is not as expected.
func (e *expectation) faults(p *endState) (faults []string) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	for _, want := range e.Contacts {
		faults = append(faults, want.faults(p, e.exact)...)
	}
	if p.touched > 0 {
		add("%d bystanders were touched", p.touched)
	}
	for _, want := range e.Absent {
		if found := want.find(p); len(found) > 0 {
			add("%s is there", want.who())
		}
	}
	if e.Count != nil && len(p.contacts) != *e.Count {
		add("%d contacts, want %d", len(p.contacts), *e.Count)
	}
	if e.exact && len(p.contacts) != len(e.Contacts) {
		add("%d contacts, want %d", len(p.contacts), len(e.Contacts))
	}
	if want := slices.Sorted(slices.Values(e.LocationTags)); e.LocationTags != nil && !slices.Equal(p.tags, want) {
		add("the location has the tags %q, want %q", p.tags, want)
	}
	for _, pattern := range e.LocationTagsWithout {
		if i := slices.IndexFunc(p.tags, regexp.MustCompile(pattern).MatchString); i >= 0 {
			add("the location has the tag %q", p.tags[i])
		}
	}
	faults = append(faults, e.definitions(p)...)
	faults = append(faults, e.texts(p)...)
	faults = append(faults, e.numbers(p)...)
	faults = append(faults, e.words(p)...)
	if len(e.AnyOf) > 0 && !slices.ContainsFunc(e.AnyOf, func(one expectation) bool { return len(one.faults(p)) == 0 }) {
		add("none of any_of holds: %q …", e.AnyOf[0].faults(p))
	}
	return faults
}

// texts looks at the notes of contacts.
func (e *expectation) texts(p *endState) (faults []string) {
	if e.Notes != nil && len(p.notes) != len(e.Notes) {
		faults = append(faults, fmt.Sprintf("%d notes, want %d", len(p.notes), len(e.Notes)))
	}
	for _, want := range e.Notes {
		of := expectedContact{"email": want.Email}.find(p)
		if !slices.ContainsFunc(p.notes, func(n sandbox.Note) bool {
			return len(of) == 1 && n.ContactID == of[0].ID && strings.Contains(n.Body, want.Contains)
		}) {
			faults = append(faults, fmt.Sprintf("%s has no note with %q", want.Email, want.Contains))
		}
	}
	return faults
}

// definitions looks at the custom fields of the location.
func (e *expectation) definitions(p *endState) (faults []string) {
	for _, key := range e.CustomFields {
		if !slices.ContainsFunc(p.fields, func(f sandbox.CustomField) bool { return f.Key == key }) {
			faults = append(faults, fmt.Sprintf("there is no custom field %s", key))
		}
	}
	if most := e.CustomFieldsAtMost; most != nil && len(p.fields) > *most {
		faults = append(faults, fmt.Sprintf("%d custom fields, want at most %d", len(p.fields), *most))
	}
	return faults
}

// numbers looks at what the last sync counted and at what was counted of it.
func (e *expectation) numbers(p *endState) (faults []string) {
	states := ofType(p.last, "STATE")
	count := func(what string, got int, want *int) {
		if want != nil && got != *want {
			faults = append(faults, fmt.Sprintf("%d %s, want %d: %v", got, what, *want, p.requests))
		}
	}
	count("states", len(states), e.States)
	count("updates", p.requests["PUT /contacts/{contactId}"]+p.requests["POST /contacts/upsert"], e.Updates)
	count("writes", p.writes, e.Writes)
	if e.uncounted || e.Rejected == nil && !e.exact {
		return faults
	}
	sum, told := 0, 0.0
	for _, n := range e.Rejected {
		sum += n
	}
	for _, m := range states {
		told += m.State.Stats.Rejected
	}
	if len(states) > 0 && told != float64(sum) {
		faults = append(faults, fmt.Sprintf("the states tell %v rejected records, want %d", told, sum))
	}
	if got := rejectsOf(p.last); !maps.Equal(got, e.Rejected) {
		faults = append(faults, fmt.Sprintf("rejected %v, want %v", got, e.Rejected))
	}
	return faults
}

var (
	summary  = regexp.MustCompile(` read · .*\b[\d,]+ rejected(?: \(([^)]*)\))?`)
	rejected = regexp.MustCompile(`(\d[\d,]*) (\w+)`)
)

// rejectsOf reads the reject codes with their counts from the summary lines of a sync.
func rejectsOf(messages []message) map[string]int {
	counts := map[string]int{}
	for _, line := range lines(messages) {
		found := summary.FindStringSubmatch(line)
		if found == nil {
			continue
		}
		for _, part := range rejected.FindAllStringSubmatch(found[1], -1) {
			n, _ := strconv.Atoi(strings.ReplaceAll(part[1], ",", ""))
			counts[part[2]] += n
		}
	}
	return counts
}

// words looks at what was said.
func (e *expectation) words(p *endState) (faults []string) {
	for _, want := range e.Log {
		patterns, several := want.([]any)
		if !several {
			patterns = []any{want}
		}
		if !slices.ContainsFunc(p.lines, func(line string) bool { return matchesAll(line, patterns) }) {
			faults = append(faults, fmt.Sprintf("nothing that was said matches %q", patterns))
		}
	}
	for _, pattern := range e.LogNot {
		if i := slices.IndexFunc(p.lines, func(line string) bool { return matchesAll(line, []any{pattern}) }); i >= 0 {
			faults = append(faults, fmt.Sprintf("%q was said: %s", pattern, p.lines[i]))
		}
	}
	return faults
}

func matchesAll(line string, patterns []any) bool {
	return !slices.ContainsFunc(patterns, func(pattern any) bool {
		return !regexp.MustCompile("(?i)" + pattern.(string)).MatchString(line)
	})
}
