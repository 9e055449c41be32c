package object

import (
	"errors"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

// Refused is the rejection of a record by the API, in the API's own words if it was
// sent the record: the client has hidden in them what was sent. The words about a
// question can hold what nobody has hidden.
func Refused(err error) *trouble.Reject {
	reason := "the API refused the record"
	var e *ghl.Error
	if errors.As(err, &e) && e.Operation.Writes() && len(e.Messages) > 0 {
		reason = e.Messages[0]
	}
	return &trouble.Reject{Code: trouble.Refused, Reason: reason}
}
