// Package load is the engine: it takes the messages of a sync, gathers the
// records in windows, has their objects write them, and releases each state once
// everything before it is durable.
//
//	records → Prepare → window → Write → done → ledger → states
//
// Windows are written one after another while the next is being filled, so the
// records of an object are written in order, memory is bounded by two windows,
// and back-pressure is not reading.
//
// It must know neither what is written nor how: that is an [Object]'s business.
package load
