package crm

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"destination-gohighlevel/connector/trouble"

	"github.com/google/go-cmp/cmp"
)

func TestMapWholeRecord(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Tags = []string{"Heropixel", " heropixel "}
		o.Mappings = []Mapping{{From: "address.city", To: "city", When: IfEmpty}, {From: "emails.0", To: "email"}}
	})
	want, notes := mapped(t, p, `{"emails":["Ana@Example.com"],"mobile":2025550123,"FIRST NAME":"Ana","last_name":"Lopez",
		"address":{"city":"Oslo"},"zip":2138,"country":"usa","dob":"3/4/1990","dnd":"no","tags":"VIP, heropixel,,New",
		"age":"1e3","balance":"$1,200.50","Joined On":"2024-05-06T10:00:00Z","colour":"red","Colours Liked":"o2, Red, red, pink",
		"boxes":{"Red":"a","o2":" b ","none":"c"},"file":{"u":{"size":1}},"gender":"FEMALE","timezone":"Mars","pincode":[1,"b",null],
		"story":"a\r\nb\u0000","_airbyte_raw_id":"x","id":"77","sign":"x"}`)
	values := map[string]Value{
		"email": {Data: "ana@example.com"}, "phone": {Data: "+12025550123"}, "firstName": {Data: "Ana"}, "lastName": {Data: "Lopez"},
		"city": {Data: "Oslo", When: IfEmpty}, "postalCode": {Data: "2138"}, "country": {Data: "US"}, "dateOfBirth": {Data: "1990-03-04"},
		"dnd": {Data: false}, "cfNum": {Data: json.Number("1000")}, "cfMoney": {Data: json.Number("1200.5")}, "cfDate": {Data: "2024-05-06"},
		"cfOne": {Data: "Red"}, "cfMany": {Data: []string{"Light Blue", "Red"}}, "cfBoxes": {Data: map[string]string{"o1": "a", "o2": "b"}},
		"cfFile": {Data: map[string]any{"u": map[string]any{"size": json.Number("1")}}}, "gender": {Data: "female"},
		"cfText": {Data: "1, b"}, "cfLong": {Data: "a\nb"},
	}
	if diff := cmp.Diff(values, want.Values); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"heropixel", "vip", "new"}, want.TagsFor(nil)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Key{{"email", "ana@example.com"}, {"phone", "+12025550123"}}, want.Keys); diff != "" {
		t.Error(diff)
	}
	for _, n := range []trouble.Note{
		{Field: "dateOfBirth", Column: "dob", Rule: ruleMonthFirst},
		{Field: "contact.colours", Column: "Colours Liked", Rule: ruleNotAnOption, Dropped: true}, {Field: "contact.boxes", Column: "boxes", Rule: ruleNotAnOption, Dropped: true},
		{Field: "timezone", Column: "timezone", Rule: ruleNotATimezone, Dropped: true}, {Field: "contact.story", Column: "story", Rule: ruleControl},
	} {
		if !hasNote(notes, n) {
			t.Errorf("no note %+v in %v", n, notes)
		}
	}
	if diff := cmp.Diff([]Hint{{Column: "sign", Why: "it cannot be written"}}, p.Late()); diff != "" {
		t.Error(diff)
	}
}

// TestAnAssumedCountryCodeIsNoted: what the record's own country completes is no assumption.
func TestAnAssumedCountryCodeIsNoted(t *testing.T) {
	for country, noted := range map[string]bool{`null`: true, `"US"`: false, `"Canada"`: false} {
		_, notes := mapped(t, testPlan(t, nil), `{"mobile":"202 555 0123","country":`+country+`}`)
		if hasNote(notes, trouble.Note{Field: "phone", Column: "mobile", Rule: "country code +1 assumed"}) != noted {
			t.Errorf("country %s: %v", country, notes)
		}
	}
}

func TestMapOneColumn(t *testing.T) {
	tests := []struct {
		record  string
		field   string
		want    any
		dropped string
	}{
		{`"city":{"a":1}`, "city", nil, ruleIsAnObject},
		{`"city":["a","b"]`, "city", "a, b", ""},
		{`"city":[["a"]]`, "city", nil, ruleIsAnObject},
		{`"city":"a\u0007b\tc"`, "city", "ab c", ""},
		{"\"city\":\"a\xffb\"", "city", "a\uFFFDb", ""},
		{`"city":"a\ud800b"`, "city", "a\uFFFDb", ""},
		{`"city":true`, "city", "true", ""},
		{`"city":"  "`, "city", nil, ""},
		{`"city":null`, "city", nil, ""},
		{`"pincode":{"a": [1]}`, "cfText", `{"a":[1]}`, ""},
		{`"zip":2138.0`, "postalCode", "2138", ""},
		{`"country":"Narnia"`, "country", nil, ruleNotACountry},
		{`"country":"n/a"`, "country", nil, ruleNoCountry},
		{`"age":"old"`, "cfNum", nil, ruleNotANumber},
		{`"age":true`, "cfNum", nil, ruleNotANumber},
		{`"age":12345678901234567890.5`, "cfNum", json.Number("12345678901234567890.5"), ""},
		{`"dob":654220800`, "dateOfBirth", "1990-09-25", ""},
		{`"dob":"2023-02-30"`, "dateOfBirth", nil, ruleNotADate},
		{`"dnd":"maybe"`, "dnd", nil, ruleUnclear},
		{`"dnd":1`, "dnd", true, ""},
		{`"colour":"green"`, "cfOne", nil, ruleNotAnOption},
		{`"colour":["o2"]`, "cfOne", "Light Blue", ""},
		{`"colours":["green"]`, "cfMany", nil, ruleNotAnOption},
		{`"colours":[]`, "cfMany", nil, ""},
		{`"colours":"[\"o2\", \"RED\", null]"`, "cfMany", []string{"Light Blue", "Red"}, ""},
		{`"colours":" [\n \"red\" ]\n"`, "cfMany", []string{"Red"}, ""},
		{`"colours":"[\"red\",\"green\"]"`, "cfMany", []string{"Red"}, ruleNotAnOption},
		{`"colours":"[]"`, "cfMany", nil, ""},
		{`"colours":"[red]"`, "cfMany", []string{"Red"}, ""},
		{`"hue":" deep Green "`, "cfOpenOne", "deep Green", ""},
		{`"hue":"O2"`, "cfOpenOne", "O2", ""},
		{`"hue":"o2"`, "cfOpenOne", "Light Blue", ""},
		{`"hue":"red"`, "cfOpenOne", "Red", ""},
		{`"hue":" "`, "cfOpenOne", nil, ""},
		{`"hue":{"a":1}`, "cfOpenOne", nil, ruleIsAnObject},
		{`"hues":"red, Green,o2,green"`, "cfOpenMany", []string{"Red", "Green", "Light Blue"}, ""},
		{`"hues":["deep, dark","RED",7,""]`, "cfOpenMany", []string{"deep, dark", "Red", "7"}, ""},
		{`"hues":"[\"deep, dark\",true]"`, "cfOpenMany", []string{"deep, dark", "true"}, ""},
		{`"gender":"F"`, "gender", "female", ""},
		{`"gender":" m "`, "gender", "male", ""},
		{`"gender":"MALE"`, "gender", "male", ""},
		{`"gender":"Female"`, "gender", "female", ""},
		{`"gender":"Non-Binary"`, "gender", "non-binary", ""},
		{`"gender":"fm"`, "gender", "fm", ""},
		{`"boxes":"a"`, "cfBoxes", nil, ruleNotAnObject},
		{`"file":"a"`, "cfFile", nil, ruleNotAnObject},
		{`"phone":["a","b"]`, "phone", nil, ruleNotAPhone},
		{`"country":["NO","SE"]`, "country", nil, ruleIsAList},
	}
	for _, test := range tests {
		want, notes := mapped(t, testPlan(t, nil), `{"email":"a@example.com",`+test.record+`}`)
		if got := want.Values[test.field].Data; !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %#v, want %#v", test.record, got, test.want)
		}
		dropped := ""
		for _, n := range notes {
			if n.Dropped {
				dropped = n.Rule
			}
		}
		if dropped != test.dropped {
			t.Errorf("%s: dropped by %q, want %q", test.record, dropped, test.dropped)
		}
	}
}

func TestMapPhoneUsesCountryOfRecord(t *testing.T) {
	want, _ := mapped(t, testPlan(t, nil), `{"phone":"020 7946 0123","country":"England"}`)
	if got := want.Values["phone"].Data; got != "+442079460123" {
		t.Errorf("phone = %v", got)
	}
}

// TestMapCountsGendersThatItSpellsOut: what is only written smaller is not counted.
func TestMapCountsGendersThatItSpellsOut(t *testing.T) {
	for gender, counted := range map[string]bool{"f": true, "M": true, "Female": false, "male": false, "x": false} {
		_, notes := mapped(t, testPlan(t, nil), `{"email":"a@example.com","sex":"`+gender+`"}`)
		if hasNote(notes, trouble.Note{Field: "gender", Rule: ruleLetter}) != counted || len(notes) > 1 {
			t.Errorf("%s: notes %v", gender, notes)
		}
	}
}

func TestMapNames(t *testing.T) {
	tests := []struct {
		record      string
		first, last any
		unknown     string
	}{
		{`"name":"Ana Maria Lopez"`, "Ana Maria", "Lopez", ""},
		{`"name":"Ana"`, "Ana", nil, ""},
		{`"name":"Ana Maria Lopez","first_name":"Ana"`, "Ana", "Maria Lopez", ""},
		{`"name":"Ana de la Cruz","last_name":"de la Cruz"`, "Ana", "de la Cruz", ""},
		{`"name":"X Y","first_name":"Ana","last_name":"Lopez"`, "Ana", "Lopez", ""},
		{`"first_name":"Ana"`, "Ana", nil, ""},
		{`"name":"Ana Lopez","first_name":null`, "Ana", "Lopez", "last_name"},
	}
	for _, test := range tests {
		want, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com",`+test.record+`}`)
		if _, kept := want.Values["name"]; kept {
			t.Errorf("%s: name is kept", test.record)
		}
		if f, l := want.Values["firstName"].Data, want.Values["lastName"].Data; f != test.first || l != test.last {
			t.Errorf("%s: %v, %v; want %v, %v", test.record, f, l, test.first, test.last)
		}
	}
	want, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com","name":"Ana Lopez","last_name":null}`, "last_name")
	if _, set := want.Values["lastName"]; set || want.Values["firstName"].Data != "Ana" {
		t.Errorf("a lost last name was filled: %v", want.Values)
	}
}

func TestMapAbsentNullUnknown(t *testing.T) {
	record := `{"email":"a@example.com","city":null,"state":" ","phone":null,"address1":{"x":"y"}}`
	want, _ := mapped(t, testPlan(t, nil), record)
	if len(want.Values) != 1 {
		t.Errorf("nulls ignored: %v", want.Values)
	}
	clearing := testPlan(t, func(o *PlanOptions) { o.ClearNulls = true })
	want, _ = mapped(t, clearing, record)
	expect := map[string]Value{"email": {Data: "a@example.com"}, "city": {}, "state": {}, "phone": {}}
	if diff := cmp.Diff(expect, want.Values); diff != "" {
		t.Error(diff)
	}
	want, _ = mapped(t, clearing, record, "city", "state.part", "phone")
	if diff := cmp.Diff(map[string]Value{"email": {Data: "a@example.com"}}, want.Values); diff != "" {
		t.Error(diff)
	}
	if _, _, err := clearing.Map([]byte(`{"email":null}`), nil); err == nil {
		t.Error("a null identifier cleared the only key")
	}
}

func TestMapRejects(t *testing.T) {
	tests := []struct {
		record string
		want   trouble.Reject
	}{
		{`[]`, trouble.Reject{Code: trouble.InvalidRecord, Reason: "not a JSON object"}},
		{``, trouble.Reject{Code: trouble.InvalidRecord, Reason: "not a JSON object"}},
		{` "a"`, trouble.Reject{Code: trouble.InvalidRecord, Reason: "not a JSON object"}},
		{`null`, trouble.Reject{Code: trouble.InvalidRecord, Reason: "not a JSON object"}},
		{`{"city":"Oslo"}`, trouble.Reject{Code: trouble.NoIdentifier, Reason: "no value for email or phone"}},
		{`{"phone":"secret"}`, trouble.Reject{Code: trouble.NoIdentifier, Field: "phone", Column: "phone", Reason: ruleNotAPhone}},
	}
	for _, test := range tests {
		_, _, reject := testPlan(t, nil).Map([]byte(test.record), nil)
		if reject == nil || *reject != test.want {
			t.Errorf("%s: %v, want %v", test.record, reject, &test.want)
		}
		if reject != nil && strings.Contains(reject.Error(), "secret") {
			t.Errorf("the error holds the value: %v", reject)
		}
	}
}

func TestMapContactID(t *testing.T) {
	want, _ := mapped(t, testPlan(t, nil), `{"id":"c00000000000000000a1","email":"a@example.com"}`)
	if diff := cmp.Diff([]Key{{"email", "a@example.com"}}, want.Keys); diff != "" {
		t.Error(diff)
	}
	byID := testPlan(t, func(o *PlanOptions) {
		o.MatchOn = []string{"email", "id", "custom_field:pincode"}
		o.Columns = []string{"contact_id", "email", "pincode"}
		o.PrimaryKey = []string{"contact_id"}
	})
	if diff := cmp.Diff([]string{"id", "email", "cfText"}, byID.MatchOn()); diff != "" {
		t.Error(diff)
	}
	want, _ = mapped(t, byID, `{"contact_id":"c00000000000000000a1","pincode":7,"_ab_cdc_deleted_at":"2024-01-01T00:00:00Z"}`)
	if diff := cmp.Diff([]Key{{"id", "c00000000000000000a1"}, {"cfText", "7"}}, want.Keys); diff != "" {
		t.Error(diff)
	}
	if !want.Deleted {
		t.Error("not deleted")
	}
	if _, written := want.Values["id"]; written {
		t.Error("the id is a value")
	}
}

func TestMapUndeclaredColumns(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.Columns = []string{"email", "mobile"} })
	want, _ := mapped(t, p, `{"email":"a@example.com","phone":"+12025550199","town":"Oslo","citty":"x"}`)
	if diff := cmp.Diff(map[string]Value{"email": {Data: "a@example.com"}, "phone": {Data: "+12025550199"}, "city": {Data: "Oslo"}}, want.Values); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Hint{{Column: "citty", Nearest: "city"}}, p.Late()); diff != "" {
		t.Error(diff)
	}
	for i := range 3000 {
		mapped(t, p, fmt.Sprintf(`{"email":"a@example.com","zzq%d":1}`, i))
	}
	if len(p.Late()) != mostHints || len(p.top.members) > mostLearnt+2 {
		t.Errorf("%d hints, %d columns remembered", len(p.Late()), len(p.top.members))
	}
}

func TestMapPathsAndDottedColumns(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Mappings = []Mapping{{From: "a.b.c", To: "city"}, {From: "list.1.x", To: "state"}}
		o.ClearNulls = true
	})
	for record, city := range map[string]any{
		`"a":{"b":{"c":"deep"}}`:                "deep",
		`"a":{"b.c":"rest"}`:                    "rest",
		`"a":{"b":{"c":"deep"}},"a.b.c":"flat"`: "flat",
		`"a.b.c":"flat","a":{"b":{"c":"deep"}}`: "flat",
		`"a":"scalar"`:                          nil,
	} {
		want, _ := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
		if got := want.Values["city"].Data; got != city {
			t.Errorf("%s: %v, want %v", record, got, city)
		}
	}
	want, _ := mapped(t, p, `{"email":"a@example.com","a":null,"list":[0,{"x":"y"}]}`)
	if diff := cmp.Diff(map[string]Value{"email": {Data: "a@example.com"}, "city": {}, "state": {Data: "y"}}, want.Values); diff != "" {
		t.Error(diff)
	}
}

// TestMapLabelThatIsAList: an option that reads like a list is meant as it is.
func TestMapLabelThatIsAList(t *testing.T) {
	table := Contacts.Table(CustomField("f", "contact.f", "F", "CHECKBOX", []Option{{Label: "[1,2]"}, {Label: "1"}}))
	p, err := Compile(table, PlanOptions{MatchOn: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	for record, label := range map[string]string{`"[1,2]"`: "[1,2]", `"[1]"`: "1"} {
		want, _ := mapped(t, p, `{"email":"a@example.com","f":`+record+`}`)
		if diff := cmp.Diff([]string{label}, want.Values["f"].Data); diff != "" {
			t.Errorf("%s: %s", record, diff)
		}
	}
}
