package contacts_test

import (
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestSettledPeopleHoldNothing: of a window of wide records, those who are settled take no more than what is remembered of them.
func TestSettledPeopleHoldNothing(t *testing.T) {
	const n = 300 // all in one window
	f := wideStream(n)
	p := inside(t, sandbox.Options{CustomFields: f.fields})
	w := &weighing{next: &yes{next: p.transport}, last: n}
	p.transport = w
	if c := p.plainSync(f.stream, f.input(), nil).Counts(); c.Created != n {
		t.Fatalf("%+v", c)
	}
	const each = 10 << 10
	if w.atLast > w.atFirst-n*each {
		t.Errorf("%d MB in use when the first of %d people is written, %d MB when the last is", w.atFirst>>20, n, w.atLast>>20)
	}
}

// weighing looks what memory is in use when the first and the last contact are created.
type weighing struct {
	next            http.RoundTripper
	creates         atomic.Int64
	last            int64
	atFirst, atLast int64
}

func (w *weighing) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && r.URL.Path == "/contacts/" {
		switch w.creates.Add(1) {
		case 1:
			w.atFirst = inUse()
		case w.last:
			w.atLast = inUse()
		}
	}
	return w.next.RoundTrip(r)
}

// inUse is what memory is in use, in bytes.
func inUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
