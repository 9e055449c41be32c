package integration_tests

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// profileVariable names a file in the environment of the program as the test binary is it: its profile goes there.
const profileVariable = "CPU_PROFILE"

// profiled runs f, with a profile of the processor's time where the environment asks for one.
func profiled(f func() int) int {
	path := os.Getenv(profileVariable)
	if path == "" {
		return f()
	}
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		panic(err)
	}
	code := f()
	pprof.StopCPUProfile()
	if err := file.Close(); err != nil {
		panic(err)
	}
	return code
}

// course is a sync that is repeated, each time with as much to do.
type course struct {
	name    string
	records int
	start   func(b *testing.B, binary string) *plant
	fresh   bool // each one begins anew
	person  func(w *bufio.Writer, i, round int)
}

var courses = []course{
	{name: "unchanged", records: 20_000, start: filled(50_000), person: func(w *bufio.Writer, i, _ int) { citizen(i).record(w, "people") }},
	{name: "1 % changed", records: 20_000, start: filled(20_000), person: func(w *bufio.Writer, i, round int) {
		c := citizen(i)
		if i%100 == 0 {
			c.city = fmt.Sprintf("Salem %d", round)
		}
		c.record(w, "people")
	}},
	{name: "new", records: 10_000, start: filled(0), fresh: true, person: func(w *bufio.Writer, i, _ int) { citizen(i).record(w, "people") }},
	{name: "150 columns", records: 2000, start: wideFilled, person: wideRecord},
	{name: "150 columns, new", records: 1000, start: wide, fresh: true, person: wideRecord},
}

func (c course) input(round int) func(w *bufio.Writer) {
	return func(w *bufio.Writer) {
		for i := range c.records {
			c.person(w, i, round)
		}
		writeState(w, "people", c.records)
	}
}

func filled(location int) func(b *testing.B, binary string) *plant {
	return func(b *testing.B, binary string) *plant { return newPlant(b, binary, location) }
}

// answers are the columns of a wide record that go to custom fields.
const answers = 140

// wide is an empty location with many custom fields, and a table that has a column for each.
func wide(b *testing.B, binary string) *plant {
	var fields []sandbox.CustomField
	var columns strings.Builder
	for i := range answers {
		fields = append(fields, sandbox.CustomField{ID: fmt.Sprintf("cfAnswer%012d", i), Name: fmt.Sprintf("Answer %d", i), DataType: "TEXT"})
		_, _ = fmt.Fprintf(&columns, `"answer_%d":{"type":["null","string"]},`, i)
	}
	server, dir := syncFiles(b, sandbox.Options{CustomFields: fields})
	p := &plant{server, dir, binary}
	p.catalog(b, "people")
	path := filepath.Join(dir, "catalog.json")
	catalog, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(strings.Replace(string(catalog), `"email":`, columns.String()+`"email":`, 1)), 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// wideFilled is the same after a sync.
func wideFilled(b *testing.B, binary string) *plant {
	p := wide(b, binary)
	p.run(b, 2000, course{records: 2000, person: wideRecord}.input(0))
	return p
}

func wideRecord(w *bufio.Writer, i, _ int) {
	_, _ = fmt.Fprintf(w, `{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":{"email":"person%d@example.com","first_name":"Ana","last_name":"Lopez %[1]d"`, i)
	for n := range answers {
		_, _ = fmt.Fprintf(w, `,"answer_%d":"answer %[1]d of person %d"`, n, i)
	}
	_, _ = w.WriteString("}}}\n")
}

// BenchmarkProfile tells what the program's CPU time is, built with a profile of its own, as a multiple of that without: medians of pairs
// that are run turn by turn. The profile is of the same syncs. There is none in the tree: connector/DESIGN.md says why.
//
//	go test ./integration_tests -run - -bench Profile -benchtime 1x -timeout 40m
func BenchmarkProfile(b *testing.B) {
	with, without := buildWith(b, takeProfile(b)), buildWith(b, "off")
	for _, c := range courses {
		b.Run(c.name, func(b *testing.B) {
			p := c.start(b, without)
			run := func(binary string, round int) float64 {
				if c.fresh {
					p = c.start(b, binary)
				}
				p.binary = binary
				return p.measure(b, io.Discard, c.input(round), writeArgs...).cpu.Seconds()
			}
			var ratios, times []float64
			for i := range profilePairs {
				old := run(without, 2*i)
				took := run(with, 2*i+1)
				times, ratios = append(times, took), append(ratios, took/old)
			}
			same := func(f float64) float64 { return f }
			b.ReportMetric(medianOf(ratios, same), "×plain")
			b.ReportMetric(medianOf(times, same)/float64(c.records)*1e6, "µs/record")
			b.ReportMetric(0, "ns/op")
		})
	}
}

const profilePairs = 5

var writeArgs = []string{"write", "--config", "config.json", "--catalog", "catalog.json"}

// takeProfile profiles each of the courses some times, and gives the path of all that together.
func takeProfile(b *testing.B) (path string) {
	dir := b.TempDir()
	binary := filepath.Join(dir, program) // by this name the test binary is the program
	build(b, []string{"CGO_ENABLED=0"}, "test", "-c", "-trimpath", "-o", binary, ".")
	merge := exec.Command("go", "tool", "pprof", "-proto", "-symbolize=none", "-output", "default.pgo", program)
	merge.Dir = dir
	for n, c := range courses {
		p := c.start(b, binary)
		for round := range 6 {
			if c.fresh {
				p = c.start(b, binary)
			}
			file := fmt.Sprintf("%d-%d.prof", n, round)
			b.Setenv(profileVariable, filepath.Join(dir, file))
			p.measure(b, io.Discard, c.input(round), writeArgs...)
			b.Setenv(profileVariable, "")
			merge.Args = append(merge.Args, file)
		}
	}
	if out, err := merge.CombinedOutput(); err != nil {
		b.Fatalf("merge: %v\n%s", err, out)
	}
	return filepath.Join(dir, "default.pgo")
}
