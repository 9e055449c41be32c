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
	if !jsonscan.Valid(line) {
		return Message{}, syntaxFault(line)
	}
	var kind, record, state, trace []byte
	for key, value := range jsonscan.Members(line) {
		switch string(key) {
		case "type":
			kind = value
		case "record":
			record = value
		case "state":
			state = value
		case "trace":
			trace = value
		}
	}
	if jsonscan.First(kind) != '"' {
		return Message{}, errNoType
	}
	switch string(jsonscan.Unquote(kind)) {
	case "RECORD":
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

func (r *Reader) record(record []byte) (Message, error) {
	if jsonscan.First(record) != '{' {
		return Message{}, errNoRecord
	}
	var name, namespace, data, meta []byte
	for key, value := range jsonscan.Members(record) {
		switch string(key) {
		case "stream":
			name = value
		case "namespace":
			namespace = value
		case "data":
			data = value
		case "meta":
			meta = value
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
