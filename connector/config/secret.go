package config

import (
	"fmt"
	"io"

	"github.com/rs/zerolog"
)

// mask stands for a secret wherever one would be printed.
const mask = "***"

// Secret is a value that cannot be printed, logged or marshalled by accident: every such way gives "***".
type Secret string

// Reveal returns the value itself, for the one place that sends it. The result must not be logged or put into an error.
func (s Secret) Reveal() string { return string(s) }

// IsZero reports whether there is no value.
func (s Secret) IsZero() bool { return s == "" }

// String returns "***".
func (Secret) String() string { return mask }

// Format writes "***" for every verb, also for those that fmt would not ask String for, such as %x.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// MarshalText returns "***".
func (Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalZerologObject logs "***" in place of the value.
func (Secret) MarshalZerologObject(e *zerolog.Event) { e.Str("secret", mask) }
