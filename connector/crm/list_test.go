package crm

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/trouble"

	"github.com/google/go-cmp/cmp"
)

// TestTagsInEveryNotation: a list is that list in whichever notation it comes,
// and no bracket or quote of the notation gets into a tag.
func TestTagsInEveryNotation(t *testing.T) {
	for raw, want := range map[string][]string{
		`["x","y"]`:                        {"x", "y"},
		`["Smith, Jones","a;b","x|y"]`:     {"smith, jones", "a;b", "x|y"},
		`["[1,2]"]`:                        {"[1,2]"},
		`["a",null,"","None",5,["b"]]`:     {"a", "5", "b"},
		`[]`:                               nil,
		`7`:                                {"7"},
		`"vip"`:                            {"vip"},
		`" VIP "`:                          {"vip"},
		`"vip, spring"`:                    {"vip", "spring"},
		`"vip; spring 2026;"`:              {"vip", "spring 2026"},
		`"Red, light;Blue"`:                {"red, light", "blue"},
		`"Red; light\nBlue, dark"`:         {"red; light", "blue, dark"},
		`"vip\r\nspring"`:                  {"vip", "spring"},
		`"vip|lead"`:                       {"vip", "lead"},
		`"webinar | registered"`:           {"webinar | registered"},
		`"a|b | c"`:                        {"a|b | c"},
		`"webinar | registered; other"`:    {"webinar | registered", "other"},
		`"vip,,VIP, vip"`:                  {"vip"},
		`",;"`:                             {","},
		`"[\"x\",\"y\"]"`:                  {"x", "y"},
		`" [ \"X\" , 5, true, null]"`:      {"x", "5", "true"},
		`"[\n  \"x\",\n  \"y\"\n]"`:        {"x", "y"},
		`"[\"a, b\",\"\\u00e9\"]"`:         {"a, b", "é"},
		`"[]"`:                             nil,
		`"[\"\"]"`:                         nil,
		`"{}"`:                             nil,
		`"{vip,spring}"`:                   {"vip", "spring"},
		`"{vip}"`:                          {"vip"},
		`"{\"spring 2026\",vip,NULL}"`:     {"spring 2026", "vip"},
		`"{\"a,b\",\"say \\\"hi\\\"\"}"`:   {"a,b", `say "hi"`},
		`"{\"a\",\"b\"}"`:                  {"a", "b"},
		`"['vip', 'spring']"`:              {"vip", "spring"},
		`"['vip']"`:                        {"vip"},
		`"['Smith, Jones', 'b']"`:          {"smith, jones", "b"},
		`"[\"O'Brien\", 'b', None]"`:       {"o'brien", "b"},
		`"['it\\'s', 'b']"`:                {"it's", "b"},
		`"{'a', 'b'}"`:                     {"a", "b"},
		`"['a]', 'b']"`:                    {"a]", "b"},
		`"[vip,spring]"`:                   {"vip", "spring"},
		`"[vip; spring]"`:                  {"vip", "spring"},
		`"[a;b, c]"`:                       {"a;b", "c"},
		`"^a^,^b^"`:                        {"a", "b"},
		`"^a, b^;^c^"`:                     {"a, b", "c"},
		`"('a', 'b')"`:                     {"a", "b"},
		`"('a',)"`:                         {"a"},
		`"(vip), (b)"`:                     {"(vip)", "(b)"},
		`"['a' 'b c']"`:                    {"a", "b c"},
		`"^a^"`:                            {"a"},
		`"\"a\",\"b\""`:                    {"a", "b"},
		`"'a'; 'b, c'"`:                    {"a", "b, c"},
		`"\"Smith, Jones\", b"`:            {"smith, jones", "b"},
		`"\"vip, spring\""`:                {"vip", "spring"},
		`"[VIP], [Lead]"`:                  {"vip", "lead"},
		`"[VIP] gold"`:                     {"[vip] gold"},
		`"f[0], g"`:                        {"f[0]", "g"},
		`"valentine's day, rock 'n' roll"`: {"valentine's day", "rock 'n' roll"},
		`"'90s, 7\""`:                      {"'90s", `7"`},
		`"said \"yes\", b"`:                {`said "yes"`, "b"},
		`"a: b, (c)"`:                      {"a: b", "(c)"},
	} {
		p := testPlan(t, func(o *PlanOptions) { o.Notation.NullWords = []string{"None", "NULL", "null"} })
		got, notes := mapped(t, p, `{"email":"a@example.com","tags":`+raw+`}`)
		if diff := cmp.Diff(want, got.TagsFor(nil)); diff != "" || len(notes) > 0 {
			t.Errorf("%s: notes %v, %s", raw, notes, diff)
		}
	}
}

// TestListsThatAreNotUnderstood are left out and told, rather than made tags.
func TestListsThatAreNotUnderstood(t *testing.T) {
	for raw, want := range map[string]struct {
		tags []string
		rule string
	}{
		`"['vip', 'lead"`:               {nil, ruleCutOff},
		`"[vip, new"`:                   {nil, ruleCutOff},
		`"{\"a\",\"b"`:                  {nil, ruleCutOff},
		`"[1,2] x"`:                     {nil, ruleCutOff},
		`"vip, lead]"`:                  {[]string{"vip"}, ruleCutOff},
		`"vip, \"lead"`:                 {[]string{"vip"}, ruleCutOff},
		`"{{a,b},{c}}"`:                 {[]string{"c"}, ruleCutOff},
		`"[{'name': 'vip'}]"`:           {nil, ruleIsAList},
		`"{'name': 'vip'}"`:             {nil, ruleIsAnObject},
		`"{\"vip\":true}"`:              {nil, ruleIsAnObject},
		`"[{},\"b\"]"`:                  {[]string{"b"}, ruleIsAnObject},
		`[{"a":1},"b"]`:                 {[]string{"b"}, ruleIsAnObject},
		`{"a":1}`:                       {nil, ruleIsAnObject},
		`true`:                          {nil, ruleIsABool},
		`"False"`:                       {nil, ruleIsABool},
		`"[\"a\\u0007\",\"b\\ud800\"]"`: {[]string{"a", "b\uFFFD"}, ruleControl},
	} {
		got, notes := mapped(t, testPlan(t, nil), `{"email":"a@example.com","tags":`+raw+`}`)
		if diff := cmp.Diff(want.tags, got.TagsFor(nil)); diff != "" {
			t.Errorf("%s: %s", raw, diff)
		}
		if !slices.ContainsFunc(notes, func(n trouble.Note) bool { return n.Rule == want.rule && n.Dropped == (want.rule != ruleControl) }) {
			t.Errorf("%s: notes %v, want %q", raw, notes, want.rule)
		}
	}
}

// TestATextThatIsATag: what the contact or the configuration has as one tag is
// one, and split where they do not.
func TestATextThatIsATag(t *testing.T) {
	table := testTable()
	p := testPlan(t, func(o *PlanOptions) { o.Tags, o.ManagedTags = []string{"Red, light"}, []string{"a;b", "trial*"} })
	for _, test := range []struct {
		raw       string
		have, add []string
	}{
		{`"smith, jones"`, []string{"red, light"}, []string{"smith", "jones"}},
		{`"Smith, Jones"`, []string{"red, light", "SMITH, JONES"}, nil},
		{`"Smith, Jones"`, []string{"red, light", "smith"}, []string{"jones"}},
		{`"RED, light"`, nil, []string{"red, light"}},
		{`"a;b"`, nil, []string{"red, light", "a;b"}},
		{`["smith","x"]`, []string{"red, light", "smith, jones"}, []string{"smith", "x"}},
	} {
		want, _ := mapped(t, p, `{"email":"a@example.com","tags":`+test.raw+`}`)
		c := Diff(table, want, Defaults{}, &Contact{Values: map[string]any{"email": "a@example.com"}, Tags: test.have})
		if diff := cmp.Diff(test.add, c.AddTags); diff != "" {
			t.Errorf("%s on %q: %s", test.raw, test.have, diff)
		}
	}
	older, _ := mapped(t, p, `{"email":"a@example.com","tags":"Smith, Jones"}`)
	newer, _ := mapped(t, p, `{"email":"a@example.com","tags":["smith"]}`)
	merged := Merge(older, newer)
	if got := merged.Lacking([]string{"red, light", "smith, jones"}); !slices.Equal(got, []string{"smith"}) {
		t.Errorf("one record names the tag, the other the phrase: %q is added", got)
	}
}

// TestLabelsDecide where a list of options ends its entries.
func TestLabelsDecide(t *testing.T) {
	labels := []string{"Plumbing", "Plumbing, Heating & Air", "Roofing", "A|B", "Fast; cheap", "7\" pipes", "None"}
	var options []Option
	for i, label := range labels {
		options = append(options, Option{ID: fmt.Sprintf("o%d", i), Label: label})
	}
	for raw, want := range map[string][]string{
		`"Plumbing, Heating & Air, Roofing"`:       {"Plumbing, Heating & Air", "Roofing"},
		`"roofing,plumbing, heating & air"`:        {"Roofing", "Plumbing, Heating & Air"},
		`"[Roofing, Plumbing, Heating & Air]"`:     {"Roofing", "Plumbing, Heating & Air"},
		`"['Plumbing, Heating & Air', 'Roofing']"`: {"Plumbing, Heating & Air", "Roofing"},
		`["Plumbing, Heating & Air","Roofing"]`:    {"Plumbing, Heating & Air", "Roofing"},
		`"Plumbing;Roofing"`:                       {"Plumbing", "Roofing"},
		`"Plumbing, Roofing; A|B"`:                 {"Plumbing", "Roofing", "A|B"},
		`"Plumbing | Roofing"`:                     {"Plumbing", "Roofing"},
		`"A|B|Roofing"`:                            {"A|B", "Roofing"},
		`"Fast; cheap; Roofing"`:                   {"Fast; cheap", "Roofing"},
		`"Roofing\nPlumbing"`:                      {"Roofing", "Plumbing"},
		`"o1, o2"`:                                 {"Plumbing, Heating & Air", "Roofing"},
		`"7\" pipes, Roofing"`:                     {"7\" pipes", "Roofing"},
		`"None"`:                                   {"None"},
		`"^Roofing^,^None^"`:                       {"Roofing", "None"},
		`"{Roofing,\"Plumbing, Heating & Air\"}"`:  {"Roofing", "Plumbing, Heating & Air"},
	} {
		for _, more := range []int{0, 100} { // found one by one, and by an index
			many := slices.Clone(options)
			for i := range more {
				many = append(many, Option{ID: fmt.Sprintf("m%d", i), Label: fmt.Sprintf("More %d", i)})
			}
			p, err := Compile(Contacts.Table(CustomField("f", "contact.f", "F", "CHECKBOX", many)),
				PlanOptions{MatchOn: []string{"email"}, Notation: Notation{NullWords: []string{"None"}}})
			if err != nil {
				t.Fatal(err)
			}
			got, notes := mapped(t, p, `{"email":"a@example.com","f":`+raw+`}`)
			if diff := cmp.Diff(any(want), got.Values["f"].Data); diff != "" || len(notes) > 0 {
				t.Errorf("%s, %d more: notes %v, %s", raw, more, notes, diff)
			}
			got, notes = mapped(t, p, `{"email":"a@example.com","f":"Tiling, Roofing, Paving, stones"}`)
			if diff := cmp.Diff(any([]string{"Roofing"}), got.Values["f"].Data); diff != "" || len(notes) != 1 {
				t.Errorf("unknown ones: notes %v, %s", notes, diff)
			}
		}
	}
}

// TestYesAndNoAreOptions: true and false choose what says so, and tick a box that
// stands alone.
func TestYesAndNoAreOptions(t *testing.T) {
	options := func(labels ...string) (list []Option) {
		for i, label := range labels {
			list = append(list, Option{ID: fmt.Sprint("id", i), Label: label})
		}
		return list
	}
	table := Contacts.Table(
		CustomField("f1", "contact.radio", "Radio", "RADIO", options("Yes", "No")),
		CustomField("f2", "contact.choice", "Choice", "SINGLE_OPTIONS", options("FALSE", "TRUE", "Maybe")),
		CustomField("f3", "contact.agreed", "Agreed", "CHECKBOX", options("I agree to the terms")),
		CustomField("f4", "contact.rank", "Rank", "SINGLE_OPTIONS", options("1", "2", "3")),
		CustomField("f5", "contact.two", "Two", "SINGLE_OPTIONS", options("Yes", "On", "No")),
	)
	p, err := Compile(table, PlanOptions{MatchOn: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	for record, want := range map[string]struct {
		field string
		value any
		given bool
	}{
		`"radio":true`:        {"f1", "Yes", true},
		`"radio":false`:       {"f1", "No", true},
		`"radio":"off"`:       {"f1", "No", true},
		`"radio":1`:           {"f1", "Yes", true},
		`"radio":0.0`:         {"f1", "No", true},
		`"radio":"maybe"`:     {"f1", nil, false},
		`"choice":"yes"`:      {"f2", "TRUE", true},
		`"choice":"n"`:        {"f2", "FALSE", true},
		`"choice":"maybe"`:    {"f2", "Maybe", true},
		`"agreed":true`:       {"f3", []string{"I agree to the terms"}, true},
		`"agreed":"1"`:        {"f3", []string{"I agree to the terms"}, true},
		`"agreed":["yes"]`:    {"f3", []string{"I agree to the terms"}, true},
		`"agreed":false`:      {"f3", nil, true},
		`"agreed":"no"`:       {"f3", nil, true},
		`"agreed":null`:       {"f3", nil, false},
		`"agreed":"whatever"`: {"f3", nil, false},
		`"rank":1`:            {"f4", "1", true},
		`"rank":true`:         {"f4", "1", true},
		`"rank":"2.0"`:        {"f4", "2", true},
		`"radio":"0.000"`:     {"f1", "No", true},
		`"rank":false`:        {"f4", nil, false},
		`"two":true`:          {"f5", nil, false},
		`"two":"yes"`:         {"f5", "Yes", true},
		`"two":false`:         {"f5", "No", true},
	} {
		for range 2 {
			got, _ := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
			v, given := got.Values[want.field]
			if diff := cmp.Diff(want.value, v.Data); diff != "" || given != want.given {
				t.Errorf("%s: given %v, %s", record, given, diff)
			}
		}
	}
}

// TestManyEntriesTakeLinearTime: a list of 80,000 entries, in any notation, is
// mapped, merged and compared in the time that reading it takes, more or less.
func TestManyEntriesTakeLinearTime(t *testing.T) {
	const many = 80_000
	var options []Option
	list := make([]string, many)
	for i := range list {
		list[i] = fmt.Sprintf("tag %d", i)
		options = append(options, Option{ID: fmt.Sprint("id", i), Label: list[i]})
	}
	table := Contacts.Table(CustomField("f", "contact.f", "F", "CHECKBOX", options))
	p, err := Compile(table, PlanOptions{MatchOn: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	array, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.Join(list, ",")
	start := time.Now()
	for _, text := range []string{string(array), joined, "{" + joined + "}", "['" + strings.Join(list, "','") + "']", "^" + strings.Join(list, "^;^") + "^",
		strings.Repeat("'a,", many), strings.Repeat("[", many), strings.Repeat("[a],", many), strings.Repeat(`"a;'b,`, many), strings.Join(list, "|") + "|x"} {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := mapped(t, p, fmt.Sprintf(`{"email":"a@example.com","tags":%s,"f":%s}`, quoted, quoted))
		have := Apply(&Contact{Values: map[string]any{"email": nil, "f": nil}}, Diff(table, want, Defaults{}, &Contact{}))
		have.Values["f"] = want.Values["f"].Data
		have.Tags = want.TagsFor(nil)
		if c := Diff(table, Merge(want, want), Defaults{}, have); len(c.AddTags) > 0 {
			t.Errorf("%d tags differ", len(c.AddTags))
		}
		table.Field("f").Canonical(text)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}
