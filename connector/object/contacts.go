package object

import (
	"context"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/trouble"
)

// Contacts are the people of a location that notes, tasks and opportunities belong
// to, with what the sync has made of them so far.
type Contacts interface {
	// Find tells for the keys of each record, those trusted most first, which
	// contact is meant: all in as few requests as the API allows. last says that no
	// further contact comes, see [load.Window]: who is not found now does not exist.
	// One call at a time, and none while contacts are written.
	Find(ctx context.Context, keys [][]crm.Key, last bool) ([]Parent, error)
	// Gone tells that a contact which was found does not exist: it is found no more.
	Gone(id string)
}

// Parent is the contact that a record belongs to.
type Parent struct {
	ID string // "" if there is none
	// Created says that this sync has created it, or that a dry run pretends so:
	// nothing belongs to it but what the sync itself has written.
	Created bool
	// Later says that there is none yet, but that the sync may still create it: the
	// record is to be held.
	Later  bool
	Notes  []trouble.Note  // such as: several contacts have this phone, the oldest was taken
	Reject *trouble.Reject // why there is none, unless Later
}
