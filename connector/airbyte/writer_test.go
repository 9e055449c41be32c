package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// output takes lines and counts writes.
type output struct {
	bytes.Buffer
	writes int
}

func (o *output) Write(p []byte) (int, error) {
	o.writes++
	return o.Buffer.Write(p)
}

func TestWriterMessages(t *testing.T) {
	const at = `946684800000` // the time of a synctest bubble
	tests := map[string]struct {
		print func(*Writer) error
		want  string
	}{
		"state": {
			func(w *Writer) error {
				return w.State(readState(t, `{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]},"id":3}}`), 12, 1)
			},
			`{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[]},"id":3,` + stats + `}}`,
		},
		"log": {
			func(w *Writer) error { return w.Log("WARN", "a <b> & \"c\"\nd\xff\u2028") },
			`{"type":"LOG","log":{"level":"WARN","message":"a <b> & \"c\"\nd\ufffd\u2028"}}`,
		},
		"log of unknown level": {
			func(w *Writer) error { return w.Log("notice", "") },
			`{"type":"LOG","log":{"level":"INFO","message":""}}`,
		},
		"spec": {
			func(w *Writer) error {
				return w.Spec([]byte("\n{ \"connectionSpecification\" : {\r\n \"title\" : \"<&>\\u003c\" } }\n"))
			},
			`{"type":"SPEC","spec":{"connectionSpecification":{"title":"<&>\u003c"}}}`,
		},
		"spec with invalid UTF-8": {
			func(w *Writer) error { return w.Spec([]byte("{\"connectionSpecification\":{\"title\":\"\xff\"}}")) },
			`{"type":"SPEC","spec":{"connectionSpecification":{"title":"` + "\uFFFD" + `"}}}`,
		},
		"check succeeded": {
			func(w *Writer) error { return w.ConnectionStatus(true, "") },
			`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}`,
		},
		"check failed": {
			func(w *Writer) error { return w.ConnectionStatus(false, "the token is expired") },
			`{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"the token is expired"}}`,
		},
		"destination catalog": {
			func(w *Writer) error {
				return w.DestinationCatalog([]byte(`{"operations": [{"object_name":"contacts","sync_mode":"append","json_schema":{}}]}`))
			},
			`{"type":"DESTINATION_CATALOG","destination_catalog":{"operations":[{"object_name":"contacts","sync_mode":"append","json_schema":{}}]}}`,
		},
		"control": {
			func(w *Writer) error { return w.Control([]byte(`{"n": 123456789012345678901234567890}`)) },
			`{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":` + at + `,"connectorConfig":{"config":{"n":123456789012345678901234567890}}}}`,
		},
		"trace error, least": {
			func(w *Writer) error { return w.TraceError(TraceError{Message: "m", Type: SystemError}) },
			`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":` + at + `,"error":{"message":"m","failure_type":"system_error"}}}`,
		},
		"trace error, most": {
			func(w *Writer) error {
				return w.TraceError(TraceError{Message: "m", Internal: "i", Type: ConfigError})
			},
			`{"type":"TRACE","trace":{"type":"ERROR","emitted_at":` + at + `,"error":{"message":"m","internal_message":"i","failure_type":"config_error"}}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out output
			var err error
			synctest.Test(t, func(*testing.T) { err = test.print(NewWriter(&out)) })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want+"\n", out.String()); diff != "" {
				t.Error(diff)
			}
			if out.writes != 1 {
				t.Errorf("%d writes, want one", out.writes)
			}
			if err := protocolFault(t, out.Bytes()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWriterRefusesWhatIsNoObject(t *testing.T) {
	var out output
	w := NewWriter(&out)
	for _, content := range []string{"", " ", "null", "[1]", `"secret"`, `{"secret":`, `{"secret":1}}`} {
		for name, emit := range map[string]func(json.RawMessage) error{
			"Spec": w.Spec, "DestinationCatalog": w.DestinationCatalog, "Control": w.Control,
		} {
			err := emit(json.RawMessage(content))
			if err == nil || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s(%q) = %v", name, content, err)
			}
		}
	}
	if out.Len() > 0 {
		t.Errorf("printed %q", out.String())
	}
	if err := w.Log("INFO", "still there"); err != nil {
		t.Errorf("the writer broke: %v", err)
	}
}

// failing takes a number of writes, and no more.
type failing struct {
	left, writes int
	err          error
	short        bool
}

func (f *failing) Write(p []byte) (int, error) {
	f.writes++
	if f.left--; f.left >= 0 {
		return len(p), nil
	}
	if f.short {
		return len(p) - 1, nil
	}
	return 0, f.err
}

func TestWriterBreaks(t *testing.T) {
	gone := errors.New("broken pipe")
	for name, test := range map[string]struct {
		out  failing
		want error
	}{
		"failed write": {failing{left: 1, err: gone}, gone},
		"short write":  {failing{left: 1, short: true}, io.ErrShortWrite},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWriter(&test.out)
			if err := w.Log("INFO", "m"); err != nil {
				t.Fatal(err)
			}
			select {
			case <-w.Broken():
				t.Fatal("broken too early")
			default:
			}
			first := w.Log("INFO", "m")
			if !errors.Is(first, test.want) {
				t.Fatalf("Log = %v, want %v", first, test.want)
			}
			select {
			case <-w.Broken():
			default:
				t.Error("Broken is open after a failed write")
			}
			if err := w.TraceError(TraceError{Message: "m"}); !errors.Is(err, first) {
				t.Errorf("TraceError = %v, want the first error", err)
			}
			logger := w.Logger()
			logger.Info().Msg("m")
			if test.out.writes != 2 {
				t.Errorf("%d writes, want none after the failed one", test.out.writes)
			}
		})
	}
}

func TestWriterIsSafeForConcurrentUse(t *testing.T) {
	var out output
	w := NewWriter(&out)
	s := readState(t, `{"type":"STATE","state":{"data":{}}}`)
	logger := w.Logger()
	const each = 200
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			for n := range int64(each) {
				if err := errors.Join(w.Log("INFO", strings.Repeat("x", i*50)), w.State(s, n, 0)); err != nil {
					t.Error(err)
				}
				logger.Info().Int("worker", i).Msg("m")
			}
		})
	}
	group.Wait()
	lines := bytes.Split(bytes.TrimSuffix(out.Bytes(), []byte("\n")), []byte("\n"))
	if len(lines) != 8*each*3 {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if !json.Valid(line) {
			t.Fatalf("lines were mixed: %s", line)
		}
	}
}

func TestEchoedStatesPleaseTheProtocol(t *testing.T) {
	for _, marked := range states[2:] { // the others hold what Go's JSON cannot decode, or null blobs
		line := strings.Replace(marked, "§", "", 1)
		line = strings.Replace(line, `"shared_state":null,`, "", 1)
		if err := protocolFault(t, readState(t, line).Bytes(12, 1)); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func ExampleWriter_Logger() {
	var out bytes.Buffer
	logger := NewWriter(&out).Logger()
	logger.Info().Int("a", 1).Str("b", "x y").Msg("m")
	fmt.Print(out.String())
	// Output: {"type":"LOG","log":{"level":"INFO","message":"m · a=1 b=\"x y\""}}
}
