package trouble

import "fmt"

// Note says that a value of a record was changed or dropped on its way, and by
// which rule.
type Note struct {
	Field   string // display name: "email", or a custom field's key
	Column  string // as the source names it; "" where no column is to blame, or its name must not be told
	Rule    string // "country code +1 assumed", "not a number"; never holds the value
	Dropped bool   // whether the value was dropped
	Warns   bool   // whether it is worth a warning all the same
}

// Reject is why a record is not written.
type Reject struct{ Code, Field, Column, Reason string }

// Error names the code, the field and the column if there are any, and the
// reason; never a value.
func (r *Reject) Error() string {
	if where := Where(r.Field, r.Column); where != "" {
		return r.Code + ": " + where + ": " + r.Reason
	}
	return r.Code + ": " + r.Reason
}

// Where names a field and the column that feeds it, if that has another name:
// phone (column "Mobile"). It is "" if there is neither.
func Where(field, column string) string {
	switch {
	case column == "" || column == field:
		return field
	case field == "":
		return fmt.Sprintf("column %q", column)
	}
	return fmt.Sprintf("%s (column %q)", field, column)
}
