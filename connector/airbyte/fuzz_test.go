package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"testing"

	"destination-gohighlevel/connector/jsonscan"
)

// drain reads an input to its end, whatever is in it.
func drain(t *testing.T, input []byte, visit func(Message)) (faults int) {
	t.Helper()
	r := NewReader(bytes.NewReader(input))
	for last := int64(0); ; {
		m, err := r.Next()
		var fault *LineError
		switch {
		case errors.Is(err, io.EOF):
			return faults
		case errors.As(err, &fault):
			faults++
			m.Line = fault.Line
		case err != nil:
			t.Fatalf("Next: %v", err)
		default:
			visit(m)
		}
		if m.Line <= last {
			t.Fatalf("line %d came after line %d", m.Line, last)
		}
		last = m.Line
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(`{"type":"RECORD","record":{"stream":"s","namespace":"n","data":{"a":[1,"}",null]},"meta":{"changes":[{"field":"a","change":"NULLED","reason":"r"}]}}}`))
	f.Add([]byte(`{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":"s"},"status":"COMPLETE"}}}`))
	f.Add([]byte("noise\n\xef\xbb\xbf{\"type\":\"STATE\",\"state\":{}}\r\n{}\n{\"typ\\u0065\":\"LOG\"}"))
	f.Fuzz(func(t *testing.T, input []byte) {
		lines := bytes.Split(input, []byte("\n"))
		drain(t, input, func(m Message) {
			set := 0
			for _, is := range []bool{m.Record != nil, m.State != nil, m.Status != nil} {
				if is {
					set++
				}
			}
			if set != 1 {
				t.Fatalf("%d parts are set", set)
			}
			if m.Record == nil {
				return
			}
			// encoding/json is the judge. Its map keys keep their case.
			var message, record map[string]json.RawMessage
			var stream string
			err := errors.Join(
				json.Unmarshal(trim(lines[m.Line-1]), &message),
				json.Unmarshal(message["record"], &record),
				json.Unmarshal(record["stream"], &stream),
			)
			if err != nil || stream != m.Record.Stream.Name || !bytes.Equal(record["data"], m.Record.Data) {
				t.Fatalf("%v, %q %s, but encoding/json says %q %s", err, m.Record.Stream, m.Record.Data, stream, record["data"])
			}
		})
	})
}

func FuzzState(f *testing.F) {
	for _, line := range states {
		f.Add([]byte(line))
	}
	f.Add([]byte(`{"type":"STATE","state":{"destinationStats":1, "d\u0065stinationStats" : [] }}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		drain(t, line, func(m Message) {
			if m.State == nil {
				return
			}
			printed := m.State.Bytes(12, 1)
			got, stats := splitState(t, printed)
			if string(stats) != `{"recordCount":12.0,"rejectedRecordCount":1.0}` {
				t.Fatalf("destinationStats = %s", stats)
			}
			want, _ := splitState(t, m.State.line)
			if !reflect.DeepEqual(want, got) {
				t.Fatalf("the state became\n%s, was\n%s", printed, m.State.line)
			}
			if again := readState(t, string(printed)).Bytes(12, 1); !bytes.Equal(again, printed) {
				t.Fatalf("printed again it is\n%s, was\n%s", again, printed)
			}
		})
	})
}

// splitState returns the raw members of a state's message and object, without
// destinationStats, and destinationStats.
func splitState(t *testing.T, line []byte) (parts [2]map[string]json.RawMessage, stats json.RawMessage) {
	t.Helper()
	err := json.Unmarshal(line, &parts[0])
	if err == nil {
		err = json.Unmarshal(parts[0]["state"], &parts[1])
	}
	if err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	stats = parts[1][statsKey]
	delete(parts[0], "state")
	delete(parts[1], statsKey)
	return parts, stats
}

func FuzzCatalog(f *testing.F) {
	f.Add([]byte(`{"streams":[{"stream":{"name":"s","namespace":"n","json_schema":{"properties":{"a":{"properties":{"b":null}}}}},"destination_sync_mode":"append_dedup","primary_key":[["a","b"]],"cursor_field":["a"],"generation_id":1}]}`))
	f.Add([]byte(`{"streams":[{"stream":{"name":"s","json_schema":true}},{"stream":{"name":"s"}},null,{}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		catalog, err := ParseCatalog(text)
		if err != nil {
			var fault *CatalogError
			if !errors.As(err, &fault) || len(fault.Faults) == 0 || catalog.Streams != nil {
				t.Fatalf("%+v, %v", catalog, err)
			}
			return
		}
		if len(catalog.Streams) == 0 {
			t.Fatal("no streams and no error")
		}
		seen := map[StreamID]bool{}
		for _, s := range catalog.Streams {
			if s.ID.Name == "" || s.Mode == "" || seen[s.ID] {
				t.Fatalf("bad stream: %+v", s)
			}
			seen[s.ID] = true
			if columns, declared := s.Columns(), jsonscan.Properties(s.Schema); !slices.Equal(slices.Sorted(slices.Values(columns)), slices.Sorted(maps.Keys(declared))) {
				t.Fatalf("columns %q, declared %v", columns, declared)
			}
			for _, path := range append(s.PrimaryKey, s.CursorField) {
				if lacks(s.Schema, path) {
					t.Fatalf("a key that the schema lacks: %q", path)
				}
			}
		}
	})
}
