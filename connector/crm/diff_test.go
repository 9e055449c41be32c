package crm

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWhatIsCanonicalTakesNoMemory(t *testing.T) {
	table := testTable()
	for name, v := range map[string]any{"email": "ana@example.com", "phone": "+12025550123", "firstName": "Ana", "country": "US", "dateOfBirth": "1990-02-03"} {
		f := table.Field(name)
		if n := testing.AllocsPerRun(100, func() { f.Canonical(v) }); n > 0 && name != "country" {
			t.Errorf("%s: %v pieces of memory", name, n)
		}
		if got := f.Canonical(v); got != v {
			t.Errorf("%s: %v is %v", name, v, got)
		}
	}
}

func TestCanonical(t *testing.T) {
	table := testTable()
	tests := []struct {
		field    string
		in, want any
	}{
		{"email", " Ana@Example.com ", "ana@example.com"},
		{"email", "", nil},
		{"phone", "+1 202-555-0123", "+12025550123"},
		{"phone", "2025550123", "2025550123"},
		{"country", "us", "US"},
		{"dateOfBirth", "1990-09-25T00:00:00.000Z", "1990-09-25"},
		{"cfDate", json.Number("654220800000"), "1990-09-25"},
		{"cfDate", json.Number("86400000"), "1970-01-02"},
		{"cfDate", "unreadable", "unreadable"},
		{"cfNum", json.Number("100.0"), json.Number("100")},
		{"cfNum", 1e3, json.Number("1000")},
		{"cfNum", "12", json.Number("12")},
		{"dnd", "true", true},
		{"cfOne", "RED", "Red"},
		{"cfMany", []any{"red", "Gone"}, []string{"Red", "Gone"}},
		{"cfMany", "Red, o2", []string{"Red", "Light Blue"}},
		{"cfMany", []any{}, nil},
		{"cfOpenOne", " Deep Green ", "Deep Green"},
		{"cfOpenMany", []any{"red", "deep, dark"}, []string{"Red", "deep, dark"}},
		{"cfOpenMany", "Green, o2", []string{"Green", "Light Blue"}},
		{"cfBoxes", map[string]any{"o1": "a", "o2": ""}, map[string]string{"o1": "a"}},
		{"cfText", json.Number("5"), "5"},
		{"cfText", []any{"a", "b"}, "a, b"},
		{"tags", []any{"VIP", "vip"}, []string{"vip"}},
		{"city", nil, nil},
	}
	for _, test := range tests {
		f := table.Field(test.field)
		got := f.Canonical(test.in)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %v: %s", test.field, test.in, diff)
		}
		if diff := cmp.Diff(got, f.Canonical(got)); diff != "" {
			t.Errorf("%s %v: not idempotent: %s", test.field, test.in, diff)
		}
	}
}

func TestEqual(t *testing.T) {
	table := testTable()
	tests := []struct {
		field string
		a, b  any
		want  bool
	}{
		{"email", "A@example.com", "a@example.com", true},
		{"phone", "+1 202 555 0123", "+12025550123", true},
		{"phone", "+12025550124", "+12025550123", false},
		{"city", "Oslo ", "Oslo", true},
		{"city", "oslo", "Oslo", false},
		{"city", nil, "", true},
		{"city", nil, "x", false},
		{"gender", "Female", "female", true},
		{"cfNum", json.Number("1.50"), json.Number("1.5"), true},
		{"cfNum", json.Number("1"), json.Number("2"), false},
		{"cfNum", json.Number("1"), "one", false},
		{"cfMany", []string{"Red", "Blue"}, []string{"blue", "red"}, true},
		{"cfMany", []string{"Red"}, []string{"Blue", "Red"}, false},
		{"cfBoxes", map[string]string{"a": "1"}, map[string]string{"a": "1"}, true},
		{"cfBoxes", map[string]string{"a": "1"}, map[string]string{"a": "2"}, false},
		{"dnd", false, nil, false},
		{"dnd", true, true, true},
	}
	for _, test := range tests {
		f := table.Field(test.field)
		if Equal(f, test.a, test.b) != test.want || Equal(f, test.b, test.a) != test.want {
			t.Errorf("Equal(%s, %v, %v) is not %v both ways", test.field, test.a, test.b, test.want)
		}
	}
}

func TestDiff(t *testing.T) {
	table := testTable()
	want := Desired{
		Values: map[string]Value{
			"email": {Data: "a@example.com"}, "phone": {Data: "+12025550123"}, "city": {Data: "Oslo"}, "state": {Data: nil},
			"website": {Data: "w", When: IfEmpty}, "postalCode": {Data: "1", When: IfEmpty}, "gender": {Data: "female"},
			"cfBoxes": {Data: map[string]string{"o1": "new"}}, "name": {Data: "Ana Lopez"}, "address1": {Data: nil},
		},
		Tags: []string{"vip", "new"},
	}
	have := &Contact{
		Values: map[string]any{
			"email": "A@Example.com", "phone": "+12025550199", "city": "Bergen", "state": "X", "website": "old", "postalCode": nil,
			"country": nil, "source": nil, "cfBoxes": map[string]string{"o1": "old", "o2": "kept"},
			"firstName": "Ana", "lastName": "Lopez", "address1": nil,
		},
		Tags:        []string{"VIP", "other"},
		OtherPhones: []string{"+12025550123"},
	}
	d := Defaults{Source: "s", Country: "US"}
	got := Diff(table, want, d, have)
	expect := Change{
		Set: map[string]any{
			"city": "Oslo", "state": nil, "postalCode": "1", "country": "US",
			"cfBoxes": map[string]string{"o1": "new", "o2": "kept"},
		},
		AddTags: []string{"new"},
		Unknown: []string{"gender"},
	}
	if diff := cmp.Diff(expect, got); diff != "" {
		t.Error(diff)
	}
	after := Apply(have, got)
	if again := Diff(table, want, d, after); !again.Empty() {
		t.Errorf("after applying it still differs: %+v", again)
	}
	if have.Values["city"] != "Bergen" || len(have.Tags) != 2 {
		t.Error("Apply changed its argument")
	}
}

func TestDiffDefaults(t *testing.T) {
	table, d := testTable(), Defaults{Source: "s", Country: "US"}
	have := &Contact{Values: map[string]any{"country": "NO", "source": nil}}
	if c := Diff(table, Desired{}, d, have); !c.Empty() {
		t.Errorf("a default overwrites: %+v", c)
	}
	clearing := Desired{Values: map[string]Value{"country": {}}}
	if c := Diff(table, clearing, d, have); !c.Empty() {
		t.Errorf("clears a country that the default fills again: %+v", c)
	}
	if c := Diff(table, clearing, Defaults{}, have); !cmp.Equal(c.Set, map[string]any{"country": nil}) {
		t.Errorf("does not clear: %+v", c)
	}
	if c := Diff(table, clearing, d, nil); !c.Empty() {
		t.Errorf("nothing told, something set: %+v", c)
	}
}

func TestInitial(t *testing.T) {
	want := Desired{Values: map[string]Value{"city": {Data: "Oslo", When: IfEmpty}, "state": {}, "source": {Data: "mine"}, "dnd": {Data: false}}}
	got := Initial(want, Defaults{Source: "s", Country: "US"})
	if diff := cmp.Diff(map[string]any{"city": "Oslo", "source": "mine", "country": "US"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestMerge(t *testing.T) {
	older := Desired{
		Values: map[string]Value{
			"a": {Data: "old"}, "b": {Data: "old"}, "c": {Data: "old"}, "d": {}, "e": {Data: "old", When: IfEmpty},
		},
		Tags: []string{"x", "y"}, Keys: []Key{{"id", "1"}, {"phone", "p1"}},
	}
	newer := Desired{
		Values: map[string]Value{
			"b": {Data: "new"}, "c": {Data: "new", When: IfEmpty}, "d": {Data: "new", When: IfEmpty}, "e": {}, "f": {Data: "new", When: IfEmpty},
		},
		Tags: []string{"y", "z"}, Keys: []Key{{"id", "1"}, {"email", "e1"}, {"phone", "p2"}},
	}
	expect := Desired{
		Values: map[string]Value{
			"a": {Data: "old"}, "b": {Data: "new"}, "c": {Data: "old"}, "d": {Data: "new"}, "e": {}, "f": {Data: "new", When: IfEmpty},
		},
		Tags: []string{"x", "y", "z"}, Keys: []Key{{"id", "1"}, {"email", "e1"}, {"phone", "p2"}, {"phone", "p1"}},
	}
	if diff := cmp.Diff(expect, Merge(older, newer)); diff != "" {
		t.Error(diff)
	}
	if len(older.Values) != 5 || older.Values["b"].Data != "old" {
		t.Error("Merge changed its argument")
	}
	deleted := older
	deleted.Deleted = true
	if diff := cmp.Diff(newer, Merge(deleted, newer)); diff != "" {
		t.Errorf("of what was deleted something is left: %s", diff)
	}
	if !Merge(newer, deleted).Deleted {
		t.Error("a delete does not count")
	}
	if diff := cmp.Diff(older, Merge(Desired{}, older)); diff != "" {
		t.Error(diff)
	}
}
