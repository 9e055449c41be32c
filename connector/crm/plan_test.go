package crm

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableFind(t *testing.T) {
	table := testTable()
	for ref, want := range map[string]string{
		"email": "email", "E-Mail": "email", "first_name": "firstName", "FIRST NAME": "firstName", "zip": "postalCode",
		"labels": "tags", "cfText": "cfText", "contact.pincode": "cfText", "pincode": "cfText", "PIN CODE": "cfText",
		"custom_field:pincode": "cfText", "custom_field:contact.pincode": "cfText", "id": "id", "contact_id": "id",
		"custom_field:email": "", "nothing": "", "": "",
	} {
		got := ""
		if f := table.Find(ref); f != nil {
			got = f.Name
		}
		if got != want {
			t.Errorf("Find(%q) = %q, want %q", ref, got, want)
		}
	}
	if table.Field("zip") != nil || table.Field("cfText") == nil {
		t.Error("Field knows Names only")
	}
}

func TestTableAmbiguousLabel(t *testing.T) {
	table := Contacts.Table(
		CustomField("1", "contact.plan", "Plan", "TEXT", nil),
		CustomField("2", "contact.plan_old", "PLAN", "TEXT", nil),
		CustomField("3", "contact.a", "Same", "TEXT", nil),
		CustomField("4", "contact.b", "Same", "TEXT", nil),
	)
	if f := table.Find("plan"); f == nil || f.Name != "1" {
		t.Errorf("a key is not beaten by a label: %v", f)
	}
	if f := table.Find("same"); f != nil {
		t.Errorf("an ambiguous label was guessed: %v", f)
	}
}

func TestTableNearest(t *testing.T) {
	for column, want := range map[string]string{
		"emial": "email", "frist_name": "firstName", "pin_codes": "contact.pincode", "favourite_pet": "", "x": "",
		strings.Repeat("email", 100): "",
	} {
		if got := testTable().Nearest(column); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", column, got, want)
		}
	}
}

func TestCustomFieldTypes(t *testing.T) {
	for dataType, want := range map[string]Type{
		"TEXT": Text, "MONETORY": Money, "FLOAT": Number, "TIME": Text, "SIGNATURE": Unwritable, "RADIO": SingleOption, "NEW": Text,
	} {
		if got := CustomField("i", "k", "n", dataType, nil).Type; got != want {
			t.Errorf("%s: %s, want %s", dataType, got, want)
		}
	}
}

func text(s string) *string { return &s }

func TestCompileFaults(t *testing.T) {
	_, err := Compile(testTable(), PlanOptions{
		Columns: []string{"fname", "given_name", "email"},
		MatchOn: []string{"email", "email", "custom_field:nope", "custom_field:colours", "city"},
		Mappings: []Mapping{
			{From: "a", To: "emial"}, {From: "b", To: "contact.sign"}, {From: "c", To: "city"}, {From: "d", To: "City"},
			{From: "e", To: "state"}, {From: "e", To: "state"}, {From: "f", To: "id"},
		},
	})
	var fault *PlanError
	if !errors.As(err, &fault) {
		t.Fatalf("err = %v", err)
	}
	want := []string{
		`match_on: "email" is given twice`,
		`match_on: "custom_field:nope" does not exist`,
		`match_on: "custom_field:colours" cannot be searched (multi_option)`,
		`match_on: "city" is not one of id, email, phone, custom_field:<key>`,
		`field_mapping: "a": no field "emial"; did you mean "email"?`,
		`field_mapping: "b": field "contact.sign" cannot be written`,
		`field_mapping: "f": "id" is only a match key: add it to match_on`,
	}
	if diff := cmp.Diff(want, fault.Faults); diff != "" {
		t.Error(diff)
	}
}

func TestCompileChoosesColumns(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Columns = []string{"email", "mail", "mobile", "cell", "work", "id", "_ab_cdc_lsn", "full_name", "favourite"}
		o.Mappings = []Mapping{{From: "work", To: "phone"}}
		o.PrimaryKey = []string{"work"}
	})
	want := []Hint{{Column: "favourite"}}
	if diff := cmp.Diff(want, p.Unmatched()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"phone", "email"}, p.MatchOn()); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, f := range p.Fields() {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"email", "phone", "firstName", "lastName", "name", "country"}, names); diff != "" {
		t.Error(diff)
	}
	desired, _ := mapped(t, p, `{"email":"a@example.com","mail":"b@example.com","work":"+12025550123","mobile":"+12025550124"}`)
	if diff := cmp.Diff([]Key{{"phone", "+12025550123"}, {"email", "a@example.com"}}, desired.Keys); diff != "" {
		t.Error(diff)
	}
}

// A custom field whose key is a common name of a standard one takes no column
// away from it, whoever adds it and whenever.
func TestACustomFieldTakesNoColumnFromAStandardOne(t *testing.T) {
	custom := CustomField("cf1", "contact.company", "Company", "TEXT", nil)
	for column, want := range map[string]string{
		"company": "companyName", "Company": "companyName", "contact.company": "cf1", "cf1": "cf1",
	} {
		p, err := Compile(Contacts.Table(custom), PlanOptions{MatchOn: []string{"email"}, Columns: []string{column}})
		if err != nil {
			t.Fatal(err)
		}
		if f := p.Fields(); len(f) != 1 || f[0].Name != want {
			t.Errorf("%s goes to %v, want %s", column, f, want)
		}
	}
}

// The primary key's field goes first; a custom one to which it is mapped is a
// match key in any case, but not for a part of the key.
func TestThePrimaryKeyGoesFirst(t *testing.T) {
	for _, c := range []struct{ key, matchOn, want string }{
		{"email", "phone email", "email phone"},
		{"Pin Code", "email", "email"}, // by its name alone
		{"pincode", "phone custom_field:pincode", "cfText phone"},
		{"number", "email", "cfNum email"},
		{"pincode email", "phone email", "email phone"},
		{"colour", "email", "email"}, // an option is shared by many
		{"home_phone", "email", "email"},
		{"mobile", "email", "email"}, // the configuration says who is recognised by what
		{"a.b", "email", "email"},
		{"nothing", "email", "email"},
	} {
		p := testPlan(t, func(o *PlanOptions) {
			o.PrimaryKey, o.MatchOn = strings.Fields(c.key), strings.Fields(c.matchOn)
			if c.key == "Pin Code" {
				o.PrimaryKey = []string{c.key}
			}
			o.Columns = []string{"email", "phone", "mobile", "home_phone", "pin_code", "pincode", "number", "colour", "a"}
			o.Mappings = []Mapping{{From: "number", To: "age"}, {From: "a.b", To: "age"}}
		})
		if got := strings.Join(p.MatchOn(), " "); got != c.want {
			t.Errorf("%s with %s: %s, want %s", c.key, c.matchOn, got, c.want)
		}
	}
}
