package crm

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"destination-gohighlevel/connector/jsonscan"
)

// reader is what the values of all records of a plan are read with.
type reader struct {
	notation Notation
	nothing  map[string]bool // the words for nothing
	tagNames map[string]bool // the tags of the configuration
	users    *directory
	keys     []*Field                   // the match keys
	today    string                     // a date; "" if it is not known
	schemas  map[string]json.RawMessage // of the columns that the stream declares

	foreignCountries map[string]string // codes by name, nil until the first name comes that is neither a code nor English
}

func newReader(o PlanOptions) *reader {
	r := &reader{notation: o.Notation, nothing: make(map[string]bool, len(o.Notation.NullWords)), schemas: jsonscan.Properties(o.Schema)}
	for _, word := range o.Notation.NullWords {
		r.nothing[strings.TrimSpace(word)] = true
	}
	r.tagNames, r.users = make(map[string]bool), newDirectory(o.Users)
	for _, tag := range slices.Concat(o.Tags, o.ManagedTags) {
		r.tagNames[tagOf(tag)] = true
	}
	if !o.Today.IsZero() {
		r.today = o.Today.Format(time.DateOnly)
	}
	return r
}

// holdsNested reports whether what a path leads to is declared to hold objects or lists.
func (r *reader) holdsNested(path string) bool {
	members, rest := r.schemas, path
	for {
		name, below, more := strings.Cut(rest, ".")
		schema, declared := members[rest]
		if !declared {
			schema, declared = members[name]
			if more && declared {
				members, rest = jsonscan.Properties(schema), below
				continue
			}
		}
		dataType, known := InferType(schema)
		return declared && known && dataType == dataLargeText
	}
}

// origin is what is known of a value besides its text, from where it comes.
type origin uint8

const (
	inMilliseconds origin = 1 << iota // its column says that numbers in it are milliseconds
	inNumbers                         // its column holds numbers, or it is one: a point in it is decimal
	asTranslated                      // it is the result of a translation: no word for nothing
	doubtful                          // a valid value may mean something else: see [foreign]
)

func (o origin) is(what origin) bool { return o&what != 0 }

// origin tells what the name and the schema of a column, or of what a dotted path
// below it leads to, say of the values there.
func (r *reader) origin(column, path string) (o origin) {
	if path != "" {
		return originOf(path[strings.LastIndexByte(path, '.')+1:], nil)
	}
	return originOf(column, r.schemas[column])
}

func originOf(name string, schema json.RawMessage) (o origin) {
	format, _ := jsonscan.Text(jsonscan.Member(schema, "format"))
	kind, _ := jsonscan.Text(jsonscan.Member(schema, "airbyte_type"))
	if saysMilliseconds(name) || saysMilliseconds(format) || saysMilliseconds(kind) {
		o |= inMilliseconds
	}
	if dataType, _ := InferType(schema); dataType == dataNumerical {
		o |= inNumbers
	}
	return o
}

// saysMilliseconds finds the unit in a name: "created_ms", "birthMillis".
func saysMilliseconds(name string) bool {
	words := strings.FieldsFunc(camelCase.ReplaceAllString(name, "$1 $2"), func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(words, func(word string) bool { return milliseconds.MatchString(word) })
}

var (
	camelCase    = regexp.MustCompile(`(\p{Ll})(\p{Lu})`)
	milliseconds = regexp.MustCompile(`(?i)^(ms|msecs?|epochms|milli.*)$`)
)

// saysNothing reports whether a text stands for no value at all. An option of
// the field does not, nor what a user has translated to.
func (c *coercer) saysNothing(f *Field, s string) bool {
	if isInvisible(s) {
		return true
	}
	if !c.nothing[s] || c.from.is(asTranslated) {
		return false
	}
	_, isOption := listedLabel(f, s)
	return !isOption
}

// dateReading says how the dates of a field are read.
func (r *reader) dateReading(f *Field, from origin) dateReading {
	how := dateReading{order: r.notation.DateOrder, orderSet: r.notation.DateOrderSet, milliseconds: from.is(inMilliseconds), number: from.is(inNumbers)}
	if f.isBirthday() {
		how.latest = r.today
	}
	return how
}

// isBirthday tells a field that holds when somebody was born.
func (f *Field) isBirthday() bool {
	if !f.Custom {
		return f.Name == fieldBirthday
	}
	name := fold(f.Label)
	return strings.Contains(name, "birth") || name == "dob"
}
