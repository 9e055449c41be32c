package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// everything sets each key that holds a secret, and some that nobody knows. The word canary stands for a secret.
const everything = `{
  "__injected": {"n": 1.50, "big": 12345678901234567890, "e": 1E+2, "s": "canary <&> \u2028 \ud800", "s": 1},
  "location_id": "ve9EPM428h8vShlRW1KT",
  "credentials": {"auth_type": "oauth2.0", "client_id": "app-1", "client_secret": "canary", "refresh_token": " canary\n",
    "access_token": "canary", "token_expiry_date": "2020-01-31T12:00:00.25+01:00", "company_id": " company-1 ", "_kept": 1.0},
  "object_storage_config": {"storage_type": "S3", "access_key_id": "canary", "secret_access_key": "canary",
    "s3_bucket_name": " rejected ", "s3_bucket_region": "us-east-1", "s3_endpoint": "http://127.0.0.1:9000/",
    "bucket_path": "/a/b/", "format": "JSONL"},
  "on_missing": "delete", "on_delete": "ignore", "removal_limit_percent": 1e2, "daily_request_reserve": 5000.0,
  "max_creates_per_sync": 0, "max_updates_per_sync": 9, "dry_run": true, "create_missing_businesses": true, "create_missing_custom_fields": true, "max_custom_fields": 5,
  "managed_tags": ["trial", "plan-*"], "null_words": ["-"], "date_order": "DMY", "decimal_separator": ",", "do_not_disturb": "sync",
  "field_mapping": [{"from": "plan", "to": "tags", "values": [{"from": "Gold", "to": "plan-gold"}, {"from": "*"}]},
    {"from": "ok", "to": "dnd", "negate": true}, {"value": "x", "to": "contact.a"}, {"from": "b", "to": ""}, {"from": "c"}],
  "streams": [{"name": "a", "managed_tags": [], "deleted_when": "IsDeleted"}, {"name": "b", "deleted_when": ["d", "e.f"], "stage_moves": "forward"}]
}`

func TestParseEverything(t *testing.T) {
	got, err := Parse([]byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	none, nine := int64(0), int64(9)
	fixed := "x"
	want := defaults(func(c *Config) {
		c.Credentials = Credentials{
			AuthType: OAuth2, ClientID: "app-1", ClientSecret: "canary", RefreshToken: "canary", AccessToken: "canary",
			TokenExpiry: time.Date(2020, 1, 31, 11, 0, 0, 250e6, time.UTC), CompanyID: "company-1",
		}
		c.CreateMissingBusinesses, c.CreateMissingCustomFields, c.MaxCustomFields = true, true, 5
		c.ManagedTags, c.NullWords, c.DateOrder, c.DecimalSeparator, c.DoNotDisturb = []string{"trial", "plan-*"}, []string{"-"}, "DMY", ",", Sync
		c.FieldMapping = []FieldMapping{
			{From: "plan", To: "tags", Values: []Translation{{From: "Gold", To: "plan-gold"}, {From: AnyOther}}},
			{From: "ok", To: "dnd", Negate: true}, {To: "contact.a", Value: &fixed},
			{From: "b"}, {From: "c"},
		}
		c.Streams = []Stream{{Name: "a", ManagedTags: &[]string{}, DeletedWhen: []string{"IsDeleted"}}, {Name: "b", DeletedWhen: []string{"d", "e.f"}, StageMoves: Forward}}
		c.ObjectStorage = Storage{
			StorageType: StoreS3, AccessKeyID: "canary", SecretAccessKey: "canary", Bucket: "rejected", Region: "us-east-1",
			Endpoint: "http://127.0.0.1:9000", Path: "a/b",
		}
		c.OnMissing, c.OnDelete, c.RemovalLimitPercent, c.DailyRequestReserve = Delete, Ignore, 100, 5000
		c.MaxCreatesPerSync, c.MaxUpdatesPerSync, c.DryRun = &none, &nine, true
	})
	if diff := cmp.Diff(want, got, values); diff != "" {
		t.Error(diff)
	}
}

// TestUnencrypted: a token goes unencrypted to this computer and to private networks only.
func TestUnencrypted(t *testing.T) {
	for address, fine := range map[string]bool{
		"https://services.leadconnectorhq.com": true, "http://services.leadconnectorhq.com": false, "http://example.com:8080": false, "HTTP://example.com": false,
		"http://127.0.0.1:8080": true, "http://localhost": true, "http://[::1]:8080": true, "http://10.1.2.3": true, "http://192.168.0.9/api": true, "http://172.16.0.1": true,
		"http://[fd00::1]": true, "http://169.254.1.1": true, "http://sandbox:8080": true, "http://host.docker.internal:8080": true, "http://sandbox.internal.": true,
		"http://8.8.8.8": false, "http://[2001:db8::1]": false, "http://internal.example.com": false, "http://127.0.0.1.example.com": false, "http://172.32.0.1": false,
	} {
		var want []string
		if !fine {
			want = []string{"api_url: must begin with https://, so that nobody on the way reads the token; http:// is for this computer and private networks"}
		}
		if diff := cmp.Diff(want, faults(t, with(t, map[string]any{"api_url": address}))); diff != "" {
			t.Errorf("%s: %s", address, diff)
		}
	}
}

func TestTokenExpiry(t *testing.T) {
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		value any
		want  time.Time
	}{
		{"2026-01-31T12:00:00Z", noon}, {" 2026-01-31T12:00:00Z\n", noon}, {"2026-01-31T12:00:00", noon},
		{"2026-01-31T13:00:00+01:00", noon}, {"2026-01-31T12:00:00.000000001Z", noon.Add(1)},
		{"2026-01-31 12:00:00", noon}, {"2026-01-31 12:00:00.000000001", noon.Add(1)}, {"2026-01-31 13:00:00+01:00", noon},
		{"2026-01-31 12:00:00Z", noon}, {"2026-01-31", noon.Add(-12 * time.Hour)},
		// What is no date is as one that is not known.
		{"", time.Time{}}, {" ", time.Time{}}, {"tomorrow", time.Time{}}, {"86399", time.Time{}}, {86399, time.Time{}}, {1.5, time.Time{}},
		{"2026-02-30T12:00:00Z", time.Time{}}, {"9999-12-31T23:59:59-23:00", time.Time{}}, {true, time.Time{}},
	} {
		c, err := Parse(with(t, map[string]any{"credentials": app(map[string]any{"token_expiry_date": tt.value})}))
		if err != nil || !c.Credentials.TokenExpiry.Equal(tt.want) {
			t.Errorf("%#v: %v, %v; want %v", tt.value, c.Credentials.TokenExpiry, err, tt.want)
		}
	}
}

// changed returns base with keys set; a nil value takes the key away.
func changed(base, changes map[string]any) map[string]any {
	for k, v := range changes {
		if base[k] = v; v == nil {
			delete(base, k)
		}
	}
	return base
}

func app(changes map[string]any) map[string]any {
	return changed(map[string]any{"auth_type": OAuth2, "client_id": "app-1", "client_secret": "s-1", "refresh_token": "r-1"}, changes)
}

func s3(changes map[string]any) map[string]any {
	return changed(map[string]any{"storage_type": StoreS3, "access_key_id": "id", "secret_access_key": "key",
		"s3_bucket_name": "rejected", "s3_bucket_region": "us-east-1", "bucket_path": "a"}, changes)
}

func TestChoices(t *testing.T) {
	type object = map[string]any
	signIn := func(changes object) object { return object{"credentials": app(changes)} }
	store := func(changes object) object { return object{"object_storage_config": s3(changes)} }
	const endpoint = "object_storage_config.s3_endpoint: must be an http or https address without path, user name, query and fragment"
	const pattern = "must be a tag, or the beginning of tags with one * at its end"
	const removal = "on_missing: needs tags: without them, contacts missing from a sync cannot be recognised"
	for name, tt := range map[string]struct {
		set  object
		want []string
	}{
		"oauth":              {signIn(nil), nil},
		"expired":            {signIn(object{"access_token": "a-1", "token_expiry_date": "2001-01-01T00:00:00Z"}), nil},
		"empty access token": {signIn(object{"access_token": ""}), nil},
		"no refresh token":   {signIn(object{"refresh_token": nil}), []string{"credentials.refresh_token: missing"}},
		"nothing filled in": {object{"credentials": object{"auth_type": OAuth2}}, []string{"credentials.client_id: missing",
			"credentials.client_secret: missing", "credentials.refresh_token: missing"}},
		"blank and masked": {signIn(object{"client_id": " ", "client_secret": "*****", "refresh_token": "<refresh token>", "access_token": "a b"}),
			[]string{"credentials.client_id: empty", "credentials.client_secret: is a placeholder; put the real one there",
				"credentials.refresh_token: is a placeholder; put the real one there",
				"credentials.access_token: must be the token alone, without blanks or other text"}},
		"misspelt in oauth": {signIn(object{"refreshToken": "r-1"}), []string{"credentials.refreshToken: unknown; did you mean refresh_token?"}},
		"of the other choice": {object{"credentials": object{"auth_type": PersonalAccessToken, "access_token": "pit-1", "client_id": "app-1"}},
			[]string{"credentials.client_id: only with auth_type oauth2.0"}},
		"unknown choice, meant as oauth": {signIn(object{"auth_type": "oauth2", "client_secret": "***"}),
			[]string{"credentials.auth_type: must be one of personal_access_token, oauth2.0",
				"credentials.client_secret: is a placeholder; put the real one there"}},

		"no store":   {object{"object_storage_config": object{"storage_type": StoreNone}}, nil},
		"s3":         {store(nil), nil},
		"null store": {object{"object_storage_config": nil}, nil},
		"s3 without anything": {object{"object_storage_config": object{"storage_type": StoreS3}}, []string{
			"object_storage_config.access_key_id: missing", "object_storage_config.secret_access_key: missing",
			"object_storage_config.s3_bucket_name: missing", "object_storage_config.s3_bucket_region: missing",
			"object_storage_config.bucket_path: missing"}},
		"s3 empty": {store(object{"s3_bucket_name": " ", "s3_bucket_region": "", "bucket_path": "/"}), []string{
			"object_storage_config.s3_bucket_name: empty", "object_storage_config.s3_bucket_region: empty",
			"object_storage_config.bucket_path: empty"}},
		"s3 address":      {store(object{"s3_bucket_name": "s3://rejected"}), []string{"object_storage_config.s3_bucket_name: must be the name alone, without s3:// and slashes"}},
		"s3 region":       {store(object{"s3_bucket_region": "US East"}), []string{"object_storage_config.s3_bucket_region: must be the region's code, such as us-east-1"}},
		"s3 key":          {store(object{"secret_access_key": "a b"}), []string{"object_storage_config.secret_access_key: must be the key alone, without blanks or other text"}},
		"s3 host":         {store(object{"s3_endpoint": "s3.example.com"}), []string{endpoint}},
		"s3 path":         {store(object{"s3_endpoint": "https://example.com/minio"}), []string{endpoint}},
		"s3 query":        {store(object{"s3_endpoint": "https://example.com?x=1"}), []string{endpoint}},
		"s3 way out":      {store(object{"bucket_path": "a/../../b"}), []string{"object_storage_config.bucket_path: must not hold the folders . and .."}},
		"s3 fixed format": {store(object{"format": "CSV"}), []string{"object_storage_config.format: must be one of JSONL"}},
		"store":           {object{"object_storage_config": object{"storage_type": "GCS"}}, []string{"object_storage_config.storage_type: must be one of None, S3, Local"}},
		"none with keys": {object{"object_storage_config": object{"storage_type": StoreNone, "bucket_path": "a"}},
			[]string{"object_storage_config.bucket_path: only with storage_type S3"}},

		"local":           {object{"object_storage_config": object{"storage_type": StoreLocal, "path": "rejected"}}, nil},
		"local nowhere":   {object{"object_storage_config": object{"storage_type": StoreLocal}}, []string{"object_storage_config.path: missing"}},
		"local blank":     {object{"object_storage_config": object{"storage_type": StoreLocal, "path": " "}}, []string{"object_storage_config.path: empty; give the path of a folder"}},
		"journal":         {object{"journal": object{"storage_type": StoreLocal, "path": "journal"}}, nil},
		"journal in s3":   {object{"journal": s3(nil)}, nil},
		"journal nowhere": {object{"journal": object{"storage_type": StoreLocal, "path": " "}}, []string{"journal.path: empty; give the path of a folder"}},
		"journal, no keys": {object{"journal": object{"storage_type": StoreS3, "bucket_path": "a"}}, []string{
			"journal.access_key_id: missing", "journal.secret_access_key: missing", "journal.s3_bucket_name: missing", "journal.s3_bucket_region: missing"}},
		"local in s3": {store(object{"path": "a"}), []string{"object_storage_config.path: only with storage_type Local"}},

		"date order":          {object{"date_order": "dmy"}, []string{"date_order: must be one of auto, MDY, DMY, YMD"}},
		"decimal separator":   {object{"decimal_separator": "comma"}, []string{"decimal_separator: must be one of auto, ., ,"}},
		"do not disturb":      {object{"do_not_disturb": false}, []string{"do_not_disturb: must be a string"}},
		"null words":          {object{"null_words": []string{"-", " "}}, []string{"null_words[1]: empty"}},
		"most fields":         {object{"max_custom_fields": -1}, []string{"max_custom_fields: must be 0 or more"}},
		"managed":             {object{"managed_tags": []string{"plan-*", "a b", ""}}, []string{"managed_tags[2]: empty"}},
		"managed all":         {object{"managed_tags": []string{"*"}}, []string{"managed_tags[0]: would take every tag off; put the beginning of your own tags before the *"}},
		"managed pattern":     {object{"managed_tags": []string{"a*b", "a**"}}, []string{"managed_tags[0]: " + pattern, "managed_tags[1]: " + pattern}},
		"managed in a stream": {object{"streams": []any{object{"name": "a", "managed_tags": []string{"*a"}}}}, []string{"streams[0].managed_tags[0]: " + pattern}},
		"moves of stages":     {object{"streams": []any{object{"name": "a", "stage_moves": "back"}}}, []string{"streams[0].stage_moves: must be one of always, forward"}},
		"deleted when":        {object{"streams": []any{object{"name": "a", "deleted_when": ""}, object{"name": "b", "deleted_when": true}}}, []string{"streams[1].deleted_when: must be a list of strings", "streams[0].deleted_when[0]: empty"}},

		"percent too great":     {object{"removal_limit_percent": 101}, []string{"removal_limit_percent: must be from 0 to 100"}},
		"percent negative":      {object{"removal_limit_percent": -1}, []string{"removal_limit_percent: must be from 0 to 100"}},
		"percent of parts":      {object{"removal_limit_percent": 2.5}, []string{"removal_limit_percent: must be a whole number"}},
		"percent as text":       {object{"removal_limit_percent": "10"}, []string{"removal_limit_percent: must be a whole number"}},
		"reserve negative":      {object{"daily_request_reserve": -1}, []string{"daily_request_reserve: must be 0 or more"}},
		"creates too great":     {object{"max_creates_per_sync": 1e300}, []string{"max_creates_per_sync: is too large"}},
		"updates negative":      {object{"max_updates_per_sync": -1}, []string{"max_updates_per_sync: must be 0 or more"}},
		"dry run as text":       {object{"dry_run": "true"}, []string{"dry_run: must be true or false"}},
		"on_missing":            {object{"on_missing": "drop"}, []string{"on_missing: must be one of keep, remove_tags, delete"}},
		"on_delete":             {object{"on_delete": "keep"}, []string{"on_delete: must be one of remove_tags, delete, ignore"}},
		"custom fields as text": {object{"create_missing_custom_fields": 1}, []string{"create_missing_custom_fields: must be true or false"}},

		"removal without tags":       {object{"on_missing": RemoveTags, "tags": []string{}}, []string{removal}},
		"deletion without tags":      {object{"on_missing": Delete, "tags": []string{}, "streams": []any{object{"name": "a", "tags": []string{}}}}, []string{removal}},
		"removal by a stream's tags": {object{"on_missing": Delete, "tags": []string{}, "streams": []any{object{"name": "a", "tags": []string{"a"}}}}, nil},
		"keeping without tags":       {object{"on_missing": Keep, "tags": []string{}}, nil},
		"removal with unusable tags": {object{"on_missing": Delete, "tags": "vip"}, []string{"tags: must be a list of strings"}},
		"beginnings": {object{"max_creates": 1, "objectStorage": object{}},
			[]string{"max_creates: unknown; did you mean max_creates_per_sync?", "objectStorage: unknown; did you mean object_storage_config?"}},
		"misspelt reserve": {object{"dailyRequestReserve": 1}, []string{"dailyRequestReserve: unknown; did you mean daily_request_reserve?"}},
		"many of the new ones at once": {object{"dry_run": 1, "credentials": object{"auth_type": OAuth2, "client_id": "x y", "client_secret": 1, "refresh_token": "r"},
			"object_storage_config": s3(object{"s3_bucket_name": "a/b"})},
			[]string{"credentials.client_secret: must be a string", "dry_run: must be true or false",
				"credentials.client_id: must be the id alone, without blanks or other text",
				"object_storage_config.s3_bucket_name: must be the name alone, without s3:// and slashes"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, faults(t, with(t, tt.set))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
