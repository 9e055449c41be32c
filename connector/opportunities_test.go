package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// inProcess carries requests to a handler without a network, so that a sync can run in a synctest bubble.
type inProcess struct {
	handler http.Handler
	before  func(*http.Request) // nil is nothing
	alive   func() bool         // asked before a request is served, and before its answer is given; nil is for ever
}

func (p inProcess) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	in := r.Clone(r.Context())
	if in.Body == nil {
		in.Body = http.NoBody
	}
	if p.before != nil {
		p.before(r)
	}
	dead := func() bool { return p.alive != nil && !p.alive() }
	if dead() {
		return nil, errReset
	}
	w := httptest.NewRecorder()
	defer func() {
		if recover() != nil {
			resp, err = nil, errReset
		}
	}()
	if p.handler.ServeHTTP(w, in); dead() {
		return nil, errReset
	}
	return w.Result(), nil
}

var errReset = errors.New("connection reset")

// market is a location whose deals are synced.
type market struct {
	*sandbox.Server
	t        *testing.T
	settings map[string]any
	catalog  string
	before   func(*http.Request) // each request
	alive    func() bool         // whether requests still come through; nil is for ever
	stop     context.Context     // ends to stop a sync; nil is never
	windows  *rand.Rand          // closes windows by chance; nil does not
}

// ended is what a sync has said and done.
type ended struct {
	log      string
	err      error
	counts   map[string]load.Counts // by stream
	told     []object.Outcome
	states   int
	requests map[string]int
	writes   int
}

// sync runs a sync of its own in the bubble of the test. Records are "stream: data".
func (m *market) sync(records ...string) (out ended) {
	m.t.Helper()
	given := map[string]any{}
	if err := json.Unmarshal(m.Config("http://127.0.0.1:1"), &given); err != nil {
		m.t.Fatal(err)
	}
	for key, value := range m.settings {
		given[key] = value
	}
	document, _ := json.Marshal(given)
	conf, err := config.Parse(document)
	if err != nil {
		m.t.Fatal(err)
	}
	catalog, err := airbyte.ParseCatalog([]byte(m.catalog))
	if err != nil {
		m.t.Fatal(err)
	}
	at, log := m.Options(), &bytes.Buffer{}
	j := newJob(conf, catalog)
	j.log = zerolog.New(zerolog.SyncWriter(log))
	j.client, err = ghl.New(ghl.Options{URL: conf.APIURL, LocationID: at.LocationID, Transport: inProcess{m.Server, m.before, m.alive}, Log: j.log, Grace: grace,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: at.Token})})
	if err != nil {
		m.t.Fatal(err)
	}
	var streams []*object.Stream
	j.opened = func(opened []*object.Stream) { streams = opened }
	j.observe = func(o object.Outcome) { out.told = append(out.told, o) }
	j.release = func(*airbyte.State, int64, int64) error { out.states++; return nil }
	var lines []string
	for _, r := range records {
		stream, data, _ := strings.Cut(r, ": ")
		lines = append(lines, fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"emitted_at":1,"data":%s}}`+"\n", stream, data))
	}
	var input io.Reader = strings.NewReader(strings.Join(lines, ""))
	if m.windows != nil {
		input = &inWindows{m.windows, lines}
	}
	m.ResetCounts()
	ctx := m.stop
	if ctx == nil {
		ctx = m.t.Context()
	}
	out.err = j.run(ctx, airbyte.NewReader(input), 0)
	out.log, out.counts, out.requests, out.writes = log.String(), map[string]load.Counts{}, m.Requests(), m.Writes()
	for _, s := range streams {
		out.counts[s.ID.String()] = s.Counts()
	}
	return out
}

// must is a sync that has to succeed.
func (m *market) must(records ...string) ended {
	m.t.Helper()
	out := m.sync(records...)
	if out.err != nil {
		m.t.Fatalf("%v\n%s", out.err, out.log)
	}
	return out
}

// deals are the opportunities of the location in words, as in "ann@example.com Sales/New Lead Deal open 5".
func (m *market) deals() []string {
	emails := map[string]string{}
	for _, c := range m.Contacts() {
		emails[c.ID] = fmt.Sprint(c.Fields["email"])
	}
	deals := []string{}
	for _, o := range m.Opportunities() {
		text := fmt.Sprintf("%s %s %s %s", emails[o.ContactID], m.place(o), o.Name, o.Status)
		if o.Value != 0 {
			text += fmt.Sprintf(" %v", o.Value)
		}
		for _, more := range []string{m.reason(o.LostReasonID), o.AssignedTo, o.Source} {
			if more != "" {
				text += " " + more
			}
		}
		if key := o.CustomFields[dealNumber]; key != nil {
			text += fmt.Sprintf(" #%v", key)
		}
		deals = append(deals, text)
	}
	slices.Sort(deals)
	return deals
}

const dealNumber = "ofText00000000000001"

func (m *market) place(o sandbox.Opportunity) string {
	for _, p := range m.Options().Pipelines {
		for _, s := range p.Stages {
			if p.ID == o.PipelineID && s.ID == o.StageID {
				return p.Name + "/" + s.Name
			}
		}
	}
	return o.PipelineID + "/" + o.StageID
}

func (m *market) reason(id string) string {
	for _, r := range m.Options().LostReasons {
		if r.ID == id {
			return r.Name
		}
	}
	return id
}

// holds fails the test unless these are the deals of the location.
func (m *market) holds(want ...string) {
	m.t.Helper()
	slices.Sort(want)
	if got := m.deals(); !slices.Equal(got, want) {
		m.t.Errorf("the location holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

const (
	opCreateDeal = "POST /opportunities/"
	opUpdateDeal = "PUT /opportunities/{id}"
	opStatus     = "PUT /opportunities/{id}/status"
	opListDeals  = "GET /opportunities/search"
	opFindDeals  = "POST /opportunities/search"
)

// byKey is the setting that deals are known by their number.
var byKey = map[string]any{"streams": []any{map[string]any{"name": "deals", "object": "opportunities", "match_on": []any{"custom_field:deal_number"}}}}

var withoutKey = map[string]any{"streams": []any{map[string]any{"name": "deals", "object": "opportunities"}}}

const dealColumns = `"email":{"type":"string"},"pipeline":{},"stage":{},"name":{},"status":{},"value":{},"owner":{},"lost_reason":{},"source":{}`

var (
	keyedDeals = catalogOf(`people: {"email":{"type":"string"}}`, `deals: {"deal_number":{"type":"string"},`+dealColumns+`}`)
	plainDeals = catalogOf(`people: {"email":{"type":"string"}}`, `deals: {`+dealColumns+`}`)
)

// inMarket runs a test in a bubble, with and without keys.
func inMarket(t *testing.T, o sandbox.Options, settings map[string]any, catalog string, f func(t *testing.T, m *market)) {
	synctest.Test(t, func(t *testing.T) { f(t, &market{Server: sandbox.New(o), t: t, settings: settings, catalog: catalog}) })
}

// TestAThousandDeals cost little more than a request each, nothing but reading when they come again, and what has changed when that is little.
func TestAThousandDeals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings map[string]any
		catalog  string
		variant  sandbox.Variant
		n        int
	}{
		"by key": {byKey, keyedDeals, 0, 1000}, "by key, told by the list": {byKey, keyedDeals, sandbox.ValuesByDetail, 300}, "without key": {withoutKey, plainDeals, 0, 300},
	} {
		t.Run(name, func(t *testing.T) {
			inMarket(t, sandbox.Options{Variant: tt.variant}, tt.settings, tt.catalog, func(t *testing.T, m *market) {
				n := tt.n
				records := func(changed int) (all []string) {
					for i := range n {
						all = append(all, fmt.Sprintf(`people: {"email":"p%d@example.com"}`, i))
					}
					for i := range n {
						stage := "new lead"
						if i < changed {
							stage = "Contacted"
						}
						all = append(all, fmt.Sprintf(`deals: {"email":"p%d@example.com","pipeline":"sales","stage":%q,"name":"Deal %d","value":%d,"deal_number":"D-%d"}`, i, stage, i, 100+i, i))
					}
					return all
				}
				out := m.must(records(0)...)
				items := 2 * n
				total := 0
				for _, count := range out.requests {
					total += count
				}
				if len(m.Opportunities()) != n || total > items*105/100 {
					t.Errorf("%d opportunities, %d requests for %d items: %v\n%s", len(m.Opportunities()), total, items, out.requests, out.log)
				}
				t.Logf("first: %d requests for %d items: %v", total, items, out.requests)
				for _, changed := range []int{0, n * 3 / 100} {
					out := m.must(records(changed)...)
					reads := 0
					for _, count := range out.requests {
						reads += count
					}
					if reads -= out.writes; out.writes != changed || reads > n/100+n/200+10+1 {
						t.Errorf("%d changed: %d writes, %d reads: %v\n%s", changed, out.writes, reads, out.requests, out.log)
					}
					t.Logf("%d changed: %v", changed, out.requests)
				}
			})
		})
	}
}

// person puts a contact that the syncs of these tests leave as it is.
func (m *market) person(email string) (id string) {
	return m.Put(sandbox.Contact{Fields: map[string]any{"email": email, "country": "US", "source": "web"}, Tags: []string{"heropixel"}})
}

// deal puts an opportunity of a contact into the first stage of Sales, or elsewhere if more says so.
func (m *market) deal(contact, name string, more ...func(*sandbox.Opportunity)) string {
	sales := m.Options().Pipelines[0]
	o := sandbox.Opportunity{ContactID: contact, PipelineID: sales.ID, StageID: sales.Stages[0].ID, Name: name}
	for _, change := range more {
		change(&o)
	}
	return m.PutOpportunity(o)
}

func withStatus(s string) func(*sandbox.Opportunity) {
	return func(o *sandbox.Opportunity) { o.Status = s }
}

func withNumber(n string) func(*sandbox.Opportunity) {
	return func(o *sandbox.Opportunity) { o.CustomFields = map[string]any{dealNumber: n} }
}

// codes are those of rejected records, by line.
func (e ended) codes() (codes []string) {
	for _, o := range e.told {
		if o.Reject != nil {
			codes = append(codes, fmt.Sprintf("%d %s", o.Lines[0], o.Reject.Code))
		}
	}
	slices.Sort(codes)
	return codes
}

// TestWhichDealIsMeant, with and without a key, and that nothing is written when the same records come again.
func TestWhichDealIsMeant(t *testing.T) {
	const ann = `"email":"ann@example.com","pipeline":"Sales"`
	for name, tt := range map[string]struct {
		there    func(m *market, ann string)
		twoAtOne bool // whether the location allows two open ones
		key      bool
		records  []string
		want     []string
		codes    []string // of the first sync
		again    []string // of the second
	}{
		"last year's and this year's": {there: func(m *market, ann string) { m.deal(ann, "2025", withStatus("won")) },
			records: []string{`deals: {` + ann + `,"name":"2025","status":"won"}`, `deals: {` + ann + `,"name":"2026"}`},
			want:    []string{"ann@example.com Sales/New Lead 2025 won", "ann@example.com Sales/New Lead 2026 open"}},
		"this year's alone": {there: func(m *market, ann string) { m.deal(ann, "2025", withStatus("won")) },
			records: []string{`deals: {` + ann + `,"name":"2026","stage":"contacted"}`},
			want:    []string{"ann@example.com Sales/New Lead 2025 won", "ann@example.com Sales/Contacted 2026 open"}},
		"both are new": {records: []string{`deals: {` + ann + `,"name":"2025","status":"Closed Won"}`, `deals: {` + ann + `,"name":"2026"}`},
			want: []string{"ann@example.com Sales/New Lead 2025 won", "ann@example.com Sales/New Lead 2026 open"}},
		"a key tells them apart": {key: true, there: func(m *market, ann string) { m.deal(ann, "Renewal", withStatus("won"), withNumber("A")) },
			records: []string{`deals: {` + ann + `,"name":"Renewal","status":"open","deal_number":"B"}`, `deals: {` + ann + `,"name":"Renewal","status":"won","deal_number":"A"}`},
			want:    []string{"ann@example.com Sales/New Lead Renewal won #A", "ann@example.com Sales/New Lead Renewal open #B"}},
		"a key reopens": {key: true, there: func(m *market, ann string) { m.deal(ann, "Deal", withStatus("lost"), withNumber("A")) },
			records: []string{`deals: {` + ann + `,"name":"Deal","status":"open","deal_number":"A"}`}, want: []string{"ann@example.com Sales/New Lead Deal open #A"}},
		"without a key none is reopened": {there: func(m *market, ann string) { m.deal(ann, "Deal", withStatus("won")) },
			records: []string{`deals: {` + ann + `,"name":"DEAL","status":"open","value":7}`}, want: []string{"ann@example.com Sales/New Lead Deal won 7"}},
		"the open one, renamed": {there: func(m *market, ann string) { m.deal(ann, "Old") },
			records: []string{`deals: {` + ann + `,"name":"New"}`}, want: []string{"ann@example.com Sales/New Lead New open"}},
		"a key takes over one without": {key: true, there: func(m *market, ann string) { m.deal(ann, "Deal") },
			records: []string{`deals: {` + ann + `,"name":"Deal","deal_number":"A"}`}, want: []string{"ann@example.com Sales/New Lead Deal open #A"}},
		"two records, one deal": {records: []string{`deals: {` + ann + `,"name":"One"}`, `deals: {` + ann + `,"name":"Two"}`},
			want: []string{"ann@example.com Sales/New Lead One open"}, codes: []string{"2 ambiguous_opportunity"}, again: []string{"2 ambiguous_opportunity"}},
		"two keys, one place": {key: true, records: []string{`deals: {` + ann + `,"name":"One","deal_number":"A"}`, `deals: {` + ann + `,"name":"Two","deal_number":"B"}`},
			want: []string{"ann@example.com Sales/New Lead One open #A"}, codes: []string{"2 refused_by_api"}, again: []string{"2 refused_by_api"}},
		"two keys where two are allowed": {key: true, twoAtOne: true, records: []string{`deals: {` + ann + `,"name":"One","deal_number":"A"}`, `deals: {` + ann + `,"name":"Two","deal_number":"B"}`},
			want: []string{"ann@example.com Sales/New Lead One open #A", "ann@example.com Sales/New Lead Two open #B"}},
		"one key twice": {key: true, records: []string{`deals: {` + ann + `,"name":"One","deal_number":"A"}`, `deals: {` + ann + `,"name":"Two","deal_number":"A","pipeline":"Onboarding","stage":"Live"}`,
			`deals: {` + ann + `,"value":3,"deal_number":"A","pipeline":"Onboarding"}`}, want: []string{"ann@example.com Onboarding/Live Two open 3 #A"}},
		"another pipeline": {there: func(m *market, ann string) { m.deal(ann, "Deal") },
			records: []string{`deals: {` + ann + `,"name":"Deal"}`, `deals: {"email":"ann@example.com","pipeline":" onboarding ","name":"Deal"}`},
			want:    []string{"ann@example.com Sales/New Lead Deal open", "ann@example.com Onboarding/Kickoff Deal open"}},
		"a key alone": {key: true, there: func(m *market, ann string) { m.deal(ann, "Deal", withNumber("A")) },
			records: []string{`deals: {"deal_number":"A","stage":"Contacted"}`, `deals: {"deal_number":"B","stage":"Contacted"}`},
			want:    []string{"ann@example.com Sales/Contacted Deal open #A"}, codes: []string{"2 no_contact"}, again: []string{"2 no_contact"}},
		"what is not there": {records: []string{`deals: {` + ann + `,"stage":"Nowhere","name":"Deal"}`, `deals: {"email":"ann@example.com","pipeline":"Nowhere","name":"Deal"}`,
			`deals: {` + ann + `,"name":"Deal","owner":"Nobody"}`, `deals: {"email":"nobody@example.com","pipeline":"Sales","name":"Deal"}`, `deals: {` + ann + `}`, `deals: {"email":"ann@example.com","name":"Deal"}`},
			codes: []string{"1 unknown_stage", "2 unknown_pipeline", "3 unknown_user", "4 no_contact", "5 value_missing", "6 value_missing"},
			again: []string{"1 unknown_stage", "2 unknown_pipeline", "3 unknown_user", "4 no_contact", "5 value_missing", "6 value_missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			settings, catalog := withoutKey, strings.Replace(plainDeals, "people", "others", 1)
			if tt.key {
				settings, catalog = byKey, strings.Replace(keyedDeals, "people", "others", 1)
			}
			inMarket(t, sandbox.Options{AllowDuplicateOpportunities: tt.twoAtOne}, settings, catalog, func(t *testing.T, m *market) {
				id := m.person("ann@example.com")
				if tt.there != nil {
					tt.there(m, id)
				}
				out := m.must(tt.records...)
				m.holds(tt.want...)
				if got := out.codes(); !slices.Equal(got, tt.codes) {
					t.Errorf("rejected %v, want %v\n%s", got, tt.codes, out.log)
				}
				out = m.must(tt.records...)
				m.holds(tt.want...)
				if got := out.codes(); out.writes != len(slices.DeleteFunc(slices.Clone(got), func(c string) bool { return !strings.HasSuffix(c, "refused_by_api") })) || !slices.Equal(got, tt.again) {
					t.Errorf("again: %d writes, rejected %v, want %v: %v\n%s", out.writes, got, tt.again, out.requests, out.log)
				}
			})
		})
	}
}

// TestNoDealIsCreatedTwice: neither by a sync that begins right after one that was killed, nor where answers are lost.
func TestNoDealIsCreatedTwice(t *testing.T) {
	for name, fault := range map[string]sandbox.Fault{
		"killed": {}, "reset after": {Kind: sandbox.FaultResetAfter}, "reset before": {Kind: sandbox.FaultResetBefore}, "refused but written": {Kind: sandbox.Fault422Applied},
		"garbage": {Kind: sandbox.FaultGarbage}, "empty": {Kind: sandbox.FaultEmptyBody},
	} {
		for _, key := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, key %v", name, key), func(t *testing.T) {
				settings, catalog := withoutKey, plainDeals
				if key {
					settings, catalog = byKey, keyedDeals
				}
				o := sandbox.Options{IndexLag: 2 * time.Second, AllowDuplicateOpportunities: true}
				inMarket(t, o, settings, catalog, func(t *testing.T, m *market) {
					var records, want []string
					for i := range 8 {
						email := fmt.Sprintf("p%d@example.com", i)
						if i < 4 { // the others are created
							m.person(email)
						}
						records = append(records, fmt.Sprintf(`people: {"email":%q}`, email), fmt.Sprintf(`deals: {"email":%q,"pipeline":"Sales","name":"Deal","deal_number":"D-%d"}`, email, i))
						want = append(want, fmt.Sprintf("%s Sales/New Lead Deal open #D-%d", email, i))
					}
					if fault.Kind != "" {
						fault.Operation, fault.After, fault.Times = opCreateDeal, 1, 3
						m.Inject(fault)
					}
					m.must(records...)
					m.holds(want...)
					if out := m.must(records...); out.writes != 0 {
						t.Errorf("again: %v\n%s", out.requests, out.log)
					}
					m.holds(want...)
				})
			})
		}
	}
}

// TestASyncThatIsKilled at any of its requests, before or after the API has served it, is followed at once by another one: what it has written is found.
func TestASyncThatIsKilled(t *testing.T) {
	t.Parallel()
	for _, key := range []bool{true, false} {
		settings, catalog := withoutKey, plainDeals
		if key {
			settings, catalog = byKey, keyedDeals
		}
		for moment, killed := 1, true; killed; moment++ {
			inMarket(t, sandbox.Options{IndexLag: 2 * time.Second, AllowDuplicateOpportunities: true}, settings, catalog, func(t *testing.T, m *market) {
				var records, want []string
				for i := range 4 {
					email := fmt.Sprintf("p%d@example.com", i)
					if i < 2 { // the others are created
						m.person(email)
					}
					records = append(records, fmt.Sprintf(`people: {"email":%q}`, email), fmt.Sprintf(`deals: {"email":%q,"pipeline":"Sales","name":"Deal","deal_number":"D-%d"}`, email, i))
					want = append(want, fmt.Sprintf("%s Sales/New Lead Deal open #D-%d", email, i))
				}
				var passed atomic.Int64
				dead, ended := make(chan struct{}), make(chan struct{})
				m.alive = func() bool {
					n := passed.Add(1)
					if n == int64(moment) {
						close(dead)
					}
					return n < int64(moment)
				}
				first := *m
				var end context.CancelFunc
				first.stop, end = context.WithCancel(t.Context())
				go func() {
					first.sync(records...)
					close(ended)
				}()
				select {
				case <-dead:
				case <-ended:
					killed = false
				}
				m.alive = nil
				m.must(records...)
				end()
				<-ended
				if m.holds(want...); t.Failed() {
					t.Fatalf("key %v, killed at moment %d", key, moment)
				}
			})
		}
	}
}

// TestADealThatVanishes while a sync runs is created again.
func TestADealThatVanishes(t *testing.T) {
	inMarket(t, sandbox.Options{}, withoutKey, plainDeals, func(t *testing.T, m *market) {
		id := m.deal(m.person("ann@example.com"), "Deal")
		m.before = func(r *http.Request) {
			if r.Method == http.MethodPut {
				m.DeleteOpportunity(id)
			}
		}
		out := m.must(`deals: {"email":"ann@example.com","pipeline":"Sales","name":"Deal","value":5}`)
		m.holds("ann@example.com Sales/New Lead Deal open 5")
		if out.counts["deals"].Created != 1 {
			t.Errorf("%+v", out.counts)
		}
	})
}

// TestDeletesOfDeals are carried out where the user says so, and on what bears the key.
func TestDeletesOfDeals(t *testing.T) {
	const deleted = `deals: {"email":"ann@example.com","pipeline":"Sales","name":"Deal","deal_number":"A","_ab_cdc_deleted_at":"2026-01-02"}`
	for name, tt := range map[string]struct {
		settings map[string]any
		mode     string
		record   string
		gone     bool
		says     string
	}{
		"as it is":             {record: deleted, says: `deleted in the source and left as it is: set \"on_delete\": \"delete\" to delete the opportunities that bear the key of such records`},
		"on_delete":            {settings: map[string]any{"on_delete": "delete"}, record: deleted, gone: true},
		"on_delete, key alone": {settings: map[string]any{"on_delete": "delete"}, record: `deals: {"deal_number":"A","_ab_cdc_deleted_at":"2026-01-02"}`, gone: true},
		"another key":          {settings: map[string]any{"on_delete": "delete"}, record: strings.Replace(deleted, `"A"`, `"B"`, 1)},
		"no key":               {settings: map[string]any{"on_delete": "delete"}, record: strings.Replace(deleted, `"A"`, `null`, 1), says: "the record has no key of the stream's match_on"},
		"soft_delete":          {mode: "soft_delete", record: `deals: {"deal_number":"A"}`, gone: true},
		"soft_delete, ignored": {settings: map[string]any{"on_delete": "ignore"}, mode: "soft_delete", record: `deals: {"deal_number":"A"}`},
	} {
		t.Run(name, func(t *testing.T) {
			settings := maps.Clone(byKey)
			maps.Copy(settings, tt.settings)
			catalog := keyedDeals
			if tt.mode != "" {
				catalog = strings.ReplaceAll(catalog, "append_dedup", tt.mode)
			}
			inMarket(t, sandbox.Options{}, settings, catalog, func(t *testing.T, m *market) {
				m.deal(m.person("ann@example.com"), "Deal", withNumber("A"))
				want, removed := []string{"ann@example.com Sales/New Lead Deal open #A"}, int64(0)
				if tt.gone {
					want, removed = nil, 1
				}
				for range 2 {
					out := m.must(tt.record)
					m.holds(want...)
					if out.counts["deals"].Removed != removed || out.writes != int(removed) || !strings.Contains(out.log, tt.says) {
						t.Errorf("%+v, %v\n%s", out.counts, out.requests, out.log)
					}
					removed = 0
				}
			})
		})
	}
}

// TestDealsAndTheirContacts: a contact is created in the same sync, before or after its deal, in the same window or in another one, and is tagged by then.
func TestDealsAndTheirContacts(t *testing.T) {
	const people = 60
	var contacts, deals []string
	for i := range people {
		contacts = append(contacts, fmt.Sprintf(`people: {"email":"p%d@example.com"}`, i))
		deals = append(deals, fmt.Sprintf(`deals: {"email":"p%d@example.com","pipeline":"Sales","name":"Deal %d"}`, i, i))
	}
	for name, records := range map[string][]string{
		"contacts first": slices.Concat(contacts, deals), "deals first": slices.Concat(deals, contacts), "two streams of deals": slices.Concat(contacts, deals,
			[]string{`offers: {"email":"p7@example.com","pipeline":"Onboarding","name":"Deal 7"}`, `offers: {"email":"p8@example.com","pipeline":"Sales","name":"Deal 8"}`}),
	} {
		t.Run(name, func(t *testing.T) {
			settings := map[string]any{"streams": []any{map[string]any{"name": "deals", "object": "opportunities"}, map[string]any{"name": "offers", "object": "opportunities"}}}
			catalog := catalogOf(`people: {"email":{"type":"string"}}`, `deals: {`+dealColumns+`}`, `offers: {`+dealColumns+`}`)
			inMarket(t, sandbox.Options{}, settings, catalog, func(t *testing.T, m *market) {
				m.windows = rand.New(rand.NewPCG(1, 15))
				m.before = func(r *http.Request) {
					if r.Method == http.MethodPost && r.URL.Path == "/opportunities/" {
						body, _ := r.GetBody()
						var o struct{ ContactID string }
						if err := json.NewDecoder(body).Decode(&o); err != nil {
							t.Error(err)
						}
						if c := m.contact(o.ContactID); !slices.Contains(c.Tags, "heropixel") {
							t.Errorf("a deal of a contact with the tags %v", c.Tags)
						}
					}
				}
				out := m.must(records...)
				want, codes := people, 0
				if name == "two streams of deals" {
					want, codes = people+1, 1
				}
				if n := len(m.Opportunities()); n != want || len(out.codes()) != codes || out.requests[opListDeals]+out.requests[opFindDeals] != 0 {
					t.Errorf("%d opportunities, %v, %v\n%s", n, out.codes(), out.requests, out.log)
				}
			})
		})
	}
}

// contact is the one with an id.
func (m *market) contact(id string) sandbox.Contact {
	all := m.Contacts()
	i := slices.IndexFunc(all, func(c sandbox.Contact) bool { return c.ID == id })
	if i < 0 {
		return sandbox.Contact{}
	}
	return all[i]
}

// TestModesOfDeals: update creates none, and all others are one.
func TestModesOfDeals(t *testing.T) {
	records := []string{`deals: {"email":"ann@example.com","pipeline":"Sales","name":"Old","value":9}`, `deals: {"email":"bob@example.com","pipeline":"Sales","name":"New"}`}
	for _, mode := range []string{"append", "append_dedup", "overwrite", "update"} {
		t.Run(mode, func(t *testing.T) {
			inMarket(t, sandbox.Options{}, map[string]any{"on_missing": "delete", "streams": withoutKey["streams"]}, strings.ReplaceAll(plainDeals, "append_dedup", mode), func(t *testing.T, m *market) {
				m.deal(m.person("ann@example.com"), "Old")
				m.deal(m.person("carl@example.com"), "Missing")
				m.person("bob@example.com")
				out, want := m.must(records...), []string{"ann@example.com Sales/New Lead Old open 9", "carl@example.com Sales/New Lead Missing open"}
				if mode == "update" {
					if !slices.Equal(out.codes(), []string{"2 no_match"}) {
						t.Errorf("%v", out.codes())
					}
				} else {
					want = append(want, "bob@example.com Sales/New Lead New open")
				}
				m.holds(want...)
				if out := m.must(records...); out.writes != 0 {
					t.Errorf("again: %v", out.requests)
				}
			})
		})
	}
}

// TestWhatIsWrittenOfADeal: only what differs, a reason by a request of its own, and no stage back where that is set.
func TestWhatIsWrittenOfADeal(t *testing.T) {
	const ann = `deals: {"email":"ann@example.com","pipeline":"Sales","name":"Deal"`
	contacted := func(o *sandbox.Opportunity) { o.StageID = "5a1e5000-0000-4000-8000-000000000002" }
	lost := func(o *sandbox.Opportunity) { o.Status, o.LostReasonID = "lost", "lrNoAnswer0000000002" }
	for name, tt := range map[string]struct {
		there    []func(*sandbox.Opportunity)
		settings map[string]any
		record   string
		want     string
		requests map[string]int // that write
	}{
		"the value":           {record: `,"value":"1,250.50"}`, want: "Sales/New Lead Deal open 1250.5", requests: map[string]int{opUpdateDeal: 1}},
		"the stage":           {record: `,"stage":"proposal sent"}`, want: "Sales/Proposal Sent Deal open", requests: map[string]int{opUpdateDeal: 1}},
		"back":                {there: []func(*sandbox.Opportunity){contacted}, record: `,"stage":"New Lead"}`, want: "Sales/New Lead Deal open", requests: map[string]int{opUpdateDeal: 1}},
		"never back":          {there: []func(*sandbox.Opportunity){contacted}, settings: map[string]any{"stage_moves": "forward"}, record: `,"stage":"New Lead"}`, want: "Sales/Contacted Deal open"},
		"won":                 {record: `,"status":"WON"}`, want: "Sales/New Lead Deal won", requests: map[string]int{opUpdateDeal: 1}},
		"lost":                {record: `,"status":"closed lost","lost_reason":"too EXPENSIVE","value":7}`, want: "Sales/New Lead Deal lost 7 Too expensive", requests: map[string]int{opUpdateDeal: 1, opStatus: 1}},
		"another reason":      {there: []func(*sandbox.Opportunity){lost}, record: `,"lost_reason":"Too expensive"}`, want: "Sales/New Lead Deal lost Too expensive", requests: map[string]int{opStatus: 1}},
		"no such reason":      {there: []func(*sandbox.Opportunity){lost}, record: `,"lost_reason":"Weather"}`, want: "Sales/New Lead Deal lost No answer"},
		"won after all":       {there: []func(*sandbox.Opportunity){lost}, record: `,"status":"won"}`, want: "Sales/New Lead Deal won", requests: map[string]int{opUpdateDeal: 1}},
		"abandoned":           {record: `,"status":"abandoned"}`, want: "Sales/New Lead Deal abandoned", requests: map[string]int{opUpdateDeal: 1}},
		"the owner":           {record: `,"owner":"OWNER"}`, want: "Sales/New Lead Deal open OWNER", requests: map[string]int{opUpdateDeal: 1}},
		"what it has already": {record: `,"stage":"NEW lead","status":"open","value":0}`, want: "Sales/New Lead Deal open"},
		"a field of its own":  {record: `,"deal_number":"A-7"}`, want: "Sales/New Lead Deal open #A-7", requests: map[string]int{opUpdateDeal: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			stream := map[string]any{"name": "deals", "object": "opportunities"}
			maps.Copy(stream, tt.settings)
			inMarket(t, sandbox.Options{}, map[string]any{"streams": []any{stream}}, plainDeals, func(t *testing.T, m *market) {
				m.deal(m.person("ann@example.com"), "Deal", tt.there...)
				user := m.Options().Users[0]
				record := ann + strings.ReplaceAll(tt.record, "OWNER", user.Email)
				for _, requests := range []map[string]int{tt.requests, nil} {
					out := m.must(record)
					m.holds("ann@example.com " + strings.ReplaceAll(tt.want, "OWNER", user.ID))
					for _, op := range []string{opCreateDeal, opUpdateDeal, opStatus} {
						if out.requests[op] != requests[op] {
							t.Errorf("%d times %s, want %d\n%s", out.requests[op], op, requests[op], out.log)
						}
					}
				}
			})
		})
	}
}

// TestCheckOfDeals names the scopes that opportunities need, and no others.
func TestCheckOfDeals(t *testing.T) {
	for _, scope := range []string{"", "opportunities.readonly", "opportunities.write", "pipelines.readonly", usersScope} {
		status, message := checked(t, sandbox.Options{Scopes: scopesWithout(scope)}, func(conf map[string]any) { maps.Copy(conf, byKey) })
		switch {
		case scope == "" || scope == usersScope:
			if status != "SUCCEEDED" || !strings.Contains(message, "2 pipelines, 0 opportunities") {
				t.Errorf("%s: %s", status, message)
			}
		case status != "FAILED" || !strings.Contains(message, scope):
			t.Errorf("without %s: %s: %s", scope, status, message)
		}
	}
}

// TestDealsAreOffered by discover in all modes, with their keys.
func TestDealsAreOffered(t *testing.T) {
	out, code := ran(t, "discover", sandbox.New(sandbox.Options{}), nil, "")
	if code != 0 {
		t.Fatal(out)
	}
	for _, mode := range []string{"append", "append_dedup", "overwrite", "update", "soft_delete"} {
		_, operation, _ := strings.Cut(out, `{"object_name":"opportunities","sync_mode":"`+mode+`"`)
		operation, _, _ = strings.Cut(operation, `{"object_name"`)
		keys := `"matching_keys":[["deal_number"],["seats"]]`
		if mode == "append" {
			keys = `"matching_keys":[]`
		}
		if !strings.Contains(operation, keys) || mode != "soft_delete" && !strings.Contains(operation, `"status":{"type":"string","title":"Status","description":"One of the field's options, by its label in upper or lower case. Any other value is left out.","enum":["open","won","lost","abandoned"]}`) {
			t.Errorf("%s: %s", mode, operation)
		}
	}
}

// TestAPreviewOfDeals tells what would be created, and from which stage to which another would move.
func TestAPreviewOfDeals(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	m := &market{Server: server, t: t}
	m.deal(m.person("ann@example.com"), "Old", withNumber("A"))
	out, code := ran(t, "preview", server, byKey, keyedDeals, `people: {"email":"bob@example.com"}`,
		`deals: {"deal_number":"A","email":"ann@example.com","pipeline":"sales","name":"Old","stage":"proposal sent","status":"lost","lost_reason":"no answer"}`,
		`deals: {"deal_number":"B","email":"bob@example.com","pipeline":"Onboarding","name":"New"}`)
	for _, text := range []string{`"stage":{"old":"New Lead","new":"Proposal Sent"}`, `"status":{"old":"open","new":"lost"}`, `"lost_reason":{"old":null,"new":"No answer"}`,
		`"pipeline":{"old":null,"new":"Onboarding"}`, `"counts":{"create":2,"update":1}`} {
		if !strings.Contains(out, text) {
			t.Errorf("it does not say %s:\n%s", text, out)
		}
	}
	if code != 0 || server.Writes() != 0 {
		t.Errorf("ended with %d after %d writes", code, server.Writes())
	}
}

// TestDealsAreListedOrLookedUp, whichever takes fewer requests; where nobody can know that before, at most twice as many.
func TestDealsAreListedOrLookedUp(t *testing.T) {
	for name, tt := range map[string]struct {
		there, records, pipeline int // in the location, in the sync; the pipeline's place
		alone                    bool
		most                     int // requests for opportunities
	}{
		"few records":                {there: 2000, records: 5, most: 6 + 1},
		"one record":                 {there: 2000, records: 1, most: 1 + 1},
		"many records":               {there: 300, records: 200, most: 4 + 2},
		"one after the other":        {there: 1000, records: 40, alone: true, most: 2*11 + 2},
		"of a pipeline that has few": {there: 2000, records: 20, pipeline: 1, most: 2},
	} {
		t.Run(name, func(t *testing.T) {
			inMarket(t, sandbox.Options{}, withoutKey, plainDeals, func(t *testing.T, m *market) {
				in := m.Options().Pipelines[tt.pipeline]
				var records []string
				for i := range tt.there {
					id := m.person(fmt.Sprintf("p%d@example.com", i))
					m.deal(id, "Deal", func(o *sandbox.Opportunity) { // those of the other pipeline have no part in it
						if tt.pipeline == 0 || i < tt.records {
							o.PipelineID, o.StageID = in.ID, in.Stages[0].ID
						}
					})
					if i < tt.records {
						records = append(records, fmt.Sprintf(`deals: {"email":"p%d@example.com","pipeline":%q,"name":"Deal"}`, i, in.Name))
					}
				}
				if tt.alone {
					m.windows = rand.New(always{})
				}
				out := m.must(records...)
				if n := out.requests[opListDeals] + out.requests[opFindDeals]; n > tt.most || out.writes > 0 || out.counts["deals"].Unchanged != int64(tt.records) {
					t.Errorf("%d requests, want at most %d: %+v\n%v", n, tt.most, out.counts, out.requests)
				}
			})
		})
	}
}

// always closes a window before each record.
type always struct{}

func (always) Uint64() uint64 { return 0 }

// TestDealsThroughFaults of each request: the end is as without, and nothing is left to be written.
func TestDealsThroughFaults(t *testing.T) {
	t.Parallel()
	faults := []sandbox.Fault{{Kind: sandbox.FaultThrottle}, {Kind: sandbox.FaultStatus, Status: 500}, {Kind: sandbox.FaultStatusApplied}, {Kind: sandbox.FaultResetBefore}, {Kind: sandbox.FaultResetAfter},
		{Kind: sandbox.FaultTruncated}, {Kind: sandbox.FaultCut}, {Kind: sandbox.FaultEmptyBody}, {Kind: sandbox.FaultGarbage}, {Kind: sandbox.FaultHTML}, {Kind: sandbox.FaultCommandTimedOut},
		{Kind: sandbox.Fault422Applied}, {Kind: sandbox.FaultSlow, Delay: 45 * time.Second}, {Kind: sandbox.FaultSkew}}
	records := []string{`deals: {"deal_number":"A","email":"ann@example.com","pipeline":"Sales","name":"A","stage":"Contacted"}`,
		`deals: {"deal_number":"B","email":"bob@example.com","pipeline":"Sales","name":"B","status":"lost","lost_reason":"No answer","value":7}`,
		`deals: {"deal_number":"C","email":"ann@example.com","pipeline":"Onboarding","name":"C","status":"lost","lost_reason":"Too expensive"}`,
		`deals: {"deal_number":"D","_ab_cdc_deleted_at":"2026-01-02"}`, `people: {"email":"new@example.com"}`, `deals: {"deal_number":"E","email":"new@example.com","pipeline":"Sales","name":"E"}`}
	want := []string{"ann@example.com Sales/Contacted A open #A", "bob@example.com Sales/New Lead B lost 7 No answer #B",
		"ann@example.com Onboarding/Kickoff C lost Too expensive #C", "new@example.com Sales/New Lead E open #E"}
	settings := maps.Clone(byKey)
	settings["on_delete"] = "delete"
	for _, op := range []string{opCreateDeal, opUpdateDeal, opStatus, "DELETE /opportunities/{id}", opListDeals, opFindDeals, "GET /opportunities/pipelines", "GET /opportunities/lost-reason"} {
		for _, f := range faults {
			if f.Kind == sandbox.Fault422Applied && !strings.HasPrefix(op, "P") || op == opFindDeals && f.Kind == sandbox.Fault422Applied {
				continue // what only reads is not refused so
			}
			for f.Times = 1; f.Times < 4; f.Times += 2 {
				f.Operation = op
				inMarket(t, sandbox.Options{IndexLag: 2 * time.Second, AllowDuplicateOpportunities: true}, settings, keyedDeals, func(t *testing.T, m *market) {
					ann, bob := m.person("ann@example.com"), m.person("bob@example.com")
					m.deal(ann, "A", withNumber("A"))
					m.deal(bob, "B", withNumber("B"))
					m.deal(bob, "D", withNumber("D"), withStatus("won"))
					m.Inject(f)
					out := m.must(records...)
					if m.holds(want...); len(out.codes()) > 0 {
						t.Errorf("rejected %v", out.codes())
					}
					if out := m.must(records...); out.writes > 0 {
						t.Errorf("again: %v", out.requests)
					}
					if m.holds(want...); t.Failed() {
						t.Fatalf("%d × %s of %s\n%s", f.Times, f.Kind, op, out.log)
					}
				})
			}
		}
	}
}
