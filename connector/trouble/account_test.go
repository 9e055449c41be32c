package trouble

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

func TestTroubleIsNamed(t *testing.T) {
	for want, k := range map[string]Kind{
		`phone (column "Mobile"): not a phone number, left out`: noted(Note{Field: "phone", Column: "Mobile", Rule: "not a phone number", Dropped: true}),
		`phone: country code +1 assumed`:                        noted(Note{Field: "phone", Column: "phone", Rule: "country code +1 assumed"}),
		`city: discarded by the API, left out`:                  noted(Note{Field: "city", Rule: "discarded by the API", Dropped: true}),
		`column "age": has the wrong type`:                      noted(Note{Column: "age", Rule: "has the wrong type", Warns: true}),
		`rejected, no_identifier: no value for email`:           rejection(Reject{Code: "no_identifier", Reason: "no value for email"}),
		`rejected, no_identifier: email (column "Mail"): no @`:  rejection(Reject{Code: "no_identifier", Field: "email", Column: "Mail", Reason: "no @"}),
	} {
		if got := k.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestLinesOfTrouble(t *testing.T) {
	for want, lines := range map[string][]int64{
		"line 5": {5}, "lines 2 and 4": {4, 2}, "lines 2, 4 and 7": {7, 4, 2}, "lines 1, 2 and 4, 5 in all": {7, 4, 2, 9, 1}, "2 times": {0, 0},
		"lines 5 and 1200": {5, 5, 1200, 1200}, "1 time": {0},
	} {
		var o occurrences
		for _, line := range lines {
			o.add(line)
		}
		if got := o.String(); got != want {
			t.Errorf("%v: %s, want %s", lines, got, want)
		}
	}
}

// TestTroubleIsToldOnceUnlessThereIsMore: what is complete when it is first told is not repeated at the end.
func TestTroubleIsToldOnceUnlessThereIsMore(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out)
	phone := noted(Note{Field: "phone", Rule: "not a phone number", Dropped: true})
	city := noted(Note{Field: "city", Rule: "is an object", Dropped: true})
	var all Account
	all.add(phone, 2, nil)
	all.add(city, 3, nil)
	all.Tell(log)
	all.Tell(log)
	all.add(phone, 4, nil)
	all.Tell(log)
	all.Sum(log)
	want := `{"level":"warn","message":"phone: not a phone number, left out: line 2"}
{"level":"warn","message":"city: is an object, left out: line 3"}
{"level":"warn","message":"phone: not a phone number, left out: lines 2 and 4"}
`
	if out.String() != want {
		t.Errorf("told\n%swant\n%s", out.String(), want)
	}
}

// TestTroubleIsBounded: columns and reasons without end cost neither memory nor log.
func TestTroubleIsBounded(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(&out)
	var all Account
	long := strings.Repeat("ä", 500)
	data := json.RawMessage(fmt.Sprintf(`{%q:1}`, long))
	for i := range int64(2000) {
		all.add(noted(Note{Field: long, Column: fmt.Sprint(i, long), Rule: long, Dropped: true}), i+1, nil)
		all.add(noted(Note{Field: "phone", Rule: fmt.Sprint("country code +", i, " assumed")}), i+1, nil)
		all.add(rejection(Reject{Code: "refused_by_api", Reason: fmt.Sprint(i, long)}), i+1, data)
		if i%100 == 0 {
			all.Tell(log)
		}
	}
	all.Sum(log)
	if len(all.kinds) > mostKinds || len(all.fresh) > mostKinds {
		t.Errorf("%d kinds are kept", len(all.kinds))
	}
	if n := strings.Count(out.String(), "\n"); n > 2*(mostTold+mostNoted)+3 || out.Len() > n*3000 {
		t.Errorf("%d lines with %d bytes are logged", n, out.Len())
	}
	if !strings.Contains(out.String(), "trouble of other kinds: 5,") {
		t.Errorf("the rest is not counted: %s", out.String()[max(0, out.Len()-200):])
	}
}

// TestAShapeHoldsNoPerson: of a rejected record the names of columns are told, unless they are data, and never a value.
func TestAShapeHoldsNoPerson(t *testing.T) {
	for data, want := range map[string]string{
		`{"email":null,"name":"Ada","n":1,"tags":[],"a":{},"b":true,"c":" "}`: "a: object, b: yes or no, c: empty, email: null, n: number, name: text, tags: list",
		`{}`:                                    "no column",
		`{"Ada":"Bob","ada@example.com":"bob"}`: "2 columns, some of them named like a person's data",
		`[]`:                                    "no JSON object",
		`{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1,"j":1,"k":1,"l":1,"m":1,"n":1}`: "a: number, b: number, c: number, d: number, e: number, f: number, " +
			"g: number, h: number, i: number, j: number, k: number, l: number, 2 more",
	} {
		if got := outline(json.RawMessage(data)); got != want {
			t.Errorf("%s: %s, want %s", data, got, want)
		}
	}
}
