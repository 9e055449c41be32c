package crm

import "testing"

func TestNotationOf(t *testing.T) {
	for country, want := range map[string]Notation{
		"US": {DateOrder: MDY, DecimalSeparator: "."},
		"us": {DateOrder: MDY, DecimalSeparator: "."},
		"PR": {DateOrder: MDY, DecimalSeparator: "."},
		"GB": {DateOrder: DMY, DecimalSeparator: "."},
		"AU": {DateOrder: DMY, DecimalSeparator: "."},
		"IN": {DateOrder: DMY, DecimalSeparator: "."},
		"MX": {DateOrder: DMY, DecimalSeparator: "."},
		"CH": {DateOrder: DMY, DecimalSeparator: "."},
		"DE": {DateOrder: DMY, DecimalSeparator: ","},
		"BR": {DateOrder: DMY, DecimalSeparator: ","},
		"FR": {DateOrder: DMY, DecimalSeparator: ","},
		"SE": {DateOrder: YMD, DecimalSeparator: ","},
		"JP": {DateOrder: YMD, DecimalSeparator: "."},
		"CA": {DateOrder: YMD, DecimalSeparator: "."},
		"":   {DateOrder: MDY, DecimalSeparator: "."},
	} {
		got := NotationOf(country)
		if got.DateOrder != want.DateOrder || got.DecimalSeparator != want.DecimalSeparator || got.DateOrderSet || got.NullWords != nil {
			t.Errorf("%q: %+v", country, got)
		}
	}
}

// TestWordsForNothing are exact, and no values: but an option's label is one.
func TestWordsForNothing(t *testing.T) {
	change := func(o *PlanOptions) {
		o.Notation.NullWords = []string{"NULL", "null", "nan", "N/A", "None", "\\N", "Red"}
		o.ClearNulls = true
	}
	p := testPlan(t, change)
	for record, want := range map[string]struct {
		field string
		value any
		none  bool
	}{
		`"first_name":"NULL"`:             {"firstName", nil, true},
		`"first_name":" NULL\t"`:          {"firstName", nil, true},
		`"first_name":"Null"`:             {"firstName", "Null", false},
		`"last_name":"Nan"`:               {"lastName", "Nan", false},
		`"last_name":"nan"`:               {"lastName", nil, true},
		`"city":"\\N"`:                    {"city", nil, true},
		`"city":"None of it"`:             {"city", "None of it", false},
		`"city":"\u200b \u00a0"`:          {"city", nil, true},
		`"city":"\n"`:                     {"city", nil, true},
		`"phone":"N/A"`:                   {"phone", nil, true},
		`"age":"nan"`:                     {"cfNum", nil, true},
		`"colour":"Red"`:                  {"cfOne", "Red", false},
		`"colour":"None"`:                 {"cfOne", nil, true},
		`"country":"N/A"`:                 {"country", nil, true},
		`"colours":["None","Red"]`:        {"cfMany", []string{"Red"}, false},
		`"city":["Oslo","None","Bergen"]`: {"city", "Oslo, Bergen", false},
	} {
		for range 2 {
			desired, notes := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
			got, there := desired.Values[want.field]
			if !there || want.none != (got.Data == nil) || want.value != nil && !Equal(p.table.Field(want.field), got.Data, want.value) || len(notes) > 0 {
				t.Errorf("%s: %#v (%v), notes %v", record, got.Data, there, notes)
			}
		}
	}
}
