package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"destination-gohighlevel/connector/jsonscan"
)

// The rules a message can break. None of them quotes the message.
var (
	errNoType         = errors.New(`it has no type; a record must be wrapped: {"type":"RECORD","record":{"stream":…,"data":{…},"emitted_at":0}}`)
	errNoRecord       = errors.New("type RECORD without a record object")
	errNoState        = errors.New("type STATE without a state object")
	errNoTrace        = errors.New("type TRACE without a trace object")
	errStream         = errors.New("stream is missing, or no text")
	errNamespace      = errors.New("namespace is no text")
	errData           = errors.New("record.data is no object")
	errMeta           = errors.New("record.meta is no object")
	errChanges        = errors.New("record.meta.changes is no list of objects that name a field")
	errTraceType      = errors.New("trace.type is missing, or no text")
	errStreamStatus   = errors.New("trace.stream_status is no object with a stream_descriptor and a status")
	errStateType      = errors.New("state.type is none of STREAM, GLOBAL and LEGACY")
	errStreamState    = errors.New("a STREAM state without a stream_descriptor")
	errStreamOfState  = errors.New("the stream_descriptor of a STREAM state names no stream")
	errStreamOfStatus = errors.New("the stream_descriptor of trace.stream_status names no stream")
)

// parse reads one line that begins with '{'. The zero Message stands for a
// message that is nobody's business here.
func (r *Reader) parse(line []byte) (Message, error) {
	members, valid := r.outline.Of(line)
	if !valid {
		return Message{}, syntaxFault(line)
	}
	var kind, state, trace []byte
	var record []jsonscan.Placed // its members, if it is an object
	var isRecord bool
	inside := 0 // where the members of the next member begin
	for i, m := range members {
		if m.Depth > 1 {
			continue
		}
		switch string(m.Name) {
		case "type":
			kind = m.Value
		case "record":
			record, isRecord = members[inside:i], m.Value[0] == '{'
		case "state":
			state = m.Value
		case "trace":
			trace = m.Value
		}
		inside = i + 1
	}
	if jsonscan.First(kind) != '"' {
		return Message{}, errNoType
	}
	switch string(jsonscan.Unquote(kind)) {
	case "RECORD":
		if !isRecord {
			return Message{}, errNoRecord
		}
		return r.record(record)
	case "STATE":
		return r.state(line, state)
	case "TRACE":
		return r.trace(trace)
	}
	return Message{}, nil
}

// syntaxFault says where a line stops being JSON; encoding/json would quote it.
func syntaxFault(line []byte) error {
	var syntax *json.SyntaxError
	var ignored json.RawMessage
	if errors.As(json.Unmarshal(line, &ignored), &syntax) {
		return fmt.Errorf("it is not JSON, from byte %d on", syntax.Offset)
	}
	return errors.New("it is not JSON")
}

// record reads a record of which these are the members.
func (r *Reader) record(members []jsonscan.Placed) (Message, error) {
	var name, namespace, data, meta []byte
	for _, m := range members {
		switch string(m.Name) {
		case "stream":
			name = m.Value
		case "namespace":
			namespace = m.Value
		case "data":
			data = m.Value
		case "meta":
			meta = m.Value
		}
	}
	id, err := r.streams.id(name, namespace)
	if err != nil {
		return Message{}, err
	}
	if jsonscan.First(data) != '{' {
		return Message{}, errData
	}
	changes, err := changesOf(meta)
	if err != nil {
		return Message{}, err
	}
	return Message{Record: &Record{Stream: id, Data: bytes.Clone(data), Changes: changes}}, nil
}

// changesOf reads meta.changes. What it cannot read is an error: to miss a
// change is to take an unknown value for a null.
func changesOf(meta []byte) ([]Change, error) {
	if jsonscan.IsNull(meta) {
		return nil, nil
	}
	if jsonscan.First(meta) != '{' {
		return nil, errMeta
	}
	list := jsonscan.Member(meta, "changes")
	if jsonscan.IsNull(list) {
		return nil, nil
	}
	if jsonscan.First(list) != '[' {
		return nil, errChanges
	}
	var changes []Change
	for element := range jsonscan.Elements(list) {
		change, ok := changeOf(element)
		if !ok {
			return nil, errChanges
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func changeOf(element []byte) (Change, bool) {
	if jsonscan.First(element) != '{' {
		return Change{}, false
	}
	var c Change
	for key, value := range jsonscan.Members(element) {
		switch string(key) {
		case "field":
			c.Field, _ = jsonscan.Text(value)
		case "change":
			c.Change, _ = jsonscan.Text(value)
		case "reason":
			c.Reason, _ = jsonscan.Text(value)
		}
	}
	return c, c.Field != ""
}

func (r *Reader) trace(trace []byte) (Message, error) {
	if jsonscan.First(trace) != '{' {
		return Message{}, errNoTrace
	}
	kind := jsonscan.Member(trace, "type")
	if jsonscan.First(kind) != '"' {
		return Message{}, errTraceType
	}
	if string(jsonscan.Unquote(kind)) != "STREAM_STATUS" {
		return Message{}, nil
	}
	return r.status(jsonscan.Member(trace, "stream_status"))
}

func (r *Reader) status(object []byte) (Message, error) {
	if jsonscan.First(object) != '{' {
		return Message{}, errStreamStatus
	}
	descriptor := jsonscan.Member(object, "stream_descriptor")
	status, ok := jsonscan.Text(jsonscan.Member(object, "status"))
	if !ok || status == "" || jsonscan.First(descriptor) != '{' {
		return Message{}, errStreamStatus
	}
	id, err := r.streams.described(descriptor)
	if err != nil {
		return Message{}, errStreamOfStatus
	}
	return Message{Status: &StreamStatus{Stream: id, Status: status}}, nil
}

// streamCache remembers the last stream: neighbours mostly share it.
type streamCache struct {
	name, namespace []byte // as written
	last            StreamID
}

// id returns the stream with these two JSON values.
func (c *streamCache) id(name, namespace []byte) (StreamID, error) {
	if len(name) > 0 && bytes.Equal(name, c.name) && bytes.Equal(namespace, c.namespace) {
		return c.last, nil
	}
	var id StreamID
	var ok bool
	if id.Name, ok = jsonscan.Text(name); !ok || id.Name == "" {
		return StreamID{}, errStream
	}
	if id.Namespace, ok = jsonscan.Text(namespace); !ok {
		return StreamID{}, errNamespace
	}
	c.name, c.namespace, c.last = bytes.Clone(name), bytes.Clone(namespace), id
	return id, nil
}

// described returns the stream of a stream_descriptor object.
func (c *streamCache) described(descriptor []byte) (StreamID, error) {
	return c.id(jsonscan.Member(descriptor, "name"), jsonscan.Member(descriptor, "namespace"))
}
