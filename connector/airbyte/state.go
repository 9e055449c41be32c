package airbyte

import (
	"bytes"
	"strconv"

	"destination-gohighlevel/connector/jsonscan"
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

	line       []byte // the whole message, trimmed
	start, end int    // of the state object in it
}

const statsKey = "destinationStats"

// Bytes returns the line to print, without a newline: the message byte for byte
// as it came (white space around it trimmed), with destinationStats put in. The
// counts are records since the previous state of the same stream or streams.
func (s *State) Bytes(accepted, rejected int64) []byte {
	stats := appendStats(nil, accepted, rejected)
	object := s.line[s.start:s.end]
	out := make([]byte, 0, len(s.line)+len(stats)+len(statsKey)+4)
	out = append(out, s.line[:s.start]...)
	copied, empty := 0, true
	for key, value := range jsonscan.Members(object) {
		empty = false
		if string(key) == statsKey {
			at := jsonscan.Offset(object, value)
			out = append(append(out, object[copied:at]...), stats...)
			copied = at + len(value)
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
	return append(out, s.line[s.end:]...)
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

// state reads a message whose state object is a part of line.
func (r *Reader) state(line, object []byte) (Message, error) {
	if jsonscan.First(object) != '{' {
		return Message{}, errNoState
	}
	s := &State{Kind: StateLegacy, start: jsonscan.Offset(line, object)}
	s.end = s.start + len(object)
	if kind := jsonscan.Member(object, "type"); !jsonscan.IsNull(kind) {
		name, _ := jsonscan.Text(kind)
		s.Kind = StateKind(name)
	}
	switch s.Kind {
	case StateGlobal, StateLegacy:
	case StateStream:
		var err error
		if s.Stream, err = r.streamOfState(jsonscan.Member(object, "stream")); err != nil {
			return Message{}, err
		}
	default:
		return Message{}, errStateType
	}
	s.line = bytes.Clone(line)
	return Message{State: s}, nil
}

func (r *Reader) streamOfState(stream []byte) (StreamID, error) {
	descriptor := jsonscan.Member(stream, "stream_descriptor")
	if jsonscan.First(descriptor) != '{' {
		return StreamID{}, errStreamState
	}
	id, err := r.streams.described(descriptor)
	if err != nil {
		return StreamID{}, errStreamOfState
	}
	return id, nil
}
