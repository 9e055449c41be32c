package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestNoDealIsLostWhileOthersWrite: others create, change and delete opportunities while they are read, by a process that is killed now
// and then and goes on from its last state. What was there throughout is read, the next read has the last version of each, and no version
// that a state speaks for is handed over twice.
func TestNoDealIsLostWhileOthersWrite(t *testing.T) {
	t.Parallel()
	histories := 100
	if testing.Short() {
		histories = 15
	}
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newDeals(t, rand.New(rand.NewPCG(uint64(seed), 18)))
				h.run(t)
			})
		})
	}
}

// deals is a location with others who write its opportunities, and one who reads them.
type deals struct {
	*history
	contact string
	state   json.RawMessage
	spoken  map[string]bool // versions that states speak for
	custom  map[string]any  // what was read last in a custom field
}

func newDeals(t *testing.T, random *rand.Rand) *deals {
	o := sandbox.Options{IndexLag: time.Duration(random.IntN(60)) * time.Second, AllowDuplicateOpportunities: true}
	if random.IntN(3) == 0 {
		o.Variant = sandbox.ValuesByDetail
	}
	d := &deals{history: &history{random: random, server: sandbox.New(o), read: map[string]string{}}, spoken: map[string]bool{}, custom: map[string]any{}}
	d.others, d.at = d.write, openThrough(t, d.server, d)
	d.contact = d.server.Put(sandbox.Contact{Fields: map[string]any{"email": "ada@example.com"}})
	for range 150 + random.IntN(300) {
		d.put()
	}
	return d
}

func (d *deals) write() {
	i := d.random.IntN(len(d.ids))
	switch d.random.IntN(5) {
	case 0:
		d.put()
	case 1:
		d.ask("DELETE", "/opportunities/"+d.ids[i], "")
		d.ids = append(d.ids[:i], d.ids[i+1:]...)
	default:
		d.versions++
		d.ask("PUT", "/opportunities/"+d.ids[i], fmt.Sprintf(`{"name":"%d","customFields":[{"id":"ofText00000000000001","field_value":"D-%d"}]}`, d.versions, d.versions))
	}
	time.Sleep(time.Duration(1+d.random.IntN(15_000)) * time.Millisecond)
}

// put makes a new opportunity; search shows it at once.
func (d *deals) put() {
	d.versions++
	d.ids = append(d.ids, d.server.PutOpportunity(sandbox.Opportunity{ContactID: d.contact, Name: fmt.Sprint(d.versions),
		PipelineID: sandbox.DefaultPipelines()[0].ID, StageID: sandbox.DefaultPipelines()[0].Stages[0].ID,
		CustomFields: map[string]any{"ofText00000000000001": fmt.Sprint("D-", d.versions)}}))
	time.Sleep(time.Duration(1+d.random.IntN(200)) * time.Millisecond)
}

func (d *deals) run(t *testing.T) {
	before := map[string]bool{}
	for _, o := range d.server.Opportunities() {
		before[o.ID] = true
	}
	d.pass(t)
	for _, id := range d.ids {
		if before[id] && d.read[id] == "" {
			t.Fatal("an opportunity that was there throughout is not read")
		}
	}
	for range d.random.IntN(3) {
		time.Sleep(time.Duration(d.random.IntN(3600)) * time.Second)
		d.pass(t)
	}
	d.quiet = true
	time.Sleep(2 * time.Minute)
	d.pass(t)
	for _, o := range d.server.Opportunities() {
		if d.read[o.ID] != o.Name || d.custom[o.ID] != "D-"+o.Name {
			t.Fatalf("the last version of an opportunity is not read: %s with %v, not %s", d.read[o.ID], d.custom[o.ID], o.Name)
		}
	}
}

// pass reads to the end, however often it is killed.
func (d *deals) pass(t *testing.T) {
	for kills := 0; ; kills++ {
		left := d.random.IntN(600)
		to := &dealsSink{deals: d, left: left, kills: kills < 4}
		err := d.at.opportunities().Read(context.Background(), d.state, to)
		if err == nil {
			return
		}
		if !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(d.random.IntN(600)) * time.Second)
	}
}

var errTwice = errors.New("a version is handed over twice")

// dealsSink keeps what is read of opportunities.
type dealsSink struct {
	*deals
	left  int
	kills bool
	page  []string
}

func (s *dealsSink) Row(data json.RawMessage) error {
	if s.left--; s.left < 0 && s.kills {
		return errKilled
	}
	var row struct {
		ID, Name, UpdatedAt string
		Custom              any `json:"deal_number"`
		Pipeline, Stage     string
	}
	if err := json.Unmarshal(data, &row); err != nil {
		return err
	}
	version := row.ID + row.UpdatedAt
	if s.spoken[version] {
		return errTwice
	}
	s.page = append(s.page, version)
	s.read[row.ID], s.custom[row.ID] = row.Name, row.Custom
	return nil
}

func (s *dealsSink) State(state json.RawMessage) error {
	for _, version := range s.page {
		s.spoken[version] = true
	}
	s.page, s.state = nil, state
	return nil
}
