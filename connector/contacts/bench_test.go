package contacts_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// repeat reads a text a number of times.
type repeat struct {
	text  string
	times int
	rest  *strings.Reader
}

func (r *repeat) Read(b []byte) (int, error) {
	for {
		if r.rest != nil && r.rest.Len() > 0 {
			return r.rest.Read(b)
		}
		if r.times == 0 {
			return 0, io.EOF
		}
		r.times--
		r.rest = strings.NewReader(r.text)
	}
}

// recorded answers a request as it was answered before: what is left of a
// benchmark then is the connector's own work, decoding included.
type recorded struct {
	next http.RoundTripper

	mu      sync.Mutex // guards answers
	answers map[string]answer
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (r *recorded) RoundTrip(req *http.Request) (*http.Response, error) {
	asked := req.Method + " " + req.URL.String() + "\n"
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		asked += string(body)
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	r.mu.Lock()
	a, known := r.answers[asked]
	r.mu.Unlock()
	if !known {
		resp, err := r.next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		a = answer{status: resp.StatusCode, header: resp.Header}
		if a.body, err = io.ReadAll(resp.Body); err != nil {
			return nil, err
		}
		r.mu.Lock()
		r.answers[asked] = a
		r.mu.Unlock()
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), Request: req}, nil
}

// BenchmarkUnchanged is what a record costs whose contact is as it should be,
// found by lookups or in the index; the connector's own share, and with the
// sandbox's work. One operation is one record, its part of the listing and of
// the start of a sync of 5,000 included.
func BenchmarkUnchanged(b *testing.B) {
	b.Run("index/connector", func(b *testing.B) { unchanged(b, 0, true) })
	b.Run("index/with sandbox", func(b *testing.B) { unchanged(b, 0, false) })
	b.Run("lookups/connector", func(b *testing.B) { unchanged(b, 60_000, true) })
	b.Run("lookups/with sandbox", func(b *testing.B) { unchanged(b, 60_000, false) })
}

// unchanged syncs the same people again, into a location that holds so many
// others too.
func unchanged(b *testing.B, others int, alone bool) {
	const people = 5000
	p := inside(b, sandbox.Options{})
	whole, rest := audienceInput(0, people), audienceInput(0, b.N%people)
	if out := p.sync(job{plan: heropixel}, whole); out.err != nil {
		b.Fatal(out.err)
	}
	for i := range others {
		p.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("other%d@example.com", i)}})
	}
	if alone {
		p.transport = &recorded{next: p.transport, answers: map[string]answer{}}
		for _, input := range []string{whole, rest} {
			if out := p.sync(job{plan: heropixel}, input); out.err != nil {
				b.Fatal(out.err)
			}
		}
	}
	p.ResetCounts()
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += people {
		input := whole
		if b.N-done < people {
			input = rest
		}
		if out := p.sync(job{plan: heropixel}, input); out.err != nil || p.Writes() != 0 {
			b.Fatal(out.err, p.Writes())
		}
	}
}

// BenchmarkFlatMemory reports the peak heap of a sync. One operation is 50,000
// records of an audience that is in the CRM already: run it with -benchtime=1x
// and -benchtime=10x (half a million records in one sync) to compare.
func BenchmarkFlatMemory(b *testing.B) {
	p := inside(b, sandbox.Options{})
	input := audienceInput(0, 500)
	if out := p.sync(job{plan: heropixel}, input); out.err != nil {
		b.Fatal(out.err)
	}
	peak, stop := watchHeap()
	b.ResetTimer()
	if out := p.syncFrom(job{plan: heropixel}, &repeat{text: input, times: 100 * b.N}); out.err != nil {
		b.Fatal(out.err)
	}
	b.StopTimer()
	stop()
	b.ReportMetric(float64(peak.Load())/(1<<20), "peak-MB")
}

// watchHeap keeps the greatest heap in use until stopped.
func watchHeap() (peak *atomic.Uint64, stop func()) {
	peak = &atomic.Uint64{}
	end, ended := make(chan struct{}), make(chan struct{})
	runtime.GC()
	go func() {
		defer close(ended)
		ticker := time.NewTicker(20 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-end:
				return
			case <-ticker.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapAlloc))
			}
		}
	}()
	return peak, func() { close(end); <-ended }
}
