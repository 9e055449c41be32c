package load_test

import (
	"io"
	"runtime"
	"strings"
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

// BenchmarkUnchanged is what a record costs whose contact is as it should be;
// one operation is one record, the sandbox's own work included.
func BenchmarkUnchanged(b *testing.B) {
	const people = 1000
	p := inside(b, sandbox.Options{})
	input := audienceInput(0, people)
	if out := p.sync(job{plan: heropixel}, input); out.err != nil {
		b.Fatal(out.err)
	}
	p.ResetCounts()
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += people {
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
