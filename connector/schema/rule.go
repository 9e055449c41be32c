package schema

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// rule is what a schema says of a value.
type rule struct {
	types    []string           // that are allowed, where nothing else is asked for
	kinds    kinds              // the same
	schema   *jsonschema.Schema // for all that types do not say; nil: they say all
	shape    *shape             // what fits it is allowed by schema; nil: not known
	never    bool               // no value is allowed
	nullable bool
	meter    *meter
	off      bool // it was given up
}

// check returns what a value breaks; nil if nothing. The error is that there is no saying it in reasonable time.
func (r *rule) check(value json.RawMessage) (broken []Violation, err error) {
	switch {
	case r.off:
		return nil, nil
	case r.never:
		return []Violation{{Reason: "is not in the schema, which allows no others"}}, nil
	case r.kinds != 0 && r.kinds.have(value):
		return nil, nil
	case r.schema == nil:
		return []Violation{{Reason: wrongType(fmt.Sprintf("expected %s, but got %s", strings.Join(r.types, " or "), kindOf(value)))}}, nil
	case r.shape != nil && r.shape.fits(value):
		return nil, nil
	}
	decoded, err := decode(value)
	if err != nil {
		return []Violation{{Reason: "cannot be read"}}, nil
	}
	decoded, values := bounded(decoded)
	r.meter.fill(values)
	defer func() {
		p := recover()
		if _, ok := p.(usedUp); ok {
			broken, err = nil, errCostly
		} else if p != nil {
			panic(p)
		}
	}()
	var violation *jsonschema.ValidationError
	if errors.As(r.schema.Validate(decoded), &violation) {
		broken = describe(nil, violation)
	}
	return broken, nil
}

// isPlain reports whether a number is written in digits alone, as nearly all whole ones are.
func isPlain(number json.RawMessage) bool {
	for _, c := range number {
		if c == '.' || c == 'e' || c == 'E' {
			return false
		}
	}
	return true
}

func kindOf(value json.RawMessage) string {
	switch value[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	}
	return "number"
}

func wrongType(how string) string { return "has the wrong type: " + how }

// describe adds a violation for each thing that is wrong, with the first step to it as the column. Of alternatives that all fail the
// first one is described.
func describe(found []Violation, v *jsonschema.ValidationError) []Violation {
	keyword := v.KeywordLocation[strings.LastIndexByte(v.KeywordLocation, '/')+1:]
	switch {
	case keyword == "anyOf" && len(v.Causes) > 0:
		return describe(found, v.Causes[0])
	case len(v.Causes) > 0:
		slices.SortFunc(v.Causes, func(a, b *jsonschema.ValidationError) int { // the library finds them in the order of a map
			return cmp.Or(cmp.Compare(a.InstanceLocation, b.InstanceLocation), cmp.Compare(a.KeywordLocation, b.KeywordLocation))
		})
		for _, cause := range v.Causes {
			if len(found) < mostViolations {
				found = describe(found, cause)
			}
		}
		return found
	}
	reason := "breaks the schema's rule " + keyword
	switch keyword {
	case "type":
		reason = wrongType(v.Message) // "expected integer, but got string"
	case "required":
		reason = "lacks a part that is required"
	}
	return append(found, Violation{firstStep(v.InstanceLocation), reason})
}

// firstStep is the column that a place in a record is in or below.
func firstStep(pointer string) string {
	step, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	return unescape(step)
}

// unescape is the name that a step of a pointer in an address stands for.
func unescape(step string) string {
	if plain, err := url.PathUnescape(step); err == nil {
		step = plain
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(step)
}

var errCostly = errors.New("its schema takes too long to check")

// usedUp is what a meter ends a validation with.
type usedUp struct{}

// meter bounds the steps of a validation: references can make one that doubles with every level of a schema or of a value, and the
// library, once begun, has no end but its own.
type meter struct{ left int }

// Steps that a validation may take in any case, and for each value that is looked at.
const (
	freeSteps     = 2_000
	stepsPerValue = 20
)

func (m *meter) fill(values int) { m.left = freeSteps + stepsPerValue*values }

// Compile implements [jsonschema.ExtCompiler]: the meter is in every schema.
func (m *meter) Compile(jsonschema.CompilerContext, map[string]any) (jsonschema.ExtSchema, error) {
	return m, nil
}

// Validate implements [jsonschema.ExtSchema]. It panics when the steps are used up, because errors end nothing there.
func (m *meter) Validate(jsonschema.ValidationContext, any) error {
	if m.left--; m.left < 0 {
		panic(usedUp{})
	}
	return nil
}
