package crm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const wideRecord = `{"email":"Ana@Example.com","mobile":"(202) 555-0123","first_name":"Ana","last_name":"Lopez","address":"1 Main St",
	"city":"Oslo","state":"CA","zip":94107,"country":"usa","company":"Example","dob":"3/4/1990","tags":["VIP","new"],"pincode":"x",
	"age":"1e3","balance":"$1,200.50","joined":"2024-05-06","colour":"red","colours":"red,o2","boxes":{"Red":"a"},"story":"a\r\nb"}`

// FuzzMap: mapping never panics, and mapping the canonical values again
// changes nothing.
func FuzzMap(f *testing.F) {
	f.Add([]byte(wideRecord))
	f.Add([]byte(`{"email":"<a@example.com>","name":"Lopez, Ana","a":{"b":[null,{"c":"\ud800"}]},"phone":1.2025550123e10,"file":{"a":{}}}`))
	f.Add([]byte(`{"phone":"011 44 20 7946 0123 ext 5","dnd":"off","timezone":"Etc/GMT+5","city":["a",["b"]],"colours":[null,"",1]}`))
	f.Add([]byte(" {\"\\u0065mail\" : \"a@example.com\" , \"story\":{\"x\":\"\xff\"}} "))
	f.Add([]byte(`{"email":"a@example.com","tags":"[\"x\",[1]]","colours":"[\"red\",\"[1]\"]","hue":"[1]","hues":"[\"a, b\",\"A, B\",2]"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if !json.Valid(data) {
			return
		}
		p := testPlan(t, func(o *PlanOptions) {
			o.MatchOn = []string{"id", "email", "phone", "custom_field:age"}
			o.Mappings = []Mapping{{From: "a.b.1", To: "website"}}
		})
		want, _, reject := p.Map(data, []string{"state"})
		if reject != nil {
			return
		}
		again := make(map[string]any, len(want.Values))
		for name, v := range want.Values {
			again[name] = v.Data
		}
		for _, k := range want.Keys {
			again[k.Field] = k.Value
		}
		encoded, err := json.Marshal(again)
		if err != nil {
			t.Fatal(err)
		}
		fixed, _, reject := testPlan(t, func(o *PlanOptions) {
			o.MatchOn = []string{"id", "email", "phone", "custom_field:age"}
		}).Map(encoded, nil)
		if reject != nil {
			t.Fatalf("%s: %v", encoded, reject)
		}
		// Where a column stands decides when its value is written, and the names are others now.
		if diff := cmp.Diff(want.Values, fixed.Values, cmpopts.IgnoreFields(Value{}, "When")); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want.Keys, fixed.Keys); diff != "" && len(want.Fallbacks) == 0 { // which identify under their own names
			t.Error(diff)
		}
		checkSettles(t, want, &Contact{Values: map[string]any{"city": "x", "country": nil, "email": nil}})
	})
}

// checkSettles: applying a diff leaves nothing to do.
func checkSettles(t *testing.T, want Desired, have *Contact) {
	t.Helper()
	table, d := testTable(), Defaults{Source: "s", Country: "US"}
	if again := Diff(table, want, d, Apply(have, Diff(table, want, d, have))); !again.Empty() {
		t.Errorf("still differs: %+v", again)
	}
	created := &Contact{Values: Initial(want, d), Tags: want.TagsFor(nil)}
	for name, v := range want.Values {
		if v.Data == nil {
			created.Values[name] = nil
		}
	}
	if c := Diff(table, want, d, created); !c.Empty() || len(c.Unknown) > 0 {
		t.Errorf("a fresh contact differs: %+v", c)
	}
}

// FuzzDiff: whatever the CRM told, applying the diff settles it, and what was
// read from the API equals itself.
func FuzzDiff(f *testing.F) {
	f.Add([]byte(`{"email":"a@example.com","city":"Oslo","boxes":{"o1":"a"}}`), []byte(`{"city":null,"country":"","cfBoxes":{"o1":"b","o2":"c"},"cfMany":["Red"]}`))
	f.Add([]byte(wideRecord), []byte(`{"phone":"2025550123","cfNum":12.0,"cfDate":654220800000,"dnd":"yes","email":["x"],"cfFile":[]}`))
	f.Fuzz(func(t *testing.T, record, answer []byte) {
		var told map[string]any
		if json.Valid(answer) {
			told, _ = decode(answer).(map[string]any)
		}
		table := testTable()
		have := &Contact{Values: map[string]any{}}
		itself := Desired{Values: map[string]Value{}}
		for _, field := range table.Fields() {
			v, ok := told[field.Name]
			if !ok {
				continue
			}
			canonical := field.Canonical(v)
			if diff := cmp.Diff(canonical, field.Canonical(canonical)); diff != "" {
				t.Errorf("%s: Canonical is not idempotent: %s", field.Name, diff)
			}
			have.Values[field.Name] = canonical
			itself.Values[field.Name] = Value{Data: canonical}
		}
		if c := Diff(table, itself, Defaults{}, have); !c.Empty() || len(c.Unknown) > 0 {
			t.Errorf("Diff(x, x) = %+v", c)
		}
		if !json.Valid(record) {
			return
		}
		want, _, err := testPlan(t, func(o *PlanOptions) { o.ClearNulls = true }).Map(record, nil)
		if err == nil {
			checkSettles(t, want, have)
		}
	})
}

func FuzzPhone(f *testing.F) {
	f.Add("(202) 555-0123 x5", "US")
	f.Add("+39 06 555 0123", "")
	f.Add("0044 20 7946 0123", "GB")
	f.Fuzz(func(t *testing.T, s, region string) {
		first := normalisePhone(s, region)
		if first.fault != "" {
			return
		}
		for _, r := range []string{region, "", "US", "DE"} {
			if again := normalisePhone(first.e164, r); again.e164 != first.e164 || again.assumed != 0 {
				t.Errorf("%q became %q in %q", first.e164, again.e164, r)
			}
		}
	})
}

func FuzzEmail(f *testing.F) {
	f.Add("Ana <mailto:Ana@Example.com>")
	f.Add("mailto:mailto:a@example.com")
	f.Fuzz(func(t *testing.T, s string) {
		first, _, ok := normaliseEmail(s)
		if !ok {
			return
		}
		if again, note, ok := normaliseEmail(first); !ok || again != first || note != "" {
			t.Errorf("%q became %q (%s)", first, again, note)
		}
	})
}

func FuzzDate(f *testing.F) {
	f.Add("12/31/1999")
	f.Add("1990-09-25T10:00:00Z")
	f.Add("-654220800")
	f.Fuzz(func(t *testing.T, s string) {
		for _, order := range []DateOrder{MDY, DMY, YMD} {
			first := dateReading{order: order, latest: "2026-01-01"}.read(s)
			if (first.date == "") != (first.fault != "") {
				t.Errorf("%q: %+v", s, first)
			}
			if again := (dateReading{}).read(first.date); first.date != "" && again != (day{date: first.date}) {
				t.Errorf("%q became %+v", first.date, again)
			}
		}
	})
}

func FuzzNumber(f *testing.F) {
	f.Add("-1,234.50e2")
	f.Fuzz(func(t *testing.T, s string) {
		for _, comma := range []bool{false, true} {
			first, ok := readNumber(s, comma)
			if !ok {
				return
			}
			if plain, ok := plainDecimal(first); !ok || plain != first {
				t.Errorf("%q is taken for plain, but becomes %q", first, plain)
			}
			if again, ok := readNumber(first, false); !ok || again != first || !json.Valid([]byte(first)) {
				t.Errorf("%q became %q", first, again)
			}
		}
	})
}

// FuzzList: entries of a list in any text are values, and a list of them as JSON
// is that list.
func FuzzList(f *testing.F) {
	for _, s := range []string{"a, b;c", "{a,\"b,c\"}", "['a', \"b'c\"]", "^a^,^b^", "[a], b", "a|b", "'x''y','z\\n'", "[[]", "\"", "''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		tagsOf := func(raw []byte) []string {
			want, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com","tags":`+string(raw)+`}`)
			return want.TagsFor(nil)
		}
		tags := tagsOf(quoted)
		for _, tag := range tags {
			if tag != tagOf(tag) || tag == "" {
				t.Errorf("%q is no tag", tag)
			}
		}
		again, err := json.Marshal(tags)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tags, tagsOf(again)); diff != "" {
			t.Errorf("%q: %s", s, diff)
		}
	})
}

// FuzzColumns: no name of a column, value or schema makes mapping panic or say
// something else in another order, and what is told of it is told without
// trouble.
func FuzzColumns(f *testing.F) {
	f.Add("email", []byte(`[{"value":"a@example.com","primary":true},{"type":"home"},7]`), []byte(`{"properties":{"email":{"type":["null","array"]}}}`), "email.*.value")
	f.Add("properties", []byte(`{"Email":"a@example.com","location":{"zip":1},"x":{"y":[]}}`), []byte(`{"properties":{"properties":{"properties":{"email":{},"city":null}}}}`), "properties.x.*.*")
	f.Add("answers", []byte(`[{"field":{"ref":"email"},"type":"email","email":"a@example.com"},{"key":"phone","value":{"label":["x"]}}]`), []byte(`[]`), "answers.0")
	f.Add("data_attributes_billing_address_city", []byte(`"{\"city\":[{\"name\":1}]}"`), []byte(`{"properties":7}`), "...")
	f.Add("_ab_cdc_deleted_at", []byte(`{}`), []byte(`{"properties":{"_ab_cdc_deleted_at":{"type":[[]]}}}`), "*")
	f.Add("2nd Phone / Fax \u00e9\u0301\xff", []byte(`"\ud800"`), []byte(`null`), "2nd Phone / Fax")
	f.Add("unsubscribed", []byte(`{"email":{"status":["active",{}]}}`), []byte(``), "unsubscribed.email")
	f.Fuzz(func(t *testing.T, name string, value, schema []byte, from string) {
		if !json.Valid(value) {
			return
		}
		key, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		members := []string{string(key) + ":" + string(value), `"profile":{` + string(key) + `:` + string(value) + `,"phone":"2025550101"}`, `"city":"Oslo"`, `"mobile":"2025550102"`}
		change := func(o *PlanOptions) {
			o.MatchOn, o.ClearNulls, o.Schema = []string{"id", "email", "phone", "custom_field:age"}, true, schema
			o.Columns, o.PrimaryKey, o.DeletedWhen = []string{name, "city"}, []string{name}, []string{from, name}
			o.Mappings = []Mapping{{From: from, To: "website", Values: []Translation{{"a", "b"}, {"*", ""}}}, {From: from, To: "tags", Negate: true}, {From: name + ".x"}}
		}
		if from == "" {
			return
		}
		p := testPlan(t, change)
		first, _, _ := p.Map([]byte("{"+strings.Join(members, ",")+"}"), []string{from})
		slices.Reverse(members)
		reversed := []byte("{" + strings.Join(members, ",") + "}")
		again, _, _ := p.Map(reversed, []string{from})
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("in another order: %s", diff)
		}
		_ = fmt.Sprint(p.Describe(), p.Unmatched(), p.Late(), p.Missing(), p.Unfed(), p.OptIns(), p.Lookalikes(), p.Fields())
	})
}
