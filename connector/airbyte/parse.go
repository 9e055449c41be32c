package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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
	if !json.Valid(line) {
		return Message{}, syntaxFault(line)
	}
	var kind, record, trace []byte
	var state span
	for key, at := range members(line) {
		switch string(key) {
		case "type":
			kind = at.of(line)
		case "record":
			record = at.of(line)
		case "state":
			state = at
		case "trace":
			trace = at.of(line)
		}
	}
	if !isString(kind) {
		return Message{}, errNoType
	}
	switch string(unescape(kind)) {
	case "RECORD":
		return r.record(record)
	case "STATE":
		return r.state(line, state)
	case "TRACE":
		return r.trace(trace)
	}
	return Message{}, nil
}

// syntaxFault says where a line stops being JSON. The text of encoding/json
// would quote the line.
func syntaxFault(line []byte) error {
	var syntax *json.SyntaxError
	var ignored json.RawMessage
	if errors.As(json.Unmarshal(line, &ignored), &syntax) {
		return fmt.Errorf("it is not JSON, from byte %d on", syntax.Offset)
	}
	return errors.New("it is not JSON")
}

func (r *Reader) record(record []byte) (Message, error) {
	if !isObject(record) {
		return Message{}, errNoRecord
	}
	var name, namespace, data, meta []byte
	for key, at := range members(record) {
		switch string(key) {
		case "stream":
			name = at.of(record)
		case "namespace":
			namespace = at.of(record)
		case "data":
			data = at.of(record)
		case "meta":
			meta = at.of(record)
		}
	}
	id, err := r.streams.id(name, namespace)
	if err != nil {
		return Message{}, err
	}
	if !isObject(data) {
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
	if absent(meta) {
		return nil, nil
	}
	if !isObject(meta) {
		return nil, errMeta
	}
	var list []byte
	for key, at := range members(meta) {
		if string(key) == "changes" {
			list = at.of(meta)
		}
	}
	if absent(list) {
		return nil, nil
	}
	if !isArray(list) {
		return nil, errChanges
	}
	var changes []Change
	for element := range elements(list) {
		change, ok := changeOf(element)
		if !ok {
			return nil, errChanges
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func changeOf(element []byte) (Change, bool) {
	if !isObject(element) {
		return Change{}, false
	}
	var c Change
	for key, at := range members(element) {
		switch string(key) {
		case "field":
			c.Field, _ = stringValue(at.of(element))
		case "change":
			c.Change, _ = stringValue(at.of(element))
		case "reason":
			c.Reason, _ = stringValue(at.of(element))
		}
	}
	return c, c.Field != ""
}

func (r *Reader) trace(trace []byte) (Message, error) {
	if !isObject(trace) {
		return Message{}, errNoTrace
	}
	var kind, status []byte
	for key, at := range members(trace) {
		switch string(key) {
		case "type":
			kind = at.of(trace)
		case "stream_status":
			status = at.of(trace)
		}
	}
	if !isString(kind) {
		return Message{}, errTraceType
	}
	if string(unescape(kind)) != "STREAM_STATUS" {
		return Message{}, nil
	}
	return r.status(status)
}

func (r *Reader) status(object []byte) (Message, error) {
	if !isObject(object) {
		return Message{}, errStreamStatus
	}
	var descriptor, text []byte
	for key, at := range members(object) {
		switch string(key) {
		case "stream_descriptor":
			descriptor = at.of(object)
		case "status":
			text = at.of(object)
		}
	}
	status, ok := stringValue(text)
	if !ok || status == "" || !isObject(descriptor) {
		return Message{}, errStreamStatus
	}
	id, err := r.streams.described(descriptor)
	if err != nil {
		return Message{}, errStreamOfStatus
	}
	return Message{Status: &StreamStatus{Stream: id, Status: status}}, nil
}

// streamCache remembers the last stream: neighbours mostly share it, and need
// no names of their own then.
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
	if id.Name, ok = stringValue(name); !ok || id.Name == "" {
		return StreamID{}, errStream
	}
	if id.Namespace, ok = stringValue(namespace); !ok {
		return StreamID{}, errNamespace
	}
	c.name, c.namespace, c.last = bytes.Clone(name), bytes.Clone(namespace), id
	return id, nil
}

// described returns the stream of a stream_descriptor object.
func (c *streamCache) described(descriptor []byte) (StreamID, error) {
	var name, namespace []byte
	for key, at := range members(descriptor) {
		switch string(key) {
		case "name":
			name = at.of(descriptor)
		case "namespace":
			namespace = at.of(descriptor)
		}
	}
	return c.id(name, namespace)
}
