package airbyte

import (
	"bytes"
	"strconv"
)

// StateKind says whose state a state is.
type StateKind string

// The kinds of states. A state without a type is a legacy state.
const (
	StateStream StateKind = "STREAM" // of one stream
	StateGlobal StateKind = "GLOBAL" // of all streams
	StateLegacy StateKind = "LEGACY" // of all streams
)

// State is a STATE message. What it says is the source's secret: it can only be
// printed again. Values come from Reader.Next; the zero value cannot be printed.
type State struct {
	Kind   StateKind
	Stream StreamID // of a StateStream only

	line   []byte // the whole message, trimmed
	object span   // the state object in it
}

const statsKey = "destinationStats"

// Bytes returns the line to print, without a newline: the message byte for byte
// as it came (white space around it trimmed), with destinationStats put in. The
// counts are records since the previous state of the same stream or streams.
func (s *State) Bytes(accepted, rejected int64) []byte {
	stats := appendStats(nil, accepted, rejected)
	object := s.object.of(s.line)
	out := make([]byte, 0, len(s.line)+len(stats)+len(statsKey)+4)
	out = append(out, s.line[:s.object.start]...)
	copied, empty := 0, true
	for key, at := range members(object) {
		empty = false
		if string(key) == statsKey {
			out = append(append(out, object[copied:at.start]...), stats...)
			copied = at.end
		}
	}
	last := len(object) - 1
	if copied == 0 {
		out = append(out, object[:last]...)
		copied = last
		if !empty {
			out = append(out, ',')
		}
		out = append(append(out, `"`+statsKey+`":`...), stats...)
	}
	out = append(out, object[copied:]...)
	return append(out, s.line[s.object.end:]...)
}

// appendStats writes the counts with a decimal point: the platform reads them
// as floating-point numbers, and only as those.
func appendStats(out []byte, accepted, rejected int64) []byte {
	out = append(out, `{"recordCount":`...)
	out = strconv.AppendInt(out, accepted, 10)
	out = append(out, `.0,"rejectedRecordCount":`...)
	out = strconv.AppendInt(out, rejected, 10)
	return append(out, `.0}`...)
}

func (r *Reader) state(line []byte, at span) (Message, error) {
	object := at.of(line)
	if !isObject(object) {
		return Message{}, errNoState
	}
	var kind, stream []byte
	for key, at := range members(object) {
		switch string(key) {
		case "type":
			kind = at.of(object)
		case "stream":
			stream = at.of(object)
		}
	}
	s := &State{Kind: StateLegacy, object: at}
	if !absent(kind) {
		name, _ := stringValue(kind)
		s.Kind = StateKind(name)
	}
	switch s.Kind {
	case StateGlobal, StateLegacy:
	case StateStream:
		var err error
		if s.Stream, err = r.streamOfState(stream); err != nil {
			return Message{}, err
		}
	default:
		return Message{}, errStateType
	}
	s.line = bytes.Clone(line)
	return Message{State: s}, nil
}

func (r *Reader) streamOfState(stream []byte) (StreamID, error) {
	var descriptor []byte
	if isObject(stream) {
		for key, at := range members(stream) {
			if string(key) == "stream_descriptor" {
				descriptor = at.of(stream)
			}
		}
	}
	if !isObject(descriptor) {
		return StreamID{}, errStreamState
	}
	id, err := r.streams.described(descriptor)
	if err != nil {
		return StreamID{}, errStreamOfState
	}
	return id, nil
}
