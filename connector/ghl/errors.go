package ghl

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what a failure means for the caller. It is the only thing to
// branch on; the text of an error is for people.
type Kind int

// The kinds of failure.
const (
	// Bug: an answer or a request that cannot be; a program is wrong.
	Bug Kind = iota
	// Throttled: the rate limit, for longer than the client waits.
	Throttled
	// Exhausted: the daily quota is used up; Error.Reset says for how long.
	Exhausted
	// Transient: a fault of the way or the server that lasted through the
	// retries. The request was safe to repeat or never left.
	Transient
	// Ambiguous: a create that may have happened. Find again, then decide.
	Ambiguous
	// Rejected: the server refuses this content.
	Rejected
	// Duplicate: it exists; Error.ContactID and MatchingField of a contact and
	// Error.ExistingID of an opportunity tell which, where the server does.
	Duplicate
	// Gone: the id does not exist (any more).
	Gone
	// Unauthorized: the token is missing, wrong or expired.
	Unauthorized
	// Forbidden: the token may not do this here, or something in between
	// (a web firewall, a redirect) keeps the request from the API.
	Forbidden
	// ScopeMissing: the token lacks the scope of the operation.
	ScopeMissing
	// Canceled: the caller's context ended.
	Canceled
)

var kindNames = [...]string{
	"bug", "throttled", "exhausted", "transient", "ambiguous", "rejected",
	"duplicate", "gone", "unauthorized", "forbidden", "scope missing", "canceled",
}

// String is the kind in lower-case words.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// Reason says more of a failure than its Kind, where that decides what can be
// done about it.
type Reason int

// The reasons that are known.
const (
	// NoReason says that nothing but the Kind is known.
	NoReason Reason = iota
	// PermanentDND says that a channel of do-not-disturb has been set for good by the
	// person or the carrier, and the whole body is refused because it names it
	// (Rejected).
	PermanentDND
	// Firewall says that something before the API refuses all requests of this
	// program (Forbidden).
	Firewall
	// AgencyToken says that a location's token is wanted, not an agency's
	// (Unauthorized).
	AgencyToken
	// ParameterMissing says that the token may be a good one: the API words it so
	// too where it misses a parameter (Unauthorized).
	ParameterMissing
	// InvalidGrant says that the refresh token is invalid, expired or already used
	// (Unauthorized).
	InvalidGrant
	// InvalidClient says that the app's id or secret is not accepted (Unauthorized).
	InvalidClient
	// OperatorRefused says that search has no such operator for the field (Rejected).
	OperatorRefused
	// LocationInactive says that no token is given for the location until it is
	// active again (Forbidden).
	LocationInactive
	// OpportunityExists says that the contact has an open opportunity in the pipeline,
	// and the location allows no second one (Duplicate).
	OpportunityExists
)

// Error is every failure of a call.
type Error struct {
	// Operation is "METHOD /path" with placeholders, never with values.
	Operation Operation
	Kind      Kind
	// Status is the HTTP status, or the one in the body where that is more
	// exact; 0 if there was no answer.
	Status int
	// Messages are the server's words, cut and with secrets, emails and
	// numbers masked.
	Messages []string
	// ContactID and MatchingField are set by Duplicate, as far as told.
	ContactID, MatchingField string
	// ExistingID is the opportunity that there is (Duplicate), as far as told.
	ExistingID string
	// Field is the standard field whose value was refused (Rejected), "" where
	// the answer named none or several.
	Field string
	// Reason says more than Kind.
	Reason Reason
	// Channels are those that a refusal because of PermanentDND names.
	Channels []string
	// TraceID is the vendor's name of the request, for their support.
	TraceID string
	// Reset is the time until the daily quota returns (Exhausted), 0 if not told.
	Reset time.Duration
	// Err is the cause, if there is one. Its own text is not redacted.
	Err error

	held         time.Duration // Throttled: how long it holds all calls back
	throttledFor time.Duration // Throttled: how long the server has refused everything
}

// Error is one line without secrets and personal values.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Operation, e.Kind)
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	text := strings.Join(e.Messages, "; ")
	if e.Err != nil {
		if text != "" {
			text += ": "
		}
		text += redact(e.Err.Error())
	}
	if text != "" {
		b.WriteString(": " + text)
	}
	if e.Reset > 0 {
		fmt.Fprintf(&b, ", resets in %s", e.Reset.Round(time.Second))
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error: that of the [Error] in its chain,
// Canceled for an ended context, else Bug. It must not be asked about nil.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return Canceled
	}
	return Bug
}
