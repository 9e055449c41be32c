package airbyte

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// recordLine is a message of 1 KB: a person with twenty columns.
var recordLine = func() string {
	var columns strings.Builder
	for i := range 20 {
		columns.WriteString(`,"column_` + string(rune('a'+i)) + `":"` + strings.Repeat("v", 27) + `"`)
	}
	return `{"type":"RECORD","record":{"stream":"people","namespace":"crm","data":{"id":123` + columns.String() +
		`},"emitted_at":1700000000000,"meta":{"changes":[]}}}` + "\n"
}()

// repeated reads as n copies of a text; as copies without end if n is negative.
type repeated struct {
	text string
	n    int
	at   int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.text[r.at:])
	if r.at += n; r.at == len(r.text) {
		r.n, r.at = r.n-1, 0
	}
	return n, nil
}

func BenchmarkReader(b *testing.B) {
	b.SetBytes(int64(len(recordLine)))
	b.ReportAllocs()
	r := NewReader(&repeated{text: recordLine, n: -1})
	for b.Loop() {
		if _, err := r.Next(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStateBytes(b *testing.B) {
	r := NewReader(bytes.NewReader([]byte(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"},"stream_state":{"cursor":"2026-01-01"}},"id":7}}`)))
	m, err := r.Next()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		m.State.Bytes(1000, 1)
	}
}

func TestReaderMemoryIsFlat(t *testing.T) {
	start, peak := liveHeap(t, 50_000)
	if peak > start+1<<20 {
		t.Errorf("live heap grew from %d to %d bytes", start, peak)
	}
}

func BenchmarkReaderMemory(b *testing.B) {
	for b.Loop() {
		start, peak := liveHeap(b, 500_000)
		b.ReportMetric(float64(start)/1024, "start-KB")
		b.ReportMetric(float64(peak)/1024, "peak-KB")
	}
}

// liveHeap reads records and returns the bytes of live heap near the beginning
// and at most.
func liveHeap(tb testing.TB, records int) (start, peak uint64) {
	tb.Helper()
	live := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	r := NewReader(&repeated{text: recordLine, n: records})
	for n := 1; ; n++ {
		m, err := r.Next()
		if errors.Is(err, io.EOF) {
			if n-1 != records {
				tb.Errorf("read %d records", n-1)
			}
			return start, peak
		}
		if err != nil || m.Record == nil {
			tb.Fatalf("Next = %+v, %v", m, err)
		}
		switch {
		case n == 1000:
			start = live()
		case n%(records/20) == 0:
			peak = max(peak, live())
		}
	}
}
