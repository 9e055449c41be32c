package records

import (
	"fmt"
	"strings"
	"testing"

	"destination-gohighlevel/connector/ghl"
)

// namesOf makes names of ids and names by turns.
func namesOf(texts ...string) (all names) {
	for i := 0; i < len(texts); i += 2 {
		all = append(all, ghl.Named{ID: texts[i], Name: texts[i+1]})
	}
	return all
}

// TestNames: an id or a name leads to a thing of the location, and what leads to none is told with the names that there are.
func TestNames(t *testing.T) {
	stages := namesOf("s1", "New Lead", "s2", "Won  or lost", "s3", "Twice", "s4", "twice")
	for _, tt := range []struct {
		all       names
		ref, want string
	}{
		{stages, "New Lead", "New Lead"},
		{stages, " wON OR lost ", "Won  or lost"},
		{stages, "s1", "New Lead"},
		{stages, "s4", "s4"},
		{stages, "Twice", "more than one stage has this name: give the id"},
		{stages, "Kickoff", "no stage has this name or id; the names are New Lead, Won  or lost, Twice and twice"},
		{nil, "New Lead", "there is no stage"},
	} {
		label, why := tt.all.find(tt.ref, "stage")
		if label+why != tt.want {
			t.Errorf("%q: %s%s, want %s", tt.ref, label, why, tt.want)
		}
		if label != "" && tt.all.label(tt.all.id(label)) != label {
			t.Errorf("%q has another id", label)
		}
	}
	if stages.label("gone") != "gone" || stages.id("gone") != "gone" {
		t.Error("what is not known is told by its id")
	}
}

// TestManyNamesAreCut: a reason stays readable.
func TestManyNamesAreCut(t *testing.T) {
	var all names
	for i := range 40 {
		all = append(all, ghl.Named{ID: fmt.Sprint(i), Name: fmt.Sprintf("Stage %d", i)})
	}
	if _, why := all.find("x", "stage"); !strings.HasSuffix(why, "Stage 11 and 28 more") {
		t.Error(why)
	}
}
