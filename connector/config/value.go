package config

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (c *checker) text(path string, s *schema, v string) any {
	v = strings.ToValidUTF8(v, "\uFFFD")
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		c.fault(path, "must be one of %s", strings.Join(s.Enum, ", "))
	}
	return v
}

// dateTime is the format of values that become a time.Time.
const dateTime = "date-time"

// dateLayouts are the forms of a date. Without a zone, as Python writes it, it means UTC.
var dateLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.DateTime, time.DateOnly}

// date returns v as what becomes a time.Time; nil, as for a date that is not known, if it is none. That is no fault: the one
// date that is read is filled in by platforms, and what it is good for is done without it too.
func date(v any) any {
	text, _ := v.(string)
	for _, layout := range dateLayouts {
		if at, err := time.Parse(layout, strings.TrimSpace(text)); err == nil && at.UTC().Year() > 0 && at.UTC().Year() < 10000 {
			return at.UTC()
		}
	}
	return nil
}

// exact is where the floating-point numbers that platforms compute with begin to skip whole ones.
const exact = 1 << 53

// whole returns v as an int64; nil if it is none or out of the schema's range. 10.0 and 1e1 are whole numbers too.
func (c *checker) whole(path string, s *schema, v json.Number) any {
	f, err := strconv.ParseFloat(v.String(), 64)
	switch {
	case math.Abs(f) >= exact:
		c.fault(path, "is too large")
		return nil
	case err != nil || f != math.Trunc(f):
		c.fault(path, "must be %s", s.kind())
		return nil
	}
	n := int64(f)
	switch below, above := s.Minimum != nil && n < *s.Minimum, s.Maximum != nil && n > *s.Maximum; {
	case (below || above) && s.Minimum != nil && s.Maximum != nil:
		c.fault(path, "must be from %d to %d", *s.Minimum, *s.Maximum)
	case below:
		c.fault(path, "must be %d or more", *s.Minimum)
	case above:
		c.fault(path, "must be %d or less", *s.Maximum)
	default:
		return n
	}
	return nil
}

// kind says in words what a value must be.
func (s *schema) kind() string {
	switch s.Type {
	case "object":
		return "an object"
	case "array":
		return "a list of " + s.Items.Type + "s"
	case "integer":
		return "a whole number"
	case "boolean":
		return "true or false"
	default:
		return "a " + s.Type
	}
}
