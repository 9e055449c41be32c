package source

import (
	"context"
	"slices"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

// keptFor is how long custom fields are taken for what they were.
const keptFor = 24 * time.Hour

// keptFields are the custom fields of contacts as a read was told them: its last state
// keeps them, which spares the next read a request. A field that is new since shows by a
// contact that has it.
type keptFields struct {
	At  int64             `json:"at"` // when they were told, in milliseconds
	All []ghl.CustomField `json:"all"`
}

// serve reports whether fields are young enough to be taken for what they were.
func (k *keptFields) serve(now time.Time) bool {
	if k == nil {
		return false
	}
	age := now.UnixMilli() - k.At
	return 0 <= age && age < keptFor.Milliseconds()
}

// have reports whether all custom fields of a contact are among these.
func (k *keptFields) have(c ghl.Contact) bool {
	for _, v := range c.CustomFields {
		if !slices.ContainsFunc(k.All, func(f ghl.CustomField) bool { return f.ID == v.ID }) {
			return false
		}
	}
	return true
}

// contactRows gives the rows of contacts by the fields that a state has kept, if these
// serve, else by those that the location tells, which the state then keeps.
func (l *Location) contactRows(ctx context.Context, state *contactsState) (*contactRows, error) {
	if now := time.Now(); !state.Fields.serve(now) {
		custom, err := l.fields(ctx)
		if err != nil {
			return nil, err
		}
		state.Fields = &keptFields{now.UnixMilli(), custom}
	}
	return newContactRows(l, object.Table(crm.Contacts, state.Fields.All)), nil
}
