package crm

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMapRemembersNothingWrong: a plan that has seen many records maps each
// like one that has seen none.
func TestMapRemembersNothingWrong(t *testing.T) {
	columns, records := people(400)
	for _, more := range []string{
		wideRecord,
		`{"email":"a@example.com","country":"Narnia","joined":"03/04/2020","colours":["red","none"],"boxes":{"none":"x"},"tags":[["a"],"b"]}`,
		`{"email":"a@example.com","country":"GB","mobile":"020 7946 0123","state":"a\u0007b","city":null}`,
		`{"email":"a@example.com","country":"FR","mobile":"020 7946 0123"}`,
		`{"email":"a@example.com","country":"US","mobile":"2025550123","age":"old","state":" "}`,
	} {
		records = append(records, []byte(more))
	}
	change := func(o *PlanOptions) { o.Columns, o.Tags, o.ClearNulls = columns, []string{"heropixel"}, true }
	used := testPlan(t, change)
	for round := range 3 {
		for _, record := range records {
			want, notes := mapped(t, testPlan(t, change), string(record))
			got, gotNotes := mapped(t, used, string(record))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("round %d: %s: %s", round, record, diff)
			}
			if diff := cmp.Diff(notes, gotNotes); diff != "" {
				t.Fatalf("round %d: %s: notes: %s", round, record, diff)
			}
		}
	}
}

// TestMemoryIsBounded: values that repeat are remembered, others are not.
func TestMemoryIsBounded(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.Columns = []string{"email", "city", "state", "country", "phone", "story"} })
	memoOf := func(field string) *memo { return &p.memos[p.table.index[field]] }
	for i := range 50 * mostMemories {
		mapped(t, p, fmt.Sprintf(`{"email":"a%d@example.com","city":"City %d","state":"S%d","country":"C%d","phone":"+1202555%04d","story":"%070d"}`,
			i, i, i%50, i/100, i%10000, i))
		for _, field := range []string{"city", "state", "country"} {
			if n := len(memoOf(field).outcomes); n > mostMemories {
				t.Fatalf("%s: %d memories", field, n)
			}
		}
	}
	for field, remembers := range map[string]bool{
		"email": false, "phone": false, "city": false, "cfLong": false, "state": true, "country": true,
	} {
		if got := len(memoOf(field).outcomes) > 0; got != remembers {
			t.Errorf("%s: remembers is %v", field, got)
		}
	}
	if n := len(memoOf("state").outcomes); n != 50 {
		t.Errorf("%d states are remembered", n)
	}
}
