package contacts

import (
	"strings"
	"testing"

	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// A record that panicked while it was prepared is known by nothing. Its stream
// removes nothing: whom the record is about is not known.
func TestARecordThatNobodyCouldReadKeepsTheMissing(t *testing.T) {
	s := &stream{Stream: &object.Stream{}, seen: newSeen()}
	r := &run{of: map[*load.Stream]*stream{&s.Stream.Stream: s}}
	e := r.entry(&load.Record{Stream: &s.Stream.Stream, Reject: &trouble.Reject{Code: trouble.InvalidRecord}})
	if e.stream != s || len(e.want.Keys) > 0 {
		t.Errorf("%+v", e)
	}
	if !s.unread {
		t.Error("the stream does not know of it")
	}
	if why := r.keepsMissing(s); !strings.Contains(why, "bug") {
		t.Errorf("missing contacts are kept because %q", why)
	}
}
