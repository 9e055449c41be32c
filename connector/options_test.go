package connector

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
)

func configured(t *testing.T, settings string) config.Config {
	t.Helper()
	conf, err := config.Parse([]byte(`{"credentials":{"auth_type":"personal_access_token","access_token":"pit-1"},"location_id":"l","null_words":["-"]` + settings + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return conf
}

// TestNotation: what the user sets goes before the country that the user names, and that before the location's.
func TestNotation(t *testing.T) {
	words := []string{"-"}
	for settings, want := range map[string]crm.Notation{
		``:                        {NullWords: words, DateOrder: crm.DMY, DecimalSeparator: ","}, // the location is German
		`,"default_country":""`:   {NullWords: words, DateOrder: crm.DMY, DecimalSeparator: ","},
		`,"default_country":"US"`: {NullWords: words, DateOrder: crm.MDY, DecimalSeparator: "."},
		`,"default_country":"JP"`: {NullWords: words, DateOrder: crm.YMD, DecimalSeparator: "."},
		`,"date_order":"MDY"`:     {NullWords: words, DateOrder: crm.MDY, DateOrderSet: true, DecimalSeparator: ","},
		`,"default_country":"US","date_order":"YMD","decimal_separator":","`: {NullWords: words, DateOrder: crm.YMD, DateOrderSet: true, DecimalSeparator: ","},
	} {
		if diff := cmp.Diff(want, notation(configured(t, settings), "DE")); diff != "" {
			t.Errorf("%s: %s", settings, diff)
		}
	}
}

func TestMapping(t *testing.T) {
	value := "x"
	for want, m := range map[*crm.Mapping]config.FieldMapping{
		{From: "a", To: "city"}:                                 {From: "a", To: "city", When: config.Always},
		{From: "a", To: "dnd", Negate: true, When: crm.IfEmpty}: {From: "a", To: "dnd", When: config.IfEmpty, Negate: true},
		{From: "a", Object: "notes"}:                            {From: "a", To: "notes", When: config.Always},
		{To: "city", Value: &value}:                             {To: "city", When: config.Always, Value: &value},
		{From: "a", To: "tags", Values: []crm.Translation{{From: "Gold", To: "g"}, {From: "*"}}}: {From: "a", To: "tags", When: config.Always,
			Values: []config.Translation{{From: "Gold", To: "g"}, {From: config.AnyOther}}},
	} {
		if diff := cmp.Diff(*want, mapping(m, crm.Contacts.Table())); diff != "" {
			t.Error(diff)
		}
	}
}
