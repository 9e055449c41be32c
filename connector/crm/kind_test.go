package crm

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var kinds = []*Kind{Contacts, Businesses, Suppressions, Notes, Tasks, Opportunities}

func TestKinds(t *testing.T) {
	for _, tc := range []struct {
		kind           *Kind
		keys, required []string
	}{
		{Contacts, []string{"id", "email", "phone"}, nil},
		{Businesses, []string{"id", "name", "website"}, []string{"name"}},
		{Notes, nil, []string{"body"}},
		{Tasks, nil, []string{"title", "dueDate"}},
		{Opportunities, nil, []string{"pipeline", "name"}},
	} {
		if diff := cmp.Diff(tc.keys, tc.kind.Keys()); diff != "" {
			t.Errorf("keys of %s: %s", tc.kind.Name, diff)
		}
		if diff := cmp.Diff(tc.required, tc.kind.Required()); diff != "" {
			t.Errorf("what %s need: %s", tc.kind.Name, diff)
		}
		if _, err := Compile(tc.kind.Table(), PlanOptions{MatchOn: tc.kind.MatchOn}); err != nil {
			t.Errorf("%s: %v", tc.kind.Name, err)
		}
	}
}

func TestWhoTellsAndTakesAField(t *testing.T) {
	table := Contacts.Table(CustomField("cf", "contact.cf", "CF", "TEXT", nil))
	for _, tc := range []struct {
		field string
		is    func(*Field, Endpoints) bool
		by    Endpoints
		want  bool
	}{
		{"email", (*Field).Told, Search, true}, {"email", (*Field).Taken, Update, true}, {"cf", (*Field).Taken, Update, true},
		{"gender", (*Field).Told, Create | Read | Search, false}, {"gender", (*Field).Taken, Create, true}, {"gender", (*Field).Taken, Update | Upsert, false},
		{"companyName", (*Field).Taken, Update, false}, {"companyName", (*Field).Taken, Update | Upsert, true},
		{"timezone", (*Field).Told, Search, false}, {"timezone", (*Field).Told, Search | Read, true},
	} {
		if got := tc.is(table.Field(tc.field), tc.by); got != tc.want {
			t.Errorf("%s by %b: %v", tc.field, tc.by, got)
		}
	}
}

// TestWordsAreFolded keeps what kinds know of names readable by its own rules.
func TestWordsAreFolded(t *testing.T) {
	for _, k := range kinds {
		for name := range k.shapes {
			if fold(name) != name {
				t.Errorf("%s: the shape %q is not folded", k.Name, name)
			}
		}
		for _, s := range k.standards {
			for _, name := range slices.Concat(s.aliases, s.parts, s.elsewhere) {
				if fold(name) != name {
					t.Errorf("%s: %s: %q is not folded", k.Name, s.Name, name)
				}
			}
		}
	}
}

// TestAFurtherFieldIsARow: all that is done with a standard field follows from its row.
func TestAFurtherFieldIsARow(t *testing.T) {
	further := newKind(*Contacts, Contacts.standards, []standard{
		{Field: Field{Name: "jobTitle", Type: Text}, title: "Job title", remark: "What somebody does.", key: true, loose: true,
			aliases: []string{"position"}, elsewhere: []string{"title"}, why: "in many sources Mr or Mrs"},
	})
	table := further.Table()
	p, err := Compile(table, PlanOptions{MatchOn: []string{"email", "jobTitle"}, Columns: []string{"email", "Position", "title"}})
	if err != nil {
		t.Fatal(err)
	}
	if told := p.Describe(); told != "email ← email · jobTitle ← Position · not written: title" {
		t.Error(told)
	}
	if hints := p.Unmatched(); len(hints) != 1 || hints[0].String() != "title (in many sources Mr or Mrs; map it to jobTitle if that is what it holds)" {
		t.Error(hints)
	}
	want, _ := mapped(t, p, `{"email":"ann@example.com","position":"Chief  Engineer"}`)
	if want.Values["jobTitle"].Data != "Chief  Engineer" || !slices.Contains(want.Keys, Key{"jobTitle", "Chief  Engineer"}) {
		t.Errorf("%+v", want)
	}
	if c := Diff(table, want, Defaults{}, &Contact{Values: map[string]any{"email": "ann@example.com", "jobTitle": "chief engineer"}}); !c.Empty() {
		t.Errorf("%+v", c)
	}
	offered := property(t, table, "jobTitle")
	if !offered.Key || offered.Schema.Title != "Job title" || offered.Schema.Description != "What somebody does." {
		t.Errorf("%+v", offered)
	}
}
