package crm

import (
	"math/rand/v2"
	"slices"
	"testing"

	"destination-gohighlevel/connector/trouble"
)

func testTable() *Table {
	options := []Option{{ID: "o1", Label: "Red"}, {ID: "o2", Label: "Light Blue"}}
	openOne := CustomField("cfOpenOne", "contact.hue", "Hue", "RADIO", options)
	openMany := CustomField("cfOpenMany", "contact.hues", "Hues", "MULTIPLE_OPTIONS", options)
	openOne.OpenOptions, openMany.OpenOptions = true, true
	return Contacts.Table(
		CustomField("cfText", "contact.pincode", "Pin Code", "TEXT", nil),
		CustomField("cfLong", "contact.story", "Story", "LARGE_TEXT", nil),
		CustomField("cfNum", "contact.age", "Age", "NUMERICAL", nil),
		CustomField("cfMoney", "contact.balance", "Balance", "MONETORY", nil),
		CustomField("cfDate", "contact.joined", "Joined On", "DATE", nil),
		CustomField("cfOne", "contact.colour", "Colour", "SINGLE_OPTIONS", options),
		CustomField("cfMany", "contact.colours", "Colours Liked", "CHECKBOX", options),
		CustomField("cfBoxes", "contact.boxes", "Boxes", "TEXTBOX_LIST", options),
		CustomField("cfFile", "contact.file", "File", "FILE_UPLOAD", nil),
		CustomField("cfSign", "contact.sign", "Signed", "SIGNATURE", nil),
		openOne, openMany,
	)
}

func testPlan(t testing.TB, change func(*PlanOptions)) *Plan {
	t.Helper()
	o := PlanOptions{MatchOn: []string{"email", "phone"}, DefaultCountry: "US"}
	if change != nil {
		change(&o)
	}
	p, err := Compile(testTable(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mapped(t testing.TB, p *Plan, record string, unknown ...string) (Desired, []trouble.Note) {
	t.Helper()
	want, notes, err := p.Map([]byte(record), unknown)
	if err != nil {
		t.Fatalf("Map: %v (notes %v)", err, notes)
	}
	return want, notes
}

// hasNote looks for a note, of any column unless n names one.
func hasNote(notes []trouble.Note, n trouble.Note) bool {
	return slices.ContainsFunc(notes, func(has trouble.Note) bool {
		if n.Column == "" {
			has.Column = ""
		}
		return has == n
	})
}

// newRand draws the same in every run.
func newRand(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(1, 2))
}
