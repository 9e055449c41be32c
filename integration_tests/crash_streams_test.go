package integration_tests

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// streamsSync is a sync of streams of all objects, and who keeps the last state of each.
type streamsSync struct {
	*testing.T
	*sandbox.Server
	binary, dir string
	lines       [][2]string // stream and data
	acked       map[string]int
	want        []string // the rows of the end; nil: not known yet

	mu             sync.Mutex
	cmd            *exec.Cmd
	requests, kill int  // the request at which the program is killed; 0: at none
	applied        bool // after the API has acted on it
}

// streamsPeople are so many people with a note and a task each, and streamsFill so many records that are rejected, so that there are two
// windows.
const streamsPeople, streamsFill, streamsStates = 40, 900, 20

func newStreamsSync(t *testing.T, binary string, o sandbox.Options, deals bool) *streamsSync {
	o.Latency = time.Millisecond
	s := &streamsSync{T: t, Server: sandbox.New(o), binary: binary, dir: t.TempDir(), acked: map[string]int{}}
	say := func(stream, data string, of ...any) {
		s.lines = append(s.lines, [2]string{stream, fmt.Sprintf(data, of...)})
	}
	for i := range streamsPeople {
		email := fmt.Sprintf("crash%d@example.com", i)
		if i%4 == 0 {
			id := s.Put(sandbox.Contact{Fields: jsonObject{"email": email, "country": "US", "source": "web"}, Tags: []string{keptTag, syncTag}})
			s.PutNote(sandbox.Note{ContactID: id, Body: fmt.Sprintf("Old\n[ref:calls/%d]", i)})
			s.PutTask(sandbox.Task{ContactID: id, Title: "Old", Body: fmt.Sprintf("[ref:todos/%d]", i), Due: time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)})
		}
		say("calls", `{"id":%d,"email":%q,"body":"Call %d."}`, i, email, i) // some before their contacts, and one is deleted again
		say("people", `{"email":%q,"first_name":"Ann %d.","business":"Acme %d"}`, email, i, i%5)
		say("todos", `{"id":%d,"email":%q,"title":"Task %d.","due":"2026-12-24"}`, i, email, i)
		say("companies", `{"name":"Acme %d","city":"Town %d."}`, i%5, i)
		if i%8 == 3 {
			say("stops", `{"email":%q}`, email)
			say("calls", `{"id":%d,"email":%q,"_ab_cdc_deleted_at":"2026-01-01"}`, i, email)
		}
		if deals {
			say("deals", `{"deal_number":"D-%d","email":%q,"pipeline":"Sales","stage":"Contacted","name":"Deal %d."}`, i, email, i)
		}
		for range streamsFill / streamsPeople {
			say("people", `{}`)
		}
	}
	if err := os.WriteFile(filepath.Join(s.dir, "catalog.json"), []byte(streamsCatalog), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs the program from the last states on, until it ends.
func (s *streamsSync) run(kill int, applied bool) (requests int) {
	s.Helper()
	return s.start(kill, applied, s.input(), "write", "--config", "config.json", "--catalog", "catalog.json")
}

// start runs the program with an input until it ends, or is killed at a request.
func (s *streamsSync) start(kill int, applied bool, input []byte, args ...string) (requests int) {
	s.Helper()
	server := httptest.NewServer(s)
	closed := sync.OnceFunc(func() { // once no request is under way
		server.CloseClientConnections()
		server.Close()
	})
	defer closed()
	var config jsonObject
	if err := json.Unmarshal(s.Config(server.URL), &config); err != nil {
		s.Fatal(err)
	}
	maps.Copy(config, streamsSettings())
	config["journal"] = jsonObject{"storage_type": "Local", "path": "journal"}
	text, err := json.Marshal(config)
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, "config.json"), text, 0o600)
	}
	if err != nil {
		s.Fatal(err)
	}
	s.mu.Lock()
	s.cmd = exec.Command(s.binary, args...)
	s.cmd.Dir, s.cmd.Stdin, s.requests, s.kill, s.applied = s.dir, bytes.NewReader(input), 0, kill, applied
	stdout, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	s.mu.Unlock()
	if err != nil {
		s.Fatal(err)
	}
	said := ""
	for lines := bufio.NewReader(stdout); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // what came of a line that was cut short is no message
		}
		if s.accept(line); strings.Contains(line, `"type":"TRACE"`) {
			said = line
		}
	}
	err = s.cmd.Wait()
	closed() // the API acts on the last requests of a program that was killed
	if err != nil && (kill == 0 || s.requests < kill) {
		s.Fatalf("%s failed: %v, saying %s", args[0], err, said)
	}
	return s.requests
}

// ServeHTTP is the API, with the kill at one of its requests. Whatever arrives there the journal tells of by then.
func (s *streamsSync) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // of a program that was killed
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if why := unrecorded(func() []journalLine { return journalIn(s.T, filepath.Join(s.dir, "journal")) }, r, body); why != "" {
		s.Error(why)
	}
	s.mu.Lock()
	s.requests++
	strikes := s.requests == s.kill
	s.mu.Unlock()
	switch {
	case strikes && s.applied:
		s.Server.ServeHTTP(httptest.NewRecorder(), r)
		fallthrough
	case strikes:
		_ = s.cmd.Process.Kill() // it runs, for it has asked
	default:
		s.Server.ServeHTTP(w, r)
	}
}

// input is what the source sends to who has these states. Suppressions are a list that comes whole each time.
func (s *streamsSync) input() []byte {
	delete(s.acked, "stops")
	var b bytes.Buffer
	last, count := map[string]int{}, map[string]int{}
	for _, l := range s.lines {
		last[l[0]]++
	}
	for _, l := range s.lines {
		if count[l[0]]++; count[l[0]] <= s.acked[l[0]] {
			continue
		}
		fmt.Fprintf(&b, `{"type":"RECORD","record":{"stream":%q,"emitted_at":1,"data":%s}}`+"\n", l[0], l[1])
		if n := count[l[0]]; n%streamsStates == 0 || n == last[l[0]] {
			fmt.Fprintf(&b, `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":%q},"stream_state":{"through":%d}}}}`+"\n", l[0], n)
		}
	}
	return b.Bytes()
}

// accept keeps a state, and looks whether what its records bring is as it is in the end.
func (s *streamsSync) accept(line string) {
	var m struct {
		Type  string
		State struct {
			Stream struct {
				Descriptor struct{ Name string } `json:"stream_descriptor"`
				State      struct{ Through int } `json:"stream_state"`
			}
		}
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil || m.Type != "STATE" {
		return
	}
	stream, through := m.State.Stream.Descriptor.Name, m.State.Stream.State.Through
	if through <= s.acked[stream] {
		s.Errorf("state %d of %s comes after state %d", through, stream, s.acked[stream])
	}
	s.acked[stream] = through
	want, now, n := strings.Join(s.want, "\n"), strings.Join(s.rows(), "\n"), 0
	for _, l := range s.lines {
		if l[0] != stream {
			continue
		}
		if n++; n > through {
			return
		}
		if mark := streamsMark.FindString(l[1]); mark != "" && strings.Contains(want, mark) && !strings.Contains(now, mark) {
			s.Errorf("state %d of %s is ahead of its records: there is no %s", through, stream, mark)
		}
	}
}

// streamsMark is by what is known in the location what a record brings.
var streamsMark = regexp.MustCompile(`(Ann|Call|Task|Town|Deal) \d+\.`)

// rows are what the location holds, without what differs from run to run.
func (s *streamsSync) rows() (rows []string) {
	email, company := map[string]any{}, map[any]any{}
	for _, b := range s.Businesses() {
		company[b.ID] = b.Properties["name"]
		rows = append(rows, fmt.Sprintf("business %q in %q", b.Properties["name"], b.Properties["city"]))
	}
	for _, c := range s.Contacts() {
		email[c.ID] = c.Fields["email"]
		rows = append(rows, fmt.Sprintf("contact %v %q of %v, %v, dnd %v", c.Fields["email"], c.Fields["firstName"], company[c.Fields["businessId"]],
			slices.Sorted(slices.Values(c.Tags)), c.Fields["dnd"]))
	}
	for _, n := range s.Notes() {
		rows = append(rows, fmt.Sprintf("note of %v: %q", email[n.ContactID], n.Body))
	}
	for _, k := range s.Tasks() {
		rows = append(rows, fmt.Sprintf("task of %v: %q %q %v", email[k.ContactID], k.Title, k.Body, k.Due))
	}
	for _, o := range s.Opportunities() {
		rows = append(rows, fmt.Sprintf("opportunity of %v: %q %v", email[o.ContactID], o.Name, o.CustomFields))
	}
	slices.Sort(rows)
	return rows
}

// TestCrashesOfStreams kills syncs of contacts, businesses, suppressions, notes and tasks at random requests, and goes on from the last
// states: the end is that of a sync that nothing disturbs. CRASH_ROUNDS=N tries N times as many, and opportunities too, for which each run
// waits ten seconds; CRASH_SEED is as in [TestCrashes].
func TestCrashesOfStreams(t *testing.T) {
	t.Parallel()
	binary, rounds, seed := buildCrashProgram(t), crashRounds(t), crashSeed(t)
	for name, o := range map[string]sandbox.Options{"duplicates forbidden": {}, "duplicates allowed, search lags": {AllowDuplicates: true, IndexLag: 2 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			deals := rounds > 1
			smooth := newStreamsSync(t, binary, o, deals)
			requests := smooth.run(0, false)
			want := smooth.rows()
			if requests < 4*streamsPeople || len(want) < 3*streamsPeople {
				t.Fatalf("only %d requests and %d rows", requests, len(want))
			}
			random := rand.New(rand.NewPCG(seed, uint64(len(name))))
			tries := 3 * rounds
			if testing.Short() {
				tries = 1
			}
			for range tries {
				s := newStreamsSync(t, binary, o, deals)
				s.want = want
				var kills []int
				for left := requests; len(kills) < 1+random.IntN(3) && left > 1; {
					kills = append(kills, 1+random.IntN(left))
					left = requests - s.run(kills[len(kills)-1], random.IntN(2) == 0)
				}
				s.run(0, false)
				if got := s.rows(); !slices.Equal(got, want) {
					t.Errorf("after kills at %v: there is %q and not %q", kills, lackedBy(got, want), lackedBy(want, got))
				}
				if t.Failed() {
					t.Fatalf("in this case: kills at %v, CRASH_SEED=%d", kills, seed)
				}
			}
		})
	}
}

// lackedBy are the rows that others lack.
func lackedBy(rows, others []string) []string {
	return slices.DeleteFunc(slices.Clone(rows), func(row string) bool { return slices.Contains(others, row) })
}
