package object

import (
	"errors"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

// Refused is the rejection of a record by the API, in the API's own words; the
// client has hidden the record's values in them.
func Refused(err error) *trouble.Reject {
	reason := "the API refused the record"
	var e *ghl.Error
	if errors.As(err, &e) && len(e.Messages) > 0 {
		reason = e.Messages[0]
	}
	return &trouble.Reject{Code: trouble.Refused, Reason: reason}
}
