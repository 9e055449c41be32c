package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// values compares what Parse read, not the document it keeps.
var values = cmpopts.IgnoreFields(Config{}, "given")

const minimal = `{"credentials":{"auth_type":"personal_access_token","access_token":"pit-00000000-0000-4000-8000-000000000001"},"location_id":"ve9EPM428h8vShlRW1KT"}`

// with returns the minimal configuration with keys set; a nil value takes the key away.
func with(t *testing.T, changes map[string]any) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(minimal), &m); err != nil {
		t.Fatal(err)
	}
	for k, v := range changes {
		if v == nil {
			delete(m, k)
		} else {
			m[k] = v
		}
	}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func faults(t *testing.T, data []byte) []string {
	t.Helper()
	_, err := Parse(data)
	if err == nil {
		return nil
	}
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("Parse: %T, want *Error", err)
	}
	return e.Faults
}

// defaults is what the minimal configuration means, with changes.
func defaults(change func(*Config)) Config {
	c := Config{
		Credentials: Credentials{AuthType: PersonalAccessToken, AccessToken: "pit-00000000-0000-4000-8000-000000000001"},
		LocationID:  "ve9EPM428h8vShlRW1KT", Tags: []string{"heropixel"}, ManagedTags: []string{}, Source: "capitalaudience",
		DefaultCountry: "US", MatchOn: []string{"email", "phone"},
		FieldMapping: []FieldMapping{}, Streams: []Stream{},
		NullValues: Ignore, NullWords: []string{"NULL", "null", "nan", "NaN", "NaT", "<NA>", "N/A", "n/a", "#N/A", "None", `\N`},
		DateOrder: Auto, DecimalSeparator: Auto, DoNotDisturb: Protect,
		SchemaViolations: Warn, IdentityConflicts: PreferFirst, MaxCustomFields: 30,
		ObjectStorage: Storage{StorageType: StoreNone}, Journal: Storage{StorageType: StoreNone},
		OnMissing: Keep, OnDelete: RemoveTags, RemovalLimitPercent: 10,
		APIURL: "https://services.leadconnectorhq.com",
	}
	if change != nil {
		change(&c)
	}
	return c
}

func TestParseFillsDefaults(t *testing.T) {
	for name, data := range map[string]string{
		"absent":     minimal,
		"null":       strings.TrimSuffix(minimal, "}") + `,"tags":null,"source":null,"match_on":null,"streams":null,"api_url":null}`,
		"byte order": "\xef\xbb\xbf" + minimal,
		"line end":   minimal + "\n\n",
		"platform": strings.TrimSuffix(minimal, "}") +
			`,"__injected_declarative_manifest":{},"_x":1,"airbyte_workspace":"w"}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(data))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(defaults(nil), got, values); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseTrims(t *testing.T) {
	got, err := Parse(with(t, map[string]any{
		"credentials":     map[string]any{"auth_type": PersonalAccessToken, "access_token": " pit-1\n"},
		"location_id":     "\tabc \n",
		"default_country": " de ",
		"tags":            []string{" vip "},
		"managed_tags":    []string{" plan-* "},
		"null_words":      []string{" - "},
		"match_on":        []string{" email", "custom_field: number "},
		"field_mapping": []any{map[string]any{"from": " FIRST NAME ", "to": " firstName ", "value": " ",
			"values": []any{map[string]any{"from": " a ", "to": " b "}}}},
		"streams": []any{map[string]any{"name": "users", "tags": []string{"a "}, "match_on": []string{"phone "}}},
		"api_url": " http://127.0.0.1:8080/ ",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := defaults(func(c *Config) {
		c.Credentials.AccessToken, c.LocationID, c.DefaultCountry, c.APIURL = "pit-1", "abc", "DE", "http://127.0.0.1:8080"
		c.Tags, c.ManagedTags, c.NullWords, c.MatchOn = []string{"vip"}, []string{"plan-*"}, []string{"-"}, []string{"email", "custom_field:number"}
		c.FieldMapping = []FieldMapping{{From: " FIRST NAME ", To: "firstName", Values: []Translation{{From: "a", To: "b"}}}}
		c.Streams = []Stream{{Name: "users", Tags: &[]string{"a"}, MatchOn: &[]string{"phone"}}}
	})
	if diff := cmp.Diff(want, got, values); diff != "" {
		t.Error(diff)
	}
}

func TestParseKeepsEmpty(t *testing.T) {
	got, err := Parse(with(t, map[string]any{"tags": []string{}, "source": " ", "default_country": "", "null_words": []string{}, "max_custom_fields": 0}))
	if err != nil {
		t.Fatal(err)
	}
	want := defaults(func(c *Config) {
		c.Tags, c.Source, c.DefaultCountry, c.NullWords, c.MaxCustomFields = []string{}, "", "", []string{}, 0
	})
	if diff := cmp.Diff(want, got, values); diff != "" {
		t.Error("an explicit nothing became a default: " + diff)
	}
}

func TestParseFaults(t *testing.T) {
	token := func(v string) map[string]any {
		return map[string]any{"credentials": map[string]any{"auth_type": PersonalAccessToken, "access_token": v}}
	}
	mapping := func(m ...any) map[string]any { return map[string]any{"field_mapping": m} }
	streams := func(s ...any) map[string]any { return map[string]any{"streams": s} }
	type object = map[string]any
	for name, tt := range map[string]struct {
		set  map[string]any
		want []string
	}{
		"list":       {object{"tags": "vip"}, []string{"tags: must be a list of strings"}},
		"item":       {object{"tags": []any{"a", 7}}, []string{"tags[1]: must be a string"}},
		"null item":  {object{"match_on": []any{nil}}, []string{"match_on[0]: must be a string"}},
		"string":     {object{"source": 7}, []string{"source: must be a string"}},
		"object":     {object{"credentials": "pit-1"}, []string{"credentials: must be an object"}},
		"objects":    {object{"streams": []any{"users"}}, []string{"streams[0]: must be an object"}},
		"misspelt":   {object{"loction_id": "x"}, []string{"loction_id: unknown; did you mean location_id?"}},
		"camel case": {object{"matchOn": "x"}, []string{"matchOn: unknown; did you mean match_on?"}},
		"nested":     {streams(object{"name": "a", "tag": "x"}), []string{"streams[0].tag: unknown; did you mean tags?"}},
		"far": {mapping(object{"from": "a", "to": "b", "colour": "x"}),
			[]string{"field_mapping[0].colour: unknown; known are stream, from, to, when, value, values, negate"}},
		"secret as a key": {object{"credentials": object{"auth_type": PersonalAccessToken, "access_token": "pit-1", "pit-12345": ""}},
			[]string{"credentials: holds an unknown key; known are auth_type, access_token"}},
		"secret as a key of all": {object{"pit-12345": ""}, []string{"it holds an unknown key; known are credentials, location_id, tags, managed_tags, source, default_country, match_on, field_mapping, streams, " +
			"create_missing_businesses, create_missing_custom_fields, max_custom_fields, null_values, null_words, date_order, decimal_separator, do_not_disturb, schema_violations, identity_conflicts, object_storage_config, journal, on_missing, on_delete, removal_limit_percent, " +
			"daily_request_reserve, max_creates_per_sync, max_updates_per_sync, dry_run, api_url"}},
		"missing":        {object{"credentials": nil, "location_id": nil}, []string{"credentials: missing", "location_id: missing"}},
		"missing nested": {streams(object{"object": "contacts"}), []string{"streams[0].name: missing"}},
		"no credentials": {object{"credentials": object{}},
			[]string{"credentials.auth_type: missing; must be one of personal_access_token, oauth2.0", "credentials.access_token: missing"}},
		"auth type": {object{"credentials": object{"auth_type": "basic", "access_token": "pit-1"}},
			[]string{"credentials.auth_type: must be one of personal_access_token, oauth2.0"}},
		"enum":               {object{"null_values": "drop"}, []string{"null_values: must be one of ignore, clear"}},
		"enum in list":       {mapping(object{"from": "a", "to": "b", "when": "never"}), []string{"field_mapping[0].when: must be one of always, if_empty, if_newer"}},
		"country":            {object{"default_country": "USA"}, []string{"default_country: must be a two-letter country code, such as US, or empty"}},
		"match key":          {object{"match_on": []string{"email", "name"}}, []string{"match_on[1]: must be id, email, phone or custom_field:KEY"}},
		"custom field":       {object{"match_on": []string{"custom_field: "}}, []string{"match_on[0]: must be id, email, phone or custom_field:KEY"}},
		"doubled":            {object{"match_on": []string{"email", "id", "email"}}, []string{"match_on[2]: the same as match_on[0]"}},
		"no match key":       {object{"match_on": []string{}}, []string{"match_on: must not be empty"}},
		"stream match key":   {streams(object{"name": "a", "match_on": []string{"x"}}), []string{"streams[0].match_on[0]: must be id, email, phone, name, website or custom_field:KEY"}},
		"empty tag":          {object{"tags": []string{" "}}, []string{"tags[0]: empty"}},
		"empty stream tag":   {streams(object{"name": "a", "tags": []string{""}}), []string{"streams[0].tags[0]: empty"}},
		"empty mapping":      {mapping(object{"from": " ", "to": ""}), []string{"field_mapping[0].from: missing; name the column, or give every record the same by value"}},
		"stream twice":       {streams(object{"name": "a"}, object{"name": "a", "namespace": nil}), []string{"streams[1].name: the same stream as streams[0]"}},
		"empty stream":       {streams(object{"name": ""}), []string{"streams[0].name: empty"}},
		"url scheme":         {object{"api_url": "ftp://example.com"}, []string{"api_url: must be an http or https address without user name, query and fragment"}},
		"url user":           {object{"api_url": "https://u:p@example.com"}, []string{"api_url: must be an http or https address without user name, query and fragment"}},
		"url query":          {object{"api_url": "https://example.com?"}, []string{"api_url: must be an http or https address without user name, query and fragment"}},
		"url empty":          {object{"api_url": ""}, []string{"api_url: must be an http or https address without user name, query and fragment"}},
		"token empty":        {token(" "), []string{"credentials.access_token: empty"}},
		"token masked":       {token("**********"), []string{"credentials.access_token: is a placeholder; put the real one there"}},
		"token example":      {token("<your token>"), []string{"credentials.access_token: is a placeholder; put the real one there"}},
		"token with Bearer":  {token("Bearer pit-1"), []string{"credentials.access_token: must be the token alone, without blanks or other text"}},
		"token of two lines": {token("pit-1\npit-2"), []string{"credentials.access_token: must be the token alone, without blanks or other text"}},
		"location template":  {object{"location_id": "YOUR_LOCATION_ID"}, []string{"location_id: is a placeholder; put the real one there"}},
		"location address":   {object{"location_id": "https://example.com/location/abc"}, []string{"location_id: must hold only letters and digits"}},
		"many at once": {object{"location_id": nil, "tags": 1, "null_values": "x", "sorce": "y", "default_country": "?"},
			[]string{"location_id: missing", "tags: must be a list of strings", "null_values: must be one of ignore, clear",
				"sorce: unknown; did you mean source?", "default_country: must be a two-letter country code, such as US, or empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, faults(t, with(t, tt.set))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseNotJSON(t *testing.T) {
	const utf16 = "not in UTF-8, as it seems, but in UTF-16; save it as UTF-8"
	for data, want := range map[string]string{
		"":                   "the file is empty",
		" \n":                "the file is empty",
		"\xef\xbb\xbf\n":     "the file is empty",
		"pit-1":              "the file is not JSON (at byte 1)",
		`{"a": pit}`:         "the file is not JSON (at byte 7)",
		`{"a": "pit-1`:       "the file is not JSON (ends at byte 12)",
		minimal + "}":        fmt.Sprintf("the file is not JSON (more follows at byte %d)", len(minimal)),
		minimal + " {}":      fmt.Sprintf("the file is not JSON (more follows at byte %d)", len(minimal)),
		`["pit-1"]`:          "the file must hold one JSON object",
		"null":               "the file must hold one JSON object",
		`"pit-1"`:            "the file must hold one JSON object",
		"{\"a\": \"\n\"":     "the file is not JSON (at byte 8)",
		"\xff\xfe{\x00}\x00": "the file is " + utf16,
		"\xfe\xff\x00{\x00}": "the file is " + utf16,
		"{\x00}\x00":         "the file is " + utf16,
		"\x00{\x00}":         "the file is " + utf16,
	} {
		if diff := cmp.Diff([]string{want}, faults(t, []byte(data))); diff != "" {
			t.Errorf("%q: %s", data, diff)
		}
	}
}

// TestParseOfACatalog: who takes one file for the other needs one sentence.
func TestParseOfACatalog(t *testing.T) {
	const want = "this looks like a catalog, which belongs to --catalog"
	for _, data := range []string{
		`{"streams":[{"stream":{"name":"people","json_schema":{}},"sync_mode":"full_refresh","destination_sync_mode":"append"}]}`,
		`{"streams":[{"stream":{}}]}`,
	} {
		if diff := cmp.Diff([]string{want}, faults(t, []byte(data))); diff != "" {
			t.Errorf("%s: %s", data, diff)
		}
	}
	for _, data := range []string{`{"streams":[]}`, `{"streams":[{"name":"people"}]}`, `{"streams":[{"stream":"people"}]}`, `{"streams":{"stream":{}}}`,
		`{"streams":[{"stream":{}}],"location_id":"x"}`, `{"streams":[{"stream":{}}],"credentials":null}`} {
		if got := faults(t, []byte(data)); len(got) == 0 || got[0] == want {
			t.Errorf("%s: %q", data, got)
		}
	}
}

// TestRules: what another package knows is told with the other faults, once for
// each key.
func TestRules(t *testing.T) {
	rule := Rule{Key: "source", Broken: func(c Config) string {
		if c.Source == "a" {
			return ""
		}
		return "must be a"
	}}
	for source, want := range map[any][]string{
		" a ": {"tags[0]: empty"}, "b": {"source: must be a", "tags[0]: empty"}, 7: {"source: must be a string", "tags[0]: empty"},
	} {
		_, err := Parse(with(t, map[string]any{"source": source, "tags": []string{""}}), rule)
		var e *Error
		if !errors.As(err, &e) || !cmp.Equal(e.Faults, want) {
			t.Errorf("%v: %v, want %v", source, err, want)
		}
	}
}

func TestErrorText(t *testing.T) {
	one := &Error{Faults: []string{"tags: empty"}}
	if got := one.Error(); got != "invalid configuration: tags: empty" {
		t.Errorf("got %q", got)
	}
	two := &Error{Faults: []string{"a: b", "c: d"}}
	if got := two.Error(); got != "invalid configuration, 2 faults: a: b; c: d" {
		t.Errorf("got %q", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte(`{"credentials":{"access_token":"` + canary + `"},"tags":[{}],"streams":[null,{"name":1}],"` + canary + `":1}`))
	f.Add([]byte(`{"credentials":{"` + canary + `":[]},"match_on":["custom_field:` + canary + `",""]}`))
	f.Add([]byte(`{"credentials":"` + canary + `"`))
	f.Add([]byte(strings.ReplaceAll(everything, "canary", canary)))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse(data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || len(e.Faults) == 0 {
				t.Fatalf("%T without faults", err)
			}
			if strings.Contains(err.Error(), canary) {
				t.Fatalf("a value is in the fault: %v", err)
			}
			return
		}
		if (c.Credentials.AccessToken.IsZero() && c.Credentials.RefreshToken.IsZero()) || c.LocationID == "" || len(c.MatchOn) == 0 || c.APIURL == "" {
			t.Fatalf("accepted although incomplete: %+v", c)
		}
		again, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse([]byte(strings.ReplaceAll(string(again), `"***"`, `"pit-1"`))); err != nil {
			t.Fatalf("what Parse accepted it refuses when written out: %v", err)
		}
	})
}
