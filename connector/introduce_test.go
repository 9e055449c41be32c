package connector

import (
	"regexp"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// said counts the log lines of a level that match a form.
func said(t *testing.T, stdout, level, form string) int {
	t.Helper()
	match := regexp.MustCompile(form)
	n := 0
	for line := range strings.Lines(stdout) {
		if strings.Contains(line, `"level":"`+level+`"`) && match.MatchString(line) {
			n++
		}
	}
	return n
}

// TestTheWholeMappingIsToldBeforeTheFirstWrite: one line for each stream that has records, with what every contact gets.
func TestTheWholeMappingIsToldBeforeTheFirstWrite(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	told, code := synced(t, server, nil, catalogOf(`people: {"Email":{},"Mobile Phone":{},"shoes":{}}`, `leads: {}`, `nobody: {"email":{}}`),
		`people: {"Email":"ada@example.com","Mobile Phone":"6175550101"}`, `leads: {"email":"bob@example.com","FIRST NAME":"Bob"}`)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, told)
	}
	for form, want := range map[string]int{
		`mapping: .*email ← Email.*phone ← Mobile Phone.*every contact gets.*heropixel.*capitalaudience.*not written: shoes.*people`: 1,
		`mapping: .*email ← email.*firstName ← FIRST NAME.*leads`:                                                                    1,
		`mapping: `: 2,
	} {
		if got := said(t, told, "INFO", form); got != want {
			t.Errorf("%s: told %d times, want %d\n%s", form, got, want, told)
		}
	}
}

// TestNobodyCanBeRecognised: what no key leads to is not written, and what looks like a key is named with the line to paste.
func TestNobodyCanBeRecognised(t *testing.T) {
	for name, tt := range map[string]struct {
		columns, record string
		settings        map[string]any
		code            int
		says            []string
	}{
		"a column that looks like it": {`{"Kontakt":{},"Name":{}}`, `{"Kontakt":"ada@example.com","Name":"Ada"}`, nil, exitError,
			[]string{`"failure_type":"config_error"`, `no column feeds email or phone`, `Kontakt`, `{\"from\": \"Kontakt\", \"to\": \"email\"}`}},
		"none that does":  {`{"Name":{},"shoes":{}}`, `{"Name":"Ada","shoes":44}`, nil, exitError, []string{`no column feeds email or phone`, `field_mapping`, `shoes`}},
		"not declared":    {`{"Name":{}}`, `{"Name":"Ada","email":"ada@example.com"}`, nil, exitOK, nil},
		"no schema":       {`{}`, `{"E-Mail":"ada@example.com"}`, nil, exitOK, nil},
		"without a value": {`{"email":{},"Name":{}}`, `{"Name":"Ada"}`, nil, exitOK, []string{`no_identifier`}},
		"by a mapping":    {`{"Kontakt":{}}`, `{"Kontakt":"ada@example.com"}`, map[string]any{"field_mapping": []any{map[string]any{"from": "Kontakt", "to": "email"}}}, exitOK, nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{})
			told, code := synced(t, server, tt.settings, catalogOf(`people: `+tt.columns, `others: {"email":{}}`), `people: `+tt.record)
			if code != tt.code || (code == exitError) != (server.Writes() == 0) && name != "without a value" {
				t.Errorf("exit code %d, %d writes", code, server.Writes())
			}
			for _, text := range tt.says {
				if !strings.Contains(told, text) {
					t.Errorf("%s is not in %s", text, told)
				}
			}
		})
	}
}

// TestAKeyThatNoColumnFeeds is a warning if somebody has asked for it.
func TestAKeyThatNoColumnFeeds(t *testing.T) {
	const form = `match_on: no column feeds custom_field:customer_number`
	asked := []string{"custom_field:customer_number", "email"}
	for name, tt := range map[string]struct {
		settings map[string]any
		columns  string
		warned   int
	}{
		"by default":     {nil, `{"email":{}}`, 0},
		"asked for":      {map[string]any{"match_on": asked}, `{"email":{},"cust_no":{}}`, 1},
		"by a stream":    {map[string]any{"streams": []any{map[string]any{"name": "people", "match_on": asked}}}, `{"email":{}}`, 1},
		"by another one": {map[string]any{"streams": []any{map[string]any{"name": "others", "match_on": asked}}}, `{"email":{}}`, 0},
		"fed":            {map[string]any{"match_on": asked}, `{"email":{},"Customer Number":{}}`, 0},
		"fed by records": {map[string]any{"match_on": asked}, `{}`, 0},
	} {
		told, code := synced(t, sandbox.New(sandbox.Options{}), tt.settings, catalogOf(`people: `+tt.columns, `others: {"email":{}}`),
			`people: {"email":"ada@example.com","customer_number":"C-1"}`)
		if tt.columns != `{}` && name != "fed" { // records have it anyway
			told, code = synced(t, sandbox.New(sandbox.Options{}), tt.settings, catalogOf(`people: `+tt.columns, `others: {"email":{}}`), `people: {"email":"ada@example.com"}`)
		}
		if got := said(t, told, "WARN", form); got != tt.warned || code != exitOK {
			t.Errorf("%s: warned %d times, want %d; exit code %d\n%s", name, got, tt.warned, code, told)
		}
	}
}

// TestSettingsThatNoStreamHasTheColumnOf are told once, and only if no stream has it.
func TestSettingsThatNoStreamHasTheColumnOf(t *testing.T) {
	mapping := func(from string) map[string]any {
		return map[string]any{"field_mapping": []any{map[string]any{"from": from, "to": "city"}}}
	}
	for name, tt := range map[string]struct {
		settings map[string]any
		catalog  string
		form     string
		warned   int
	}{
		"nobody has it":         {mapping("towm"), catalogOf(`people: {"email":{},"town":{}}`, `leads: {"email":{}}`), `field_mapping names the column \\"towm\\", which no stream has \(did you mean \\"town\\"`, 1},
		"one has it":            {mapping("town"), catalogOf(`people: {"email":{}}`, `leads: {"email":{},"Town":{}}`), `field_mapping names`, 0},
		"one may have it":       {mapping("town"), catalogOf(`people: {"email":{}}`, `leads: {}`), `field_mapping names`, 0},
		"one has not, as shown": {mapping("town"), catalogOf(`leads: {"email":{}}`, `people: {}`), `field_mapping names`, 1},
		"records have it":       {mapping("Vorname"), catalogOf(`people: {}`), `field_mapping names`, 0},
		"a path":                {mapping("address.city"), catalogOf(`people: {"email":{},"address":{}}`), `field_mapping names`, 0},
		"a fixed value":         {map[string]any{"field_mapping": []any{map[string]any{"value": "Boston", "to": "city"}}}, catalogOf(`people: {"email":{}}`), `field_mapping names`, 0},
		"deleted_when":          {map[string]any{"streams": []any{map[string]any{"name": "people", "deleted_when": "IsDeleted"}}}, catalogOf(`people: {"email":{}}`), `deleted_when names the column \\"IsDeleted\\"`, 1},
	} {
		told, code := synced(t, sandbox.New(sandbox.Options{}), tt.settings, tt.catalog, `people: {"email":"ada@example.com","vorname":"Ada"}`)
		if got := said(t, told, "WARN", tt.form); got != tt.warned || code != exitOK {
			t.Errorf("%s: warned %d times, want %d; exit code %d\n%s", name, got, tt.warned, code, told)
		}
	}
}

// TestMissingCustomFieldsAreBounded: too many of them are most likely a mistake, and so are those of a stream in which nobody can be
// recognised. None is created then, and all are named.
func TestMissingCustomFieldsAreBounded(t *testing.T) {
	columns := func(key string, n int) string {
		list := []string{`"` + key + `":{}`}
		for i := range n {
			list = append(list, `"answer_`+string(rune('a'+i/26))+string(rune('a'+i%26))+`":{"type":"integer"}`)
		}
		return `{` + strings.Join(list, ",") + `}`
	}
	for name, tt := range map[string]struct {
		key      string
		n        int
		settings map[string]any
		created  int
		form     string
	}{
		"as many as allowed": {"email", 30, nil, 30, `created the custom field`},
		"one more":           {"email", 31, nil, 0, `31 columns match no field, .*max_custom_fields \(30\)`},
		"all are named":      {"email", 31, nil, 0, `they are answer_aa.* answer_be`},
		"more are allowed":   {"email", 31, map[string]any{"max_custom_fields": 31}, 31, `created the custom field`},
		"none is allowed":    {"email", 1, map[string]any{"max_custom_fields": 0}, 0, `1 column matches no field`},
		"nobody recognised":  {"kontakt", 2, nil, 0, `no custom field is created for this stream as long as no column feeds email or phone`},
	} {
		server := sandbox.New(sandbox.Options{CustomFields: []sandbox.CustomField{}})
		settings := map[string]any{"create_missing_custom_fields": true}
		for key, value := range tt.settings {
			settings[key] = value
		}
		told, _ := synced(t, server, settings, catalogOf(`people: `+columns(tt.key, tt.n), `again: `+columns(tt.key, tt.n)))
		if got := len(server.CustomFields()); got != tt.created {
			t.Errorf("%s: %d fields were created, want %d", name, got, tt.created)
		}
		if said(t, told, "WARN", tt.form)+said(t, told, "INFO", tt.form) == 0 {
			t.Errorf("%s: %s is not told:\n%s", name, tt.form, told)
		}
	}
}
