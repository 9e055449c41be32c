package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v5"
	"gopkg.in/yaml.v3"
)

// outputs is one of the schemas that say where a value of the login belongs.
type outputs struct {
	Required   []string `json:"required"`
	Properties map[string]struct {
		Path   []string `json:"path_in_connector_config"`
		Answer []string `json:"path_in_oauth_response"`
	} `json:"properties"`
}

type login struct {
	FlowType  string   `json:"auth_flow_type"`
	Predicate []string `json:"predicate_key"`
	Value     string   `json:"predicate_value"`
	OAuth     struct {
		Input struct {
			ConsentURL string            `json:"consent_url"`
			Scope      string            `json:"scope"`
			TokenURL   string            `json:"access_token_url"`
			Headers    map[string]string `json:"access_token_headers"`
			Params     map[string]string `json:"access_token_params"`
			Extract    []string          `json:"extract_output"`
		} `json:"oauth_connector_input_specification"`
		Output       outputs `json:"complete_oauth_output_specification"`
		ServerInput  outputs `json:"complete_oauth_server_input_specification"`
		ServerOutput outputs `json:"complete_oauth_server_output_specification"`
	} `json:"oauth_config_specification"`
}

func readLogin(t *testing.T) login {
	t.Helper()
	var d struct {
		Login login `json:"advanced_auth"`
	}
	if err := json.Unmarshal(JSON(), &d); err != nil {
		t.Fatal(err)
	}
	return d.Login
}

// oauthOption returns the properties of the alternative that the login button belongs to.
func oauthOption(t *testing.T, l login) map[string]any {
	t.Helper()
	if l.FlowType != "oauth2.0" || len(l.Predicate) != 2 {
		t.Fatalf("auth_flow_type %q, predicate_key %q", l.FlowType, l.Predicate)
	}
	for _, option := range read(t).ConnectionSpecific.Properties[l.Predicate[0]]["oneOf"].([]any) {
		properties := option.(map[string]any)["properties"].(map[string]any)
		if tag, ok := properties[l.Predicate[1]].(map[string]any); ok && tag["const"] == l.Value {
			return properties
		}
	}
	t.Fatalf("no alternative has %q = %q", l.Predicate, l.Value)
	return nil
}

// TestLoginFillsTheForm: every value of the login goes to a field of the alternative, and all that is to be filled in is.
func TestLoginFillsTheForm(t *testing.T) {
	l := readLogin(t)
	fields, filled := oauthOption(t, l), map[string]bool{"auth_type": true}
	for name, o := range map[string]outputs{"output": l.OAuth.Output, "server output": l.OAuth.ServerOutput} {
		for key, p := range o.Properties {
			if len(p.Path) != 2 || p.Path[0] != "credentials" || fields[p.Path[1]] == nil {
				t.Errorf("%s %s: goes to %q, which does not exist", name, key, p.Path)
				continue
			}
			filled[p.Path[1]] = true
		}
		if keys := slices.Sorted(maps.Keys(o.Properties)); !slices.Equal(keys, slices.Sorted(slices.Values(o.Required))) {
			t.Errorf("%s: requires %q of %q", name, o.Required, keys)
		}
	}
	for field, property := range fields {
		if !filled[field] && property.(map[string]any)["airbyte_hidden"] != true {
			t.Errorf("%s: not filled in by the login", field)
		}
	}
	for key, p := range l.OAuth.Output.Properties {
		// The platform turns expires_in into a date under this name.
		if len(p.Answer) != 1 || !slices.Contains(l.OAuth.Input.Extract, p.Answer[0]) ||
			p.Answer[0] != key && (key != "token_expiry_date" || p.Answer[0] != "expires_in") {
			t.Errorf("%s: comes from %q, the platform extracts %q", key, p.Answer, l.OAuth.Input.Extract)
		}
	}
	if in, out := l.OAuth.ServerInput, l.OAuth.ServerOutput; !slices.Equal(in.Required, out.Required) {
		t.Errorf("the platform knows %q and hands on %q", in.Required, out.Required)
	}
}

// placeholders are those of the platform's declarative login that have no filter: old and new platforms understand them alike.
var placeholders = regexp.MustCompile(`\{\{(client_id|client_secret|redirect_uri|scope|state|auth_code)_(key|value|param)\}\}`)

// fill does what the platform does with a template.
func fill(t *testing.T, template string) string {
	t.Helper()
	values := map[string][2]string{
		"client_id": {"client_id", "id-1"}, "client_secret": {"client_secret", "secret-1"}, "auth_code": {"code", "code-1"},
		"redirect_uri": {"redirect_uri", "https://example.com/a?b=c"}, "scope": {"scope", readLogin(t).OAuth.Input.Scope},
		"state": {"state", "state-1"},
	}
	done := placeholders.ReplaceAllStringFunc(template, func(p string) string {
		m := placeholders.FindStringSubmatch(p)
		v := values[m[1]]
		return map[string]string{"key": v[0], "value": v[1], "param": fmt.Sprintf("%s=%s", v[0], url.QueryEscape(v[1]))}[m[2]]
	})
	if strings.ContainsAny(done, "{}") {
		t.Errorf("%q: a placeholder that not every platform knows", template)
	}
	return done
}

func TestLoginAsksForWhatTheVendorWants(t *testing.T) {
	in := readLogin(t).OAuth.Input
	consent, err := url.Parse(fill(t, in.ConsentURL))
	if err != nil {
		t.Fatal(err)
	}
	if page := "https://marketplace.gohighlevel.com/v2/oauth/chooselocation"; !strings.HasPrefix(in.ConsentURL, page+"?") {
		t.Errorf("consent at %q, want %q", in.ConsentURL, page)
	}
	want := url.Values{"response_type": {"code"}, "client_id": {"id-1"}, "redirect_uri": {"https://example.com/a?b=c"},
		"scope": {in.Scope}, "state": {"state-1"}}
	if got := consent.Query(); got.Encode() != want.Encode() {
		t.Errorf("consent asks %v, want %v", got, want)
	}
	for _, scope := range []string{"contacts.readonly", "contacts.write", "locations.readonly", "locations/customFields.readonly",
		"locations/customFields.write"} {
		if !slices.Contains(strings.Fields(in.Scope), scope) {
			t.Errorf("scope %s is not asked for", scope)
		}
	}
	form := map[string]string{}
	for key, value := range in.Params {
		form[fill(t, key)] = fill(t, value)
	}
	if want := map[string]string{"grant_type": "authorization_code", "client_id": "id-1", "client_secret": "secret-1",
		"redirect_uri": "https://example.com/a?b=c", "code": "code-1"}; !maps.Equal(form, want) {
		t.Errorf("the token is asked for with %v, want %v", form, want)
	}
	// With any other content type the platform sends the parameters as JSON, which the vendor does not read.
	if in.Headers["Content-Type"] != "application/x-www-form-urlencoded" {
		t.Errorf("headers %v", in.Headers)
	}
	if api := read(t).ConnectionSpecific.Properties["api_url"]["default"]; in.TokenURL != api.(string)+"/oauth/token" {
		t.Errorf("token at %q, the API is at %q", in.TokenURL, api)
	}
}

// TestScopesAreTold: whoever makes a token by hand reads of the same scopes as the login asks for.
func TestScopesAreTold(t *testing.T) {
	option := read(t).ConnectionSpecific.Properties["credentials"]["oneOf"].([]any)[0].(map[string]any)
	text := option["properties"].(map[string]any)["access_token"].(map[string]any)["description"].(string)
	for _, scope := range strings.Fields(readLogin(t).OAuth.Input.Scope) {
		if !strings.Contains(text, "<code>"+scope+"</code>") {
			t.Errorf("scope %s is not named where a token is asked for", scope)
		}
	}
}

// TestProtocol holds the document to the protocol's own schema of a specification.
func TestProtocol(t *testing.T) {
	var schema map[string]any
	if err := yaml.Unmarshal(reference(t, "airbyte_protocol.yaml"), &schema); err != nil {
		t.Fatal(err)
	}
	repair(schema)
	bundle, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.Draft = jsonschema.Draft7
	compiler.AssertFormat = true
	if err := compiler.AddResource("protocol.json", bytes.NewReader(bundle)); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("protocol.json#/definitions/ConnectorSpecification")
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := json.Unmarshal(JSON(), &document); err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(document); err != nil {
		t.Errorf("%#v", err)
	}
	document.(map[string]any)["advanced_auth"].(map[string]any)["auth_flow_type"] = "none"
	if err := compiled.Validate(document); err == nil {
		t.Error("the protocol's schema accepts anything")
	}
}
