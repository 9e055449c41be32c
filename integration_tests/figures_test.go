package integration_tests

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The figures of the README come from here, from scratch:
//
//	FIGURES=1 go test ./integration_tests -run TestFigures -v
//
// Requests are the same each time; CPU and memory are the machine's. Without FIGURES the runs are a tenth of their size.
var fullFigures = os.Getenv("FIGURES") != ""

// figure is one run of the program, and how many requests it may take.
type figure struct {
	name     string
	location int // contacts before it
	records  int
	person   func(i int) citizenData
	untagged bool // the contacts have no tags yet
	writes   int
	most     int
	again    bool // goes on where the figure before it ended
}

// figures are the promises about requests, at a share of their size. A tenth takes a little more for each record: the location and its
// custom fields are read once in every run.
func figures(share int) []figure {
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
	return []figure{
		{name: "everybody is new", records: n, person: citizen, writes: n, most: n + n/50},
		{name: "the same again", location: n, records: n, person: citizen, most: n/100 + 10, again: true},
		{name: "the same, in a large location", location: part(100_000), records: n, person: citizen, most: n/100 + 10},
		{name: "1 % have changed", location: part(50_000), records: 2 * n, person: moved(100), writes: 2 * n / 100, most: 4*n/100 + 30},
		{name: "all have changed", location: n, records: n, person: moved(1), writes: n, most: n + n/25 + 10},
		{name: "all get a tag", location: n, records: n, person: citizen, untagged: true, writes: n / 500, most: n/25 + 10},
	}
}

func TestFigures(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here to measure a process by")
	}
	share := 10
	if fullFigures {
		share = 1
	}
	binary := buildProgram(t)
	var p *plant
	var table strings.Builder
	_, _ = fmt.Fprintf(&table, "%d CPUs, %s\n\n| sync | records | contacts before | requests | per record | takes at least¹ | a blind upsert² | takes | CPU per record | peak memory |\n"+
		"|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n", runtime.NumCPU(), runtime.Version())
	for _, f := range figures(share) {
		if !f.again {
			p = newPlant(t, binary, 0)
			for i := range f.location {
				c := citizen(i).contact()
				if f.untagged {
					c.Tags = nil
				}
				p.Put(c)
			}
		}
		u := p.run(t, f.records, func(w *bufio.Writer) {
			for i := range f.records {
				f.person(i).record(w, "people")
			}
			writeState(w, "people", f.records)
		})
		if u.accepted != float64(f.records) || u.rejected != 0 {
			t.Errorf("%s: %v accepted and %v rejected of %d: %s", f.name, u.accepted, u.rejected, f.records, u.closing)
		}
		if u.writes != f.writes || u.requests > f.most {
			t.Errorf("%s: %d requests, %d of them writes; want %d at most, %d of them writes: %v", f.name, u.requests, u.writes, f.most, f.writes, p.Requests())
		}
		_, _ = fmt.Fprintf(&table, "| %s | %d | %d | %d | %.3f | %s | %d | %s | %.0f µs | %d MB |\n", f.name, u.records, f.location, u.requests,
			float64(u.requests)/float64(u.records), atLimit(u.requests), 2*u.records, atLimit(2*u.records), float64(u.each().Nanoseconds())/1000, u.peak/mb)
	}
	table.WriteString("\n¹ at the API's 100 requests in 10 s. ² an upsert and a call for its tags per record.\n")
	if fullFigures {
		fmt.Print("\n" + table.String() + "\n")
	} else {
		t.Log("\n" + table.String())
	}
}

// atLimit is how long requests take where a hundred are allowed in ten seconds.
func atLimit(requests int) time.Duration {
	return (time.Duration(requests) * 100 * time.Millisecond).Round(time.Second)
}
