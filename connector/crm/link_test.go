package crm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLinks: what a record is to be linked to is delivered beside its values, and is in no change.
func TestLinks(t *testing.T) {
	for record, want := range map[string]map[string]Value{
		`{"business":"Acme Inc"}`:                                               {"business": {Data: "Acme Inc"}},
		`{"business":"63771dcac1116f0e21de8e12"}`:                               {"business": {Data: "63771dcac1116f0e21de8e12"}},
		`{"Business":" Acme Inc "}`:                                             {"business": {Data: "Acme Inc"}},
		`{"business":{"id":1,"name":"Acme Inc"}}`:                               {"business": {Data: "Acme Inc"}},
		`{"properties":{"email":"a@b.co","business":"Acme"}}`:                   {"business": {Data: "Acme"}},
		`{"firm":"Acme Inc"}`:                                                   {"business": {Data: "Acme Inc", When: IfEmpty}},
		`{"business":null}`:                                                     {"business": {}},
		`{"business":4711}`:                                                     nil, // a key of the source
		`{"business_id":"63771dcac1116f0e21de8e12","business_name":"Acme Inc"}`: nil,
		`{"businesses":["Acme Inc"]}`:                                           nil,
	} {
		p := testPlan(t, func(o *PlanOptions) {
			o.ClearNulls, o.Mappings = true, []Mapping{{From: "firm", To: "business", When: IfEmpty}}
		})
		got, notes := mapped(t, p, `{"email":"ann@example.com",`+record[1:])
		if diff := cmp.Diff(want, got.Links); diff != "" {
			t.Errorf("%s: %s(notes %v)", record, diff, notes)
		}
		if _, written := got.Values["business"]; written {
			t.Errorf("%s: a link is written as a value", record)
		}
	}
}

func TestLinksOfTwoRecords(t *testing.T) {
	acme, other, none, fills := Value{Data: "Acme"}, Value{Data: "Other"}, Value{}, Value{Data: "Filled", When: IfEmpty}
	for name, tc := range map[string]struct{ older, newer, want *Value }{
		"the newer":                       {&acme, &other, &other},
		"what newer does not mention":     {&acme, nil, &acme},
		"what older does not mention":     {nil, &other, &other},
		"taken away":                      {&acme, &none, &none},
		"filled only where there is none": {&acme, &fills, &acme},
		"none":                            {nil, nil, nil},
	} {
		of := func(v *Value) Desired {
			if v == nil {
				return Desired{}
			}
			return Desired{Links: map[string]Value{"business": *v}}
		}
		if diff := cmp.Diff(of(tc.want).Links, Merge(of(tc.older), of(tc.newer)).Links); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestColumnsThatLink(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) { o.Columns = []string{"email"} })
	if links := p.Links(); links != nil {
		t.Errorf("%v link", links)
	}
	mapped(t, p, `{"email":"ann@example.com","business":"Acme"}`)
	if links := p.Links(); len(links) != 1 || links[0].Name != "business" || links[0].LinksTo() != Businesses.Name {
		t.Errorf("%v link", links)
	}
	for _, f := range p.Fields() {
		if f.Type == Link {
			t.Error("a link is among the values that are written")
		}
	}
}
