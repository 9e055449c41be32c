package load

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
)

// A panic in preparing a record is its rejection, and holds nothing of it. Its
// stream removes nothing: whom the record is about is not known.
func TestAPanicInPreparingIsARejection(t *testing.T) {
	var log strings.Builder
	r := &run{Config: Config{Log: zerolog.New(&log)}}
	s := &Stream{Stream: airbyte.Stream{ID: airbyte.StreamID{Name: "people"}}, tally: newTally(), seen: newSeen()} // without a plan
	s.tally.read()
	for line := range int64(3) {
		e := r.prepare(s, &airbyte.Record{Data: json.RawMessage(`{"email":"ana@example.com"}`)}, line, Ticket{})
		if e.reject == nil || e.reject.Code != crm.CodeInvalidRecord || !strings.Contains(e.reject.Reason, "the connector has a bug at ") || e.line != line || e.stream != s {
			t.Errorf("line %d: %+v", line, e)
		}
	}
	if !s.mapping.TryLock() {
		t.Error("the plan stays locked")
	}
	if strings.Count(log.String(), `"stack":`) != 1 || strings.Contains(log.String(), "ana@") {
		t.Errorf("log %s", log.String())
	}
	if why := r.keepsMissing(s); !strings.Contains(why, "bug") {
		t.Errorf("missing contacts are kept because %q", why)
	}
}
