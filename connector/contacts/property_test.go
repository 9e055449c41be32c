package contacts_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

var histories = flag.Int("histories", defaultHistories, "how many random histories TestHistories plays")

// TestHistories runs random histories of syncs, human edits, faults and
// crashes, and holds the location to the model after each sync. One of them
// alone: -run 'TestHistories/seed=17$'; more of them: -histories=5000.
func TestHistories(t *testing.T) {
	n := *histories
	if testing.Short() {
		n = min(n, 50)
	}
	for seed := range n {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { newHistory(t, uint64(seed)).play() })
		})
	}
}

// families are phones that several people share.
var families = [2]string{"+14155550100", "+14155550101"}

// story is one random history under way.
type story struct {
	t     *testing.T
	rng   *rand.Rand
	place *place
	lag   time.Duration
	acts  *acts

	people    []*persona
	strangers map[string]sandbox.Contact // contacts that no sync is about
	told      []string                   // what happened, for a failure
}

func newHistory(t *testing.T, seed uint64) *story {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := &story{t: t, rng: rng, strangers: map[string]sandbox.Contact{}}
	s.lag = time.Duration(rng.IntN(2)) * time.Minute
	s.place = inside(t, sandbox.Options{IndexLag: s.lag, AllowDuplicates: rng.IntN(2) == 0, Latency: 10 * time.Millisecond})
	s.acts = &acts{next: s.place.transport, story: s, turn: make(chan struct{}, 1)}
	s.place.transport = s.acts
	for i := range 8 + rng.IntN(20) {
		k := kind(rng.IntN(4))
		s.people = append(s.people, newPersona(k, i, families[rng.IntN(2)]))
	}
	// In a large location a sync looks people up for longer before it lists all.
	strangers := 3
	if s.chance(20) {
		strangers = 1600
	}
	for i := range strangers {
		c := sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("stranger%d@example.com", i), "city": "Oslo", "firstName": "Kim"}, Tags: []string{"mine", "vip"}}
		if i == 0 {
			c.Fields["phone"] = families[0]
		}
		s.place.Put(c)
	}
	for _, c := range s.place.Contacts() {
		s.strangers[c.ID] = c
	}
	return s
}

func (s *story) play() {
	for range 2 + s.rng.IntN(4) {
		for range s.rng.IntN(6) {
			s.human(s.people[s.rng.IntN(len(s.people))], false)
		}
		time.Sleep([]time.Duration{time.Second, 20 * time.Second, 70 * time.Second}[s.rng.IntN(3)])
		s.run(s.plan())
		if s.t.Failed() {
			return
		}
	}
	time.Sleep(10 * time.Minute)
	last := s.lastPlan()
	s.run(last)
	s.delivered(last)
	time.Sleep(10 * time.Minute)
	s.place.ResetCounts()
	before := s.place.Contacts()
	s.run(last)
	if diff := cmp.Diff(before, s.place.Contacts()); diff != "" {
		s.fail("the last sync again changed something: %s", diff)
	}
	// Where duplicates are forbidden, only a create that is refused finds out
	// that an address is another contact's additional one.
	if most := s.refusals(); s.place.Writes() > most {
		s.fail("the last sync again made %d writes, want at most %d: %v", s.place.Writes(), most, s.place.Requests())
	}
}

// refusals is how many writes may be tried, and refused, in a sync that has
// nothing to write: two for each contact that has its email as an additional one.
func (s *story) refusals() int {
	n := 0
	for _, who := range s.people {
		if who.exists && who.fields["email"] != who.email && !s.place.Options().AllowDuplicates {
			n += 2
		}
	}
	return n
}

// fail reports with all that led to it.
func (s *story) fail(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s\nlag %v, duplicates %v\n%s", fmt.Sprintf(format, args...), s.lag, s.place.Options().AllowDuplicates, strings.Join(s.told, "\n"))
}

func (s *story) tell(format string, args ...any) {
	s.told = append(s.told, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// planned is one sync to be run.
type planned struct {
	stream  stream
	limits  load.Limits
	workers int
	every   int // records between two states
	all     []delivery
	lines   []string
	acts    int
	faults  float64
	kill    int // after so many requests; 0: never
}

// chance is true once in n times.
func (s *story) chance(n int) bool { return s.rng.IntN(n) == 0 }

func (s *story) plan() planned {
	modes := []airbyte.SyncMode{airbyte.AppendDedup, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update, airbyte.SoftDelete}
	if !s.place.Options().AllowDuplicates {
		modes = append(modes, airbyte.Append)
	}
	p := planned{
		stream: stream{mode: modes[s.rng.IntN(len(modes))], plan: crm.PlanOptions{Tags: []string{"heropixel"}, ClearNulls: s.chance(3)}},
		limits: load.Limits{Records: 1 + s.rng.IntN(40), Bytes: 1 << 20, Age: time.Minute, State: time.Minute}, workers: 1,
		every: 1 + s.rng.IntN(10),
	}
	if s.chance(3) && p.stream.mode != airbyte.Update {
		p.workers = 8
	}
	if s.chance(3) {
		p.stream.onDelete = object.Delete
	}
	if p.stream.mode == airbyte.Overwrite {
		p.stream.limit = 100
		p.stream.onMissing = []object.Removal{object.Keep, object.RemoveTags, object.Delete}[s.rng.IntN(3)]
	}
	if s.chance(2) {
		p.acts = 1 + s.rng.IntN(4)
	}
	if s.chance(3) {
		p.faults = 0.15
	}
	if s.chance(4) {
		p.kill = 4 + s.rng.IntN(25)
	}
	s.columns(&p)
	for range 1 + s.rng.IntN(2*len(s.people)) {
		s.record(&p, s.people[s.rng.IntN(len(s.people))])
	}
	return p
}

// lastPlan delivers everybody once, with nothing in its way.
func (s *story) lastPlan() planned {
	p := planned{stream: stream{mode: airbyte.AppendDedup, plan: crm.PlanOptions{Tags: []string{"heropixel"}}}, workers: 1, every: 5,
		limits: load.Limits{Records: 1 + s.rng.IntN(40), Bytes: 1 << 20, Age: time.Minute, State: time.Minute}}
	s.columns(&p)
	for _, who := range s.people {
		s.record(&p, who)
	}
	return p
}

// columns lets some fields be written only where the CRM has nothing.
func (s *story) columns(p *planned) {
	for _, of := range properties {
		if of.field != "country" && of.field != "source" && s.chance(4) {
			p.stream.plan.Mappings = append(p.stream.plan.Mappings, crm.Mapping{From: of.column, To: of.field, When: crm.IfEmpty})
		}
	}
}

func (p planned) ifEmpty() map[string]bool {
	out := map[string]bool{"source": true} // unless a mapping says otherwise
	for _, m := range p.stream.plan.Mappings {
		out[m.To] = true
	}
	return out
}

// record adds one record about a person.
func (s *story) record(p *planned, who *persona) {
	var before *delivery
	for i := range p.all {
		if p.all[i].who == who {
			before = &p.all[i]
		}
	}
	d := delivery{who: who, values: map[string]choice{}, deleted: p.stream.mode == airbyte.SoftDelete || before == nil && s.chance(12) || before != nil && before.deleted}
	data := map[string]any{}
	if d.deleted && p.stream.mode != airbyte.SoftDelete {
		data["_ab_cdc_deleted_at"] = "2024-01-02T03:04:05Z"
	}
	ifEmpty := p.ifEmpty()
	for _, of := range properties {
		switch {
		case !s.chance(3):
		case s.chance(5) && of.field != "country" && of.field != "source":
			data[of.column] = nil
			if p.stream.plan.ClearNulls && !ifEmpty[of.field] {
				d.values[of.field] = choice{}
			}
		default:
			v := of.pick(s.rng)
			data[of.column], d.values[of.field] = v.say, v
		}
	}
	s.identify(p, data, who, before)
	d.byPhone = data["email"] == nil
	if s.chance(3) {
		d.tags = [][]string{{"vip"}, {"new"}, {"vip", "gold"}}[s.rng.IntN(3)]
		data["tags"] = d.tags
	}
	p.all = append(p.all, d)
	p.lines = append(p.lines, record("people", encode(data)))
}

// identify writes the person's email and phone into a record, in any form.
func (s *story) identify(p *planned, data map[string]any, who *persona, before *delivery) {
	email, phone := who.email, who.phone
	// A record with one of the two alone needs a contact that search can know by
	// both, and that nobody deletes meanwhile.
	whole := who.fields["phone"] == who.phone && who.fields["email"] == who.email && who.exists && time.Since(who.born) > s.lag
	if who.kind == byBoth && (whole || before != nil) && s.chance(2) && p.acts == 0 {
		if s.chance(2) {
			email = ""
		} else {
			phone = ""
		}
	}
	if email != "" {
		data["email"] = [2]string{email, " " + strings.ToUpper(email[:1]) + email[1:]}[s.rng.IntN(2)]
	}
	if phone != "" {
		data["phone"] = phone
		if _, abroad := data["country"]; !abroad && s.chance(2) {
			data["phone"] = fmt.Sprintf("(%s) %s-%s", phone[2:5], phone[5:8], phone[8:])
		}
	}
}

// run runs a sync, again from its last state where it ended early, and holds
// the location to the model.
func (s *story) run(p planned) {
	c := circumstances{began: time.Now(), lag: s.lag, duplicates: s.place.Options().AllowDuplicates, ifEmpty: p.ifEmpty(), stream: []string{"heropixel"},
		creates: p.stream.mode != airbyte.Update && p.stream.mode != airbyte.SoftDelete,
		deletes: p.stream.onDelete == object.Delete, sweeps: p.stream.mode == airbyte.Overwrite && p.stream.onMissing == object.Delete}
	s.tell("sync %s %d records, windows of %d, workers %d, acts %d, faults %v, kill %d, onDelete %q, onMissing %q, clear %v, ifEmpty %v", p.stream.mode, len(p.all), p.limits.Records, p.workers, p.acts, p.faults, p.kill, p.stream.onDelete, p.stream.onMissing, p.stream.plan.ClearNulls, p.ifEmpty())
	for i, line := range p.lines {
		s.tell("  %d %s", i, strings.TrimSpace(line))
	}
	from := 0
	for attempt := 0; ; attempt++ {
		ctx, cancel := context.WithCancel(s.t.Context())
		s.acts.begin(p, cancel, attempt)
		there := *s.place
		there.t = during{s.t, ctx}
		out := there.sync(job{streams: []stream{p.stream}, limits: p.limits, workers: p.workers}, p.input(from))
		s.acts.end()
		killed := ctx.Err() != nil
		cancel()
		if out.err == nil && !killed {
			s.tell("  done: %s", out.log)
			for _, code := range []string{"refused_by_api", "identity_conflict", "tags_refused"} {
				if strings.Contains(out.log, code) {
					s.fail("a record was rejected: %s", code)
				}
			}
			break
		}
		s.tell("  ended early: %v", out.err)
		if attempt > 3 || p.kill == 0 {
			s.fail("the sync does not get through: %v\n%s", out.err, out.log)
		}
		c.crashed = true
		from = lastState(out.states, from)
		s.tell("  again from %d", from)
	}
	s.verify(p, c)
}

// input is the records from one on, with states between them.
func (p planned) input(from int) string {
	var b strings.Builder
	for i := from; i < len(p.lines); i++ {
		b.WriteString(p.lines[i])
		if (i+1)%p.every == 0 || i == len(p.lines)-1 {
			b.WriteString(state("people", i+1))
		}
	}
	return b.String()
}

var stateNumber = regexp.MustCompile(`"n":(\d+)`)

func lastState(states []string, from int) int {
	if len(states) > 0 {
		from, _ = strconv.Atoi(stateNumber.FindStringSubmatch(states[len(states)-1])[1])
	}
	return from
}

// during lets one sync be ended without the test.
type during struct {
	testing.TB
	ctx context.Context
}

func (d during) Context() context.Context { return d.ctx }
