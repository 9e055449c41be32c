package contacts_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// The scenario of the fault matrix: a location and streams that together make
// every kind of call. Each record is about one person, told by its email or
// phone, and nobody but sharer is in two streams.

const (
	sharer       = "both@example.com"
	familyPhone  = "+12025550199"
	shoeSize     = "Shoe Size" // a custom field that the location lacks at first
	betweenState = 3           // records of a stream
	appendedName = "Record"    // how the last names of stream appended begin
)

// source is a stream of the scenario and what it delivers.
type source struct {
	stream
	subjects []string // an email or phone for each record, or a last name: see rows
	records  []string
}

// world is a location and how its scenario is played.
type world struct {
	name              string
	duplicates, large bool
	workers           int
	app               *sandbox.OAuth // to sign in by; nil: a private integration token
	only              []string       // calls that may go wrong; nil: all
}

// scenario is what the location holds before the first sync, and what comes.
type scenario struct {
	world
	seeds   []sandbox.Contact  // at the screen, long ago
	late    []map[string]any   // by another program, a second ago: search does not know them
	sources map[string]*source // by stream
	order   []string           // of the streams
}

func (s *scenario) seed(email string, more map[string]any, tags ...string) {
	fields := map[string]any{"email": email, "country": "US"}
	for k, v := range more {
		fields[k] = v
	}
	s.seeds = append(s.seeds, sandbox.Contact{ID: fmt.Sprintf("seed%016d", len(s.seeds)), Fields: fields, Tags: tags})
}

func (s *scenario) open(st stream) {
	s.sources[st.name] = &source{stream: st}
	s.order = append(s.order, st.name)
}

// say adds a record about an email, or about a phone.
func (s *scenario) say(stream, subject string, more map[string]any) {
	data := map[string]any{"email": subject}
	if strings.HasPrefix(subject, "+") {
		data = map[string]any{"phone": subject}
	}
	for k, v := range more {
		data[k] = v
	}
	src := s.sources[stream]
	src.subjects = append(src.subjects, subject)
	src.records = append(src.records, record(stream, encode(data)))
}

func tagged(tags ...string) crm.PlanOptions { return crm.PlanOptions{Tags: tags} }

func newScenario(w world) *scenario {
	s := &scenario{world: w, sources: map[string]*source{}}
	s.open(stream{name: "people", plan: tagged("heropixel")})
	s.open(stream{name: "members", mode: airbyte.Overwrite, plan: tagged("members"), onMissing: object.Delete, limit: 100})
	s.open(stream{name: "readers", mode: airbyte.Overwrite, plan: tagged("readers"), onMissing: object.RemoveTags, limit: 100})
	s.open(stream{name: "former", mode: airbyte.SoftDelete, onDelete: object.Delete})
	s.open(stream{name: "known", mode: airbyte.Update, plan: tagged("known")})
	s.open(stream{name: "appended", mode: airbyte.Append, plan: tagged("appended")})
	s.strangers()
	s.people()
	s.others()
	s.appended()
	return s
}

func (s *scenario) strangers() {
	n := 5
	if s.large {
		n = 1100
	}
	s.seed("stranger@example.com", map[string]any{"phone": familyPhone, "companyName": "Mine"}, "human", "heropixel")
	for i := range n {
		s.seed(fmt.Sprintf("stranger%d@example.com", i), nil, "human")
	}
}

// people are all that one stream can ask for.
func (s *scenario) people() {
	type values = map[string]any
	for i := range 4 {
		email := func(kind string) string { return fmt.Sprintf("%s%d@example.com", kind, i) }
		s.seed(email("changed"), values{"city": "Oslo"}, "human")
		s.say("people", email("changed"), values{"city": "Boston"})
		s.seed(email("same"), values{"city": "Oslo"}, "human", "heropixel")
		s.say("people", email("same"), values{"city": "Oslo"})
		s.seed(email("company"), values{"companyName": "Old", "phone": fmt.Sprintf("+1202555011%d", i)}, "heropixel")
		s.say("people", email("company"), values{"company": "New"})
		s.seed(email("tag"), nil, "human")
		s.say("people", email("tag"), values{"tags": []string{"vip", fmt.Sprint("t", i)}})
		s.seed(email("zone"), values{"timezone": "America/Chicago"}, "heropixel")
		s.say("people", email("zone"), values{"timezone": []string{"America/Chicago", "America/New_York"}[i%2]})
		s.seed(email("gone"), nil, "human", "heropixel")
		s.say("people", email("gone"), values{"_ab_cdc_deleted_at": "2024-01-02T03:04:05Z"})
		s.say("people", email("new"), values{"first_name": "Ana", "customer_number": fmt.Sprint("N-", i), "tags": "vip"})
		s.say("people", fmt.Sprintf("+1202555012%d", i), values{"first_name": "Ben", "shoe_size": "42"})
		s.late = append(s.late, values{"email": email("late"), "city": "Oslo", "country": "US", "tags": []string{"human"}})
		s.say("people", email("late"), values{"city": "Boston"})
	}
	s.say("people", "family@example.com", values{"phone": familyPhone, "first_name": "Eva"})
	s.seed("primary@example.com", nil, "human")
	s.seeds[len(s.seeds)-1].AdditionalEmails = []string{"second@example.com"}
	s.say("people", "second@example.com", values{"city": "Boston"})
	s.say("people", sharer, values{"city": "Boston"})
	s.say("people", "nobody's", values{"email": "", "city": "Boston"}) // rejected
	for i := range 4 {
		s.say("people", fmt.Sprintf("changed%d@example.com", i), values{"city": "Boston"}) // again, and unchanged
	}
}

// others are the streams that end with a removal, delete or only update.
func (s *scenario) others() {
	type values = map[string]any
	for i := range 6 {
		for _, list := range []string{"members", "readers"} {
			email := fmt.Sprintf("%s%d@example.com", list, i)
			s.seed(email, nil, list, "human")
			if i < 3 {
				s.say(list, email, values{"city": "Boston"})
			}
		}
	}
	s.say("members", "member@example.com", nil)
	s.say("readers", sharer, nil)
	for i := range 3 {
		for _, list := range []string{"former", "known"} {
			email := fmt.Sprintf("%s%d@example.com", list, i)
			s.seed(email, nil, "human")
			s.say(list, email, values{"city": "Boston"})
		}
	}
	s.say("former", "nobody@example.com", nil)
	s.say("known", "nobody@example.com", nil)
}

// appended is the stream in which each record is a contact of its own, if the
// location allows that: these are told by their last names. The last record
// asks for the same as the first.
func (s *scenario) appended() {
	type values = map[string]any
	email := func(i int) string { return fmt.Sprintf("appended%d@example.com", i) }
	s.seed(email(0), nil, "human", "appended")
	s.say("appended", email(0), values{"_ab_cdc_deleted_at": "2024-01-02T03:04:05Z"})
	s.seed(email(5), values{"city": "Oslo"}, "human")
	s.late = append(s.late, values{"email": email(6), "city": "Oslo", "country": "US", "tags": []string{"human"}})
	subjects := []string{email(1), email(2), email(3), "+12025550130", email(4), email(4), email(5), email(6), email(7), email(1)}
	for i, subject := range subjects {
		name := appendedName
		if s.duplicates {
			name += fmt.Sprint(i % (len(subjects) - 1))
		}
		s.say("appended", subject, values{"last_name": name, "city": "Boston"})
		if s.duplicates {
			src := s.sources["appended"]
			src.subjects[len(src.subjects)-1] = name
		}
	}
}

// place sets the location up.
func (s *scenario) place(t testing.TB) *place {
	o := sandbox.Options{IndexLag: time.Minute, AllowDuplicates: s.duplicates, Latency: 10 * time.Millisecond, Burst: 100}
	if s.app != nil { // and a sync so slow that its tokens end several times
		o.OAuth, o.Burst, o.Interval = *s.app, 25, time.Minute
	}
	p := inside(t, o)
	for i, c := range s.seeds {
		c.DateAdded = time.Now().Add(time.Duration(i-len(s.seeds)) * time.Hour)
		p.Put(c)
	}
	for _, body := range s.late {
		body["locationId"] = p.Options().LocationID
		p.api("POST", "/contacts/", body)
	}
	p.ResetCounts()
	return p
}

// input is what the platform sends when it has these states of the streams:
// the streams take turns.
func (s *scenario) input(from map[string]int) string {
	var b strings.Builder
	for i, more := 0, true; more; i++ {
		more = false
		for _, name := range s.order {
			src := s.sources[name]
			if i >= len(src.records) {
				continue
			}
			more = true
			if i < from[name] {
				continue
			}
			b.WriteString(src.records[i])
			if n := i + 1; n%betweenState == 0 || n == len(src.records) {
				b.WriteString(state(name, n))
			}
		}
	}
	return b.String()
}

// rows is what the location holds: one text for each contact, by every email
// and phone under which it is known. Contacts that were there before are told
// by their ids, and those that append makes beside others by their last names.
func (p *place) rows() (all []string, by map[string]string) {
	by = map[string]string{}
	for _, c := range p.Contacts() {
		id := c.ID
		if !strings.HasPrefix(id, "seed00000000") {
			id = "new"
		}
		custom := map[string]any{}
		for field, v := range c.CustomFields {
			if !slices.ContainsFunc(sandbox.DefaultCustomFields(), func(f sandbox.CustomField) bool { return f.ID == field }) {
				field = shoeSize
			}
			custom[field] = v
		}
		b, err := json.Marshal([]any{id, c.Fields, custom, slices.Sorted(slices.Values(c.Tags))})
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, string(b))
		keys, fields := append([]string{}, c.AdditionalEmails...), []string{"email", "phone"}
		if name, _ := c.Fields["lastName"].(string); p.Options().AllowDuplicates && name != "" {
			fields = []string{"lastName"}
		}
		for _, field := range fields {
			if v, _ := c.Fields[field].(string); v != "" && v != familyPhone {
				keys = append(keys, v)
			}
		}
		for _, key := range keys {
			by[key] += string(b) + "\n"
		}
	}
	slices.Sort(all)
	return all, by
}
