package crm

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/trouble"

	"github.com/google/go-cmp/cmp"
)

// TestDiffOfConsent: a sync only tightens, unless it was told to lift; what is
// permanent stays.
func TestDiffOfConsent(t *testing.T) {
	table := Contacts.Table()
	const sms, email = "dndSettings.SMS", "dndSettings.Email"
	have := &Contact{
		Values: map[string]any{"dnd": true, sms: "permanent", "dndSettings.Call": "active", "dndSettings.FB": "inactive"},
		Told:   map[string]bool{sms: true, email: true},
		Prints: printsOf(map[string]Print{"dndSettings.WhatsApp": Fingerprint(table.Field("dndSettings.WhatsApp"), "active")}),
	}
	for name, tc := range map[string]struct {
		field string
		want  Value
		have  *Contact
		set   any // the value that is set; nil: none
		kept  bool
		asks  bool
	}{
		"false lifts nothing":          {field: "dnd", want: Value{Data: false}, kept: true},
		"null lifts nothing":           {field: "dnd", want: Value{}, kept: true},
		"inactive lifts nothing":       {field: "dndSettings.Call", want: Value{Data: "inactive"}, kept: true},
		"true again":                   {field: "dnd", want: Value{Data: true}},
		"active again":                 {field: "dndSettings.Call", want: Value{Data: "active"}},
		"permanent is active":          {field: sms, want: Value{Data: "active"}},
		"stop what is open":            {field: email, want: Value{Data: "active"}, set: "active"},
		"stop what is open, if empty":  {field: email, want: Value{Data: "active", When: IfEmpty}, set: "active"},
		"stop what is inactive":        {field: "dndSettings.FB", want: Value{Data: "active"}, set: "active"},
		"open what is open":            {field: email, want: Value{Data: "inactive"}},
		"stop all":                     {field: "dnd", want: Value{Data: true}, have: &Contact{Values: map[string]any{"dnd": false}}, set: true},
		"stop all where null was told": {field: "dnd", want: Value{Data: true}, have: &Contact{Values: map[string]any{"dnd": nil}}, set: true},
		"a print will do":              {field: "dndSettings.WhatsApp", want: Value{Data: "active"}},
		"a print is kept":              {field: "dndSettings.WhatsApp", want: Value{Data: "inactive"}, kept: true},
		"not told: ask":                {field: "dndSettings.GMB", want: Value{Data: "active"}, asks: true},
		"not told, nothing to do":      {field: "dndSettings.GMB", want: Value{Data: "inactive"}},

		"lift":                 {field: "dnd", want: Value{Data: false, Lifts: true}, set: false},
		"lift a channel":       {field: "dndSettings.Call", want: Value{Data: "inactive", Lifts: true}, set: "inactive"},
		"lift what is open":    {field: email, want: Value{Data: "inactive", Lifts: true}},
		"lift a permanent one": {field: sms, want: Value{Data: "inactive", Lifts: true}, kept: true},
		"lift if empty":        {field: "dnd", want: Value{Data: false, Lifts: true, When: IfEmpty}, kept: true},
		"lift by null":         {field: "dnd", want: Value{Lifts: true}, kept: true},
		"lift a print: ask":    {field: "dndSettings.WhatsApp", want: Value{Data: "inactive", Lifts: true}, asks: true},
		"lift null":            {field: "dnd", want: Value{Data: false, Lifts: true}, have: &Contact{Values: map[string]any{"dnd": nil}}},
	} {
		if tc.have == nil {
			tc.have = have
		}
		var expect Change
		if tc.set != nil {
			expect.Set = map[string]any{tc.field: tc.set}
		}
		if tc.asks {
			expect.Unknown = []string{tc.field}
		}
		expect.Kept = tc.kept
		got := Diff(table, Desired{Values: map[string]Value{tc.field: tc.want}}, Defaults{}, tc.have)
		if diff := cmp.Diff(expect, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestManagedTags(t *testing.T) {
	for name, tc := range map[string]struct {
		want   Desired
		remove []string
	}{
		"nothing said":     {Desired{Tags: []string{"own"}, ManagedTags: []string{"trial", "plan-*"}}, nil},
		"another is named": {Desired{Tags: []string{"own", "customer"}, TagsSaid: true, ManagedTags: []string{"trial", "customer"}}, []string{"Trial"}},
		"it is named":      {Desired{Tags: []string{"trial"}, TagsSaid: true, ManagedTags: []string{"trial"}}, nil},
		"none are named":   {Desired{TagsSaid: true, ManagedTags: []string{"trial", "plan-*"}}, []string{"Trial", "plan-a", "plan-"}},
		"by the beginning": {Desired{Tags: []string{"plan-a"}, TagsSaid: true, ManagedTags: []string{"plan-*"}}, []string{"plan-"}},
		"none managed":     {Desired{TagsSaid: true}, nil},
		"no such tag":      {Desired{TagsSaid: true, ManagedTags: []string{"tria", "an-*"}}, nil},
	} {
		have := &Contact{Tags: []string{"Trial", "own", "plan-a", "plan-", "hand-made"}}
		got := Diff(Contacts.Table(), tc.want, Defaults{}, have)
		if diff := cmp.Diff(tc.remove, got.RemoveTags); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if again := Diff(Contacts.Table(), tc.want, Defaults{}, Apply(have, got)); !again.Empty() {
			t.Errorf("%s: after applying it still differs: %+v", name, again)
		}
	}
}

// TestMergeIsOneAfterTheOther: what two records of a person say of
// do-not-disturb and tags ends the same whether they are merged or written one
// after the other.
func TestMergeIsOneAfterTheOther(t *testing.T) {
	table := Contacts.Table()
	rng := rand.New(rand.NewPCG(1, 2))
	fields := []string{"dnd", "dndSettings.SMS", "dndSettings.Email"}
	tags := []string{"a", "b", "plan-1", "plan-2", "own"}
	some := func(from []string) (out []string) {
		for _, s := range from {
			if rng.IntN(2) == 0 {
				out = append(out, s)
			}
		}
		return out
	}
	record := func() Desired {
		d := Desired{Values: map[string]Value{}, Tags: some(tags), TagsSaid: rng.IntN(2) == 0, ManagedTags: some([]string{"a", "b", "plan-*"})}
		lifts := rng.IntN(2) == 0
		for _, name := range some(fields) {
			d.Values[name] = Value{Data: stopped(name, rng.IntN(2) == 0), Lifts: lifts, When: When(rng.IntN(2))}
		}
		return d
	}
	end := func(have *Contact, records ...Desired) string {
		for _, d := range records {
			have = Apply(have, Diff(table, d, Defaults{}, have))
		}
		var stopped []string
		for _, name := range fields {
			if stops(have.Values[name]) {
				stopped = append(stopped, name)
			}
		}
		slices.Sort(have.Tags)
		return strings.Join(stopped, " ") + " | " + strings.Join(have.Tags, " ")
	}
	for range 20_000 {
		have := &Contact{Values: map[string]any{"dnd": rng.IntN(2) == 0, fields[1]: []any{nil, "active", "permanent"}[rng.IntN(3)], fields[2]: nil}, Tags: some(tags)}
		older, newer := record(), record()
		if a, b := end(have, older, newer), end(have, Merge(older, newer)); a != b {
			t.Fatalf("%+v\n%+v\non %+v\none after the other: %s\nmerged: %s", older, newer, have, a, b)
		}
	}
}

// TestAStopOutlivesADelete: who said stop and was deleted and came back has
// still said stop.
func TestAStopOutlivesADelete(t *testing.T) {
	gone := Desired{Values: map[string]Value{"dnd": {Data: true}, "dndSettings.SMS": {Data: "active"}, "dndSettings.FB": {Data: "inactive"}, "city": {Data: "Oslo"}}, Deleted: true}
	back := Desired{Values: map[string]Value{"city": {Data: "Bergen"}, "dnd": {Data: false}, "dndSettings.SMS": {Data: "inactive", Lifts: true}}}
	want := map[string]Value{"city": {Data: "Bergen"}, "dnd": {Data: true}, "dndSettings.SMS": {Data: "inactive", Lifts: true}}
	if diff := cmp.Diff(want, Merge(gone, back).Values); diff != "" {
		t.Error(diff)
	}
	if back.Values["dnd"].Data != false {
		t.Error("Merge changed its argument")
	}
}

// TestMergeOfUnclearConsent: a person is clear if one of the records is.
func TestMergeOfUnclearConsent(t *testing.T) {
	clear, unclear := Desired{}, Desired{UnclearConsent: &trouble.Reject{Code: trouble.ConsentUnclear}}
	for _, tc := range []struct {
		older, newer Desired
		want         bool
	}{{clear, clear, false}, {clear, unclear, false}, {unclear, clear, false}, {unclear, unclear, true}} {
		if got := Merge(tc.older, tc.newer).UnclearConsent != nil; got != tc.want {
			t.Errorf("%v and %v: %t", tc.older, tc.newer, got)
		}
	}
}
