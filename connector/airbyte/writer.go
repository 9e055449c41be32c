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

// Broken returns a channel that is closed at the first failed write.
func (w *Writer) Broken() <-chan struct{} { return w.broken }

// State prints a state: it acknowledges every record before that state.
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
	return w.encode("LOG", "log", struct {
		Level   string `json:"level"`
		Message string `json:"message"`
	}{level, cut(message)})
}

// Spec prints a connector specification, a JSON object.
func (w *Writer) Spec(spec json.RawMessage) error { return w.encode("SPEC", "spec", object(spec)) }

// ConnectionStatus prints the answer of check; the message, if any, is for the user.
func (w *Writer) ConnectionStatus(succeeded bool, message string) error {
	status := "FAILED"
	if succeeded {
		status = "SUCCEEDED"
	}
	return w.encode("CONNECTION_STATUS", "connectionStatus", struct {
		Status  string `json:"status"`
		Message string `json:"message,omitempty"`
	}{status, message})
}

// DestinationCatalog prints the answer of discover, a JSON object.
func (w *Writer) DestinationCatalog(catalog json.RawMessage) error {
	return w.encode("DESTINATION_CATALOG", "destination_catalog", object(catalog))
}

// Control asks the platform to keep a changed configuration, a JSON object. It
// replaces the old one: send all of it. Not to be called in discover.
func (w *Writer) Control(config json.RawMessage) error {
	return w.encode("CONTROL", "control", struct {
		Type            string            `json:"type"`
		EmittedAt       int64             `json:"emitted_at"` // milliseconds since 1970
		ConnectorConfig map[string]object `json:"connectorConfig"`
	}{"CONNECTOR_CONFIG", time.Now().UnixMilli(), map[string]object{"config": object(config)}})
}

// FailureType tells the platform whether to try again.
type FailureType string

// The failure types. The platform tries again after all but a ConfigError.
const (
	SystemError    FailureType = "system_error"
	ConfigError    FailureType = "config_error"
	TransientError FailureType = "transient_error"
)

// TraceError is why a command failed.
type TraceError struct {
	Message  string      `json:"message"`                    // for the user
	Internal string      `json:"internal_message,omitempty"` // details
	Type     FailureType `json:"failure_type"`
}

// TraceError prints why the command failed. The caller then exits with a code
// other than 0: else the platform takes the command for a success.
func (w *Writer) TraceError(t TraceError) error {
	return w.encode("TRACE", "trace", struct {
		Type      string     `json:"type"`
		EmittedAt int64      `json:"emitted_at"` // milliseconds since 1970
		Error     TraceError `json:"error"`
	}{"ERROR", time.Now().UnixMilli(), t})
}

// object is JSON that a caller wrote: it must be an object.
type object json.RawMessage

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) {
	if jsonscan.First(trim(o)) != '{' {
		return nil, errors.New("no object")
	}
	return bytes.ToValidUTF8(o, []byte("\uFFFD")), nil
}

// encode prints a message of our own making, which has its content under a key:
// always valid UTF-8, and with <, > and & as they are.
func (w *Writer) encode(kind, key string, content any) error {
	var line bytes.Buffer
	fmt.Fprintf(&line, `{"type":%q,%q:`, kind, key)
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(content); err != nil {
		// The text of encoding/json would quote the content.
		return fmt.Errorf("%s message: its content is no JSON object", kind)
	}
	return w.print(append(bytes.TrimSuffix(line.Bytes(), []byte("\n")), '}'))
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
