package sandbox

import (
	"fmt"
	"strings"
)

// Variant is a set of answers to questions that the API's contract leaves open, each other than the usual one.
type Variant uint

// The variants.
const (
	UpsertIs200         Variant = 1 << iota // upsert answers 200 also where it creates, not 201
	NobodyIs422                             // a contact without email, phone and names is refused by 422, not by 400
	MissingIs404                            // a missing contact, note, task or opportunity is told by 404 in the usual shape, not by 400
	PhoneDropped                            // a malformed phone is left out of a write, not refused
	EmailLowered                            // emails are stored in lower case
	EmailExact                              // search compares emails by case
	NullsKept                               // null leaves a standard field as it is
	PutTakesAll                             // PUT takes companyName and gender too
	DateByFieldValue                        // a date custom field takes field_value too, not only value
	BulkTexts                               // bulk tags answers a text for each contact, not an object
	PageOf100                               // search gives 100 contacts a page at most, not 500
	SetsRefused                             // search has no operator contains_set
	SetsIgnored                             // search takes contains_set and finds nobody by it
	DNDEmptied                              // search tells dndSettings, always empty
	DNDUntold                               // search does not tell dndSettings
	NotesAsHTML                             // the body of a note is read back as HTML
	CompletedOptional                       // a task can be created without completed
	TasksOf10                               // a search of tasks takes 10 contacts at most, not 100
	ValuesByDetail                          // custom fields of an opportunity are told by all but the POST search, not by that alone
	ClosedAreDuplicates                     // a contact has one opportunity in a pipeline, also if that is closed
	OwnersApart                             // an opportunity's owner does not become its contact's
)

var variantNames = []string{"upsert-is-200", "nobody-is-422", "missing-is-404", "phone-dropped", "email-lowered", "email-exact", "nulls-kept", "put-takes-all",
	"date-by-field-value", "bulk-texts", "page-of-100", "sets-refused", "sets-ignored", "dnd-emptied", "dnd-untold", "notes-as-html",
	"completed-optional", "tasks-of-10", "values-by-detail", "closed-are-duplicates", "owners-apart"}

// Variants lists each variant alone.
func Variants() []Variant {
	out := make([]Variant, len(variantNames))
	for i := range out {
		out[i] = 1 << i
	}
	return out
}

// ParseVariant reads the name of a variant.
func ParseVariant(text string) (Variant, error) {
	for i, name := range variantNames {
		if name == text {
			return 1 << i, nil
		}
	}
	return 0, fmt.Errorf("no such variant; there are %s", strings.Join(variantNames, ", "))
}

// String gives the names, with commas between them.
func (v Variant) String() string {
	var names []string
	for i, name := range variantNames {
		if v&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// is says whether the sandbox answers in this variant.
func (s *Server) is(v Variant) bool { return s.opts.Variant&v != 0 }
