package connector

import (
	"fmt"
	"math"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/connector/schema"
)

// TestWideStreamsArePreparedQuickly: 10,000 columns before 1,000 custom fields take no more than 200 times what it takes to read the
// catalog. It is the processor's time that counts, since others use the machine too.
func TestWideStreamsArePreparedQuickly(t *testing.T) {
	var fields []sandbox.CustomField
	for i := range 1000 {
		fields = append(fields, sandbox.CustomField{Name: fmt.Sprintf("Answer to question number %d", i), DataType: "TEXT"})
	}
	server := sandbox.New(sandbox.Options{CustomFields: fields})
	listener := httptest.NewServer(server)
	defer listener.Close()
	var columns strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&columns, `,"question_number_%d_answered":{"type":["null","string"]},"nested_%d":{"type":"object","properties":{"a":{"type":"integer"}}}`, i, i)
	}
	catalog := []byte(`{"streams":[{"stream":{"name":"answers","json_schema":{"type":"object","properties":{"email":{"type":"string"}` + columns.String() +
		`}}},"destination_sync_mode":"append"}]}`)
	conf, err := config.Parse(server.Config(listener.URL))
	if err != nil {
		t.Fatal(err)
	}
	client, err := newClient(conf, nil, clientOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var parsed airbyte.Catalog
	reading := shortest(t, 5, func() {
		if parsed, err = airbyte.ParseCatalog(catalog); err != nil {
			t.Fatal(err)
		}
	})
	preparing := shortest(t, 1, func() {
		j := &job{conf: conf, catalog: parsed, client: client, log: zerolog.Nop(), locations: map[string]object.Location{}}
		streams, err := j.openStreams(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		schema.Compile(streams[0].Schema, func(string, string) {})
	})
	t.Logf("read in %v, prepared in %v: × %.0f", reading, preparing, preparing.Seconds()/reading.Seconds())
	if preparing > 200*reading {
		t.Errorf("prepared in %v, which is %.0f times as long as the %v of reading", preparing, preparing.Seconds()/reading.Seconds(), reading)
	}
}

// shortest is the processor's time of the cheapest of several turns.
func shortest(t *testing.T, turns int, f func()) time.Duration {
	t.Helper()
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			t.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	best := time.Duration(math.MaxInt64)
	for range turns {
		begun := used()
		f()
		best = min(best, used()-begun)
	}
	return best
}
