package object

import (
	"context"

	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/trouble"
)

// Businesses are those of the location that contacts can be linked to, with what
// the sync has made of them so far. All methods are safe for concurrent use.
type Businesses interface {
	// Find tells which business a name or an id means.
	Find(ctx context.Context, ref string) (Found, error)
	// Create creates a business that was Missing; one that is there by now is taken.
	// reject says that the API has refused it.
	Create(ctx context.Context, name string, of journal.Origin) (id string, reject *trouble.Reject, err error)
	// Name is what a business is called; its id if that is not known.
	Name(id string) string
}

// Found is the business that is meant, or why there is none.
type Found struct {
	ID      string
	Missing bool   // there is none of that name, and the user wants it created
	Later   bool   // there is none yet, but the sync may still create it
	Why     string // there is none, in the words of a note; "" if there is or will be one
}
