// Package load is the engine: it takes the messages of a sync, gathers them
// in windows, finds who is there already, writes what differs and releases
// each state once everything before it is durable.
//
// The flow of one window, in this order and without a way back:
//
//	records → find → persons, each with its contact → diff → apply → settle
//	→ states
//
// A window that takes long repeats apply to states once a minute.
//
// Windows run one after another while the next is being filled, so writes to
// one contact are in order, memory is bounded by two windows and back-pressure
// is not reading. The package must not know how the API is asked (package
// object), nor how messages look on the wire (package airbyte).
package load
