package crm

import (
	"fmt"
	"slices"
	"testing"
)

func TestDeleted(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.Notation.NullWords = []string{"NaT", "NULL"} })
	for value, want := range map[string]bool{
		`null`: false, `""`: false, `" "`: false, `"\t\n"`: false, `"\u00a0"`: false, `"NaT"`: false, `" NULL "`: false,
		`"2024-01-02T03:04:05Z"`: true, `1704164645000`: true, `true`: true, `"yes"`: true, `{"time":1}`: true,
	} {
		data := fmt.Sprintf(` {"email":"ada@example.com","_ab_cdc_deleted_at":%s}`, value)
		if d, _, err := p.Map([]byte(data), nil); err != nil || d.Deleted != want {
			t.Errorf("%s: mapped as deleted %t, want %t; error %v", value, d.Deleted, want, err)
		}
		if d, _, _ := p.Map(fmt.Appendf(nil, `{"_AB_CDC_DELETED_AT":%s}`, value), nil); d.Deleted != want {
			t.Errorf("%s: in another spelling deleted %t, want %t", value, d.Deleted, want)
		}
		data = fmt.Sprintf(`{"id":7,"_ab_cdc_deleted_at":%s}`, value) // the primary key alone
		if d, _, err := p.Map([]byte(data), nil); err == nil || d.Deleted != want {
			t.Errorf("%s: without a key deleted is %t, want %t; error %v", value, d.Deleted, want, err)
		}
	}
	for _, data := range []string{``, `[]`, `{}`, `{"note":"_ab_cdc_deleted_at"}`, `{"old":{"_ab_cdc_deleted_at":"2024-01-02"}}`} {
		if d, _, _ := p.Map([]byte(data), nil); d.Deleted {
			t.Errorf("%s is deleted", data)
		}
	}
}

// A key that is there and cannot be read is named: a delete must not take its
// record for one that has only the other keys.
func TestAKeyThatCannotBeReadIsNamed(t *testing.T) {
	for _, c := range []struct {
		data    string
		unknown []string
		want    string
		keys    int
	}{
		{`{"email":"ada@example.com","phone":"+12025550123"}`, nil, "", 2},
		{`{"email":null,"phone":"+12025550123"}`, nil, "", 1},
		{`{"email":"","phone":"+12025550123"}`, nil, "", 1},
		{`{"phone":"+12025550123"}`, nil, "", 1},
		{`{"email":"ada at home","phone":"+12025550123"}`, nil, "email", 1},
		{`{"email":["x"],"phone":"+12025550123"}`, nil, "email", 1},
		{`{"email":"ada@example.com","phone":"12"}`, nil, "", 1},
		{`{"email":null,"phone":"+12025550123"}`, []string{"email"}, "email", 1},
		{`{"email":"ada at home"}`, nil, "email", 0},
	} {
		d, _, reject := testPlan(t, nil).Map([]byte(c.data), c.unknown)
		if (c.keys == 0) != (reject != nil) {
			t.Errorf("%s: error %v", c.data, reject)
		}
		if d.UnreadKey != c.want || len(d.Keys) != c.keys {
			t.Errorf("%s: unread %q and %d keys, want %q and %d", c.data, d.UnreadKey, len(d.Keys), c.want, c.keys)
		}
	}
	p := testPlan(t, func(o *PlanOptions) { o.MatchOn = []string{"phone", "email"} })
	if d, _, _ := p.Map([]byte(`{"email":"ada at home","phone":"+12025550123"}`), nil); d.UnreadKey != "" || !slices.Equal(d.Keys, []Key{{"phone", "+12025550123"}}) {
		t.Errorf("an email that is trusted less counts: %q", d.UnreadKey)
	}
}
