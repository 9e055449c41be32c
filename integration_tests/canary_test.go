package integration_tests

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestCanariesAreFound holds the judge of these tests to finding the values in every form.
func TestCanariesAreFound(t *testing.T) {
	for _, told := range []string{canaryToken, oddToken, canarySecret, canaryGrant, canaryKeyID, canaryKey, "zqxander.zqxton%40zqxmail.example.com",
		"+12025550142", "(202) 555-0142", "202.555.0142", "ZQXVILLE", "a part of Zqxv"} {
		if !strings.Contains(strings.ToLower(told), mark) && !phoneMark.MatchString(told) {
			t.Errorf("%q is not found", told)
		}
	}
	if text := canaryLine(nil); phoneMark.MatchString("heropixel 1 created, 2026-11-21T17:20:45Z") || !phoneMark.MatchString(text) || !strings.Contains(text, mark) {
		t.Error("the record has no canaries, or everything is one")
	}
}

// TestCanaries sends secrets and personal values through every way to fail, and wants none of them in what the program says: on stdout
// outside of STATE and CONTROL, and on stderr. What preview prints on stdout is the plan, and shows records. A panic's value is never
// printed (connector.Run, load.guarded); no input is known that makes one. CANARIES=all tries all refusals, not a sample.
func TestCanaries(t *testing.T) {
	t.Parallel()
	c := canaries{buildCrashProgram(t)}
	for name, test := range map[string]func(*testing.T){
		"config": c.config, "input": c.input, "refusals": c.refusals, "broken answers": c.brokenAnswers, "lasting faults": c.lastingFaults,
		"unasked answers": c.unaskedAnswers, "columns": c.columns, "command line": c.commandLine,
		"sign-in": c.signIn, "store": c.store, "other hosts": c.otherHosts,
	} {
		t.Run(name, test)
	}
}

// canaries has the program to run.
type canaries struct{ binary string }

// config feeds every verb configurations that cannot be used.
func (suite canaries) config(t *testing.T) {
	t.Parallel()
	token := func(v any) map[string]any {
		return map[string]any{"credentials": map[string]any{"auth_type": "personal_access_token", "access_token": v}}
	}
	store := func(key string, v any) map[string]any {
		s := map[string]any{"storage_type": "S3", "access_key_id": canaryKeyID, "secret_access_key": canaryKey, "s3_bucket_name": "rejected",
			"s3_bucket_region": "us-east-1", "bucket_path": "people"}
		s[key] = v
		return map[string]any{"object_storage_config": s}
	}
	cases := map[string]canaryCase{
		"token as list":        {config: token([]string{canaryToken})},
		"token as object":      {config: token(map[string]any{canaryToken: canaryToken})},
		"token with text":      {config: token("Bearer " + canaryToken)},
		"token with line":      {config: token(canaryToken + "\n" + canaryToken)},
		"token as credentials": {config: map[string]any{"credentials": canaryToken}},
		"token as a key":       {config: map[string]any{canaryToken: true, "credentials": map[string]any{"auth_type": canarySecret, canaryGrant: 1}}},
		"token as type":        {config: map[string]any{"credentials": map[string]any{"auth_type": canaryToken}}},
		"other sign-in":        {config: map[string]any{"credentials": map[string]any{"auth_type": "oauth2.0", "access_token": canaryToken, "client_secret": []string{canarySecret}}}},
		"unknown keys":         {config: map[string]any{"token": canaryToken, "acces_token": canaryToken, "tags_": []string{"zqxtag"}}},
		"password in address":  {config: map[string]any{"api_url": "https://zqxuser:zqxpassword@example.com"}},
		"token in address":     {config: map[string]any{"api_url": "https://example.com/?token=" + canaryToken}},
		"broken address":       {config: map[string]any{"api_url": "https://zqxuser:zqx%zzpassword@example.com:zqx"}},
		"odd values":           {config: map[string]any{"null_values": canaryToken, "location_id": canaryToken + " " + canaryToken, "default_country": canaryToken, "match_on": []string{canaryToken}}},
		"store: address":       {config: store("s3_endpoint", "https://zqxuser:zqxpassword@example.com")},
		"store: key as number": {config: store("secret_access_key", []string{canaryKey})},
		"store: key with text": {config: store("access_key_id", canaryKeyID+" "+canaryKey)},
		"store: unknown key":   {config: store("secret_acces_key", canaryKey)},
		"only a token":         {raw: canaryToken},
		"broken off":           {raw: `{"credentials":{"auth_type":"personal_access_token","access_token":"` + canaryToken},
		"text after it":        {raw: `{"credentials":{"auth_type":"personal_access_token","access_token":"` + canaryToken + `"}} ` + canaryToken},
		"single quotes":        {raw: `{'credentials':{'access_token':'` + canaryToken + `'}}`},
		"a list":               {raw: `["` + canaryToken + `"]`},
	}
	for name, c := range cases {
		for _, verb := range []string{"check", "discover", "write", "preview"} {
			t.Run(name+"/"+verb, func(t *testing.T) {
				t.Parallel()
				c := c
				c.verb = verb
				r := c.run(t, suite.binary)
				if verb == "check" && (r.code != 0 || len(ofType(r.messages, "CONNECTION_STATUS")) != 1) || verb != "check" && r.code != 1 {
					t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
				}
			})
		}
	}
}

// input feeds records and catalogs that break every rule.
func (suite canaries) input(t *testing.T) {
	t.Parallel()
	good := canaryLine(nil)
	schema := func(rules string) string {
		return `{"streams":[{"stream":{"name":"people","json_schema":{"type":"object","properties":{` + rules + `}}},"destination_sync_mode":"append"}]}`
	}
	cases := map[string]canaryCase{
		"good":                {},
		"no JSON":             {stdin: "zqxander zqxander@zqxmail.example.com +12025550142\n" + good},
		"broken off":          {stdin: good + good[:len(good)/2]},
		"bad number":          {stdin: strings.Replace(good, `"(202) 555-0142"`, `+12025550142`, 1)},
		"bad escape":          {stdin: strings.Replace(good, `Zqxander`, `\zqx`, 1)},
		"no object":           {stdin: `{"type":"RECORD","record":{"stream":"people","data":["Zqxander","+12025550142"]}}` + "\n"},
		"data as text":        {stdin: `{"type":"RECORD","record":{"stream":"people","data":"Zqxander"}}` + "\n"},
		"odd type":            {stdin: `{"type":{"zqx":"zqx"},"record":"Zqxander"}` + "\n"},
		"another stream":      {stdin: strings.Replace(good, `"people"`, `"persons"`, 1)},
		"odd changes":         {stdin: strings.Replace(good, `"data"`, `"meta":{"changes":["zqx"]},"data"`, 1)},
		"bad state":           {stdin: good + `{"type":"STATE","state":{"type":"zqx","data":"zqx"}}` + "\n"},
		"deep":                {stdin: good + `{"type":"RECORD","record":{"stream":"people","data":{"zqx":` + strings.Repeat("[", 20000) + "\n"},
		"schema: type":        {catalog: schema(`"email":{"type":"integer"}`)},
		"schema: enum":        {catalog: schema(`"city":{"enum":["zqx one","zqx two"]}`)},
		"schema: const":       {catalog: schema(`"city":{"const":"zqx"}`)},
		"schema: pattern":     {catalog: schema(`"city":{"pattern":"^zqx$"}`)},
		"schema: length":      {catalog: schema(`"city":{"type":"string","maxLength":2}`)},
		"schema: items":       {catalog: schema(`"tags":{"type":"array","items":{"type":"integer"}}`)},
		"schema: broken":      {catalog: schema(`"city":{"pattern":"(zqx"}`)},
		"catalog: broken":     {catalog: `{"streams":[{"stream":{"name":"people","json_schema":"zqx`},
		"catalog: odd types":  {catalog: `{"streams":[{"stream":{"name":"people","json_schema":["zqx"]},"primary_key":["zqx"],"cursor_field":{"zqx":1},"generation_id":"zqx"}]}`},
		"no identifier":       {stdin: canaryLine(map[string]any{"email": nil, "phone": nil}) + canaryState},
		"bad identifiers":     {stdin: canaryLine(map[string]any{"email": "zqxander at zqxmail", "phone": "zqx 555 0142 zqx"}) + canaryState},
		"long identifiers":    {stdin: canaryLine(map[string]any{"email": strings.Repeat("zqx", 300) + "@zqx.example.com", "phone": nil}) + canaryState},
		"bad values":          {stdin: canaryLine(map[string]any{"country": "Zqxland", "visits": "zqx", "member_since": "zqx", "size": "zqx", "topics": "zqx", "dateOfBirth": "zqx", "timezone": "zqx", "links": "zqx", "lifetime_value": "zqx", "office_phone": "zqx 555 0142", "contract": "zqx", "gender": "zqx", "website": "zqx", "dnd": "zqx", "assignedTo": "zqx"}) + canaryState},
		"values of odd kinds": {stdin: canaryLine(map[string]any{"email": map[string]any{"zqx": "zqx@zqx.example.com"}, "phone": []any{"2025550142"}, "first_name": []any{"zqx"}, "tags": map[string]any{"zqx": 1}}) + canaryState},
		"text in dry run":     {config: map[string]any{"dry_run": true}},
		"many in dry run":     {config: map[string]any{"dry_run": true, "max_creates_per_sync": 1}, stdin: canaryLine(nil) + canaryLine(map[string]any{"email": "zqx2@zqx.example.com", "phone": nil})},
		"too many":            {config: map[string]any{"max_creates_per_sync": 0}},
		"no match":            {catalog: canaryCatalog("update")},
		"two people":          {config: map[string]any{"identity_conflicts": "reject"}, seed: []sandbox.Contact{{Fields: map[string]any{"email": "zqxander.zqxton@zqxmail.example.com"}}, {Fields: map[string]any{"email": "zqx@zqx.example.com", "phone": "+12025550142"}}}},
		"a family":            {options: sandbox.Options{IndexLag: 3600e9}, seed: []sandbox.Contact{{Fields: map[string]any{"email": "zqx@zqx.example.com", "phone": "+12025550142"}}}},
		"new fields":          {config: map[string]any{"create_missing_custom_fields": true}},
		"notes":               {config: canaryObject("notes"), seed: canaryContact, stdin: canaryLine(canaryChild) + canaryState},
		"notes of nobody":     {config: canaryObject("notes"), stdin: canaryLine(canaryChild) + canaryLine(map[string]any{"email": nil, "phone": nil}) + canaryState},
		"tasks":               {config: canaryObject("tasks"), seed: canaryContact, stdin: canaryLine(canaryChild) + canaryState},
		"bad values of tasks": {config: canaryObject("tasks"), seed: canaryContact, stdin: canaryLine(map[string]any{"title": "zqx", "due": "zqx", "completed": "zqx", "assignedTo": "zqx", "contactId": "zqx"}) + canaryState},
		"deals":               {config: canaryObject("opportunities"), seed: canaryContact, stdin: canaryLine(canaryChild) + canaryState},
		"bad values of deals": {config: canaryObject("opportunities"), seed: canaryContact, stdin: canaryLine(map[string]any{"pipeline": "zqx"}) +
			canaryLine(map[string]any{"pipeline": "Sales", "title": "zqx", "stage": "zqx"}) + canaryLine(map[string]any{"pipeline": "Sales", "title": "zqx", "owner": "zqx"}) +
			canaryLine(map[string]any{"pipeline": "Sales", "title": "zqx", "status": "lost", "lost_reason": "zqx", "value": "zqx"}) + canaryState},
		"suppressions":       {config: canaryObject("suppressions"), seed: canaryContact, stdin: canaryLine(nil) + canaryLine(map[string]any{"email": "zqx", "phone": "zqx 555 0142", "dnd_sms": "zqx"}) + canaryState},
		"businesses":         {config: canaryObject("businesses"), stdin: canaryLine(canaryBusiness) + canaryLine(canaryBusiness) + canaryLine(map[string]any{"company": nil}) + canaryState},
		"linked businesses":  {config: map[string]any{"create_missing_businesses": true}, stdin: canaryLine(map[string]any{"business": "Zqxworks"}) + canaryState},
		"a missing business": {stdin: canaryLine(map[string]any{"business": "Zqxworks"}) + canaryState},
		"nested children":    {config: map[string]any{"field_mapping": []any{map[string]any{"from": "calls", "to": "notes"}, map[string]any{"from": "todos", "to": "tasks"}}}, stdin: canaryLine(map[string]any{"calls": []any{"Zqxcall", map[string]any{"body": "zqx", "author": "zqx"}}, "todos": []any{map[string]any{"title": "Zqxtodo", "due": "zqx"}, 1}}) + canaryState},
		"a user who is none": {config: canaryObject("notes"), seed: canaryContact, options: sandbox.Options{Users: []sandbox.User{{ID: "userZZZZZZZZZZZZZZZZ", Name: "Zqxuna User", Email: "zqxuna@zqx.example.com"}}}, stdin: canaryLine(canaryChild) + canaryState},
	}
	for name, c := range cases {
		for _, verb := range []string{"write", "preview", "import"} {
			t.Run(name+"/"+verb, func(t *testing.T) {
				t.Parallel()
				c := c
				c.verb = verb
				if verb == "import" {
					c.stdin = rowsOf(c.stdin)
				}
				if r := c.run(t, suite.binary); r.code != 0 && r.code != 1 || r.stdout+r.stderr == "" {
					t.Errorf("exit code %d: %s%s", r.code, r.stdout, r.stderr)
				}
			})
		}
	}
}

// columns are named by people: the data of the first line of a file without a header, or the keys of a map.
func (suite canaries) columns(t *testing.T) {
	t.Parallel()
	catalog := func(columns ...string) string {
		properties := map[string]any{}
		for _, name := range columns {
			properties[name] = map[string]any{"type": "integer"} // which the values break
		}
		text, _ := json.Marshal(map[string]any{"streams": []any{map[string]any{"destination_sync_mode": "append_dedup",
			"stream": map[string]any{"name": "people", "json_schema": map[string]any{"type": "object", "properties": properties}}}}})
		return string(text)
	}
	line := func(columns ...string) string {
		data := map[string]any{"email": "zqx@zqx.example.com"}
		for _, name := range columns {
			data[name] = "Zqxville"
		}
		text, _ := json.Marshal(map[string]any{"type": "RECORD", "record": map[string]any{"stream": "people", "emitted_at": 1, "data": data}})
		return string(text) + "\n" + canaryState
	}
	for name, columns := range map[string][]string{
		"a file without a header": {"Zqxander Zqxton", "zqxander@zqx.example.com", "Zqxville"},
		"phones":                  {"Zqxander", "(202) 555-0142", "Mobile +1 202 555 0142"},
		"addresses":               {"Zqxander", "12 Zqxroad"},
		"encoded":                 {"Zqxander", "zqxander%40zqx.example.com"},
	} {
		for kind, c := range map[string]canaryCase{
			"declared": {catalog: catalog(columns...), stdin: line(columns...)}, "with an email": {catalog: catalog(append(columns, "email")...), stdin: line(columns...)},
			"delivered": {catalog: catalog("email"), stdin: line(columns...)}, "strict": {catalog: catalog(append(columns, "email")...), stdin: line(columns...), config: map[string]any{"schema_violations": "reject"}},
		} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				c.verb = "write"
				c.run(t, suite.binary)
			})
		}
	}
}

// commandLine has secrets where paths, flags and verbs should be.
func (suite canaries) commandLine(t *testing.T) {
	t.Parallel()
	conf := `{"credentials":{"auth_type":"oauth2.0","client_secret":"` + canarySecret + `"}}`
	for _, verb := range []string{"spec", "check", "discover", "write", "preview", "demo", "sandbox"} {
		for _, args := range [][]string{{"--config", conf}, {"--config", canaryToken}, {"--config", "c.json", "--catalog", conf}, {conf}, {"--" + canaryToken}, {"--listen", conf}} {
			out, _ := exec.Command(suite.binary, append([]string{verb}, args...)...).CombinedOutput() // it fails, of course
			tellsNothing(t, string(out))
		}
	}
}

// refusals lets the API quote in its refusals what it was sent.
func (suite canaries) refusals(t *testing.T) {
	t.Parallel()
	known := canaryContact
	calls := []struct {
		operation string
		seed      []sandbox.Contact
		options   sandbox.Options
		object    string
		slow      bool // it takes ten seconds to come to the call
	}{
		{operation: "GET /locations/"},
		{operation: "POST /contacts/search"},
		{operation: "GET /contacts/search/duplicate", options: sandbox.Options{AllowDuplicates: true}},
		{operation: "POST /contacts/"},
		{operation: "POST /contacts/upsert", seed: known},
		{operation: "PUT /contacts/", seed: known},
		{operation: "POST /contacts/bulk", seed: known},
		{operation: "GET /contacts/" + known[0].ID + "/notes", seed: known, object: "notes"},
		{operation: "POST /contacts/" + known[0].ID + "/notes", seed: known, object: "notes"},
		{operation: "POST /locations/", seed: known, object: "tasks"},
		{operation: "POST /contacts/" + known[0].ID + "/tasks", seed: known, object: "tasks"},
		{operation: "GET /businesses/", object: "businesses"},
		{operation: "POST /businesses/", object: "businesses"},
		{operation: "GET /opportunities/pipelines", seed: known, object: "opportunities"},
		{operation: "POST /opportunities/", seed: known, object: "opportunities", slow: true},
		{operation: "PUT /contacts/", seed: known, object: "suppressions"},
	}
	statuses := []int{200, 301, 400, 401, 402, 403, 404, 405, 409, 422}
	n := 0
	for _, call := range calls {
		for _, status := range statuses {
			for _, form := range echoForms {
				if n++; os.Getenv("CANARIES") != "all" && (n%11 != 0 || call.slow && status != 422) || testing.Short() && n%5 != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d/%s", call.operation, status, form), func(t *testing.T) {
					t.Parallel()
					e := &echo{operation: call.operation, status: status, form: form, hits: new(atomic.Int64)}
					c := canaryCase{verb: "write", api: e, seed: call.seed, options: call.options}
					if call.object != "" {
						c.config, c.stdin = canaryObject(call.object), canaryLine(canaryChild)
					}
					c.stop = func() bool { return e.hits.Load() > 3 } // what is tried again would be for minutes
					if c.run(t, suite.binary); e.hits.Load() == 0 {
						t.Error("the API was never asked")
					}
				})
			}
		}
	}
}
