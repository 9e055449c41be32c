// Package load is the engine: it takes the messages of a sync, gathers them
// in windows, finds who is there already, writes what differs and releases
// each state once everything before it is durable.
//
// The flow of one window:
//
//	records → find → people in line → turns → settle → states
//
// A turn is of those who have nothing to do with anybody before them who is not
// written: they are resolved against facts (whom each means, what differs),
// written side by side, and tagged. Nothing foresees what an earlier record will
// do; whoever shares anything with it waits for a later turn. A window in which
// nobody does is one turn.
//
// Windows run one after another while the next is being filled, so writes to
// one contact are in order, memory is bounded by two windows and back-pressure
// is not reading. The package must not know how the API is asked (package
// object), nor how messages look on the wire (package airbyte).
package load
