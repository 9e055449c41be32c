package object

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// TestCursorsOfTimesAreComparedAsTimes, in whatever form both are written.
func TestCursorsOfTimesAreComparedAsTimes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	zones := []*time.Location{time.UTC, time.FixedZone("", 2*3600), time.FixedZone("", -5*3600)}
	forms := []string{time.RFC3339, time.RFC3339Nano, "2006-01-02T15:04:05.000Z07:00"}
	for range 100_000 {
		moment := func() (time.Time, json.RawMessage) {
			at := time.Unix(1_700_000_000+random.Int64N(40), 250_000_000*random.Int64N(4)).In(zones[random.IntN(len(zones))])
			form := forms[random.IntN(len(forms))]
			text := at.Format(form)
			at, _ = time.Parse(form, text) // without what the form leaves out
			return at, json.RawMessage(fmt.Sprintf("%q", text))
		}
		a, x := moment()
		b, y := moment()
		if got, want := CompareCursors(x, y), a.Compare(b); got != want {
			t.Fatalf("%s and %s: %d, want %d", x, y, got, want)
		}
	}
}

// TestCursorsThatATimeDoesNotHold: what a cursor has beyond nanoseconds makes no difference, whatever it is compared with.
func TestCursorsThatATimeDoesNotHold(t *testing.T) {
	same := []string{`"2024-01-02T03:04:05.1234567891Z"`, `"2024-01-02T03:04:05.1234567892Z"`, `"2024-01-02T05:04:05.123456789+02:00"`}
	for _, a := range same {
		for _, b := range same {
			if got := CompareCursors(json.RawMessage(a), json.RawMessage(b)); got != 0 {
				t.Errorf("%s and %s: %d, want 0", a, b, got)
			}
		}
	}
}
