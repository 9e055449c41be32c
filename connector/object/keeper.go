package object

import (
	"context"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
)

// Keeper is the things of one object in a location, known by their ids. Whoever takes
// changes back asks it what is there, and writes by it. It sends nothing that its
// journal has not taken down.
type Keeper interface {
	Table() *crm.Table
	// Held are the things as the primary store has them, by id. One that is missing does
	// not exist.
	Held(ctx context.Context, things []Thing) (map[string]*crm.Contact, error)
	// Update writes values over what one holds; nil clears.
	Update(ctx context.Context, have *crm.Contact, set map[string]any, of journal.Origin) error
	// Delete deletes; that a thing has gone meanwhile is no error.
	Delete(ctx context.Context, have *crm.Contact, of journal.Origin) error
	// Twins are those of the contact that bear the same key, or, without a key, hold these
	// values.
	Twins(ctx context.Context, contact string, values map[string]any) ([]*crm.Contact, error)
	// Create makes a thing of these values, for the contact if it belongs to one, unless
	// one of the same key is there, or, without a key, of the same values. It returns what
	// is there now, which may hold more than values, and others.
	Create(ctx context.Context, contact string, values map[string]any, of journal.Origin) (*crm.Contact, error)
}

// Thing is what a [Keeper] is asked for.
type Thing struct{ ID, Contact string }
