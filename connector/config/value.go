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
	if s.Format == dateTime {
		return c.date(path, v)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		c.fault(path, "must be one of %s", strings.Join(s.Enum, ", "))
	}
	return v
}

// dateTime is the format of values that become a time.Time.
const dateTime = "date-time"

// date returns v as the JSON text of a time.Time; nil if it is empty, as forms send what nobody filled in, or wrong.
func (c *checker) date(path, v string) any {
	v = strings.TrimSpace(v)
	if v == "" {
		return nil
	}
	// The second form is what Python writes for a time without a zone; it means UTC.
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if at, err := time.Parse(layout, v); err == nil && at.UTC().Year() > 0 && at.UTC().Year() < 10000 {
			return at.UTC()
		}
	}
	c.fault(path, "must be a date and time, such as 2026-01-31T12:00:00Z")
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
