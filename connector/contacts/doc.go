// Package contacts is the object whose records mean people: it finds who is there
// already, decides whom each record means, writes what differs, adds and removes
// tags, and takes out who is gone.
//
// The flow of one window:
//
//	records → find → people in line → turns → settle
//
// A turn is of those who have nothing to do with anybody before them who is not
// written: they are resolved against facts (whom each means, what differs),
// written side by side, and tagged. Nothing foresees what an earlier record will
// do; whoever shares anything with it waits for a later turn. A window in which
// nobody does is one turn.
//
// The package must not know how the API is asked: that is package gateway.
package contacts
