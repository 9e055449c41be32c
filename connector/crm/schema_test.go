package crm

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// clashing has every field type, and custom fields whose keys and labels are taken by others.
func clashing() *Table {
	return Contacts.Table(append(custom(testTable()),
		CustomField("cfSplit", "contact.pin_code", "Pin Code", "TEXT", nil), // folds to the same as contact.pincode
		CustomField("cfMail", "contact.email", "Email", "EMAIL", nil),
		CustomField("cfZip", "contact.zip", "Zip", "TEXT", nil), // an alias of postalCode
		CustomField("cfSelf", "contact.id", "ID", "NUMERICAL", nil),
		CustomField("cfOwner", "contact.contact_id", "Contact ID", "TEXT", nil),
		CustomField("cfBare", "pincode", "Bare Pin", "TEXT", nil),
		CustomField("cfTwin", "contact.pincode", "Twin Pin", "TEXT", nil),
		CustomField("cfPlatform", "contact._ab_source", "Platform", "PHONE", nil),
		CustomField("cfNoKey", "", "", "TEXT", nil),
	)...)
}

// custom are a table's custom fields.
func custom(t *Table) []Field {
	var fields []Field
	for _, f := range t.Fields() {
		if f.Custom {
			fields = append(fields, *f)
		}
	}
	return fields
}

func property(t *testing.T, table *Table, name string) Property {
	t.Helper()
	list := table.Properties()
	i := slices.IndexFunc(list, func(p Property) bool { return p.Name == name })
	if i < 0 {
		t.Fatalf("no property %q", name)
	}
	return list[i]
}

// TestPropertiesMapBack holds what is offered to what is mapped: each property alone, and all together.
func TestPropertiesMapBack(t *testing.T) {
	table := clashing()
	var columns []string
	for i, f := range table.fields {
		column := table.column(i)
		if f.Type == Unwritable {
			if slices.ContainsFunc(table.Properties(), func(p Property) bool { return p.Name == column }) {
				t.Errorf("%s is offered and cannot be written", column)
			}
			continue
		}
		property(t, table, column)
		columns = append(columns, column)
		plan, err := Compile(table, PlanOptions{MatchOn: []string{"id", "email"}, Columns: []string{column}})
		if err != nil {
			t.Fatalf("%s: %v", column, err)
		}
		if feeds := plan.Feeds(); len(feeds) != 1 || feeds[0].Field != f.display() || !slices.Equal(feeds[0].From, []string{column}) {
			t.Errorf("the column %s does not lead to the field %s alone: %v", column, f.Name, feeds)
		}
	}
	if n := len(table.Properties()); n != len(columns) {
		t.Errorf("%d properties for %d fields", n, len(columns))
	}
	plan, err := Compile(table, PlanOptions{MatchOn: []string{"id"}, Columns: columns})
	if err != nil || len(plan.Unmatched()) > 0 {
		t.Fatalf("all columns together: %v, unmatched %v", err, plan.Unmatched())
	}
	for i, f := range table.fields {
		if writable := f.Type != Unwritable; len(plan.feeds[i]) > 0 != writable {
			t.Errorf("among all columns, %s is fed: %t", f.Name, !writable)
		}
	}
}

func TestPropertyNames(t *testing.T) {
	table := clashing()
	for field, want := range map[string]string{
		"email": "email", "postalCode": "postalCode", "id": "id",
		"cfText": "pincode", "cfSplit": "pin_code", "cfZip": "contact.zip",
		"cfMail": "contact.email", "cfSelf": "contact.id", "cfOwner": "contact.contact_id", "cfPlatform": "contact._ab_source",
		"cfBare": "cfBare", "cfTwin": "cfTwin", "cfNoKey": "cfNoKey",
	} {
		if got := table.column(table.index[field]); got != want {
			t.Errorf("the property of %s is %q, want %q", field, got, want)
		}
	}
}

// TestKeysAreMatchKeys holds what is offered as a key to what Compile takes as one.
func TestKeysAreMatchKeys(t *testing.T) {
	table := clashing()
	var keys, finds []string
	for _, p := range table.Properties() {
		if p.Finds {
			finds = append(finds, p.Name)
		}
		if !p.Key {
			continue
		}
		keys = append(keys, p.Name)
		ref := p.Name
		if f := table.fields[table.exact[p.Name]]; f.Custom {
			ref = customPrefix + p.Name
		}
		plan, err := Compile(table, PlanOptions{MatchOn: []string{ref}, Columns: []string{p.Name}})
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if r := plan.top.members[p.Name].routes; len(r) != 1 || r[0].field != plan.matchOn[0] {
			t.Errorf("the key %s is not the field that the column feeds", p.Name)
		}
	}
	want := "age cfBare cfNoKey cfTwin contact._ab_source contact.contact_id contact.email contact.id contact.zip email id phone pin_code pincode"
	if got := strings.Join(keys, " "); got != want {
		t.Errorf("keys: %s\nwant: %s", got, want)
	}
	if got := slices.DeleteFunc(finds, func(s string) bool { return slices.Contains(keys, s) }); !slices.Equal(got, []string{"country"}) {
		t.Errorf("beside the keys, %v takes part in finding; want country alone", got)
	}
}

func TestSchemas(t *testing.T) {
	table := testTable()
	for name, want := range map[string]string{
		"firstName":   `{"type":"string","title":"First name"}`,
		"email":       `{"type":"string","title":"Email","format":"email"}`,
		"dateOfBirth": `{"type":"string","title":"Date of birth","format":"date"}`,
		"dnd":         `{"type":"boolean","title":"Do not disturb"}`,
		"tags":        `{"type":"array","title":"Tags","items":{"type":"string"}}`,
		"pincode":     `{"type":"string","title":"Pin Code"}`,
		"age":         `{"type":"number","title":"Age"}`,
		"balance":     `{"type":"number","title":"Balance"}`,
		"joined":      `{"type":"string","title":"Joined On","format":"date"}`,
		"colour":      `{"type":"string","title":"Colour","enum":["Red","Light Blue"]}`,
		"colours":     `{"type":"array","title":"Colours Liked","items":{"type":"string","enum":["Red","Light Blue"]}}`,
		"hue":         `{"type":"string","title":"Hue"}`,
		"hues":        `{"type":"array","title":"Hues","items":{"type":"string"}}`,
		"boxes":       `{"type":"object","title":"Boxes","properties":{"o1":{"type":"string","title":"Red"},"o2":{"type":"string","title":"Light Blue"}}}`,
		"file":        `{"type":"object","title":"File"}`,
	} {
		s := property(t, table, name).Schema
		s.Description = ""
		got, err := json.Marshal(s)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s (%v)\nwant %s", name, got, err, want)
		}
	}
}

// TestOptionsAreTakenAsOffered maps every option that a schema names.
func TestOptionsAreTakenAsOffered(t *testing.T) {
	options := []Option{{Label: "red"}, {Label: " Red "}, {Label: "Light, Blue"}, {Label: "red"}}
	table := Contacts.Table(
		CustomField("one", "contact.one", "One", "RADIO", options),
		CustomField("many", "contact.many", "Many", "CHECKBOX", options),
		CustomField("free", "contact.free", "Free", "RADIO", nil))
	if enum := property(t, table, "free").Schema.Enum; enum != nil {
		t.Errorf("a field without known options offers %q", enum)
	}
	enum := property(t, table, "one").Schema.Enum
	if want := []string{"red", "Light, Blue"}; !slices.Equal(enum, want) || !slices.Equal(property(t, table, "many").Schema.Items.Enum, want) {
		t.Fatalf("options %q, want %q", enum, want)
	}
	plan, err := Compile(table, PlanOptions{MatchOn: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, label := range enum {
		record, err := json.Marshal(map[string]any{"email": "a@example.com", "one": label, "many": []string{label}})
		if err != nil {
			t.Fatal(err)
		}
		want, _ := mapped(t, plan, string(record))
		if got := want.Values["one"].Data; got != label {
			t.Errorf("%q became %v", label, got)
		}
		if got, _ := want.Values["many"].Data.([]string); !slices.Equal(got, []string{label}) {
			t.Errorf("the list of %q became %v", label, got)
		}
	}
}

// TestEveryTypeHasAForm also keeps a standard field from going without a title.
func TestEveryTypeHasAForm(t *testing.T) {
	types := []Type{Text, LargeText, Email, Phone, Country, Date, Bool, Number, Money, SingleOption, MultiOption, TextboxList, File,
		Timezone, TagList, ID, UserID, Channel, Link}
	for _, kind := range types {
		if forms[kind].Type == "" {
			t.Errorf("the type %s has no form", kind)
		}
	}
	for _, f := range Contacts.Fields() {
		if !slices.Contains(types, f.Type) || f.about().title == "" {
			t.Errorf("the field %s has no form or no title", f.Name)
		}
	}
}

// TestSchemasShareNothing: the caller owns what it gets.
func TestSchemasShareNothing(t *testing.T) {
	table := testTable()
	tags := property(t, table, "tags")
	tags.Schema.Items.Type = "null"
	if got := property(t, table, "tags").Schema.Items.Type; got != "string" {
		t.Errorf("a change to one result shows in the next: %s", got)
	}
}

// TestOpenOptionsAreDescribed: a schema that names options must not say that
// others are left out where they are not.
func TestOpenOptionsAreDescribed(t *testing.T) {
	table := testTable()
	for name, open := range map[string]bool{"colour": false, "colours": false, "hue": true, "hues": true} {
		description := property(t, table, name).Schema.Description
		if left := strings.Contains(description, "left out"); left == open || !strings.Contains(description, "option") {
			t.Errorf("%s: %s", name, description)
		}
	}
}
