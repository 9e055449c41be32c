package crm

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mappingPlan(t *testing.T, columns string, mappings ...Mapping) *Plan {
	t.Helper()
	return testPlan(t, func(o *PlanOptions) {
		o.Mappings = mappings
		o.Notation.NullWords = []string{"N/A", "None"}
		if columns != "" {
			o.Columns = strings.Split(columns, ",")
		}
	})
}

// TestMappingsInOrder: several entries with one field are tried in order, then
// what the names say.
func TestMappingsInOrder(t *testing.T) {
	p := mappingPlan(t, "", Mapping{From: "work", To: "email"}, Mapping{From: "private", To: "email"}, Mapping{Value: text("Reno"), To: "city"},
		Mapping{From: "kind", To: "state", When: IfEmpty}, Mapping{From: "a.b", To: "website"})
	for record, want := range map[string]string{
		`{"private":"b@example.com","work":"a@example.com","email":"c@example.com"}`: `{"email":"a@example.com","city":"Reno"}`,
		`{"private":"b@example.com","work":"","email":"c@example.com"}`:              `{"email":"b@example.com","city":"Reno"}`,
		`{"private":"bad","email":"c@example.com","city":"Oslo"}`:                    `{"email":"c@example.com","city":"Reno"}`,
		`{"work":"a@example.com","kind":"x","state":"y"}`:                            `{"email":"a@example.com","city":"Reno","if_empty state":"x"}`,
		`{"work":"a@example.com","kind":null,"state":"y"}`:                           `{"email":"a@example.com","city":"Reno","state":"y"}`,
		`{"work":"a@example.com","a":{"b":"x"},"web":"y"}`:                           `{"email":"a@example.com","city":"Reno","website":"x"}`,
	} {
		expectValues(t, p, record, want)
	}
}

// TestAMappedColumnIsFoundInAnySpelling.
func TestAMappedColumnIsFoundInAnySpelling(t *testing.T) {
	for _, c := range []struct{ columns, from, record string }{
		{"", "Work City", `"work_city":"Oslo"`},
		{"", "work_city", `"Work City":"Oslo"`},
		{"Work City", "Work City", `"work_city":"Oslo"`},
		{"Work City", "work_city", `"work_city":"Oslo"`},
		{"Work City", "work_city", `"Work City":"Oslo"`},
		{"Größe/Ort", "Größe/Ort", `"gr__e_ort":"Oslo"`},
		{"work_city,Work City", "Work City", `"work_city":"no","Work City":"Oslo"`},
		{"Where Is", "Where Is.work_city", `"where_is":{"Work City":"Oslo"}`},
		{"Where.Is", "Where.Is.city", `"Where.Is":{"city":"Oslo"}`},
		{"", "where.0.city", `"where":[{"city":"Oslo"},{"city":"no"}]`},
		{"", "where.*.city", `"where":[{"x":1},null,{"city":null},{"city":" "},{"city":"Oslo"},{"city":"no"}]`},
		{"where", "where.*.city", `"where":[{"x":1},{"city":"Oslo"}]`},
		{"Where Is", "where_is.*.city", `"where_is":[{"x":1},{"city":"Oslo"}]`},
		{"where", "where.*", `"where":[null,"","Oslo","no"]`},
		{"where", "where.1", `"where":"[\"no\",\"Oslo\"]"`},
		{"where", "where.city", `"where":"{\"city\":\"Oslo\"}"`},
		{"where", "where.1", `"where":["no","Oslo"]`},
		{"", "where.*.at.*.city", `"where":[{"at":[]},{"at":[{"city":"Oslo"}]}]`},
		{"", "where.city", `"where":{"City":"no","city":"Oslo"}`},
	} {
		expectValues(t, mappingPlan(t, c.columns, Mapping{From: c.from, To: "city"}), `{"email":"a@example.com",`+c.record+`}`, `{"email":"a@example.com","city":"Oslo"}`)
	}
	expectValues(t, mappingPlan(t, "", Mapping{From: "where.*.city", To: "city"}), `{"email":"a@example.com","where":{"city":"x"}}`, `{"email":"a@example.com"}`)
}

// TestAColumnIsSwitchedOff, not the others of its field.
func TestAColumnIsSwitchedOff(t *testing.T) {
	for _, c := range []struct{ from, record, want string }{
		{"website", `"website":"x","city":"Elko"`, `"city":"Elko"`},
		{"website", `"website":"x","web":"y"`, `"website":"y"`},
		{"Web Site", `"web_site":"x"`, ``},
		{"phone", `"phone":"2025550101","mobile":"2025550102"`, `"phone":"+12025550102"`},
		{"billing.city", `"billing":{"city":"x","zip":"1"}`, `"postalCode":"1"`},
		{"billing", `"billing":{"city":"x","zip":"1"}`, ``},
		{"unsubscribed", `"unsubscribed":true`, ``},
		{"tags", `"tags":"x","labels":[]`, ``},
	} {
		want := strings.TrimSuffix(`{"email":"a@example.com",`+c.want, ",") + `}`
		p := mappingPlan(t, "", Mapping{From: c.from})
		expectValues(t, p, `{"email":"a@example.com",`+c.record+`}`, want)
		if late := p.Late(); len(late) > 0 {
			t.Errorf("%s: %v", c.from, late)
		}
	}
	both := mappingPlan(t, "", Mapping{From: "website"}, Mapping{From: "website", To: "pincode"})
	expectValues(t, both, `{"email":"a@example.com","website":"x"}`, `{"email":"a@example.com","cfText":"x"}`)
}

// TestTranslations: values are compared as text in any case; all others, but not
// null, are "*".
func TestTranslations(t *testing.T) {
	gold := []Translation{{"Gold", "plan-gold"}, {"2", "plan-two"}, {"true", "plan-true"}, {"None", "plan-none"}}
	others := append(slices.Clone(gold), Translation{"*", "plan-other"})
	nothing := append(slices.Clone(gold), Translation{"*", ""})
	for _, c := range []struct {
		values []Translation
		record string
		tags   []string
		said   bool
	}{
		{gold, `"Gold"`, []string{"plan-gold"}, true},
		{gold, `" GOLD "`, []string{"plan-gold"}, true},
		{gold, `2`, []string{"plan-two"}, true},
		{gold, `2.0`, []string{"plan-two"}, true},
		{gold, `true`, []string{"plan-true"}, true},
		{gold, `"silver"`, []string{"silver"}, true},
		{gold, `false`, nil, false},
		{gold, `["gold","silver",2]`, []string{"plan-gold", "silver", "plan-two"}, true},
		{gold, `"None"`, []string{"plan-none"}, true},
		{others, `"silver"`, []string{"plan-other"}, true},
		{others, `false`, []string{"plan-other"}, true},
		{others, `null`, nil, false},
		{others, `" "`, nil, false},
		{others, `"N/A"`, nil, false},
		{nothing, `"silver"`, nil, true},
		{nothing, `["silver","gold"]`, []string{"plan-gold"}, true},
		{nothing, `null`, nil, false},
	} {
		got, _ := mapped(t, mappingPlan(t, "", Mapping{From: "plan", To: "tags", Values: c.values}), `{"email":"a@example.com","plan":`+c.record+`}`)
		if diff := cmp.Diff(c.tags, got.Tags); diff != "" || got.TagsSaid != c.said {
			t.Errorf("%s: said %t, %s", c.record, got.TagsSaid, diff)
		}
	}
	p := mappingPlan(t, "", Mapping{From: "x", To: "city", Values: []Translation{{"1", "Oslo"}, {"2", ""}}}, Mapping{From: "y", To: "city"})
	expectValues(t, p, `{"email":"a@example.com","x":1,"y":"Rome"}`, `{"email":"a@example.com","city":"Oslo"}`)
	expectValues(t, p, `{"email":"a@example.com","x":2,"y":"Rome"}`, `{"email":"a@example.com","city":"Rome"}`)
	expectValues(t, p, `{"email":"a@example.com","x":3,"y":"Rome"}`, `{"email":"a@example.com","city":"3"}`)
}

// TestTagsAreUnited over columns, entries and constants.
func TestTagsAreUnited(t *testing.T) {
	p := mappingPlan(t, "", Mapping{From: "plan", To: "tags"}, Mapping{From: "level", To: "tags"}, Mapping{Value: text("Fixed"), To: "tags"})
	got, _ := mapped(t, p, `{"email":"a@example.com","level":"two","tags":["own"],"plan":"one"}`)
	if diff := cmp.Diff([]string{"one", "two", "fixed", "own"}, got.Tags); diff != "" || !got.TagsSaid {
		t.Error(diff)
	}
	if got, _ := mapped(t, p, `{"email":"a@example.com"}`); got.TagsSaid || !slices.Equal(got.Tags, []string{"fixed"}) {
		t.Errorf("a constant is nothing that the record said: %v", got.Tags)
	}
}

// TestNegate turns true and false round for any field that takes them.
func TestNegate(t *testing.T) {
	for record, want := range map[string]any{
		`true`: false, `"yes"`: false, `0`: true, `"no"`: true, `null`: nil, `""`: nil, `"N/A"`: nil, `"maybe"`: nil,
	} {
		got, notes := mapped(t, mappingPlan(t, "", Mapping{From: "ok", To: "pincode", Negate: true}), `{"email":"a@example.com","ok":`+record+`}`)
		text := map[any]any{true: "true", false: "false", nil: nil}[want]
		if got.Values["cfText"].Data != text || len(notes) > 0 != (record == `"maybe"`) {
			t.Errorf("%s: %v, notes %v", record, got.Values["cfText"].Data, notes)
		}
		got, _ = mapped(t, mappingPlan(t, "", Mapping{From: "ok", To: "dnd", Negate: true}), `{"email":"a@example.com","ok":`+record+`}`)
		if got.Values["dnd"].Data != want || (got.UnclearConsent != nil) != (record == `"maybe"`) {
			t.Errorf("do not disturb by %s: %v", record, got.Values["dnd"])
		}
	}
	p := mappingPlan(t, "", Mapping{From: "ok", To: "tags", Negate: true, Values: []Translation{{"true", "not ok"}, {"false", ""}}})
	if got, _ := mapped(t, p, `{"email":"a@example.com","ok":false}`); !slices.Equal(got.Tags, []string{"not ok"}) {
		t.Errorf("tags %v", got.Tags)
	}
	p = mappingPlan(t, "", Mapping{From: "ok", To: "tags", Negate: true})
	if got, notes := mapped(t, p, `{"email":"a@example.com","ok":false}`); len(got.Tags) > 0 || len(notes) != 1 {
		t.Errorf("a boolean became a tag: %v", got.Tags)
	}
}

// TestConsentCountsBesideMappings: whatever else a column feeds, a stop in it
// counts; mapped to dnd it means all channels.
func TestConsentCountsBesideMappings(t *testing.T) {
	const email = "dndSettings.Email"
	for _, c := range []struct {
		mappings []Mapping
		record   string
		want     map[string]any
	}{
		{nil, `"unsubscribed":true,"sms_opt_out":"yes"`, map[string]any{email: "active", "dndSettings.SMS": "active"}},
		{nil, `"unsubscribed":true,"email_opt_out":false`, map[string]any{email: "active"}},
		{nil, `"properties":{"email":"x@example.com","hs_email_optout":true}`, map[string]any{email: "active"}},
		{nil, `"properties_email":"x@example.com","properties_hs_email_optout":"true"`, map[string]any{email: "active"}},
		{nil, `"properties":{"unsubscribed":true}`, map[string]any{}},
		{nil, `"meta":[{"key":"do_not_contact","value":true}]`, map[string]any{"dnd": true}},
		{nil, `"dndSettings":{"SMS":{"status":"active"}}`, map[string]any{"dndSettings.SMS": "active"}},
		{nil, `"status":"unsubscribed"`, map[string]any{email: "active"}},
		{[]Mapping{{From: "unsubscribed", To: "dnd"}}, `"unsubscribed":true`, map[string]any{"dnd": true}},
		{[]Mapping{{From: "unsubscribed", To: "pincode"}}, `"unsubscribed":true`, map[string]any{email: "active", "cfText": "true"}},
		{[]Mapping{{From: "a.b", To: "dnd_sms"}}, `"a":{"b":"yes"}`, map[string]any{"dndSettings.SMS": "active"}},
		{[]Mapping{{Value: text("true"), To: "dnd"}}, `"city":null`, map[string]any{"dnd": true}},
		{[]Mapping{{From: "x", To: "dnd", Values: []Translation{{"gone", "true"}, {"*", ""}}}}, `"x":"gone"`, map[string]any{"dnd": true}},
		{[]Mapping{{From: "x", To: "dnd", Values: []Translation{{"gone", "true"}, {"*", ""}}}}, `"x":"here"`, map[string]any{}},
	} {
		got, _ := mapped(t, mappingPlan(t, "", c.mappings...), `{"email":"a@example.com",`+c.record+`}`)
		if diff := cmp.Diff(c.want, without(valuesOf(got), "email")); diff != "" {
			t.Errorf("%s: %s", c.record, diff)
		}
	}
	if got, _ := mapped(t, mappingPlan(t, ""), `{"email":"a@example.com","do_not_contact":null}`, "do_not_contact"); got.UnclearConsent == nil {
		t.Error("a consent that was lost is clear")
	}
}
