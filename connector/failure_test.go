package connector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/storage"
)

// configOf is a configuration that signs in by a kind of credentials.
func configOf(authType, token string) config.Config {
	return config.Config{APIURL: "https://api.example.com", Credentials: config.Credentials{AuthType: authType, AccessToken: config.Secret(token)}}
}

func TestFailuresAreExplained(t *testing.T) {
	private, oauth := configOf(config.PersonalAccessToken, "pit-1"), configOf(config.OAuth2, "")
	dry := private
	dry.DryRun = true
	for name, tc := range map[string]struct {
		err  error
		kind airbyte.FailureType
		says []string // "!" before what it must not say
	}{
		"token": {during("write", private, &ghl.Error{Kind: ghl.Unauthorized, Status: 401, Messages: []string{"Invalid JWT"}}),
			airbyte.ConfigError, []string{"(the answer was 401: Invalid JWT)", "Private Integrations", "credentials.access_token", "!begin with"}},
		"key of another kind": {during("write", configOf(config.PersonalAccessToken, "eyJ"), &ghl.Error{Kind: ghl.Unauthorized}),
			airbyte.ConfigError, []string{"does not begin with pit-"}},
		"renewed token": {during("write", oauth, &ghl.Error{Operation: "GET /x", Kind: ghl.Unauthorized}),
			airbyte.ConfigError, []string{"sign in again", "!Private"}},
		"token without a scene": {&ghl.Error{Kind: ghl.Unauthorized}, airbyte.ConfigError, []string{"Private Integrations", "sign in again"}},
		"dead sign-in": {during("write", oauth, &ghl.Error{Operation: "POST /oauth/token", Kind: ghl.Unauthorized, Status: 400}),
			airbyte.ConfigError, []string{"The sign-in to HighLevel has ended", "Sign in again"}},
		"client": {during("write", oauth, &ghl.Error{Operation: "POST /oauth/token", Kind: ghl.Unauthorized, Reason: ghl.InvalidClient, Status: 400}),
			airbyte.ConfigError, []string{"credentials.client_secret"}},
		"not renewed": {during("discover", oauth, &ghl.Error{Operation: "POST /oauth/token", Kind: ghl.Unauthorized, Messages: []string{"x has expired"}}),
			airbyte.ConfigError, []string{"(x has expired)", "Test the connection", "!acknowledged"}},
		"exchange": {during("write", oauth, &ghl.Error{Operation: "POST /oauth/locationToken", Kind: ghl.Forbidden, Status: 403}),
			airbyte.ConfigError, []string{"oauth.write", "location_id"}},
		"scope of the exchange": {during("write", oauth, &ghl.Error{Operation: "POST /oauth/locationToken", Kind: ghl.ScopeMissing, Status: 401}),
			airbyte.ConfigError, []string{"oauth.write"}},
		"scope": {during("write", private, &ghl.Error{Operation: "POST /locations/{locationId}/customFields", Kind: ghl.ScopeMissing, Status: 401}),
			airbyte.ConfigError, []string{"locations/customFields.write", "stays the same"}},
		"scope of an app": {during("write", oauth, &ghl.Error{Operation: "POST /contacts/", Kind: ghl.ScopeMissing, Status: 401}),
			airbyte.ConfigError, []string{"contacts.write", "sign in again", "!Private"}},
		"unreachable": {during("write", private, &ghl.Error{Operation: "GET /x", Kind: ghl.Transient, Err: errors.New("dial: refused")}),
			airbyte.TransientError, []string{"cannot be reached at https://api.example.com (dial: refused)", "acknowledged"}},
		"unreachable in check": {during("check", private, &ghl.Error{Operation: "GET /x", Kind: ghl.Transient, Err: errors.New("dial: refused")}),
			airbyte.TransientError, []string{"cannot be reached at", "!acknowledged"}},
		"a proxy's password": {during("check", private, &ghl.Error{Kind: ghl.Transient, Err: errors.New("proxy me:secret@proxy")}),
			airbyte.TransientError, []string{"cannot be reached", "!secret"}},
		"failing": {during("write", private, &ghl.Error{Operation: "GET /x", Kind: ghl.Transient, Status: 503}),
			airbyte.TransientError, []string{"kept failing at GET /x (the answer was 503)", "acknowledged"}},
		"undecided": {during("write", private, fmt.Errorf("create: %w", &ghl.Error{Operation: "POST /contacts/", Kind: ghl.Transient, Messages: []string{"the answers stayed contradictory"}})),
			airbyte.TransientError, []string{"POST /contacts/ could not be brought to an end (the answers stayed contradictory)", "!HighLevel", "!reached"}},
		"reserve": {during("check", private, &ghl.Error{Kind: ghl.Exhausted, Messages: []string{"5 are left"}}),
			airbyte.TransientError, []string{"daily_request_reserve", "5 are left", "!acknowledged"}},
		"configuration":  {&config.Error{Faults: []string{"tags: empty"}}, airbyte.ConfigError, []string{"=The configuration cannot be used: tags: empty"}},
		"several faults": {&config.Error{Faults: []string{"a: b", "c: d"}}, airbyte.ConfigError, []string{"=The configuration has 2 faults: a: b; c: d"}},
		"catalog":        {&airbyte.CatalogError{Faults: []string{"it has no streams"}}, airbyte.ConfigError, []string{"=The catalog cannot be used: it has no streams"}},
		"its faults":     {&airbyte.CatalogError{Faults: []string{"a", "b"}}, airbyte.ConfigError, []string{"=The catalog has 2 faults: a; b"}},
		"no file": {&fileError{"configuration", "config", &fs.PathError{Op: "open", Path: "x.json", Err: fs.ErrNotExist}}, airbyte.ConfigError,
			[]string{"=The configuration cannot be read: open x.json: file does not exist. Put the path of a JSON file behind --config; destination-gohighlevel init writes one."}},
		"a dash": {&fileError{"catalog", "catalog", &fs.PathError{Op: "open", Path: "-", Err: fs.ErrNotExist}}, airbyte.ConfigError,
			[]string{"behind --catalog; standard input is /dev/stdin."}},
		"input": {during("write", private, &load.InputError{Line: 7, Reason: "r"}), airbyte.SystemError,
			[]string{"=The input broke at line 7: r. Everything before it has been handled; fix the source or the catalog, then run the sync again."}},
		"input of a preview": {during("preview", dry, &load.InputError{Line: 7, Reason: "r"}), airbyte.SystemError,
			[]string{"=The input broke at line 7: r. Nothing was written; fix the source or the catalog, then run the preview again."}},
		"input of a dry run": {during("write", dry, &load.InputError{Line: 7, Reason: "r"}), airbyte.SystemError,
			[]string{"=The input broke at line 7: r. Nothing was written; fix the source or the catalog, then run the sync again."}},
		"dry run, failing": {during("write", dry, &ghl.Error{Operation: "GET /x", Kind: ghl.Transient, Status: 503}), airbyte.TransientError, []string{"kept failing", "!acknowledged"}},
		"too early": {during("write", private, &load.EarlyError{Records: "1 record of the stream notes"}), airbyte.TransientError,
			[]string{"1 record of the stream notes came before what they belong to, more than can be held. What was in the input is there now", "run the sync again", "a connection of its own"}},
		"early, and a source that ended early": {during("write", private, &load.EarlyError{Records: "2 records of the stream notes", Incomplete: true}), airbyte.TransientError,
			[]string{"and the source has not delivered everything", "run the sync again", "!is there now"}},
		"too early in a dry run": {during("write", dry, &load.EarlyError{Records: "2 records of the stream notes"}), airbyte.TransientError, []string{"cannot be told", "!run the sync", "!written"}},
		"stopped":                {during("check", private, context.Canceled), airbyte.TransientError, []string{"The check was stopped.", "!acknowledged"}},
		"closed stdout":          {errors.Join(errStdout, &ghl.Error{Operation: "POST /oauth/token", Kind: ghl.Canceled, Err: errors.New("pipe")}), airbyte.SystemError, []string{"nobody reads"}},
		"store denied":           {&storage.Error{Kind: storage.Denied, Bucket: "b", Status: 403}, airbyte.ConfigError, []string{"object_storage_config"}},
		"no bucket":              {during("write", private, fmt.Errorf("keep: %w", &storage.Error{Kind: storage.NoBucket, Bucket: "b"})), airbyte.ConfigError, []string{"Create it", "s3_bucket_name"}},
		"store is away":          {during("write", private, &storage.Error{Kind: storage.Unreachable, Err: errors.New("refused")}), airbyte.TransientError, []string{"s3_endpoint", "acknowledged"}},
		"store in check":         {during("check", private, &storage.Error{Kind: storage.Unreachable, Err: errors.New("refused")}), airbyte.TransientError, []string{"s3_endpoint", "!acknowledged"}},
		"folder denied":          {&storage.Error{Kind: storage.Denied, Folder: "kept", Err: fs.ErrPermission}, airbyte.ConfigError, []string{`"kept" cannot be written: permission`, "Let the user", "object_storage_config"}},
		"no folder":              {&storage.Error{Kind: storage.NoFolder, Folder: "kept"}, airbyte.ConfigError, []string{`"kept" leads to a file`, "another path"}},
		"disk is full":           {during("write", private, &storage.Error{Folder: "kept", Err: syscall.ENOSPC}), airbyte.TransientError, []string{"no space left on device", "acknowledged"}},
		"journal denied":         {&journal.Error{Err: &storage.Error{Kind: storage.Denied, Folder: "kept", Err: fs.ErrPermission}}, airbyte.ConfigError, []string{"Changes cannot be recorded", `"kept" cannot be written: permission`, "journal"}},
		"journal is away":        {during("write", private, &journal.Error{Err: &storage.Error{Kind: storage.Unreachable, Err: errors.New("refused")}}), airbyte.TransientError, []string{"Changes cannot be recorded", "s3_endpoint in journal", "acknowledged"}},
		"store is failing":       {during("write", private, &storage.Error{Kind: storage.Other, Status: 503}), airbyte.TransientError, []string{"503"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := explain(tc.err)
			if f.kind != tc.kind {
				t.Errorf("%s, want %s: %s", f.kind, tc.kind, f.message)
			}
			for _, words := range tc.says {
				if whole, ok := strings.CutPrefix(words, "="); ok && f.message != whole {
					t.Errorf("got %s\nwant %s", f.message, whole)
				} else if ok {
					continue
				}
				unwanted, not := strings.CutPrefix(words, "!")
				if strings.Contains(f.message, unwanted) == not {
					t.Errorf("%q: %s", words, f.message)
				}
			}
		})
	}
}
