package connector

import (
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

const usersScope = "users.readonly"

// TestUsersAreAskedForOnceAndOnlyIfNeeded: a request for nothing, and a scope for nothing, is asked of nobody.
func TestUsersAreAskedForOnceAndOnlyIfNeeded(t *testing.T) {
	const owner, none = `{"email":{},"assignedTo":{}}`, `{"email":{},"city":{}}`
	for name, tt := range map[string]struct {
		streams  []string
		settings map[string]any
		scopes   []string
		asked    int
		warned   bool
	}{
		"nobody":         {streams: []string{"people: " + none}},
		"without a need": {streams: []string{"people: " + none}, scopes: scopesWithout(usersScope)},
		"two streams":    {streams: []string{"people: " + owner, "leads: " + owner}, asked: 1},
		"by a mapping":   {streams: []string{"people: " + none}, settings: map[string]any{"field_mapping": []any{map[string]any{"from": "city", "to": "assignedTo"}}}, asked: 1},
		"no scope":       {streams: []string{"people: " + owner, "leads: " + owner}, scopes: scopesWithout(usersScope), asked: 1, warned: true},
	} {
		t.Run(name, func(t *testing.T) {
			server := sandbox.New(sandbox.Options{Scopes: tt.scopes, Users: []sandbox.User{{ID: "usrREALghlUSER000001", Email: "rep.one@example.com"}}})
			told, code := synced(t, server, tt.settings, catalogOf(tt.streams...), `people: {"email":"ada@example.com","assignedTo":"usrREALghlUSER000001"}`)
			if code != exitOK {
				t.Fatalf("exit code %d: %s", code, told)
			}
			if got := server.Requests()["GET /users/"]; got != tt.asked {
				t.Errorf("the users were asked for %d times, want %d", got, tt.asked)
			}
			if warned := strings.Count(told, usersScope); warned > 1 || (warned > 0) != tt.warned {
				t.Errorf("the scope is named %d times: %s", warned, told)
			}
			if c := server.Contacts(); len(c) != 1 {
				t.Errorf("%d contacts", len(c))
			}
		})
	}
}

func scopesWithout(scope string) []string {
	var rest []string
	for _, s := range sandbox.Scopes() {
		if s != scope {
			rest = append(rest, s)
		}
	}
	return rest
}

// TestCheckNamesTheScopeOfUsersOnlyIfNeeded: owners can be given by id, so it is no fault.
func TestCheckNamesTheScopeOfUsersOnlyIfNeeded(t *testing.T) {
	owners := []any{map[string]any{"from": "rep", "to": "assignedTo"}}
	for name, tt := range map[string]struct {
		mapping any
		scopes  []string
		named   bool
	}{
		"no owners":         {nil, scopesWithout(usersScope), false},
		"owners":            {owners, nil, false},
		"owners, no scope":  {owners, scopesWithout(usersScope), true},
		"others, no scope":  {[]any{map[string]any{"from": "rep", "to": "city"}}, scopesWithout(usersScope), false},
		"owners, no fields": {owners, scopesWithout("locations/customFields.readonly"), false},
	} {
		status, message := checked(t, sandbox.Options{Scopes: tt.scopes}, func(conf map[string]any) {
			if tt.mapping != nil {
				conf["field_mapping"] = tt.mapping
			}
		})
		if strings.Contains(message, usersScope) != tt.named || (status == "SUCCEEDED") != (name != "owners, no fields") {
			t.Errorf("%s: %s %s", name, status, message)
		}
	}
}
