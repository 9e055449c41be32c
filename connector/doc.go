// Package connector is a destination that writes people into GoHighLevel as
// contacts. This page is its theory.
//
// # The idea
//
// The API has no bulk write of contacts and a small quota, and every needless
// write starts the user's workflows. So nothing is sent merely because it was
// read, but for append where the location allows duplicates: each window of
// records is compared with what the CRM holds now, and only the difference is
// written. From that come few calls, tags that are never lost, true counts,
// and syncs that write nothing when repeated.
//
// # The words
//
//	record     what comes in: one JSON object of a stream
//	desired    the contact that a record asks for; absent, null and a value differ
//	current    the contact as the CRM told it; a field not told is not empty
//	change     the smallest difference from current to desired
//	person     one or several records of a window that mean the same contact
//	window     a run of records that is found, compared and written together
//	ticket     a record that was read and is not settled
//	settle     to know what became of a record: durable, or rejected
//	release    to hand a state back, once everything before it is settled
//	reject     a record that cannot be written, with a stable code
//	outcome    what became of a person, or would become in a dry run
//	removal    to take a contact out of what a stream has synced
//	object     a kind of thing the CRM holds; contacts is the first
//	location   the sub-account that is written to
//
// # The way of a record
//
//	stdin → airbyte.Reader → validate → crm map → window
//	      → find (lookups or index) → persons → diff → apply → settle
//	      → ledger → states in order → airbyte.Writer → stdout
//
// # The packages
//
//	airbyte   messages in and out; the one owner of stdout
//	bug       panics as errors
//	config    the user's configuration, with all its faults at once
//	crm       pure: fields, mapping, normalising, difference
//	ghl       the API client: one way to the wire, typed errors, pace
//	object    what can be written, and how the API is asked to do it
//	load      the engine: windows, persons, finder, ledger
//	rejects   the store of rejected records
//	sandbox   an embedded GoHighLevel that shares no code with ghl
//	words     numbers, lists and near names, as people read them
//
// This package wires them: one verb per file, build.go the wiring, failure.go
// the only table from errors to what a user reads.
//
// load imports airbyte, crm and object; object imports crm and ghl; both bug;
// config imports spec; load, crm and config words; the others import nothing of
// ours. DESIGN.md holds decisions.
package connector
