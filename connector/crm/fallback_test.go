package crm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFallbacksIdentifyNobody: a second phone or email fills the field where the
// first is missing, and is no key.
func TestFallbacksIdentifyNobody(t *testing.T) {
	const own, home = "+12025550101", "+12025550150"
	phone := func(s string) []Key { return []Key{{"phone", s}} }
	for record, want := range map[string]struct {
		phone           any
		keys, fallbacks []Key
	}{
		`"phone":"202-555-0101","home_phone":"202-555-0150"`:                       {own, phone(own), nil},
		`"phone":null,"home_phone":"202-555-0150"`:                                 {home, nil, phone(home)},
		`"home_phone":"202-555-0150"`:                                              {home, nil, phone(home)},
		`"phone":"call office","Other Telephone":"202-555-0150"`:                   {home, nil, phone(home)},
		`"phone2":"202-555-0150","mobile":"202-555-0101"`:                          {own, phone(own), nil},
		`"alt_mobile":"202-555-0150"`:                                              {home, nil, phone(home)},
		`"secondaryphone":"202-555-0150"`:                                          {home, nil, phone(home)},
		`"phones":[{"type":"home","phone":"202-555-0150"}]`:                        {home, nil, phone(home)},
		`"phones":[{"type":"home","phone":"202-555-0150","primary":true}]`:         {home, phone(home), nil},
		`"phones":[{"type":"home","phone":"202-555-0150"},{"phone":"2025550101"}]`: {own, phone(own), nil},
		`"contact":{"home_phone":"202-555-0150"}`:                                  {home, nil, phone(home)},
		`"contact":{"phone":"2025550101"},"home_phone":"202-555-0150"`:             {own, phone(own), nil},
	} {
		got, _ := mapped(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`)
		expect := Desired{Keys: append([]Key{{"email", "a@example.com"}}, want.keys...), Fallbacks: want.fallbacks}
		if diff := cmp.Diff(expect, Desired{Keys: got.Keys, Fallbacks: got.Fallbacks}); diff != "" || got.Values["phone"].Data != want.phone {
			t.Errorf("%s: phone %v; %s", record, got.Values["phone"].Data, diff)
		}
	}
	got, _ := mapped(t, testPlan(t, nil), `{"phone":"2025550101","other_email":"b@example.com"}`)
	if diff := cmp.Diff([]Key{{"email", "b@example.com"}}, got.Fallbacks); diff != "" || len(got.Keys) != 1 {
		t.Errorf("keys %v, %s", got.Keys, diff)
	}
	if _, _, err := testPlan(t, nil).Map([]byte(`{"home_phone":"202-555-0150"}`), nil); err == nil {
		t.Error("a home phone alone identifies somebody")
	}
	mapping := testPlan(t, func(o *PlanOptions) { o.Mappings = []Mapping{{From: "home_phone", To: "phone"}} })
	if got, _ := mapped(t, mapping, `{"home_phone":"202-555-0150"}`); len(got.Keys) != 1 || got.Fallbacks != nil {
		t.Errorf("mapped, it identifies: %v, %v", got.Keys, got.Fallbacks)
	}
}

// TestMergeOfFallbacks: a second choice stays one until a record has it as its
// own, and goes with its value.
func TestMergeOfFallbacks(t *testing.T) {
	own := func(s string) Desired {
		return Desired{Values: map[string]Value{"phone": {Data: s}}, Keys: []Key{{"phone", s}}}
	}
	second := func(s string) Desired {
		return Desired{Values: map[string]Value{"phone": {Data: s}}, Fallbacks: []Key{{"phone", s}}}
	}
	for name, c := range map[string]struct {
		older, newer Desired
		want         []Key
	}{
		"kept":             {second("1"), Desired{}, []Key{{"phone", "1"}}},
		"the same":         {second("1"), second("1"), []Key{{"phone", "1"}}},
		"replaced":         {second("1"), second("2"), []Key{{"phone", "2"}}},
		"its own later":    {second("1"), own("1"), nil},
		"its own before":   {own("1"), second("1"), nil},
		"another's before": {own("1"), second("2"), []Key{{"phone", "2"}}},
		"another later":    {second("1"), own("2"), nil},
	} {
		if diff := cmp.Diff(c.want, Merge(c.older, c.newer).Fallbacks); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
