package crm

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

func TestFingerprintFollowsEqual(t *testing.T) {
	table := testTable()
	tests := []struct {
		field string
		a, b  any
	}{
		{"email", "A@example.com", "a@Example.com "},
		{"email", "\u212Aurt@example.com", "kurt@example.com"},
		{"city", "Oslo", " Oslo"},
		{"city", "Oslo", "oslo"},
		{"gender", "Female", "female"},
		{"phone", "+1 (202) 555-0123", "+12025550123"},
		{"phone", "none", "nobody"},
		{"country", "us", "US"},
		{"cfNum", json.Number("1.50"), json.Number("1.5")},
		{"cfNum", json.Number("0.10000000000000000001"), json.Number("0.1")},
		{"cfNum", json.Number("0"), json.Number("-0")},
		{"cfNum", "NaN", "nan"},
		{"cfNum", "one", "two"},
		{"cfOne", "RED", "red"},
		{"cfMany", []string{"Red", "blue"}, []string{"Blue", "red", "RED"}},
		{"cfMany", []string{"Red"}, []string{"Red", "Blue"}},
		{"cfMany", []string{""}, []string{"", " "}},
		{"cfBoxes", map[string]string{"a": "1", "b": "2"}, map[string]string{"b": "2", "a": "1"}},
		{"cfBoxes", map[string]string{"a": "1", "b": "2"}, map[string]string{"b": "1", "a": "2"}},
		{"cfBoxes", map[string]string{"a": "1"}, map[string]any{"a": "1"}},
		{"cfFile", map[string]any{"a": []any{"1"}}, map[string]any{"a": []any{json.Number("1")}}},
		{"cfFile", map[string]any{"a": map[string]any{}}, map[string]any{"a": []any{}}},
		{"cfFile", map[string]any{"a": []any{"x", "y"}}, map[string]any{"a": []any{"y", "x"}}},
		{"cfFile", map[string]any{"a": nil}, map[string]any{"b": nil}},
		{"cfFile", map[string]any{"a": nil}, map[string]any{"a": ""}},
		{"dnd", true, false},
		{"dnd", false, nil},
		{"city", " ", nil},
		{"cfMany", []string{}, nil},
	}
	for _, test := range tests {
		checkPrints(t, table.Field(test.field), test.a, test.b)
	}
}

// printsOf are the fingerprints of fields.
func printsOf(marks map[string]Print) (p Prints) {
	for _, name := range slices.Sorted(maps.Keys(marks)) {
		p.Names, p.Marks = append(p.Names, name), append(p.Marks, marks[name])
	}
	return p
}

// checkPrints: prints are equal exactly if the values are, and 0 if empty.
func checkPrints(t *testing.T, f *Field, a, b any) {
	t.Helper()
	x, y := Fingerprint(f, a), Fingerprint(f, b)
	if equal := Equal(f, a, b); equal != (x == y) {
		t.Errorf("%s: %#v, %#v: equal is %v, but the prints are %x and %x", f.Name, a, b, equal, x, y)
	}
	if isEmpty(a) != (x == 0) || isEmpty(b) != (y == 0) {
		t.Errorf("%s: %#v, %#v: the prints are %x and %x", f.Name, a, b, x, y)
	}
}

func TestFoldCaseOfEveryLetter(t *testing.T) {
	for r := range rune(unicode.MaxRune) {
		for _, other := range []rune{unicode.SimpleFold(r), unicode.ToLower(r), unicode.ToUpper(r)} {
			a, b := string(r), string(other)
			if strings.EqualFold(a, b) != (foldCase(a) == foldCase(b)) {
				t.Errorf("%q and %q fold to %q and %q", a, b, foldCase(a), foldCase(b))
			}
		}
	}
}

func TestDiffByPrints(t *testing.T) {
	table := testTable()
	values := map[string]any{
		"email": "a@example.com", "phone": "+12025550199", "city": "Oslo", "state": nil, "website": "w", "postalCode": nil,
		"gender": "Female", "cfNum": json.Number("1.50"), "cfMany": []string{"red", "Blue"}, "cfBoxes": map[string]string{"o1": "a"},
		"cfText": "old", "address1": nil, "source": "theirs", "dnd": true,
	}
	prints := map[string]Print{}
	for name, v := range values {
		prints[name] = Fingerprint(table.Field(name), v)
	}
	have := &Contact{OtherPhones: []string{"+12025550123"}, Prints: printsOf(prints)}
	tests := map[string]struct {
		field string
		want  Value
		told  bool // whether the print tells that nothing differs
	}{
		"same":                       {"email", Value{Data: "A@example.com"}, true},
		"same without case":          {"gender", Value{Data: "female"}, true},
		"same number":                {"cfNum", Value{Data: json.Number("1.5")}, true},
		"same set":                   {"cfMany", Value{Data: []string{"Blue", "Red"}}, true},
		"same boxes":                 {"cfBoxes", Value{Data: map[string]string{"o1": "a"}}, true},
		"other boxes":                {"cfBoxes", Value{Data: map[string]string{"o2": "b"}}, false},
		"beside":                     {"phone", Value{Data: "+12025550123"}, true},
		"other":                      {"phone", Value{Data: "+12025550124"}, false},
		"if empty, held":             {"website", Value{Data: "other", When: IfEmpty}, true},
		"if empty, empty":            {"postalCode", Value{Data: "1", When: IfEmpty}, false},
		"if empty, nothing to write": {"postalCode", Value{When: IfEmpty}, true},
		"clear":                      {"cfText", Value{}, false},
		"clear what is empty":        {"address1", Value{}, true},
		"fill what is empty":         {"state", Value{Data: "CA"}, false},
		"lifted":                     {"dnd", Value{Data: false, Lifts: true}, false},
		"neither told nor printed":   {"companyName", Value{Data: "x", When: IfEmpty}, false},
		"parts are not known":        {"name", Value{Data: "Ana"}, false},
	}
	for name, test := range tests {
		got := Diff(table, Desired{Values: map[string]Value{test.field: test.want}}, Defaults{Source: "s", Country: "US"}, have)
		expect := Change{}
		if !test.told {
			expect.Unknown = []string{test.field}
		}
		if diff := cmp.Diff(expect, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestDiffNameOfPrintedParts(t *testing.T) {
	table := testTable()
	want := Desired{Values: map[string]Value{"name": {Data: "Ana Lopez"}}}
	have := &Contact{
		Values: map[string]any{"firstName": "Ana"},
		Prints: printsOf(map[string]Print{"lastName": Fingerprint(table.Field("lastName"), "Lopez")}),
	}
	if diff := cmp.Diff(Change{Unknown: []string{"name"}}, Diff(table, want, Defaults{}, have)); diff != "" {
		t.Error(diff)
	}
	have.Values["lastName"] = "Lopez"
	if diff := cmp.Diff(Change{}, Diff(table, want, Defaults{}, have)); diff != "" {
		t.Error(diff)
	}
}

func TestDiffDefaultCountryByPrint(t *testing.T) {
	table, d := testTable(), Defaults{Country: "US"}
	norway := Fingerprint(table.Field("country"), "NO")
	unknown := Change{Unknown: []string{"country"}}
	for name, test := range map[string]struct {
		want   map[string]Value
		prints map[string]Print
		expect Change
	}{
		"empty":            {nil, map[string]Print{"country": 0}, unknown},
		"held":             {nil, map[string]Print{"country": norway}, Change{}},
		"neither":          {nil, nil, Change{}},
		"cleared, empty":   {map[string]Value{"country": {}}, map[string]Print{"country": 0}, unknown},
		"cleared, held":    {map[string]Value{"country": {}}, map[string]Print{"country": norway}, Change{}},
		"wanted and equal": {map[string]Value{"country": {Data: "NO"}}, map[string]Print{"country": norway}, Change{}},
		"wanted, empty":    {map[string]Value{"country": {Data: "NO"}}, map[string]Print{"country": 0}, unknown},
	} {
		got := Diff(table, Desired{Values: test.want}, d, &Contact{Prints: printsOf(test.prints)})
		if diff := cmp.Diff(test.expect, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestApplyTakesPrintsAway(t *testing.T) {
	have := &Contact{Prints: printsOf(map[string]Print{"city": 1, "state": 2})}
	before := Prints{slices.Clone(have.Prints.Names), slices.Clone(have.Prints.Marks)}
	after := Apply(have, Change{Set: map[string]any{"city": "Oslo"}})
	if diff := cmp.Diff(printsOf(map[string]Print{"state": 2}), after.Prints); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, have.Prints); diff != "" {
		t.Error("Apply changed its argument: ", diff)
	}
}

// FuzzPrint: prints tell exactly what Equal tells, and a diff by prints agrees
// with one by values.
func FuzzPrint(f *testing.F) {
	f.Add(uint8(1), []byte(`"A@example.com"`), []byte(`"a@Example.com"`))
	f.Add(uint8(22), []byte(`1.50`), []byte(`"1.5"`))
	f.Add(uint8(26), []byte(`["red","x"]`), []byte(`"X, Red"`))
	f.Add(uint8(27), []byte(`{"o1":"a"}`), []byte(`{"o1":"a "}`))
	f.Add(uint8(28), []byte(`{"a":[1,{}]}`), []byte(`{"a":["1",[]]}`))
	f.Fuzz(func(t *testing.T, n uint8, first, second []byte) {
		if !json.Valid(first) || !json.Valid(second) {
			return
		}
		table := testTable()
		field := table.fields[int(n)%len(table.fields)]
		a, b := field.Canonical(decode(first)), field.Canonical(decode(second))
		checkPrints(t, field, a, b)
		if field.Name == fieldCountry {
			return
		}
		for _, when := range []When{Always, IfEmpty} {
			want := Desired{Values: map[string]Value{field.Name: {Data: a, When: when}}}
			byValue := Diff(table, want, Defaults{}, &Contact{Values: map[string]any{field.Name: b}})
			byPrint := Diff(table, want, Defaults{}, &Contact{Prints: printsOf(map[string]Print{field.Name: Fingerprint(field, b)})})
			if isConsent(field.Name) && !byPrint.Empty() && cmp.Equal(byPrint.Set, byValue.Set) {
				continue // who is known to be open is stopped without a look
			}
			settled := len(byPrint.Unknown) == 0
			// Boxes that are held besides the wanted ones are no difference, nor is a do-not-disturb in unknown words, but a print
			// cannot tell.
			agrees := settled == byValue.Empty() || !settled && (field.Type == TextboxList || isConsent(field.Name))
			if !agrees || !byPrint.Empty() {
				t.Errorf("%s: by value %+v, by print %+v", field.Name, byValue, byPrint)
			}
		}
	})
}
