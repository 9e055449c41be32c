package records

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/crm"
)

// dealOf makes an opportunity, or what is wanted of one, of words like "name=A status=won".
func dealOf(text string) map[string]any {
	values := map[string]any{}
	for word := range strings.FieldsSeq(text) {
		field, value, _ := strings.Cut(word, "=")
		if values[field] = strings.ReplaceAll(value, "_", " "); value == "" {
			values[field] = nil
		}
	}
	return values
}

func wanted(text string) crm.Desired {
	want := crm.Desired{Values: map[string]crm.Value{}}
	for field, value := range dealOf(text) {
		if field == "key" {
			want.Keys = []crm.Key{{Field: "cf", Value: value.(string)}}
			continue
		}
		want.Values[field] = crm.Value{Data: value}
	}
	return want
}

// TestWithoutKey: which of a contact's opportunities in a pipeline a record means to which no key leads.
func TestWithoutKey(t *testing.T) {
	for _, tt := range []struct {
		there  string // "A open", …
		record string
		want   int // the place among those there; -1 none, -2 nobody knows
	}{
		{"", "name=A", -1},
		{"A open", "name=A", 0},
		{"A open", "name=A status=won", 0},
		{"A open", "name=a__", 0},
		{"A open", "name=B", 0},
		{"A open", "status=open", 0},
		{"A open", "name=B status=won", -2},
		{"A open", "name=B status=won key=1", -1},
		{"A open", "name=B key=1", 0},
		{"A won", "name=A", 0},
		{"A won", "name=A status=open", 0},
		{"A lost", "name=A status=won", 0},
		{"A won", "name=A status=open key=1", -1},
		{"A won", "name=A key=1", -1},
		{"A won", "name=A status=won key=1", 0},
		{"A won", "name=B", -1},
		{"A won,A open", "name=A status=won", 1},
		{"A won,B open", "name=A status=won", 0},
		{"A won,B open", "name=B status=won", 1},
		{"A won,B open", "name=C", 1},
		{"A won,A lost", "name=A", -2},
		{"A open,A open", "name=A", -2},
		{"A open,B open", "name=B", 1},
		{"A open,B open", "name=C", -2},
	} {
		var there []*crm.Contact
		for i, text := range strings.FieldsFunc(tt.there, func(r rune) bool { return r == ',' }) {
			name, status, _ := strings.Cut(text, " ")
			there = append(there, &crm.Contact{ID: fmt.Sprint(i), Values: map[string]any{"name": name, "status": status}})
		}
		have, reject := withoutKey(wanted(tt.record), there)
		got := slices.Index(there, have)
		if reject != nil {
			got = -2
			if reject.Code != "ambiguous_opportunity" {
				t.Error(reject)
			}
		}
		if got != tt.want {
			t.Errorf("there are %q, the record %q: %d, want %d", tt.there, tt.record, got, tt.want)
		}
	}
}

// TestFit: what of a record is written over what there is, and what is told of the rest.
func TestFit(t *testing.T) {
	p := places{
		pipelines: namesOf("p1", "Sales", "p2", "Renewals"),
		stages:    map[string]names{"Sales": namesOf("s1", "New", "s2", "Offer", "s3", "Won"), "Renewals": namesOf("s4", "Due")},
		reasons:   namesOf("r1", "Price", "r2", "No answer"),
	}
	const inOffer = "id=1 pipeline=Sales stage=Offer"
	for _, tt := range []struct {
		record, have   string
		byKey, forward bool
		want           string
	}{
		{record: "pipeline=Sales stage=new name=A", want: "name=A pipeline=Sales stage=New"},
		{record: "pipeline=Sales stage=s3", want: "pipeline=Sales stage=Won"},
		{record: "pipeline=Sales stage=Due", want: "unknown_stage: no stage of the pipeline Sales has this name or id; the names are New, Offer and Won"},
		{record: "pipeline=Renewals stage=due", have: inOffer, want: "pipeline=Renewals stage=Due"},
		{record: "stage=new", have: inOffer, want: "stage=New"},
		{record: "stage=new", want: "stage=new"},
		{record: "stage=", have: inOffer, want: " | stage: cannot be cleared"},
		{record: "stage=new", have: inOffer, forward: true, want: " | stage, kept: stage_moves lets none move back"},
		{record: "stage=offer", have: inOffer, forward: true, want: "stage=Offer"},
		{record: "stage=won", have: inOffer, forward: true, want: "stage=Won"},
		{record: "pipeline=Renewals stage=due", have: inOffer, forward: true, want: "pipeline=Renewals stage=Due"},
		{record: "stage=new", have: "id=1 pipeline=Sales stage=gone", forward: true, want: "stage=New"},
		{record: "status=open", have: "id=1 status=won", want: " | status, kept: only a key reopens"},
		{record: "status=open", have: "id=1 status=won", byKey: true, want: "status=open"},
		{record: "status=lost", have: "id=1 status=won", want: "status=lost"},
		{record: "status=open", want: "status=open"},
		{record: "status=", have: "id=1 status=won", want: " | status: cannot be cleared"},
		{record: "value=", have: "id=1", want: "value=0"},
		{record: "status=lost lost_reason=no_ANSWER", have: "id=1 status=open", want: "lost_reason=No answer status=lost"},
		{record: "lost_reason=r1", have: "id=1 status=lost", want: "lost_reason=Price"},
		{record: "lost_reason=", have: "id=1 status=lost", want: ""},
		{record: "lost_reason=", have: "id=1 status=lost lost_reason=Price", want: " | lost_reason: cannot be cleared"},
		{record: "lost_reason=r1", have: "id=1 status=open", want: " | lost_reason: only what is lost has a reason"},
		{record: "lost_reason=", have: "id=1 status=open", want: ""},
		{record: "status=lost lost_reason=Weather", want: "status=lost | lost_reason: no lost reason has this name or id; the names are Price and No answer"},
	} {
		want, have := wanted(tt.record), (*crm.Contact)(nil)
		if tt.have != "" {
			have = &crm.Contact{ID: "1", Values: dealOf(tt.have)}
		}
		notes, reject := p.fit(&want, have, tt.byKey, tt.forward)
		var words []string
		for _, field := range slices.Sorted(maps.Keys(want.Values)) {
			word := field + "="
			if v := want.Values[field].Data; v != nil {
				word += fmt.Sprint(v)
			}
			words = append(words, word)
		}
		got := strings.Join(words, " ")
		for _, n := range notes {
			sign := ", "
			if n.Dropped {
				sign = ": "
			}
			got += " | " + n.Field + sign + n.Rule
		}
		if reject != nil {
			got = reject.Code + ": " + reject.Reason
		}
		if got != tt.want {
			t.Errorf("%q over %q: %s, want %s", tt.record, tt.have, got, tt.want)
		}
	}
}
