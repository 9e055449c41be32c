package ghl

import (
	"encoding/json"
	"maps"
	"testing"
)

// TestBodiesAreAsEncodingJSONWritesThem: for every kind of value that a body can hold.
func TestBodiesAreAsEncodingJSONWritesThem(t *testing.T) {
	texts := []string{"", "Ana", `a "b" \ </script> & c`, "caf\u00e9 \u2028 \x01\n", "broken \xff"}
	values := []any{nil, true, 7, int64(-3), 2.5, json.Number("10.50"), []string(nil), []string{}, texts, []any{1, "a"}, map[string]any(nil), map[string]any{},
		map[string]string{"b": "x"}, map[string]any{"SMS": map[string]any{"status": "active"}}, ContactBody{"z": 1, "a": nil}, Eq("email", "a@example.com"), json.RawMessage(`[1, "a"]`)}
	all := map[string]any{}
	for i, s := range texts {
		values = append(values, s)
		all[s] = i
	}
	for _, v := range append(values, all) {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := appendJSON([]byte("before"), v); string(got) != "before"+string(want) || err != nil {
			t.Errorf("%#v is sent as %s, %v, want %s", v, got, err, want)
		}
	}
	if _, err := appendJSON(nil, map[string]any{"a": []string{"b"}, "c": func() {}}); err == nil {
		t.Error("a function is no value")
	}
}

func TestFieldBody(t *testing.T) {
	for want, f := range map[string]FieldBody{
		`{"id":"f1","field_value":["a","b"]}`: {ID: "f1", Value: []string{"a", "b"}},
		`{"id":"f1","value":null}`:            {ID: "f1", AsValue: true},
	} {
		body := ContactBody{"customFields": []FieldBody{f}}
		plain, err := json.Marshal(body)
		if got, err := appendJSON(nil, body); string(got) != `{"customFields":[`+want+`]}` || string(plain) != string(got) || err != nil {
			t.Errorf("%s, %v", got, err)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

func TestLocated(t *testing.T) {
	for _, body := range []ContactBody{nil, {}, {"email": "a@example.com", "tags": []string{"x"}}, {"locationId": "other"}} {
		with := maps.Clone(body)
		if with == nil {
			with = ContactBody{}
		}
		with["locationId"] = "loc1"
		want, _ := json.Marshal(with)
		if got, err := appendJSON(nil, located{body, "loc1"}); string(got) != string(want) || err != nil {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
