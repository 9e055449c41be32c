package airbyte

import (
	"strings"
	"testing"
)

const stats = `"destinationStats":{"recordCount":12.0,"rejectedRecordCount":1.0}`

// states are lines without destinationStats; § is where they belong.
var states = []string{
	`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people","namespace":"crm"},"stream_state":{"cursor":123456789012345678901234567890}},"sourceStats":{"recordCount":13.0},"id":7§}}`,
	`{ "state" : { "type" : "STREAM", "stream" : { "stream_descriptor" : { "name" : "people" } , "x" : 1e400 } , "new" : [ null ] §} , "type" : "STATE" , "extra" : { "<&>" : "\u003c\/" } }`,
	`{"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":null,"stream_states":[{"stream_descriptor":{"name":"a"},"stream_state":{"id":1}}]},"id":2§}}`,
	`{"type":"STATE","state":{"data":{"destinationStats":1}§},"emitted_at":1}`,
	"{\"type\":\"STATE\",\"state\":{\"data\":{\"bytes\":\"\xff\\u0000\\ud800\"}§}}",
}

func readState(t *testing.T, line string) *State {
	t.Helper()
	messages := read(t, line)
	if len(messages) != 1 || messages[0].State == nil {
		t.Fatalf("no state: %s", line)
	}
	return messages[0].State
}

func TestStateBytesInserts(t *testing.T) {
	for _, marked := range states {
		line := strings.Replace(marked, "§", "", 1)
		want := strings.Replace(marked, "§", ","+stats, 1)
		s := readState(t, " "+line+" \r\n")
		for range 2 { // printing changes nothing
			if got := string(s.Bytes(12, 1)); got != want {
				t.Errorf("Bytes =\n%s, want\n%s", got, want)
			}
		}
	}
}

func TestStateBytesEdges(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"empty state": {
			`{"type":"STATE","state":{ }}`,
			`{"type":"STATE","state":{ ` + stats + `}}`,
		},
		"replaces": {
			`{"type":"STATE","state":{"destinationStats" : {"recordCount":99.0,"other":1} ,"id":1}}`,
			`{"type":"STATE","state":{"destinationStats" : {"recordCount":12.0,"rejectedRecordCount":1.0} ,"id":1}}`,
		},
		"replaces null": {
			`{"type":"STATE","state":{"data":{},"destinationStats":null}}`,
			`{"type":"STATE","state":{"data":{},` + stats + `}}`,
		},
		"replaces each": {
			`{"type":"STATE","state":{"destinationStats":1,"id":1,"destinationStats":[2]}}`,
			`{"type":"STATE","state":{` + stats + `,"id":1,` + stats + `}}`,
		},
		"the last of two state objects": {
			`{"type":"STATE","state":{"id":1},"state":{"id":2}}`,
			`{"type":"STATE","state":{"id":1},"state":{"id":2,` + stats + `}}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(readState(t, test.line).Bytes(12, 1)); got != test.want {
				t.Errorf("Bytes =\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestStateBytesCounts(t *testing.T) {
	s := readState(t, `{"type":"STATE","state":{}}`)
	for want, counts := range map[string][2]int64{
		`{"recordCount":0.0,"rejectedRecordCount":0.0}`:                    {0, 0},
		`{"recordCount":9007199254740993.0,"rejectedRecordCount":10000.0}`: {9007199254740993, 10000},
	} {
		if got := string(s.Bytes(counts[0], counts[1])); !strings.Contains(got, want) {
			t.Errorf("Bytes%v = %s, want %s in it", counts, got, want)
		}
	}
}

func TestStateOutlivesTheReadersBuffer(t *testing.T) {
	const line = `{"type":"STATE","state":{"id":1}}`
	r := NewReader(strings.NewReader(line + "\n" + strings.Repeat(strings.Repeat("x", 999)+"\n", 1000)))
	m, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = r.Next()
	if got, want := string(m.State.Bytes(12, 1)), `{"type":"STATE","state":{"id":1,`+stats+`}}`; got != want {
		t.Errorf("Bytes = %s, want %s", got, want)
	}
}
