// Package airbyte speaks the Airbyte protocol: it reads messages and catalogs,
// and it owns the one writer of standard output.
//
// It must not know what a record is for: not the CRM, not the configuration,
// not the engine. Record data and states pass through it as raw bytes, never
// decoded, so that big integers, key order and unknown keys survive.
package airbyte

import (
	"encoding/json"
	"fmt"
)

// StreamID names a stream. An absent, a null and an empty namespace are the
// same, so StreamID can be compared and used as a map key.
type StreamID struct {
	Namespace string
	Name      string
}

// String returns "name", or "namespace.name" where there is a namespace. It is
// for people: two different streams can have the same text.
func (id StreamID) String() string {
	if id.Namespace == "" {
		return id.Name
	}
	return id.Namespace + "." + id.Name
}

// Message has exactly one of Record, State and Status.
type Message struct {
	Line  int64 // number of the line it came in, from 1
	Bytes int   // length of that line as read, line end included

	Record *Record
	State  *State
	Status *StreamStatus
}

// Record is a RECORD message.
type Record struct {
	Stream  StreamID
	Data    json.RawMessage // one JSON object, as it came; the record's own copy
	Changes []Change        // meta.changes: these fields are unknown, not null
	// Fault says why a record cannot be read: then Data is any JSON. Reader ends at
	// such a line instead; rows of a file cost themselves alone.
	Fault string
}

// Change says that a field of a record is not what the source holds: it was
// NULLED or TRUNCATED on the way.
type Change struct {
	Field  string
	Change string
	Reason string
}

// StreamStatus is a TRACE message of type STREAM_STATUS. Status is one of
// STARTED, RUNNING, COMPLETE and INCOMPLETE, passed on unchecked.
type StreamStatus struct {
	Stream StreamID
	Status string
}

// LineError is a line that begins like a message and is none. It never quotes it.
type LineError struct {
	Line   int64 // from 1
	Reason string
}

// Error returns the line number and the rule that was broken.
func (e *LineError) Error() string {
	return fmt.Sprintf("line %d of the input is no valid message: %s", e.Line, e.Reason)
}
