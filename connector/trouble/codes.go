package trouble

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/words"
)

// Codes of a [Reject].
const (
	NoIdentifier    = "no_identifier"
	InvalidRecord   = "invalid_record"
	SchemaViolation = "schema_violation" // the record breaks its stream's schema
	// ConsentUnclear is for a record that would make a contact without being clear
	// about whether the person may be contacted.
	ConsentUnclear = "consent_unclear"
	NoMatch        = "no_match"   // of a record in update mode: what it is about does not exist
	NoContact      = "no_contact" // of a record that belongs to a contact: it does not exist
	// ValueMissing is for a record that would create something, but for a value that
	// is needed to.
	ValueMissing = "value_missing"
	// Ambiguous is for a record that could be about several things of the location.
	Ambiguous = "ambiguous"
	// AmbiguousOpportunity is for a record without a key that could be about the same
	// opportunity as another one, or about several.
	AmbiguousOpportunity = "ambiguous_opportunity"
	UnknownPipeline      = "unknown_pipeline"
	UnknownStage         = "unknown_stage"
	UnknownUser          = "unknown_user"

	IdentityConflict = "identity_conflict"
	Refused          = "refused_by_api"
	TagsRefused      = "tags_refused"
)

// nextSteps says for each code of rejected records what its owner can do.
var nextSteps = map[string]string{
	NoIdentifier:         "give the record a valid email or phone, or another key of match_on",
	InvalidRecord:        "fix the record at its source; if the reason is a bug of the connector, report it",
	ConsentUnclear:       "say yes or no in the column, or translate its words with values in field_mapping",
	SchemaViolation:      "fix the record or its stream's schema at the source, or set schema_violations to warn",
	NoMatch:              "create it first, or sync in a mode that creates",
	NoContact:            "sync the contact in the same sync or before, or give the record the id, email or phone of one",
	IdentityConflict:     "merge the two contacts in HighLevel, or set identity_conflicts to prefer_first",
	ValueMissing:         "give the record the value, or sync in the mode update, which creates nothing",
	Ambiguous:            "merge what is doubled in HighLevel, or give the stream a match_on that tells them apart",
	AmbiguousOpportunity: "keep the source's key in a custom field of opportunities: map the column to it, and name the field in the stream's match_on",
	UnknownPipeline:      "name a pipeline of the location, or translate the source's names with values in field_mapping",
	UnknownStage:         "name a stage of the pipeline, or translate the source's names with values in field_mapping",
	UnknownUser:          "name a user of the location by id, email or full name, or translate the source's names with values in field_mapping",
	Refused:              "read the reason: HighLevel refuses this value",
	TagsRefused:          "the contact is written; sync the record again to add its tags",
}

// CorrectTheValue is what the owner of a value that was left out can do.
const CorrectTheValue = "correct the value at its source, or map another column to the field"

// Codes lists the codes that a rejected record can have, sorted.
func Codes() []string { return slices.Sorted(maps.Keys(nextSteps)) }

// NextStep says what the owner of a record that was rejected with this code can
// do, as a clause without a full stop.
func NextStep(code string) string { return nextSteps[code] }

// mostColumns is how many columns of a record are told.
const mostColumns = 12

// outline names the columns of a record and the kind of value each holds, never a
// value.
func outline(data json.RawMessage) string {
	columns := jsonscan.Map(data)
	if columns == nil {
		return "no JSON object"
	}
	names := slices.Sorted(maps.Keys(columns))
	switch {
	case len(names) == 0:
		return "no column"
	case !Showable(names...):
		return words.Count(len(names), "column") + ", some of them named like a person's data"
	}
	var parts []string
	for i, name := range names {
		if i == mostColumns {
			parts = append(parts, words.Grouped(len(names)-i)+" more")
			break
		}
		parts = append(parts, words.Cut(name, 40)+": "+kindOf(columns[name]))
	}
	return strings.Join(parts, ", ")
}

func kindOf(value json.RawMessage) string {
	switch value[0] {
	case '"':
		if len(strings.TrimSpace(string(value[1:len(value)-1]))) == 0 {
			return "empty"
		}
		return "text"
	case '{':
		return "object"
	case '[':
		return "list"
	case 'n':
		return "null"
	case 't', 'f':
		return "yes or no"
	}
	return "number"
}
