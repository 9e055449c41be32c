package load

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// nextSteps says for each code of rejected records what its owner can do.
var nextSteps = map[string]string{
	crm.CodeNoIdentifier:        "give the record a valid email or phone, or another key of match_on",
	crm.CodeInvalidRecord:       "mend the record at its source",
	CodeSchemaViolation:         "mend the record or its stream's schema at the source, or set schema_violations to warn",
	CodeNoMatch:                 "create the contact first, or sync in a mode that creates contacts",
	object.CodeIdentityConflict: "merge the two contacts in HighLevel, or set identity_conflicts to prefer_first",
	object.CodeRefused:          "read the reason: HighLevel refuses this value",
	object.CodeTagsRefused:      "the contact is written; sync the record again to add its tags",
}

// Codes lists the codes that a rejected record can have, sorted.
func Codes() []string { return slices.Sorted(maps.Keys(nextSteps)) }

// NextStep says what the owner of a record that was rejected with this code can
// do, as a clause without a full stop.
func NextStep(code string) string { return nextSteps[code] }

// sample is an example of a rejected record: where it stood, and which columns
// it had, but none of its values.
type sample struct {
	line  int64
	shape string
}

const (
	mostSamples = 3
	mostColumns = 12
)

func (s sample) String() string { return fmt.Sprintf("line %d (%s)", s.line, s.shape) }

// shape names the columns of a record and the kind of value each holds.
func shape(data json.RawMessage) string {
	var columns map[string]json.RawMessage
	if json.Unmarshal(data, &columns) != nil {
		return "no JSON object"
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		if len(parts) == mostColumns {
			parts = append(parts, fmt.Sprintf("and %d more", len(columns)-mostColumns))
			break
		}
		parts = append(parts, words.Cut(name, 40)+": "+kind(columns[name]))
	}
	return strings.Join(parts, ", ")
}

func kind(value json.RawMessage) string {
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
