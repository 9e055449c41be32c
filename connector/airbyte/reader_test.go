package airbyte

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// read returns all messages of an input that has no fault.
func read(t *testing.T, input string) []Message {
	t.Helper()
	r := NewReader(strings.NewReader(input))
	var messages []Message
	for {
		m, err := r.Next()
		if errors.Is(err, io.EOF) {
			return messages
		}
		if err != nil {
			t.Fatalf("Next: %v", err)
		}
		messages = append(messages, m)
	}
}

func TestReaderMessages(t *testing.T) {
	people := StreamID{Name: "people"}
	crm := StreamID{Namespace: "crm", Name: "people"}
	record := func(id StreamID, data string, changes ...Change) Message {
		return Message{Record: &Record{Stream: id, Data: json.RawMessage(data), Changes: changes}}
	}
	state := func(kind StateKind, id StreamID) Message {
		return Message{State: &State{Kind: kind, Stream: id}}
	}
	tests := map[string]struct {
		line string
		want Message
	}{
		"record": {
			`{"type":"RECORD","record":{"stream":"people","data":{"a":1},"emitted_at":1700000000000}}`,
			record(people, `{"a":1}`),
		},
		"namespace": {
			`{"type":"RECORD","record":{"namespace":"crm","stream":"people","data":{}}}`,
			record(crm, `{}`),
		},
		"namespace null, emitted_at float, nulls spelled out": {
			`{"type":"RECORD","log":null,"state":null,"record":{"namespace":null,"stream":"people","data":{},"emitted_at":1700000000.25,"meta":null,"file_reference":null}}`,
			record(people, `{}`),
		},
		"namespace empty, emitted_at text, changes null": {
			`{"type":"RECORD","record":{"namespace":"","stream":"people","data":{},"emitted_at":"2026-01-02","meta":{"changes":null}}}`,
			record(people, `{}`),
		},
		"data stays raw": {
			`{"record": {"data": {"b":123456789012345678901234567890,"a":1.10,"A":1e400, "s":"\u0000\ud800\/<" ,"a":2}, "stream":"people"}, "type":"RECORD"}`,
			record(people, `{"b":123456789012345678901234567890,"a":1.10,"A":1e400, "s":"\u0000\ud800\/<" ,"a":2}`),
		},
		"data with invalid UTF-8": {
			"{\"type\":\"RECORD\",\"record\":{\"stream\":\"people\",\"data\":{\"s\":\"\xff\xc3\"}}}",
			record(people, "{\"s\":\"\xff\xc3\"}"),
		},
		"brackets, quotes and backslashes inside strings": {
			`{"type":"RECORD","record":{"stream":"people","data":{"a":"}]\"","b\\":"\\","c":["{\\\"",{}]}}}`,
			record(people, `{"a":"}]\"","b\\":"\\","c":["{\\\"",{}]}`),
		},
		"a bracket after an escaped quote": {
			`{"type":"RECORD","record":{"stream":"people","data":{"a":"\"}","b":"\\\"]"}}}`,
			record(people, `{"a":"\"}","b":"\\\"]"}`),
		},
		"keys with escapes": {
			`{"typ\u0065":"R\u0045CORD","record":{"str\u0065am":"p\u0065ople","data":{}}}`,
			record(people, `{}`),
		},
		"the last of equal keys counts": {
			`{"type":"STATE","record":1,"record":{"stream":"x","stream":"people","data":1,"data":{}},"type":"RECORD"}`,
			record(people, `{}`),
		},
		"keys in another case are other keys": {
			`{"type":"RECORD","TYPE":"STATE","Record":1,"record":{"stream":"people","Stream":1,"data":{},"DATA":[]}}`,
			record(people, `{}`),
		},
		"changes": {
			`{"type":"RECORD","record":{"stream":"people","data":{},"meta":{"changes":[{"field":"email","change":"NULLED","reason":"SOURCE_RETRIEVAL_ERROR"},{"field":"phone","change":null}]}}}`,
			record(people, `{}`, Change{"email", "NULLED", "SOURCE_RETRIEVAL_ERROR"}, Change{Field: "phone"}),
		},
		"state of a stream": {
			`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people","namespace":"crm"},"stream_state":null}}}`,
			state(StateStream, crm),
		},
		"state of a stream without stream_state": {
			`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"}}}}`,
			state(StateStream, people),
		},
		"global state": {
			`{"type":"STATE","state":{"type":"GLOBAL","global":{"stream_states":[{"stream_descriptor":{"name":"unknown"}}]}}}`,
			state(StateGlobal, StreamID{}),
		},
		"legacy state":                     {`{"type":"STATE","state":{"type":"LEGACY","data":{}}}`, state(StateLegacy, StreamID{})},
		"state without a type":             {`{"type":"STATE","state":{"data":{"a":1}}}`, state(StateLegacy, StreamID{})},
		"state with a null type":           {`{"type":"STATE","state":{"type":null,"data":{}}}`, state(StateLegacy, StreamID{})},
		"state without a type, but stream": {`{"type":"STATE","state":{"stream":{"stream_descriptor":{"name":"people"}}}}`, state(StateLegacy, StreamID{})},
		"stream status": {
			`{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1.5,"stream_status":{"stream_descriptor":{"name":"people","namespace":null},"status":"COMPLETE"}}}`,
			Message{Status: &StreamStatus{Stream: people, Status: "COMPLETE"}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := read(t, "\n"+test.line+"\n")
			test.want.Line, test.want.Bytes = 2, len(test.line)+1
			if diff := cmp.Diff([]Message{test.want}, got, cmpopts.IgnoreUnexported(State{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReaderPassesOver(t *testing.T) {
	input := strings.Join([]string{
		`{"type":"LOG","log":{"level":"INFO","message":"m"}}`,
		`{"type":"SPEC"}`,
		`{"type":"record","record":1}`,
		`{"type":"SOMETHING_NEW","record":1}`,
		`{"type":"TRACE","trace":{"type":"ANALYTICS","emitted_at":1}}`,
		`{"type":"TRACE","trace":{"type":"ESTIMATE","stream_status":1}}`,
		"", "  \t\r", "\xef\xbb\xbf",
	}, "\n")
	r := NewReader(strings.NewReader(input))
	if m, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("Next = %+v, %v, want the end", m, err)
	}
	if r.Skipped() != 0 || r.FirstSkipped() != 0 {
		t.Errorf("skipped %d from %d, want none", r.Skipped(), r.FirstSkipped())
	}
}

func TestReaderSkips(t *testing.T) {
	const state = `{"type":"STATE","state":{"data":{}}}`
	input := "\nstarting up\n" + state + "\r\n[1]\n\xef\xbb\xbf \t" + state + " \n\x1f\x8b\x08\x00\n\"{\"\n" + state
	r := NewReader(strings.NewReader(input))
	for _, line := range []int64{3, 5, 8} {
		m, err := r.Next()
		if err != nil || m.Line != line || m.State == nil {
			t.Fatalf("Next = %+v, %v, want a state in line %d", m, err, line)
		}
		if got := string(m.State.line); got != state {
			t.Errorf("line %d was kept as %q", line, got)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("Next = %v, want the end", err)
	}
	if r.Skipped() != 4 || r.FirstSkipped() != 2 {
		t.Errorf("skipped %d from %d, want 4 from 2", r.Skipped(), r.FirstSkipped())
	}
}

func TestReaderFaults(t *testing.T) {
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	const rec, st, tr = `{"type":"RECORD","record":`, `{"type":"STATE","state":`, `{"type":"TRACE","trace":`
	tests := map[string]struct{ line, reason string }{
		"not JSON":                      {`{"type":"RECORD","secret`, "it is not JSON, from byte 24 on"},
		"two messages":                  {`{"type":"LOG"}{"type":"LOG"}`, "it is not JSON, from byte 15 on"},
		"a raw line break":              {"{\"type\":\"LO\rG\"}", "it is not JSON, from byte 12 on"},
		"deep nesting":                  {rec + `{"stream":"s","data":{"a":` + deep + `}}}`, "it is not JSON, from byte 10050 on"},
		"no type":                       {`{}`, errNoType.Error()},
		"type in another case":          {`{"Type":"RECORD"}`, errNoType.Error()},
		"type null":                     {`{"type":null}`, errNoType.Error()},
		"type number":                   {`{"type":1}`, errNoType.Error()},
		"no record":                     {`{"type":"RECORD"}`, errNoRecord.Error()},
		"record null":                   {rec + `null}`, errNoRecord.Error()},
		"record list":                   {rec + `[]}`, errNoRecord.Error()},
		"no stream":                     {rec + `{"data":{}}}`, errStream.Error()},
		"stream null":                   {rec + `{"stream":null,"data":{}}}`, errStream.Error()},
		"stream empty":                  {rec + `{"stream":"","data":{}}}`, errStream.Error()},
		"stream number":                 {rec + `{"stream":7,"data":{}}}`, errStream.Error()},
		"namespace number":              {rec + `{"stream":"s","namespace":7,"data":{}}}`, errNamespace.Error()},
		"no data":                       {rec + `{"stream":"s"}}`, errData.Error()},
		"data null":                     {rec + `{"stream":"s","data":null}}`, errData.Error()},
		"data list":                     {rec + `{"stream":"s","data":[{}]}}`, errData.Error()},
		"data text":                     {rec + `{"stream":"s","data":"{}"}}`, errData.Error()},
		"meta text":                     {rec + `{"stream":"s","data":{},"meta":""}}`, errMeta.Error()},
		"changes object":                {rec + `{"stream":"s","data":{},"meta":{"changes":{}}}}`, errChanges.Error()},
		"change text":                   {rec + `{"stream":"s","data":{},"meta":{"changes":["email"]}}}`, errChanges.Error()},
		"change without field":          {rec + `{"stream":"s","data":{},"meta":{"changes":[{"change":"NULLED"}]}}}`, errChanges.Error()},
		"no state":                      {`{"type":"STATE"}`, errNoState.Error()},
		"state null":                    {st + `null}`, errNoState.Error()},
		"state kind unknown":            {st + `{"type":"PER_STREAM"}}`, errStateType.Error()},
		"state kind empty":              {st + `{"type":""}}`, errStateType.Error()},
		"state kind number":             {st + `{"type":1}}`, errStateType.Error()},
		"stream state without stream":   {st + `{"type":"STREAM"}}`, errStreamState.Error()},
		"stream state, no descriptor":   {st + `{"type":"STREAM","stream":{"name":"s"}}}`, errStreamState.Error()},
		"stream state, no name":         {st + `{"type":"STREAM","stream":{"stream_descriptor":{}}}}`, errStreamOfState.Error()},
		"no trace":                      {`{"type":"TRACE"}`, errNoTrace.Error()},
		"trace without type":            {tr + `{}}`, errTraceType.Error()},
		"stream status null":            {tr + `{"type":"STREAM_STATUS"}}`, errStreamStatus.Error()},
		"stream status without status":  {tr + `{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":"s"}}}}`, errStreamStatus.Error()},
		"stream status without a name":  {tr + `{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{},"status":"COMPLETE"}}}`, errStreamOfStatus.Error()},
		"stream status, no descriptor":  {tr + `{"type":"STREAM_STATUS","stream_status":{"status":"COMPLETE"}}}`, errStreamStatus.Error()},
		"stream status, name is a list": {tr + `{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":[]},"status":"COMPLETE"}}}`, errStreamOfStatus.Error()},
	}
	const good = `{"type":"STATE","state":{"data":{}}}`
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := NewReader(strings.NewReader("\n" + test.line + "\n" + good))
			m, err := r.Next()
			var fault *LineError
			if !errors.As(err, &fault) {
				t.Fatalf("Next = %+v, %v, want a LineError", m, err)
			}
			if diff := cmp.Diff(&LineError{Line: 2, Reason: test.reason}, fault); diff != "" {
				t.Error(diff)
			}
			if m, err := r.Next(); err != nil || m.State == nil || m.Line != 3 {
				t.Errorf("after the fault: %+v, %v, want the state in line 3", m, err)
			}
		})
	}
}

// TestABareRecordIsToldHowToBeWrapped: what newcomers pipe first.
func TestABareRecordIsToldHowToBeWrapped(t *testing.T) {
	_, err := NewReader(strings.NewReader(`{"email":"ada@example.com"}`)).Next()
	const want = `line 1 of the input is no valid message: it has no type; a record must be wrapped: {"type":"RECORD","record":{"stream":…,"data":{…},"emitted_at":0}}`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestReadingIsSaidOnce: those who read say so themselves.
func TestReadingIsSaidOnce(t *testing.T) {
	broken := &fs.PathError{Op: "read", Path: "/dev/stdin", Err: errors.New("is a directory")}
	_, err := NewReader(iotest.ErrReader(broken)).Next()
	if err == nil || err.Error() != "is a directory" {
		t.Errorf("got %v", err)
	}
}

func TestReaderKeepsWhatItReturned(t *testing.T) {
	var input strings.Builder
	for _, s := range []string{"a", "bb", "c"} {
		input.WriteString(`{"type":"RECORD","record":{"stream":"` + s + `","data":{"v":"` + s + `"}}}` + "\n")
		input.WriteString(strings.Repeat(strings.Repeat("x", 999)+"\n", 100)) // turns the buffer over
	}
	messages := read(t, input.String())
	for i, s := range []string{"a", "bb", "c"} {
		if got := messages[i].Record; got.Stream.Name != s || string(got.Data) != `{"v":"`+s+`"}` {
			t.Errorf("record %d is %v %s", i, got.Stream, got.Data)
		}
	}
}

func TestReaderTellsNeighbouringStreamsApart(t *testing.T) {
	want := []StreamID{{"n", "a"}, {"n", "b"}, {"m", "b"}, {"", "b"}, {"", "b"}, {"b", "b"}}
	// Long lines share one buffer, so the names lie in the same place.
	padding := strings.Repeat(" ", readAhead)
	var input strings.Builder
	for _, id := range want {
		input.WriteString(`{"type":"RECORD","record":{"stream":"` + id.Name + `","namespace":"` + id.Namespace + `","data":{}` + padding + "}}\n")
	}
	var got []StreamID
	for _, m := range read(t, input.String()) {
		got = append(got, m.Record.Stream)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReaderHugeLines(t *testing.T) {
	const small = `{"type":"RECORD","record":{"stream":"s","data":{"v":1}}}`
	data := `{"v":"` + strings.Repeat("x", 24<<20) + `"}`
	huge := `{"type":"RECORD","record":{"stream":"s","data":` + data + `}}`
	r := NewReader(strings.NewReader(huge + "\n" + small + "\n" + small + "\n"))
	m, err := r.Next()
	if err != nil || string(m.Record.Data) != data || m.Bytes != len(huge)+1 {
		t.Fatalf("the huge record was not read: %v", err)
	}
	for range 2 {
		if m, err := r.Next(); err != nil || string(m.Record.Data) != `{"v":1}` {
			t.Fatalf("after the huge record: %+v, %v", m, err)
		}
	}
	if cap(r.long) > keepBuffer {
		t.Errorf("the line buffer is still %d bytes", cap(r.long))
	}
}

func TestReaderLinesAroundItsBuffer(t *testing.T) {
	for _, size := range []int{readAhead - 1, readAhead, readAhead + 1, 2 * readAhead, 3*readAhead + 7} {
		line := `{"type":"RECORD","record":{"stream":"s","data":{"v":""}}}`
		line = strings.Replace(line, `""`, `"`+strings.Repeat("x", size-len(line))+`"`, 1)
		messages := read(t, line+"\n"+line)
		if len(messages) != 2 || messages[0].Bytes != size+1 || messages[1].Bytes != size {
			t.Errorf("lines of %d bytes: %d messages", size, len(messages))
		}
	}
}

func TestReaderLineLimit(t *testing.T) {
	const good = `{"type":"STATE","state":{"data":{}}}`
	long := strings.Repeat("x", 5*readAhead)
	r := NewReader(strings.NewReader(good + "\n" + `{"` + long + "\"}\n" + long + "\n" + good))
	r.limit = 2 * readAhead
	if m, err := r.Next(); err != nil || m.Line != 1 {
		t.Fatalf("Next = %+v, %v", m, err)
	}
	var fault *LineError
	if _, err := r.Next(); !errors.As(err, &fault) || fault.Line != 2 || fault.Reason != errLineTooLong.Error() {
		t.Errorf("Next = %v, want line 2 too long", err)
	}
	if m, err := r.Next(); err != nil || m.Line != 4 {
		t.Errorf("Next = %+v, %v, want line 4", m, err)
	}
	if r.Skipped() != 1 || r.FirstSkipped() != 3 {
		t.Errorf("skipped %d from %d, want line 3 only", r.Skipped(), r.FirstSkipped())
	}
	if cap(r.long) > 4*readAhead {
		t.Errorf("kept %d bytes of lines beyond the limit", cap(r.long))
	}
}

func TestReaderFailure(t *testing.T) {
	broken := errors.New("pipe is gone")
	const good = `{"type":"STATE","state":{"data":{}}}`
	r := NewReader(io.MultiReader(strings.NewReader(good+"\n"+good), iotest.ErrReader(broken)))
	if m, err := r.Next(); err != nil || m.State == nil {
		t.Fatalf("Next = %+v, %v", m, err)
	}
	for range 2 {
		if m, err := r.Next(); !errors.Is(err, broken) || m != (Message{}) {
			t.Errorf("Next = %+v, %v, want the reader's failure", m, err)
		}
	}
}

func TestReaderOneByteAtATime(t *testing.T) {
	const input = "noise\n" + `{"type":"RECORD","record":{"stream":"s","data":{"v":1}}}`
	r := NewReader(iotest.OneByteReader(strings.NewReader(input)))
	if m, err := r.Next(); err != nil || m.Record == nil || m.Line != 2 {
		t.Errorf("Next = %+v, %v", m, err)
	}
}

func TestStreamID(t *testing.T) {
	if got := (StreamID{Name: "people"}).String(); got != "people" {
		t.Errorf("String = %q", got)
	}
	if got := (StreamID{Namespace: "crm", Name: "people"}).String(); got != "crm.people" {
		t.Errorf("String = %q", got)
	}
}
