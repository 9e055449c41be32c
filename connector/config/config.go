package config

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"destination-gohighlevel/connector/words"
	"destination-gohighlevel/spec"
)

// The choices of the configuration. The specification holds the same words; a test holds the two together.
const (
	PersonalAccessToken = "personal_access_token" // Credentials.AuthType: a Private Integration Token
	OAuth2              = "oauth2.0"              // Credentials.AuthType: tokens of an app that are renewed

	Always  = "always"   // FieldMapping.When: the record's value replaces what the CRM holds
	IfEmpty = "if_empty" // FieldMapping.When: written only where the CRM holds nothing
	IfNewer = "if_newer" // FieldMapping.When: written only if the record is later than what others have changed

	Forward = "forward" // Stream.StageMoves: a stage never moves back; Always: it moves as the record says

	Ignore = "ignore" // NullValues: a null leaves the field alone
	Clear  = "clear"  // NullValues: a null empties the field

	Auto = "auto" // DateOrder, DecimalSeparator: as the country writes it

	Protect = "protect" // DoNotDisturb: a record may set it and never lifts it
	Sync    = "sync"    // DoNotDisturb: a record sets and lifts it

	Reject      = "reject"       // SchemaViolations, IdentityConflicts: the record is not written
	Warn        = "warn"         // SchemaViolations: the record is written as far as it can be read, and reported
	PreferFirst = "prefer_first" // IdentityConflicts: the first key of MatchOn decides

	Keep       = "keep"        // OnMissing: nothing happens to the contact
	RemoveTags = "remove_tags" // OnMissing, OnDelete: the contact loses the stream's tags
	Delete     = "delete"      // OnMissing, OnDelete: the contact is deleted; OnDelete also takes Ignore: nothing happens

	StoreNone  = "None"  // Storage.StorageType: nothing is kept
	StoreS3    = "S3"    // Storage.StorageType: an S3 bucket
	StoreLocal = "Local" // Storage.StorageType: a folder of this computer
)

// AnyOther is what Translation.From says for all values that no other translation names; at the end of a managed tag, for all tags
// that begin so.
const AnyOther = "*"

// CustomFieldKey begins a match_on item that is a custom field: its key follows.
const CustomFieldKey = "custom_field:"

// The other forms of a match_on item: of the general one, which is about contacts, and of a stream's, whose object decides which of
// them it takes.
var (
	contactKeys = []string{"id", "email", "phone"}
	streamKeys  = []string{"id", "email", "phone", "name", "website"}
)

// Config is a whole, valid configuration: defaults are filled in, surrounding blanks are gone. It is read-only.
type Config struct {
	Credentials       Credentials    `json:"credentials"`
	LocationID        string         `json:"location_id"`
	Tags              []string       `json:"tags"`            // may be empty
	ManagedTags       []string       `json:"managed_tags"`    // tags, or the beginning of tags and one * at the end
	Source            string         `json:"source"`          // empty: none
	DefaultCountry    string         `json:"default_country"` // two capital letters; empty: none
	MatchOn           []string       `json:"match_on"`        // never empty
	FieldMapping      []FieldMapping `json:"field_mapping"`
	Streams           []Stream       `json:"streams"`
	NullValues        string         `json:"null_values"`
	NullWords         []string       `json:"null_words"`        // texts that mean nothing, in exactly this form
	DateOrder         string         `json:"date_order"`        // Auto, MDY, DMY or YMD
	DecimalSeparator  string         `json:"decimal_separator"` // Auto, "." or ","
	DoNotDisturb      string         `json:"do_not_disturb"`
	SchemaViolations  string         `json:"schema_violations"`
	IdentityConflicts string         `json:"identity_conflicts"`

	CreateMissingBusinesses   bool    `json:"create_missing_businesses"`
	CreateMissingCustomFields bool    `json:"create_missing_custom_fields"`
	MaxCustomFields           int64   `json:"max_custom_fields"`     // that a sync may create, never negative
	ObjectStorage             Storage `json:"object_storage_config"` // for rejected records and left-out values
	Journal                   Storage `json:"journal"`               // for every change that is made
	OnMissing                 string  `json:"on_missing"`
	OnDelete                  string  `json:"on_delete"`
	RemovalLimitPercent       int64   `json:"removal_limit_percent"` // 0 to 100
	DailyRequestReserve       int64   `json:"daily_request_reserve"` // requests, never negative
	MaxCreatesPerSync         *int64  `json:"max_creates_per_sync"`  // nil: no limit; never negative
	MaxUpdatesPerSync         *int64  `json:"max_updates_per_sync"`  // nil: no limit; never negative
	DryRun                    bool    `json:"dry_run"`

	APIURL string `json:"api_url"` // without a trailing slash

	// given returns the document Parse read. It holds secrets, and a function is what no way of printing looks into.
	given func() []byte
}

// Credentials say how to sign in. AuthType tells which of the other fields are set: a Private Integration Token has AccessToken
// alone; OAuth2 has all, but AccessToken may be empty and TokenExpiry zero where they are not known, and long past. CompanyID is
// the agency's whose AccessToken was at the last renewal; empty if that was the location's, or there was none.
type Credentials struct {
	AuthType     string    `json:"auth_type"`
	ClientID     string    `json:"client_id,omitempty"`
	ClientSecret Secret    `json:"client_secret,omitempty"`
	RefreshToken Secret    `json:"refresh_token,omitempty"`
	AccessToken  Secret    `json:"access_token,omitempty"`
	TokenExpiry  time.Time `json:"token_expiry_date,omitzero"` // UTC
	CompanyID    string    `json:"company_id,omitempty"`
}

// Storage says where something is kept. StoreNone has no other field, StoreLocal has Folder, and StoreS3 has all others, of which
// only Endpoint may be empty.
type Storage struct {
	StorageType     string `json:"storage_type"`
	AccessKeyID     Secret `json:"access_key_id,omitempty"`
	SecretAccessKey Secret `json:"secret_access_key,omitempty"`
	Bucket          string `json:"s3_bucket_name,omitempty"`
	Region          string `json:"s3_bucket_region,omitempty"`
	Endpoint        string `json:"s3_endpoint,omitempty"` // empty: Amazon's; else without a trailing slash
	Path            string `json:"bucket_path,omitempty"` // without slashes at its ends
	Folder          string `json:"path,omitempty"`        // of this computer
}

// Stream holds the settings of one stream. A nil pointer means "as for all streams"; a pointer to an empty list means none.
type Stream struct {
	Name        string    `json:"name" blanks:"verbatim"`
	Namespace   string    `json:"namespace" blanks:"verbatim"`
	Object      string    `json:"object"`
	Tags        *[]string `json:"tags"`
	ManagedTags *[]string `json:"managed_tags"`
	MatchOn     *[]string `json:"match_on"`
	When        string    `json:"when,omitempty"`                           // of columns without a FieldMapping.When: Always, which "" is too, IfEmpty or IfNewer
	DeletedWhen []string  `json:"deleted_when,omitempty" blanks:"verbatim"` // columns, or paths, of which each marks a record as deleted
	StageMoves  string    `json:"stage_moves,omitempty"`                    // Always, which "" is too, or Forward
}

// Rule is what another package knows of the value of a key. Broken gets what could be read, surrounding blanks gone, and says in
// words what is wrong with it, "" if nothing. The words must not hold a value of the configuration.
type Rule struct {
	Key    string
	Broken func(Config) string
}

// Parse reads a configuration. Its only error is an *Error that names every fault, those of the rules among them; the Config is then
// not to be used.
func Parse(data []byte, rules ...Rule) (Config, error) {
	value, fault := decode(data)
	if fault != "" {
		return Config{}, &Error{Faults: []string{fault}}
	}
	if isCatalog(value) {
		return Config{}, &Error{Faults: []string{"this looks like a catalog, which belongs to --catalog"}}
	}
	listDeletedWhen(value)
	check := checker{}
	value = check.value("", connection, value)
	if value == nil {
		return Config{}, check.err()
	}
	// The checked tree has only fields and kinds the structs have, or faults; so what cannot be filled in was reported.
	clean, err := json.Marshal(value)
	if err != nil {
		return Config{}, &Error{Faults: []string{"the file cannot be read"}}
	}
	var c Config
	if err := json.Unmarshal(clean, &c); err != nil && len(check.faults) == 0 {
		return Config{}, &Error{Faults: []string{"the file cannot be read"}}
	}
	if err := c.hold(&check, rules); err != nil {
		return Config{}, err
	}
	document := bytes.Clone(words.WithoutByteOrderMark(data))
	c.given = func() []byte { return document }
	return c, nil
}

// With returns the configuration after a change, which must replace lists and not
// alter them. Its error is that of Parse.
func (c Config) With(change func(*Config), rules ...Rule) (Config, error) {
	change(&c)
	if err := c.hold(&checker{}, rules); err != nil {
		return Config{}, err
	}
	return c, nil
}

// hold tidies the configuration, and holds it to what the schema cannot say.
func (c *Config) hold(check *checker, rules []Rule) error {
	c.tidy()
	for _, r := range rules {
		if fault := r.Broken(*c); fault != "" {
			check.fault(r.Key, "%s", fault)
		}
	}
	c.check(check)
	return check.err()
}

// connection is the schema every configuration is held to.
var connection = func() *schema {
	s := new(schema)
	if err := json.Unmarshal(spec.Connection(), s); err != nil {
		panic("spec.json: " + err.Error())
	}
	return s
}()

// Error lists all faults of a configuration. No fault holds a value of the configuration.
type Error struct {
	Faults []string // "key: rule", in the order of the specification; or the one thing that is wrong with the whole file
}

// Error returns the faults as one readable text.
func (e *Error) Error() string {
	if len(e.Faults) == 1 {
		return "invalid configuration: " + e.Faults[0]
	}
	return "invalid configuration, " + words.Count(len(e.Faults), "fault") + ": " + strings.Join(e.Faults, "; ")
}

// Names reports whether the configuration gives a key a value, rather than leave it to its default.
func (c Config) Names(key string) bool {
	if c.given == nil {
		return false
	}
	keys, err := members(c.given())
	return err == nil && len(keys[key]) > 0 && string(keys[key]) != "null"
}
