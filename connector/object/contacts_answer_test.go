package object

import (
	"encoding/json"
	"strings"
	"testing"

	"destination-gohighlevel/connector/crm"
)

// What the API says may repeat the record; what the user reads must not.
func TestMaskHidesEveryValueOfTheRecord(t *testing.T) {
	want := crm.Desired{Tags: []string{"vip-guest"}, Values: map[string]crm.Value{
		"firstName": {Data: "Zeb"}, "lastName": {Data: "Zebulon"}, "city": {Data: "Li"},
		"visits": {Data: json.Number("987651")}, "topics": {Data: []string{"Gardening"}},
		"links": {Data: map[string]string{"b": "my-blog"}}, "cleared": {},
	}}
	got := mask("firstName zebulon of LI with 987651, gardening, My-Blog and vip-guest is not allowed in lists", want)
	if got != "firstName *** of *** with ***, ***, *** and *** is not allowed in lists" {
		t.Errorf("got %q", got)
	}
	if strings.Contains(mask("Zebulon Zeb", want), "eb") {
		t.Error("overlapping values are not hidden whole")
	}
}
