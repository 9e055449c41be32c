package contacts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// acts stands between the client and the location: while a sync runs it lets
// humans edit, spoils answers and kills the process.
type acts struct {
	next  http.RoundTripper
	story *story

	turn   chan struct{} // held by who uses what is below or the story; a mutex would stop the bubble's clock
	plan   planned
	kill   context.CancelFunc
	on     bool
	count  int
	first  bool // no search has been asked yet
	dead   bool
	faulty int // faults left
}

func (a *acts) begin(p planned, kill context.CancelFunc, attempt int) {
	a.turn <- struct{}{}
	defer func() { <-a.turn }()
	a.plan, a.kill, a.on, a.count, a.first, a.dead, a.faulty = p, kill, true, 0, true, false, 6
	if attempt > 0 {
		a.plan.kill, a.plan.acts = 0, 0
	}
}

func (a *acts) end() {
	a.turn <- struct{}{}
	defer func() { <-a.turn }()
	a.on = false
}

var faultsOfAll = []sandbox.Fault{
	{Kind: sandbox.FaultStatus, Status: 500}, {Kind: sandbox.FaultThrottle}, {Kind: sandbox.FaultResetBefore}, {Kind: sandbox.FaultResetAfter},
	{Kind: sandbox.FaultTruncated}, {Kind: sandbox.FaultCommandTimedOut}, {Kind: sandbox.FaultHTML},
}

var refusesWritten = []string{"POST /contacts/", "POST /contacts/upsert", "PUT /contacts/{contactId}", "POST /contacts/bulk/tags/update/{type}"}

func (a *acts) RoundTrip(r *http.Request) (*http.Response, error) {
	a.turn <- struct{}{}
	if a.dead {
		<-a.turn
		return nil, context.Canceled
	}
	a.before(r)
	if body := bodyOf(r); r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/search") {
		a.story.tell("    > %s %s %s", r.Method, r.URL, body)
	}
	kill := a.plan.kill > 0 && a.count == a.plan.kill
	if kill {
		a.dead = true
	}
	<-a.turn
	resp, err := a.next.RoundTrip(r)
	if kill {
		a.kill()
		return nil, context.Canceled
	}
	return resp, err
}

// before is what happens while a request is under way to the location.
func (a *acts) before(r *http.Request) {
	if !a.on {
		return
	}
	a.count++
	s := a.story
	for a.plan.acts > 0 && strings.Contains(r.URL.Path, "/contacts/") && s.chance(3) {
		a.plan.acts--
		s.tell("  before request %d, %s %s:", a.count, r.Method, r.URL.Path)
		s.human(s.people[s.rng.IntN(len(s.people))], true)
	}
	a.first = a.first && !strings.HasSuffix(r.URL.Path, "/search")
	if a.faulty > 0 && a.plan.faults > 0 && s.rng.Float64() < a.plan.faults && strings.Contains(r.URL.Path, "/contacts/") {
		a.faulty--
		f := faultsOfAll[s.rng.IntN(len(faultsOfAll))]
		if operation := operationOf(r); slices.Contains(refusesWritten, operation) && a.plan.workers == 1 && s.writes(r) && s.chance(3) {
			f = sandbox.Fault{Operation: operation, Kind: sandbox.Fault422Applied}
		}
		s.tell("  fault at request %d, %s %s: %s", a.count, r.Method, r.URL.Path, f.Kind)
		s.place.Inject(f)
	}
}

// writes reports whether the location would do what a request asks. A refusal
// that is answered as another one, which tells nothing, would be one for good.
func (s *story) writes(r *http.Request) bool {
	var body struct{ Email, Phone string }
	if err := json.Unmarshal([]byte(bodyOf(r)), &body); err != nil {
		return false
	}
	put := r.Method == http.MethodPut
	for _, c := range s.place.Contacts() {
		same := body.Email != "" && (&persona{email: body.Email}).has(c) || body.Phone != "" && c.Fields["phone"] == body.Phone
		if put && strings.HasSuffix(r.URL.Path, c.ID) {
			return body.Email+body.Phone == ""
		}
		if !put && same {
			return false
		}
	}
	return !put
}

// bodyOf is what a request carries, unread.
func bodyOf(r *http.Request) string {
	if r.GetBody == nil {
		return ""
	}
	from, err := r.GetBody()
	if err != nil {
		return ""
	}
	b, _ := io.ReadAll(from)
	return string(b)
}

func operationOf(r *http.Request) string {
	switch {
	case strings.HasPrefix(r.URL.Path, "/contacts/bulk/tags/update/"):
		return r.Method + " /contacts/bulk/tags/update/{type}"
	case r.Method == http.MethodPut:
		return "PUT /contacts/{contactId}"
	}
	return r.Method + " " + r.URL.Path
}

// human does one random thing to a person's contact: at the screen, which
// search shows at once, or through the API, which it shows late. whileRunning says
// that a sync is under way.
func (s *story) human(who *persona, whileRunning bool) {
	// While a sync is under way, a fault or another worker's request could hit
	// the human's own.
	screen := s.chance(2) || whileRunning && (s.acts.plan.faults > 0 || s.acts.plan.workers > 1)
	if !who.exists {
		if whileRunning && (s.place.Options().AllowDuplicates && !s.acts.first || s.acts.plan.kill > 0) {
			return // nobody can tell such a contact from the one that the sync makes
		}
		if s.chance(2) {
			s.humanCreates(who, screen)
		}
		return
	}
	id := s.idOf(who)
	if id == "" {
		return // a sync is about to delete it, or has
	}
	who.id = id
	switch n := s.rng.IntN(12); {
	case n < 4:
		s.humanTags(who, screen)
	case n < 9:
		s.humanSets(who, screen, whileRunning)
	case n == 9 && who.kind == byEmail:
		s.humanPhones(who, screen)
	case n == 10 && who.kind != byPhone && !whileRunning:
		s.humanMerges(who)
	case n == 11 && (!whileRunning || who.kind != byBoth):
		s.tell("  human deletes %s (screen %v)", who.name(), screen)
		if screen {
			s.place.Delete(id)
		} else {
			s.api("DELETE", "/contacts/"+id, nil)
		}
		who.vanish()
		if screen && !whileRunning {
			who.gone = who.gone.Add(-s.lag - 1)
		}
	}
}

// idOf finds a contact that the model knows to exist; a sync under way may
// have replaced it.
func (s *story) idOf(who *persona) string {
	contacts, _ := s.divide()
	if i := slices.IndexFunc(contacts, who.has); i >= 0 {
		return contacts[i].ID
	}
	return ""
}

func (s *story) humanCreates(who *persona, screen bool) {
	if s.idOf(who) != "" {
		return // a sync under way was faster
	}
	fields, custom, given := map[string]any{}, map[string]any{}, map[string]string{}
	for _, of := range properties {
		if s.chance(3) && (screen || of.field != "companyName") {
			v := of.pick(s.rng)
			given[of.field] = v.text
			if of.custom {
				custom[of.field] = v.hold
			} else {
				fields[of.field] = v.hold
			}
		}
	}
	if who.email != "" && (who.kind != byBoth || !s.chance(2)) {
		fields["email"], given["email"] = who.email, who.email
	}
	if who.phone != "" && who.kind != ofFamily {
		fields["phone"], given["phone"] = who.phone, who.phone
	}
	tags := [][]string{{"mine"}, {"vip"}, nil}[s.rng.IntN(3)]
	s.tell("  human creates %s (screen %v): %v %v %v", who.name(), screen, fields, custom, tags)
	made := soon()
	if screen {
		id, ok := s.place.PutNew(sandbox.Contact{Fields: fields, CustomFields: custom, Tags: tags})
		if !ok {
			s.tell("    a sync was faster")
			return
		}
		if who.id = id; !s.acts.on {
			made = made.Add(-s.lag - 1)
		}
	} else {
		fields["locationId"] = s.place.Options().LocationID
		fields["tags"] = append([]string{}, tags...)
		fields["customFields"] = customBody(custom)
		s.api("POST", "/contacts/", fields)
		who.id = s.idOf(who)
	}
	who.fields, who.edited, who.exists, who.made, who.born = given, map[string]time.Time{}, true, made, time.Now()
	for _, t := range tags {
		s.humanPuts(who, t)
	}
}

func customBody(custom map[string]any) []map[string]any {
	out := []map[string]any{}
	for id, v := range custom {
		out = append(out, map[string]any{"id": id, "value": v})
	}
	return out
}

// humanPuts enters a tag that a human puts on.
func (s *story) humanPuts(who *persona, tag string) {
	if !who.ours[tag] && !s.delivering(who, tag) {
		who.tags[tag] = true
	}
}

// delivering reports whether the sync under way delivers the tag to a person.
func (s *story) delivering(who *persona, tag string) bool {
	return s.acts.on && slices.ContainsFunc(s.acts.plan.all, func(d delivery) bool { return d.who == who && !d.deleted && slices.Contains(d.tags, tag) })
}

func (s *story) humanTags(who *persona, screen bool) {
	tag := []string{"mine", "hot", "vip", "heropixel"}[s.rng.IntN(4)]
	add := s.chance(2)
	s.tell("  human %s %s, add %v (screen %v)", who.name(), tag, add, screen)
	if tag != "heropixel" {
		if add {
			s.humanPuts(who, tag)
		} else {
			delete(who.tags, tag)
		}
	} else if add {
		who.ours[tag] = true
	}
	if !screen {
		method := map[bool]string{true: "POST", false: "DELETE"}[add]
		s.api(method, "/contacts/"+who.id+"/tags", map[string]any{"tags": []string{tag}})
		return
	}
	s.edit(who, func(c *sandbox.Contact) {
		c.Tags = slices.DeleteFunc(c.Tags, func(t string) bool { return t == tag })
		if add {
			c.Tags = append(c.Tags, tag)
		}
	})
}

// edit changes a contact at the screen. Search knows all of it from then on.
func (s *story) edit(who *persona, f func(c *sandbox.Contact)) {
	s.place.Edit(who.id, f)
	if !s.acts.on {
		who.edited = map[string]time.Time{}
		who.made = who.made.Add(-s.lag - 1)
	}
}

func (s *story) humanSets(who *persona, screen, whileRunning bool) {
	of := properties[s.rng.IntN(len(properties))]
	v := of.pick(s.rng)
	if s.chance(4) && of.field != "country" && of.field != "source" {
		v = choice{hold: ""}
	}
	screen = screen || of.field == "companyName" || v.text == "" && of.field == "member_since"
	s.tell("  human sets %s of %s to %q (screen %v)", of.field, who.name(), v.text, screen)
	if screen {
		s.edit(who, func(c *sandbox.Contact) {
			in := c.Fields
			if of.custom {
				in = c.CustomFields
			}
			if in[of.field] = v.hold; v.text == "" {
				delete(in, of.field)
			}
		})
	} else {
		body := map[string]any{of.field: v.hold}
		if of.custom {
			if v.text == "" && of.column == "member_since" {
				v.hold = nil
			}
			body = map[string]any{"customFields": customBody(map[string]any{of.field: v.hold})}
		} else if v.text == "" && of.field == "dateOfBirth" {
			body[of.field] = nil
		}
		s.api("PUT", "/contacts/"+who.id, body)
	}
	who.fields[of.field] = v.text
	if !screen || whileRunning {
		who.edited[of.field] = soon()
	}
}

// humanPhones gives a contact a phone that no sync knows.
func (s *story) humanPhones(who *persona, screen bool) {
	phone := fmt.Sprintf("+1%d55501%02d", 600+s.rng.IntN(300), s.rng.IntN(100))
	if slices.ContainsFunc(s.people, func(p *persona) bool { return p.fields["phone"] == phone }) {
		return
	}
	s.tell("  human gives %s a phone (screen %v)", who.name(), screen)
	if screen {
		s.edit(who, func(c *sandbox.Contact) { c.Fields["phone"] = phone })
	} else {
		s.api("PUT", "/contacts/"+who.id, map[string]any{"phone": phone})
	}
	who.fields["phone"] = phone
}

// humanMerges makes another address the primary one; the person's own stays as
// an additional one.
func (s *story) humanMerges(who *persona) {
	if who.fields["email"] != who.email {
		return
	}
	primary := "merged." + who.email
	s.tell("  human merges %s", who.name())
	s.edit(who, func(c *sandbox.Contact) {
		c.Fields["email"] = primary
		c.AdditionalEmails = append(c.AdditionalEmails, who.email)
	})
	who.fields["email"] = primary
}

// api calls the location as another program would.
func (s *story) api(method, path string, body map[string]any) {
	b, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(b))
	r.Header.Set("Authorization", "Bearer "+s.place.Options().Token)
	r.Header.Set("Version", "2021-07-28")
	r.Header.Set("User-Agent", "somebody else")
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.place.ServeHTTP(w, r)
	if w.Code/100 != 2 {
		// Not fatal: this may be the engine's own goroutine.
		s.t.Errorf("the test's own %s %s was answered %d %s", method, path, w.Code, w.Body)
	}
}
