package connector

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// sourceLine is a record of a stream, and what follows it.
type sourceLine struct {
	stream, data string
	state        bool // of its stream
	pause        bool // so long that what was read is written
	complete     bool // the source says that this was all of the stream
}

// platform is a small model of what runs the connector, in a synctest bubble: it keeps the last state of each stream, and starts a sync
// again from these.
type platform struct {
	*sandbox.Server
	t        testing.TB
	settings map[string]any
	catalog  string
	lines    []sourceLine
	whole    []string                   // streams that come from their beginning each time
	accept   func(stream string, n int) // looks at a state of so many records in the moment in which it comes
	arrives  func(r *http.Request)      // may change a request; may be nil
	struck   func()                     // is called when a sync is cut short; may be nil
	api      http.Handler               // answers in place of the location; nil does not
	acked    map[string]int             // records, by stream
	settled  map[string]sums
	log      string     // of the last sync
	mu       sync.Mutex // guards what arrives keeps
}

// sums are how many records states count as accepted and as rejected.
type sums struct{ ok, bad int64 }

func newPlatform(t testing.TB, o sandbox.Options, settings map[string]any, catalog string, lines []sourceLine) *platform {
	return &platform{Server: sandbox.New(o), t: t, settings: settings, catalog: catalog, lines: lines, acked: map[string]int{}, settled: map[string]sums{}}
}

// cut says when a sync is cut short: at its request of this number, before or after the API has acted on it.
type cut struct {
	request int // 0: never
	applied bool
}

// wire carries requests to the platform's location until it is cut.
type wire struct {
	*platform
	cut
	stop context.CancelFunc
	said bytes.Buffer
	log  zerolog.Logger // to said

	mu       sync.Mutex
	requests int
	dead     bool
}

func (w *wire) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	w.mu.Lock()
	w.requests++
	strikes := w.requests == w.request
	was := w.dead
	w.dead = was || strikes
	w.mu.Unlock()
	if strikes {
		defer w.stop()
		if w.struck != nil {
			w.struck()
		}
	}
	if was || strikes && !w.applied {
		return nil, context.Canceled
	}
	if r = r.Clone(r.Context()); w.arrives != nil {
		w.arrives(r)
	}
	handler := w.api
	if handler == nil {
		handler = w.Server
	}
	resp, err = inProcess{handler: handler}.RoundTrip(r)
	if strikes {
		return nil, context.Canceled
	}
	return resp, err
}

// open gives the configuration of the platform and a client for it, whose requests are cut short.
func (p *platform) open(c cut) (ctx context.Context, conf config.Config, client *ghl.Client, w *wire) {
	p.t.Helper()
	given := map[string]any{}
	if err := json.Unmarshal(p.Config("http://127.0.0.1:1"), &given); err != nil {
		p.t.Fatal(err)
	}
	for key, value := range p.settings {
		given[key] = value
	}
	document, _ := json.Marshal(given) // which came from JSON
	conf, err := config.Parse(document)
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(p.t.Context())
	w = &wire{platform: p, cut: c, stop: stop}
	w.log = zerolog.New(zerolog.SyncWriter(&w.said))
	client, err = ghl.New(ghl.Options{URL: conf.APIURL, LocationID: p.Options().LocationID, Transport: w, Log: w.log, Grace: grace,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: p.Options().Token})})
	if err != nil {
		p.t.Fatal(err)
	}
	return ctx, conf, client, w
}

// sync runs one sync from the last states on. One that is cut short says nothing more, and its error is none.
func (p *platform) sync(c cut) (requests int, err error) {
	p.t.Helper()
	catalog, err := airbyte.ParseCatalog([]byte(p.catalog))
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, conf, client, w := p.open(c)
	defer w.stop()
	j := newJob(conf, catalog)
	j.client, j.log = client, w.log
	j.release = func(s *airbyte.State, accepted, rejected int64) error {
		if w.mu.Lock(); w.dead {
			w.mu.Unlock()
			return nil
		}
		w.mu.Unlock()
		p.keep(s.Bytes(accepted, rejected))
		return nil
	}
	for _, stream := range p.whole {
		delete(p.acked, stream)
		delete(p.settled, stream)
	}
	err = j.run(ctx, airbyte.NewReader(p.input()), 0)
	if p.log = w.said.String(); w.dead {
		err = nil
		time.Sleep(readerPause) // until the reader, which nothing stops, has gone too
	}
	return w.requests, err
}

// keep keeps a state.
func (p *platform) keep(state []byte) {
	var told struct {
		State struct {
			Stream struct {
				Descriptor struct{ Name string } `json:"stream_descriptor"`
				State      struct{ N int }       `json:"stream_state"`
			}
			Stats struct {
				Records  float64 `json:"recordCount"`
				Rejected float64 `json:"rejectedRecordCount"`
			} `json:"destinationStats"`
		}
	}
	if err := json.Unmarshal(state, &told); err != nil {
		p.t.Fatal(err)
	}
	name, n := told.State.Stream.Descriptor.Name, told.State.Stream.State.N
	sum, ok, bad := p.settled[name], int64(told.State.Stats.Records), int64(told.State.Stats.Rejected)
	if got := int(ok + bad); n <= p.acked[name] || got != n-p.acked[name] {
		p.t.Errorf("state %d of %s comes after state %d and counts %d records", n, name, p.acked[name], got)
	}
	sum.ok, sum.bad = sum.ok+ok, sum.bad+bad
	p.acked[name], p.settled[name] = n, sum
	if p.accept != nil {
		p.accept(name, n)
	}
}

// input is what the source sends to a platform that has these states.
func (p *platform) input() io.Reader {
	count := map[string]int{}
	var parts slowly
	for _, l := range p.lines {
		if count[l.stream]++; count[l.stream] <= p.acked[l.stream] {
			continue
		}
		text := fmt.Sprintf(`{"type":"RECORD","record":{"stream":%q,"emitted_at":1,"data":%s}}`+"\n", l.stream, l.data)
		if l.state {
			text += fmt.Sprintf(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},"stream_state":{"n":%d}}}}`+"\n", l.stream, count[l.stream])
		}
		if l.complete {
			text += fmt.Sprintf(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":%q},"status":"COMPLETE"}}}`+"\n", l.stream)
		}
		if parts = append(parts, strings.NewReader(text)); l.pause {
			parts = append(parts, nil)
		}
	}
	return &parts
}

// readerPause is longer than a window waits for more.
const readerPause = 21 * time.Second

// slowly reads one text after another; nil is a pause after which a window is written.
type slowly []*strings.Reader

func (s *slowly) Read(b []byte) (int, error) {
	for len(*s) > 0 {
		next := (*s)[0]
		if next != nil {
			if n, err := next.Read(b); err == nil {
				return n, nil
			}
		} else {
			time.Sleep(readerPause)
		}
		*s = (*s)[1:]
	}
	return 0, io.EOF
}

var lineMark = regexp.MustCompile(`No\. \d+\.`)

// watch fails the test if a state leaves before what its records bring is as it is in the end. Whatever a record brings is known by the
// number that it has in it, as in "No. 7."; rows that others have a say about may be left out.
func (p *platform) watch(want []string, but func(row string) bool) {
	p.accept = func(stream string, n int) {
		now := p.picture()
		for _, l := range p.lines {
			if l.stream != stream {
				continue
			}
			if n--; n < 0 {
				return
			}
			mark := lineMark.FindString(l.data)
			for _, row := range want {
				if mark != "" && strings.Contains(row, mark) && !slices.Contains(now, row) && !but(row) {
					p.t.Errorf("a state of %s is ahead of %s there is no %s", stream, mark, row)
				}
			}
		}
	}
}

// picture is everything in the location that a sync may decide, without what differs from run to run.
func (p *platform) picture() (rows []string) {
	email, company := map[string]any{}, map[string]any{}
	say := func(what string, of ...any) {
		text, err := json.Marshal(of)
		if err != nil {
			p.t.Fatal(err)
		}
		rows = append(rows, what+" "+string(text))
	}
	for _, b := range p.Businesses() {
		company[b.ID] = strings.ToLower(fmt.Sprint(b.Properties["name"]))
		b.Properties["name"] = company[b.ID]
		say("business", b.Properties)
	}
	for _, c := range p.Contacts() {
		email[c.ID] = cmp.Or(c.Fields["email"], c.Fields["phone"])
		if id, linked := c.Fields["businessId"].(string); linked {
			c.Fields["businessId"] = company[id]
		}
		delete(c.Fields, "companyName") // which follows the business
		say("contact", c.Fields, c.CustomFields, slices.Sorted(slices.Values(c.Tags)))
	}
	for _, n := range p.Notes() {
		say("note", email[n.ContactID], n.Body, n.Title, n.Pinned)
	}
	for _, k := range p.Tasks() {
		say("task", email[k.ContactID], k.Title, k.Body, k.Due.Format(time.DateOnly), k.Completed)
	}
	for _, o := range p.Opportunities() {
		say("opportunity", email[o.ContactID], o.PipelineID, o.StageID, o.Name, o.Status, o.LostReasonID, o.Value, o.CustomFields)
	}
	slices.Sort(rows)
	return rows
}
