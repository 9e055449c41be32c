package integration_tests

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// The scale suite runs the program as it is delivered, against a sandbox in this process that has no rate limit, and measures it from
// outside. As part of all tests it is small and holds the program to how its needs grow; with SCALE=1 it is as large as it says:
//
//	SCALE=1 go test ./integration_tests -run TestScale -v -timeout 30m
var fullScale = os.Getenv("SCALE") != ""

// scaled gives the size for this run.
func scaled(full, small int) int {
	if fullScale {
		return full
	}
	return small
}

const mb = 1 << 20

// warm is how many records a run takes at least that others are compared with. Ten windows fill the heap up to where the garbage
// collector holds it; a run of two ends at two thirds of that, mostly the program itself, and any other looks large beside it.
const warm = 10_000

// plant is a sandbox and a directory from which the program writes to it.
type plant struct {
	*sandbox.Server
	dir, binary string
}

// newPlant makes a plant whose location holds the first n citizens.
func newPlant(t testing.TB, binary string, n int, fields ...sandbox.CustomField) *plant {
	t.Helper()
	server, dir := syncFiles(t, sandbox.Options{CustomFields: fields})
	p := &plant{server, dir, binary}
	for i := range n {
		server.Put(citizen(i).contact())
	}
	p.catalog(t, "people")
	return p
}

// buildProgram builds what is delivered: without the race detector, whatever the tests run with.
func buildProgram(t testing.TB) string {
	t.Helper()
	return buildWith(t, "auto")
}

// buildWith is buildProgram with a profile for the compiler: a path, auto or off.
func buildWith(t testing.TB, profile string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), program)
	build(t, []string{"CGO_ENABLED=0"}, "build", "-trimpath", "-pgo="+profile, "-o", binary, "../cmd/"+program)
	return binary
}

// build lets the go command build something, in an environment with these changes.
func build(t testing.TB, env []string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// catalog writes a catalog of streams that all look the same.
func (p *plant) catalog(t testing.TB, names ...string) {
	t.Helper()
	var streams []string
	for _, name := range names {
		streams = append(streams, fmt.Sprintf(`{"stream":{"name":%q,"supported_sync_modes":["full_refresh"],"json_schema":{"type":"object","properties":{
"email":{"type":"string"},"phone":{"type":["string","null"]},"first_name":{"type":"string"},"last_name":{"type":"string"},"city":{"type":"string"},
"postal_code":{"type":"string"},"customer_number":{"type":"string"},"company":{"type":"string"}}}},
"sync_mode":"full_refresh","destination_sync_mode":"append_dedup","primary_key":[["email"]]}`, name))
	}
	catalog := `{"streams":[` + strings.Join(streams, ",") + `]}`
	if err := os.WriteFile(filepath.Join(p.dir, "catalog.json"), []byte(catalog), 0o600); err != nil {
		t.Fatal(err)
	}
}

// citizenData is what a source says of somebody.
type citizenData struct{ email, phone, last, city, postal, number string }

// citizen is number i of the people in the location.
func citizen(i int) citizenData {
	f := sandbox.Person(i).Fields
	phone, _ := f["phone"].(string)
	return citizenData{f["email"].(string), phone, f["lastName"].(string), f["city"].(string), f["postalCode"].(string), fmt.Sprintf("N-%d", i)}
}

// contact is the citizen as the program leaves them.
func (c citizenData) contact() sandbox.Contact {
	fields := map[string]any{"email": c.email, "firstName": "Ada", "lastName": c.last, "city": c.city, "postalCode": c.postal,
		"country": "US", "source": "capitalaudience"}
	if c.phone != "" {
		fields["phone"] = c.phone
	}
	return sandbox.Contact{Fields: fields, Tags: []string{"heropixel"}, CustomFields: map[string]any{"cfText00000000000001": c.number}}
}

// record writes the citizen as a message.
func (c citizenData) record(w *bufio.Writer, stream string) {
	phone := "null"
	if c.phone != "" {
		phone = `"` + c.phone + `"`
	}
	_, _ = w.WriteString(`{"type":"RECORD","record":{"stream":"` + stream + `","emitted_at":1,"data":{"email":"` + c.email + `","phone":` + phone +
		`,"first_name":"Ada","last_name":"` + c.last + `","city":"` + c.city + `","postal_code":"` + c.postal + `","customer_number":"` + c.number + `"}}}` + "\n")
}

func writeState(w *bufio.Writer, stream string, through int) {
	_, _ = fmt.Fprintf(w, `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},"stream_state":{"through":%d}}}}`+"\n", stream, through)
}

// usage is what a run of the program took.
type usage struct {
	records, requests, writes int
	rejected, accepted        float64 // as the states count
	peak                      int64   // bytes resident at most
	cpu, took                 time.Duration
	closing                   string // line of the log
}

func (u usage) each() time.Duration { return u.cpu / time.Duration(max(1, u.records)) }

func (u usage) String() string {
	return fmt.Sprintf("%d records · %d requests, %d of them writes · peak %d MB · CPU %s, %s per record · %s", u.records, u.requests, u.writes, u.peak/mb,
		u.cpu.Round(10*time.Millisecond), u.each().Round(100*time.Nanosecond), u.took.Round(10*time.Millisecond))
}

// run lets the program write an input, and measures it.
func (p *plant) run(t testing.TB, records int, input func(w *bufio.Writer)) usage {
	t.Helper()
	var stdout bytes.Buffer
	u := p.measure(t, &stdout, input, "write", "--config", "config.json", "--catalog", "catalog.json")
	u.records = records
	messages, err := readMessages(stdout.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range messages {
		u.accepted += m.State.Stats.Accepted
		u.rejected += m.State.Stats.Rejected
		if m.Type == "LOG" && strings.HasPrefix(m.Log.Message, "contacts: ") {
			u.closing = m.Log.Message
		}
	}
	t.Log(u)
	return u
}

// measure runs the program, and tells what it took.
func (p *plant) measure(t testing.TB, stdout io.Writer, input func(w *bufio.Writer), args ...string) usage {
	t.Helper()
	p.ResetCounts()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.binary, args...)
	var stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, stdout, &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended, peak := make(chan struct{}), make(chan int64)
	go func() { peak <- watchPeak(cmd.Process.Pid, ended) }()
	w := bufio.NewWriterSize(stdin, 64<<10)
	input(w)
	_, _ = w.Flush(), stdin.Close() // if the program has gone, its exit code tells
	err = cmd.Wait()
	close(ended)
	u := usage{requests: p.Total(), writes: p.Writes(), peak: <-peak, took: time.Since(began), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, stderr.String(), lastLines(stdout))
	}
	return u
}

// lastLines is the end of an output that was kept.
func lastLines(stdout io.Writer) string {
	kept, ok := stdout.(*bytes.Buffer)
	if !ok {
		return ""
	}
	return string(kept.Bytes()[max(0, kept.Len()-5000):])
}

// watchPeak reads from the kernel how much memory a process had at most, until it ends.
func watchPeak(pid int, ended <-chan struct{}) int64 {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var peak int64
	for {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // gone with the process
		if _, rest, ok := strings.Cut(string(status), "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			peak = max(peak, kb<<10)
		}
		select {
		case <-ended:
			return peak
		case <-tick.C:
		}
	}
}

func TestScale(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc here to measure a process by")
	}
	binary := buildProgram(t)
	t.Run("growth", func(t *testing.T) { scaleGrowth(t, binary) })
	t.Run("rejects", func(t *testing.T) { scaleRejects(t, binary) })
	t.Run("long record", func(t *testing.T) { scaleLongRecord(t, binary) })
	t.Run("wide records", func(t *testing.T) { scaleWide(t, binary) })
	t.Run("streams", func(t *testing.T) { scaleStreams(t, binary) })
	t.Run("location", func(t *testing.T) { scaleLocation(t, binary) })
}

// grown fails unless what a larger run takes is no more than so many times what a smaller takes.
func grown[N int64 | time.Duration](t *testing.T, what string, small, large N, most float64) {
	t.Helper()
	if ratio := float64(large) / float64(small); ratio > most {
		t.Errorf("%s grew to %.2f times what it was, want %.2f at most", what, ratio, most)
	} else {
		t.Logf("%s: × %.2f", what, ratio)
	}
}

// scaleGrowth: a hundred times the records take the same memory, and no more time for each. Nearly all come again and again.
func scaleGrowth(t *testing.T, binary string) {
	people, newcomers := scaled(50_000, 1000), scaled(500, 50)
	p := newPlant(t, binary, people)
	mixed := func(n, newcomers int) usage {
		every := n / newcomers
		u := p.run(t, n, func(w *bufio.Writer) {
			for i := range n {
				c := citizen(i % people)
				if i%every == every-1 {
					c.email, c.phone = fmt.Sprintf("new%d.%d@example.com", n, i), ""
				}
				c.record(w, "people")
				if (i+1)%5000 == 0 || i+1 == n {
					writeState(w, "people", i+1)
				}
			}
		})
		if u.accepted != float64(n) || u.writes != newcomers {
			t.Errorf("%v records accepted and %d writes, want %d and %d: %s", u.accepted, u.writes, n, newcomers, u.closing)
		}
		return u
	}
	first, middle, last := mixed(warm, newcomers), mixed(scaled(10*warm, 2*warm), newcomers), mixed(scaled(100*warm, 10*warm), newcomers)
	grown(t, "memory, from the first to the last run", first.peak, last.peak, 3) // only the larger ones keep an index of the location
	grown(t, "memory, from the second to the last run", middle.peak, last.peak, 1.4)
	grown(t, "CPU per record", first.each(), last.each(), 1.5)
	// Of what a run has written itself it remembers 10,000 contacts at most.
	grown(t, "memory, where many are new", middle.peak, mixed(scaled(110_000, 11_000), scaled(11_000, 1100)).peak, 2.5)
}

// scaleRejects: rejected records leave nothing behind.
func scaleRejects(t *testing.T, binary string) {
	p := newPlant(t, binary, 0)
	var runs []usage
	for _, n := range []int{2 * warm, 20 * warm} {
		u := p.run(t, n, func(w *bufio.Writer) {
			for i := range n {
				_, _ = fmt.Fprintf(w, `{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":{"first_name":"Ada","last_name":"Lopez %d","phone":null}}}`+"\n", i)
			}
			writeState(w, "people", n)
		})
		if u.rejected != float64(n) || u.accepted != 0 || u.writes != 0 {
			t.Errorf("%v rejected, %v accepted, %d writes, want %d, none and none: %s", u.rejected, u.accepted, u.writes, n, u.closing)
		}
		runs = append(runs, u)
	}
	grown(t, "memory", runs[0].peak, runs[1].peak, 1.5)
	grown(t, "CPU per record", runs[0].each(), runs[1].each(), 1.5)
}

// scaleLongRecord: a record of 20 MB is written like any other.
func scaleLongRecord(t *testing.T, binary string) {
	p := newPlant(t, binary, 0)
	const n = 20
	u := p.run(t, n, func(w *bufio.Writer) {
		for i := range n {
			if i == n/2 {
				_, _ = w.WriteString(`{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":{"email":"long@example.com","remarks":"` + strings.Repeat("0123456789abcde ", 20*mb/16) + `"}}}` + "\n")
				continue
			}
			citizen(i).record(w, "people")
		}
		writeState(w, "people", n)
	})
	if u.accepted != n || len(p.Contacts()) != n {
		t.Errorf("%v records accepted, %d contacts, want %d: %s", u.accepted, len(p.Contacts()), n, u.closing)
	}
	if u.peak > 200*mb {
		t.Errorf("it took %d MB, want 200 MB at most", u.peak/mb)
	}
}

// scaleStreams: many streams take what one takes.
func scaleStreams(t *testing.T, binary string) {
	count, n := scaled(500, 100), warm
	p := newPlant(t, binary, n)
	one := p.run(t, n, func(w *bufio.Writer) {
		for i := range n {
			citizen(i).record(w, "people")
		}
		writeState(w, "people", n)
	})
	var names []string
	for s := range count {
		names = append(names, fmt.Sprintf("people%03d", s))
	}
	p.catalog(t, names...)
	many := p.run(t, n, func(w *bufio.Writer) {
		for i := range n {
			citizen(i).record(w, names[i%count])
		}
		for _, name := range names {
			writeState(w, name, n/count)
		}
	})
	if many.accepted != float64(n) || many.writes != 0 || many.requests > one.requests+2 {
		t.Errorf("%v records accepted, %d writes, %d requests; one stream took %d requests: %s", many.accepted, many.writes, many.requests, one.requests, many.closing)
	}
	grown(t, "memory", one.peak, many.peak, 3)
	grown(t, "CPU per record", one.each(), many.each(), 4)
}
