package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"destination-gohighlevel/connector/jsonscan"
)

// Writer is the one owner of standard output: nothing else may write there. It
// is safe for concurrent use. Each call writes one whole line, in one write,
// and buffers nothing.
//
// After the first failed write every call returns that error and writes
// nothing: what was cut off cannot be made whole. An error about the caller's
// own argument writes nothing and breaks nothing.
type Writer struct {
	mu     sync.Mutex
	out    io.Writer
	err    error
	broken chan struct{}
	batch  *bytes.Buffer // of AtOnce
}

// NewWriter returns a Writer to w.
func NewWriter(w io.Writer) *Writer {
	return &Writer{out: w, broken: make(chan struct{})}
}

// Broken returns a channel that is closed at the first failed write: nobody
// listens any more.
func (w *Writer) Broken() <-chan struct{} { return w.broken }

// State prints a state with the counts of State.Bytes: it acknowledges every
// record before that state.
func (w *Writer) State(s *State, accepted, rejected int64) error {
	return w.print(s.Bytes(accepted, rejected))
}

// AtOnce writes everything that f prints with one write, so that whoever dies
// on either side has all of it or, but for what a pipe can hold, none. Other
// messages printed meanwhile may be among it. Control is not to be called in f:
// what it prints must have left when it returns.
func (w *Writer) AtOnce(f func() error) (err error) {
	w.mu.Lock()
	w.batch = &bytes.Buffer{}
	w.mu.Unlock()
	defer func() { // also if f panics
		w.mu.Lock()
		defer w.mu.Unlock()
		lines := w.batch.Bytes()
		w.batch = nil
		if len(lines) > 0 {
			err = errors.Join(err, w.write(lines))
		}
	}()
	return f()
}

// Log prints a LOG message, at most 8 KiB of it. The level is one of FATAL,
// ERROR, WARN, INFO, DEBUG and TRACE; any other is printed as INFO.
func (w *Writer) Log(level, message string) error {
	switch level {
	case "FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE":
	default:
		level = "INFO"
	}
	return w.encode(outbound{Type: "LOG", Log: &logMessage{Level: level, Message: cut(message)}})
}

// Spec prints a connector specification, a JSON object.
func (w *Writer) Spec(spec json.RawMessage) error {
	return w.encode(outbound{Type: "SPEC", Spec: spec})
}

// ConnectionStatus prints the answer of check; the message is for the user and
// may be empty.
func (w *Writer) ConnectionStatus(succeeded bool, message string) error {
	status := "FAILED"
	if succeeded {
		status = "SUCCEEDED"
	}
	return w.encode(outbound{
		Type:             "CONNECTION_STATUS",
		ConnectionStatus: &connectionStatus{Status: status, Message: message},
	})
}

// DestinationCatalog prints the answer of discover, a JSON object.
func (w *Writer) DestinationCatalog(catalog json.RawMessage) error {
	return w.encode(outbound{Type: "DESTINATION_CATALOG", DestinationCatalog: catalog})
}

// Control asks the platform to keep a changed configuration, a JSON object. It
// replaces the old one: send all of it. Not to be called in discover.
func (w *Writer) Control(config json.RawMessage) error {
	return w.encode(outbound{Type: "CONTROL", Control: &control{
		Type:            "CONNECTOR_CONFIG",
		EmittedAt:       time.Now().UnixMilli(),
		ConnectorConfig: connectorConfig{Config: config},
	}})
}

// FailureType tells the platform whether to try again.
type FailureType string

// The failure types. The platform stops the job at a ConfigError, and tries
// again after the others.
const (
	SystemError    FailureType = "system_error"
	ConfigError    FailureType = "config_error"
	TransientError FailureType = "transient_error"
)

// TraceError is why a command failed.
type TraceError struct {
	Message  string      // for the user
	Internal string      // details; may be empty
	Type     FailureType // SystemError if empty
	Stream   *StreamID   // nil unless one stream is to blame
}

// TraceError prints why the command failed. The caller then exits with a code
// other than 0: else the platform takes the command for a success.
func (w *Writer) TraceError(t TraceError) error {
	failure := &traceError{Message: t.Message, InternalMessage: t.Internal, FailureType: t.Type}
	if t.Type == "" {
		failure.FailureType = SystemError
	}
	if t.Stream != nil {
		failure.StreamDescriptor = &streamDescriptor{Name: t.Stream.Name, Namespace: t.Stream.Namespace}
	}
	return w.encode(outbound{Type: "TRACE", Trace: &trace{
		Type:      "ERROR",
		EmittedAt: time.Now().UnixMilli(),
		Error:     failure,
	}})
}

// encode prints a message of our own making: always valid UTF-8, and with <, >
// and & as they are.
func (w *Writer) encode(message outbound) error {
	for _, part := range message.raw() {
		if jsonscan.First(trim(*part)) != '{' {
			return fmt.Errorf("%s message: its content is no JSON object", message.Type)
		}
		*part = bytes.ToValidUTF8(*part, []byte("\uFFFD"))
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(message); err != nil {
		// The text of encoding/json would quote the content.
		return fmt.Errorf("%s message: its content is not JSON", message.Type)
	}
	return w.print(bytes.TrimSuffix(line.Bytes(), []byte("\n")))
}

// print writes one line.
func (w *Writer) print(line []byte) error {
	line = append(line, '\n')
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err != nil {
		return w.err
	}
	if w.batch != nil {
		w.batch.Write(line)
		return nil
	}
	return w.write(line)
}

// write needs w.mu.
func (w *Writer) write(line []byte) error {
	n, err := w.out.Write(line)
	if err == nil && n < len(line) {
		err = io.ErrShortWrite
	}
	if err != nil {
		w.err = fmt.Errorf("writing a message: %w", err)
		close(w.broken)
	}
	return w.err
}
