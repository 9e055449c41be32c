package contacts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/integration_tests/naive"
)

// What a record costs beside what nobody can spare: the processor's time of whole syncs as multiples of json.Valid on the same lines,
// and of creates as multiples of the plainest loop that writes them. Each is the median of several runs, in one process:
//
//	go test ./connector/contacts -run '^$' -bench 'Floor' -benchtime 1x
//
// Garbage is collected as the program sets it; beside the naive loop as Go does. With FLOOR_PROFILE=file the profile of the measured syncs alone goes there. Answers are repeated, or made up, without a network and without the sandbox's work.
const (
	floorRuns   = 9
	validations = 5 // of each, since one takes a moment only

	programGrowth, programMemory = 200, 130 << 20 // see cmd, memory.go
)

// floor is a stream of many records, and where it goes.
type floor struct {
	stream  stream
	fields  []sandbox.CustomField
	records int
	data    func(i int) string
	rejects bool // none of the records can be written
}

// plainSchema is what a database says of a table.
func plainSchema(columns ...string) string {
	for i, c := range columns {
		name, kind, _ := strings.Cut(c, " ")
		if kind == "" {
			kind = "string"
		}
		columns[i] = fmt.Sprintf(`%q:{"type":["null",%q]}`, name, kind)
	}
	return `{"type":"object","properties":{` + strings.Join(columns, ",") + `}}`
}

var personSchema = plainSchema("id integer", "email", "phone", "first_name", "last_name", "city", "postal_code", "customer_number", "visits integer", "updated_at")

func personData(i int, more string) string {
	return fmt.Sprintf(`{"id":%d,"email":"person%[1]d@example.com","phone":"+1%03d555%04d","first_name":"Ana","last_name":"Lopez %[1]d","city":"Springfield",`+
		`"postal_code":"%05[1]d","customer_number":"N-%[1]d","visits":%d,"updated_at":"2026-01-02T03:%02d:%02[4]dZ"%s}`, i, 201+i%700, i/700, i%60, more)
}

func people(records int, schema string, data func(i int) string) floor {
	s := stream{schema: schema, rows: []string{"id"}, cursor: []string{"updated_at"}, plan: heropixel}
	s.plan.Columns = columnsOf(schema)
	s.plan.Schema = json.RawMessage(schema)
	return floor{stream: s, records: records, data: data}
}

// columnsOf are the columns that a schema declares.
func columnsOf(schema string) (names []string) {
	var doc struct{ Properties map[string]any }
	if err := json.Unmarshal([]byte(schema), &doc); err != nil {
		panic(err)
	}
	for name := range doc.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func wideStream(records int) floor {
	names := []string{"id integer", "email", "phone", "first_name", "last_name", "city", "postal_code", "customer_number", "visits integer", "updated_at"}
	fields := []sandbox.CustomField{{ID: "cfText00000000000001", Name: "Customer number", DataType: "TEXT"}}
	for i := len(names); i < 150; i++ {
		names = append(names, fmt.Sprintf("answer_%d", i))
		fields = append(fields, sandbox.CustomField{ID: fmt.Sprintf("cfAnswer%012d", i), Name: fmt.Sprintf("Answer %d", i), DataType: "TEXT"})
	}
	f := people(records, plainSchema(names...), func(i int) string {
		var more strings.Builder
		for n := range 140 {
			fmt.Fprintf(&more, `,"answer_%d":"answer %d of person %d"`, n+10, n, i)
		}
		return personData(i, more.String())
	})
	f.fields = fields
	return f
}

var floors = map[string]floor{
	"unchanged": people(20_000, personSchema, func(i int) string { return personData(i, "") }),
	"rejected": func() floor {
		f := people(20_000, personSchema, func(i int) string { return strings.Replace(personData(i, ""), `"visits":`, `"visits":"many",".":`, 1) })
		f.rejects = true
		return f
	}(),
	"no schema":   people(20_000, `{}`, func(i int) string { return personData(i, "") }),
	"150 columns": wideStream(1000),
	"nested 30 kB": people(500, strings.TrimSuffix(personSchema, "}}")+`,"orders":{"type":["null","array"],"items":{"type":"object","properties":{"id":{"type":"integer"},`+
		`"sku":{"type":["null","string"]},"paid":{"type":"boolean"}}}}}}`, func(i int) string {
		order := fmt.Sprintf(`{"id":%d,"sku":"Blue chair %d","paid":true}`, 1_000_000+i, i)
		return personData(i, `,"orders":[`+strings.Repeat(order+",", 30_000/len(order))+order+`]`)
	}),
}

func (f *floor) input() string {
	var b strings.Builder
	for i := range f.records {
		b.WriteString(record("people", f.data(i)))
	}
	b.WriteString(state("people", 1))
	return b.String()
}

// BenchmarkFloorRead is what a record costs whose contact is as it should be, or that cannot be written, beside json.Valid of its line.
func BenchmarkFloorRead(b *testing.B) {
	for _, name := range []string{"unchanged", "no schema", "rejected", "150 columns", "nested 30 kB"} {
		b.Run(name, func(b *testing.B) {
			f := floors[name]
			p, input := inside(b, sandbox.Options{CustomFields: f.fields}), f.input()
			sync := func() *load.Stream { return p.plainSync(f.stream, input, nil) }
			if c := sync().Counts(); !f.rejects && c.Created != int64(f.records) {
				b.Fatalf("%+v", c)
			}
			repeats := &recorded{next: p.transport, answers: map[string]answer{}}
			p.transport = repeats
			sync()
			var valid, took, times, bytes []float64
			for turn := 0; len(took) < floorRuns; turn++ {
				known := len(repeats.answers)
				v := cpu(func() {
					for range validations {
						validate(b, input)
					}
				}) / validations
				before := allocated()
				t := profiled(b, func() {
					if c := sync().Counts(); c.Created+c.Updated > 0 || (c.Rejected > 0) != f.rejects {
						b.Fatalf("%+v", c)
					}
				})
				if turn < 10*floorRuns && len(repeats.answers) > known {
					continue // the sandbox has worked, for a question that was not asked before
				}
				bytes = append(bytes, float64(allocated()-before))
				valid, took, times = append(valid, v), append(took, t), append(times, t/v)
			}
			n := float64(f.records)
			b.ReportMetric(median(times), "×valid")
			b.ReportMetric(median(took)/n*1e6, "µs/record")
			b.ReportMetric(median(valid)/n*1e6, "valid-µs")
			b.ReportMetric(median(bytes)/n, "B/record")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkFloorCreate is what a new person costs beside a naive loop.
func BenchmarkFloorCreate(b *testing.B) {
	for name, f := range map[string]floor{"new": floors["unchanged"], "new, 150 columns": floors["150 columns"]} {
		b.Run(name, func(b *testing.B) {
			p, input := inside(b, sandbox.Options{CustomFields: f.fields}), f.input()
			p.transport = &yes{next: p.transport}
			var took, times, bytes []float64
			for range floorRuns {
				loop := cpu(func() { p.upsertLines(input) })
				before := allocated()
				t := profiled(b, func() {
					if c := p.plainSync(f.stream, input, nil).Counts(); c.Created != int64(f.records) {
						b.Fatalf("%+v", c)
					}
				})
				bytes = append(bytes, float64(allocated()-before))
				took, times = append(took, t), append(times, t/loop)
			}
			b.ReportMetric(median(times), "×naive")
			b.ReportMetric(median(took)/float64(f.records)*1e6, "µs/record")
			b.ReportMetric(median(bytes)/float64(f.records), "B/record")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkFloorMemory is the greatest heap while 20,000 people of 150 columns are created, with the memory limit that the program begins with.
func BenchmarkFloorMemory(b *testing.B) {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(programMemory))
	defer debug.SetGCPercent(debug.SetGCPercent(programGrowth))
	f := wideStream(20_000)
	p := inside(b, sandbox.Options{CustomFields: f.fields})
	p.transport = &yes{next: p.transport}
	input := &counted{n: f.records, line: func(i int) string { return record("people", f.data(i)) }}
	peak, stop := watchHeap()
	if c := p.plainSync(f.stream, "", input).Counts(); c.Created != int64(f.records) {
		b.Fatalf("%+v", c)
	}
	stop()
	b.ReportMetric(float64(peak.Load())/(1<<20), "peak-MB")
	b.ReportMetric(0, "ns/op")
}

// counted reads as lines that are made as they are needed.
type counted struct {
	n, at int
	line  func(i int) string
	rest  string
}

func (c *counted) Read(b []byte) (int, error) {
	if c.rest == "" {
		if c.at == c.n {
			return 0, io.EOF
		}
		c.rest = c.line(c.at)
		c.at++
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}

// plainSync is a sync of one stream that nobody looks at.
func (p *place) plainSync(s stream, input string, from io.Reader) *load.Stream {
	p.t.Helper()
	client := p.client()
	target, err := gateway.Open(p.t.Context(), client)
	if err != nil {
		p.t.Fatal(err)
	}
	o := p.open(target, s)
	if from == nil {
		from = strings.NewReader(input)
	}
	c := load.Config{Log: zerolog.Nop(), Usage: func() load.Usage { return load.Usage{} }, Shows: true,
		Release: func(*airbyte.State, int64, int64) error { return nil }}
	if err := run(p.t.Context(), []*object.Stream{o}, object.Options{Workers: client.Callers, Log: zerolog.Nop()}, c, from); err != nil {
		p.t.Fatal(err)
	}
	return &o.Stream
}

func (p *place) client() *ghl.Client {
	at := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: at.LocationID, Transport: p.transport,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: at.Token})})
	if err != nil {
		p.t.Fatal(err)
	}
	return client
}

// yes answers creates and upserts with what they send, and keeps nothing.
type yes struct {
	next http.RoundTripper
	made atomic.Int64
}

func (y *yes) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || r.URL.Path != "/contacts/" && r.URL.Path != "/contacts/upsert" {
		return y.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var answer bytes.Buffer
	fmt.Fprintf(&answer, `{"new":true,"succeded":true,"contact":{"id":"made%016d",`, y.made.Add(1))
	answer.Write(body[1:])
	answer.WriteByte('}')
	return &http.Response{StatusCode: http.StatusCreated, Header: unlimited(), Body: io.NopCloser(&answer), Request: r}, nil
}

func unlimited() http.Header {
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	for name, n := range map[string]string{"max": "1000000000", "remaining": "1000000000", "interval-milliseconds": "10000"} {
		h.Set("x-ratelimit-"+name, n)
	}
	return h
}

// upsertLines has a naive loop write the people of a stream.
func (p *place) upsertLines(input string) {
	c := naive.Config{APIURL: p.url, LocationID: p.Options().LocationID, CustomFields: map[string]string{"customer_number": "cfText00000000000001"}}
	c.Credentials.AccessToken = p.Options().Token
	for _, f := range p.Options().CustomFields {
		c.CustomFields[strings.ReplaceAll(strings.ToLower(f.Name), " ", "_")] = f.ID
	}
	if err := naive.Sync(p.t.Context(), c, &http.Client{Transport: p.transport}, strings.NewReader(input)); err != nil {
		p.t.Fatal(err)
	}
}

// validate is the work that nobody can spare.
func validate(b *testing.B, input string) {
	for line := range strings.Lines(input) {
		if !json.Valid([]byte(line)) {
			b.Fatal(line)
		}
	}
}

// cpu is the processor's time that f takes, in seconds: others may use the machine too.
func cpu(f func()) float64 {
	runtime.GC()
	used := func() time.Duration {
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it cannot fail
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	begun := used()
	f()
	return (used() - begun).Seconds()
}

// profiled is cpu of a sync, with a profile where one is asked for.
func profiled(b *testing.B, f func()) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(programGrowth))
	path := os.Getenv("FLOOR_PROFILE")
	if path == "" {
		return cpu(f)
	}
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	runtime.GC()
	if err := pprof.StartCPUProfile(file); err != nil {
		b.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	return cpu(f)
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func median(numbers []float64) float64 {
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}
