package integration_tests

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector"
	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/integration_tests/naive"
)

// The figures of the README come from here, from scratch:
//
//	FIGURES=1 go test -count=1 ./integration_tests -run TestFigures -v
//
// Requests and times are the same each time; CPU and memory are the machine's. Without FIGURES the runs are a tenth of their size.
func fullFigures() bool { return os.Getenv("FIGURES") != "" }

// figure is one run of the program, and how many requests it may take.
type figure struct {
	name     string
	location int // contacts before it
	records  int
	person   func(i int) citizenData
	untagged bool // the contacts have no tags yet
	writes   int
	most     int
}

// figures are the promises about requests, at a share of their size. A tenth takes a little more for each record: the location and its
// custom fields are read once in every run. Those in one list go on from each other.
func figures(share int) [][]figure {
	part := func(n int) int { return n / share }
	moved := func(every int) func(i int) citizenData {
		return func(i int) citizenData {
			c := citizen(i)
			if i%every == 0 {
				c.city = "Salem"
			}
			return c
		}
	}
	n := part(10_000)
	return [][]figure{
		{
			{name: "everybody is new", records: n, person: citizen, writes: n, most: n + n/50},
			{name: "the same again", location: n, records: n, person: citizen, most: n/100 + 10},
		},
		{{name: "the same, in a large location", location: part(100_000), records: n, person: citizen, most: n/100 + 10}},
		{{name: "1 % have changed", location: part(50_000), records: 2 * n, person: moved(100), writes: 2 * n / 100, most: 4*n/100 + 30}},
		{{name: "all have changed", location: n, records: n, person: moved(1), writes: n, most: n + n/25 + 10}},
		{{name: "all get a tag", location: n, records: n, person: citizen, untagged: true, writes: n / 500, most: n/25 + 10}},
	}
}

// fill makes a location what it is before a figure.
func (f figure) fill(server *sandbox.Server) {
	now := time.Now()
	for i := range f.location {
		c := citizen(i).contact()
		c.DateAdded = now.Add(time.Duration(i-f.location) * time.Minute)
		if f.untagged {
			c.Tags = nil
		}
		server.Put(c)
	}
}

func (f figure) input(w *bufio.Writer) {
	for i := range f.records {
		f.person(i).record(w, "people")
	}
	writeState(w, "people", f.records)
}

func (f figure) reader() io.Reader {
	var input bytes.Buffer
	w := bufio.NewWriter(&input)
	f.input(w)
	_ = w.Flush() // into memory
	return &input
}

// TestFigures holds the program to what the README says that it costs, beside a loop that upserts each record. Requests, CPU and memory
// are those of processes, which write to a sandbox without a limit: medians of three runs where FIGURES is set, taken turn by turn.
// How long it takes under the API's limit is played in simulated time.
func TestFigures(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here to measure a process by")
	}
	share, runs := 10, 1
	if fullFigures() {
		share, runs = 1, 3
	}
	binary, loop := buildProgram(t), filepath.Join(t.TempDir(), "upserts")
	build(t, nil, "build", "-o", loop, "./naive/upserts")
	table := newTable()
	for _, group := range figures(share) {
		t.Run(group[0].name, func(t *testing.T) {
			took, theirsTook := figureTimes(t, group, func(t *testing.T, s *sandbox.Server, f figure, in io.Reader) { syncInside(t, s, f, in, nil) }), figureTimes(t, group, upsertInside)
			var p, blind *plant
			for i, f := range group {
				var ours, theirs []usage
				for range runs {
					if i == 0 {
						p, blind = newPlant(t, binary, 0), newPlant(t, loop, 0)
						f.fill(p.Server)
						f.fill(blind.Server)
					}
					ours, theirs = append(ours, p.figure(t, f)), append(theirs, blind.upserts(t, f))
				}
				table.row(f, ours, theirs, took[i], theirsTook[i])
			}
		})
	}
	_, _ = fmt.Fprintf(table, "\n¹ at 100 requests in 10 s and 600 ms an answer, in simulated time. ² %d CPUs, %s, the sandbox in another process; medians of %d.\n",
		runtime.NumCPU(), runtime.Version(), runs)
	table.print(t)
}

// figure is a run of the program.
func (p *plant) figure(t *testing.T, f figure) usage {
	t.Helper()
	u := p.run(t, f.records, f.input)
	if u.accepted != float64(f.records) || u.rejected != 0 {
		t.Errorf("%s: %v accepted and %v rejected of %d: %s", f.name, u.accepted, u.rejected, f.records, u.closing)
	}
	if u.writes != f.writes || u.requests > f.most {
		t.Errorf("%s: %d requests, %d of them writes; want %d at most, %d of them writes: %v", f.name, u.requests, u.writes, f.most, f.writes, p.Requests())
	}
	return u
}

// upserts is a run of the naive loop.
func (p *plant) upserts(t *testing.T, f figure) usage {
	t.Helper()
	u := p.measure(t, io.Discard, f.input, "--config", "config.json")
	u.records = f.records
	t.Log("naive:", u)
	if u.writes != f.records || len(p.Contacts()) != max(f.location, f.records) {
		t.Errorf("%s: the loop made %d writes, and %d contacts are there; want %d and %d", f.name, u.writes, len(p.Contacts()), f.records, max(f.location, f.records))
	}
	return u
}

// figureTimes plays figures in simulated time, in a location that lets 100 requests through in ten seconds and takes 600 ms for each, and
// tells how long each took.
func figureTimes(t *testing.T, group []figure, sync func(t *testing.T, server *sandbox.Server, f figure, input io.Reader)) (times []time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := sandbox.New(sandbox.Options{Burst: 100, Latency: 600 * time.Millisecond})
		group[0].fill(server)
		for _, f := range group {
			time.Sleep(time.Minute) // the limit of what was before is over
			input, begun := f.reader(), time.Now()
			sync(t, server, f, input)
			times = append(times, time.Since(begun))
		}
	})
	return times
}

// nowhere is the address of a sandbox that is asked without a network.
const nowhere = "http://127.0.0.1:1"

// syncInside is a whole sync by the program without a process and without a network. The settings are further ones.
func syncInside(t *testing.T, server *sandbox.Server, f figure, input io.Reader, settings map[string]any) {
	t.Helper()
	p := &plant{dir: t.TempDir()}
	p.catalog(t, "people")
	config := filepath.Join(p.dir, "config.json")
	doc := map[string]any{}
	if err := json.Unmarshal(server.Config(nowhere), &doc); err != nil {
		t.Fatal(err)
	}
	maps.Copy(doc, settings)
	document, _ := json.Marshal(doc) // which came from JSON
	if err := os.WriteFile(config, document, 0o600); err != nil {
		t.Fatal(err)
	}
	server.ResetCounts()
	var out bytes.Buffer
	c := connector.IO{Stdin: input, Stdout: &out, Stderr: &out, Transport: inProcess{server}}
	if code := connector.Run(t.Context(), c, []string{"write", "--config", config, "--catalog", filepath.Join(p.dir, "catalog.json")}); code != 0 {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	if server.Writes() != f.writes {
		t.Errorf("%s: %d writes in simulated time, want %d: %v", f.name, server.Writes(), f.writes, server.Requests())
	}
}

func upsertInside(t *testing.T, server *sandbox.Server, _ figure, input io.Reader) {
	t.Helper()
	var c naive.Config
	if err := json.Unmarshal(server.Config(nowhere), &c); err != nil {
		t.Fatal(err)
	}
	if err := naive.Sync(t.Context(), c, &http.Client{Transport: inProcess{server}}, input); err != nil {
		t.Fatal(err)
	}
}

// table is one of the README's, of what the program takes beside a naive loop.
type table struct{ strings.Builder }

func newTable() *table {
	t := &table{}
	t.WriteString("| sync | records | contacts before | requests | naive | takes¹ | naive | CPU² | naive | ratio | peak memory² | naive |\n" +
		"|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	return t
}

// row tells the medians of runs, which were taken turn by turn, and the median of their ratios.
func (t *table) row(f figure, ours, theirs []usage, took, theirsTook time.Duration) {
	var ratios []float64
	for i := range ours {
		ratios = append(ratios, ours[i].cpu.Seconds()/theirs[i].cpu.Seconds())
	}
	requests := func(u usage) int { return u.requests }
	cpu := func(u usage) time.Duration { return u.cpu }
	peak := func(u usage) int64 { return u.peak }
	_, _ = fmt.Fprintf(t, "| %s | %s | %s | %s | %s | %s | %s | %.2f s | %.2f s | %.2f | %d MB | %d MB |\n", f.name, thousands(f.records), thousands(f.location),
		thousands(medianOf(ours, requests)), thousands(medianOf(theirs, requests)), took.Round(time.Second), theirsTook.Round(time.Second),
		medianOf(ours, cpu).Seconds(), medianOf(theirs, cpu).Seconds(), medianOf(ratios, func(r float64) float64 { return r }),
		medianOf(ours, peak)/mb, medianOf(theirs, peak)/mb)
}

func medianOf[T any, N cmp.Ordered](all []T, of func(T) N) N {
	var numbers []N
	for _, a := range all {
		numbers = append(numbers, of(a))
	}
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}

// thousands writes 12345 as 12,345.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// print shows the table where the figures are full, and keeps it in the log of the test otherwise.
func (t *table) print(tt *testing.T) {
	if fullFigures() {
		fmt.Print("\n" + t.String() + "\n")
	} else {
		tt.Log("\n" + t.String())
	}
}

// atLimit is how long requests take where a hundred are allowed in ten seconds.
func atLimit(requests int) time.Duration {
	return (time.Duration(requests) * 100 * time.Millisecond).Round(time.Second)
}
