// Package connector is a destination that writes people into GoHighLevel as
// contacts, companies as businesses, and notes and tasks of contacts. This page is
// its theory.
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
// Three rules stand above all others. Do no harm: nothing that the user did not
// ask for is overwritten, deleted, doubled or made contactable. Understand real
// data: what cannot be understood costs only itself, and is told with its column
// and line. Waste no call.
//
// # The words
//
//	record     what comes in: one JSON object of a stream
//	route      one way from a column to a field
//	candidate  a value that a record offers for a field; the first valid one counts, record by record
//	shape      a form in which sources put a person: a wrapper, an address, a list of entries
//	desired    the contact, or another object, that a record asks for; absent, null and a value differ
//	contact    what the CRM has told of one
//	told       of a field: an answer of the API has said what is in it, be it nothing; what is not told is not empty
//	change     the smallest difference from a contact to what is desired
//	key        what identifies: an id, email, phone or custom field of match_on, or a field mapped to the primary key
//	row        the primary key of the source
//	mark       by what people of a window may meet: keys, emails, phones, the row
//	person     one or several records of a window that plainly mean one person
//	window     a run of records that is found, compared and written together
//	turn       people of a window who have nothing to do with anybody before them who is not written
//	note       something to tell of a record that is written all the same; in records, a note about a contact
//	reject     a record that cannot be written, with a stable code
//	ticket     a record that was read and is not settled
//	settle     to know what became of a record: durable, or rejected
//	early      of a record: before what it belongs to; it is held until the input ends
//	release    to hand a state back, once everything before it is settled
//	outcome    what became of a person, or would become in a dry run
//	removal    to take a contact out of what a stream has synced
//	stop       that somebody must not be contacted, by any channel or by one
//	suppression a record that names people who must not be contacted
//	journal    what is recorded of every change
//	intent     of a change: that it is about to be sent
//	object     a kind of thing the CRM holds: contacts, businesses, opportunities, notes, tasks
//	item       one or several records of a window that plainly mean one thing, such as a business
//	child      what belongs to a contact, its parent: a note, a task
//	deal       an opportunity
//	ref        the key of a note or a task, kept as the last line of its text
//	link       the business that a contact belongs to
//	kind       what an object is, as data: its fields, a row each, and what identifies one
//	target     the contacts of one location, as the API reaches them
//	location   the sub-account that is written to
//
// # The way of a record
//
//	stdin → airbyte.Reader → Object.Prepare (validate, map) → window
//	      → Object.Write → done → ledger → states in order → airbyte.Writer → stdout
//
// and, where the records are people, Write is
//
//	find (lookups or index) → people in line → turns (resolve → diff → write → tag) → settle
//
// # The packages
//
//	airbyte    messages in and out; the one owner of stdout
//	bug        panics as errors
//	config     the user's configuration, with all its faults at once
//	contacts   the object whose records mean people: who is meant, turns, tags, removal
//	  gateway  how contacts are found and written through the API; the dry run
//	crm        pure: fields, mapping, reading of values, identity, difference
//	export     rows into files for people: JSONL, CSV, whole or to be gone on with
//	ghl        the API client: one way to the wire, typed errors, pace
//	journal    every change recorded, ahead of its request and after it
//	jsonscan   one scanner of JSON
//	load       the engine: windows, ledger, accounts; it knows no word of a CRM
//	object     what all objects have in common: descriptor, streams, outcome
//	records    the objects for what has a key and no puzzle of identity: businesses, opportunities, notes, tasks
//	rejects    the store of rejected records and left-out values
//	sandbox    an embedded GoHighLevel that shares no code with ghl
//	schema     records against the JSON schema of their stream
//	sheet      files of rows: their encoding, delimiter and header found out
//	source     reads a location: streams of rows, states, what can be read
//	storage    where files are kept: a bucket or a folder
//	trouble    notes, rejections with their codes, and the account of them
//	words      numbers, lists and near names, as people read them
//
// This package wires them: one verb per file, objects.go the list of objects,
// build.go the wiring, failure.go the only table from errors to what a user reads.
//
// The arrows: contacts → gateway → object → load → airbyte; records → object; all
// of these but load → crm, ghl, journal; source → object, crm, ghl; journal, rejects → storage; export → jsonscan. bug, jsonscan,
// trouble and words are leaves that all may import. integration_tests/imports_test.go
// holds them. DESIGN.md holds decisions, and what is promised.
//
// # Which file decides what
//
//	which column feeds which field               crm: package page
//	how a text is read                           crm/coerce.go, and a file for each kind of value
//	what differs                                 crm/diff.go
//	what yields to what others have changed      crm/newer.go, journal/writes.go
//	whether a contact is the record's            crm/judge.go
//	who waits for whom in a window               contacts/queue.go
//	whom a record means, what is left of it      contacts/resolve.go
//	what is read before it is believed           contacts/verify.go
//	whether to look up or to list                contacts/finder.go
//	who is certain not to be there               contacts/certain.go, contacts/gateway/control.go
//	who is written now, and when tags are        contacts/schedule.go
//	what is deleted                              contacts/delete.go, removal.go
//	which contact a record belongs to            contacts/parents.go
//	which business a record means                records/match.go
//	which note or task a record means            records/children.go, ref.go
//	what is read of contacts for that            records/children_find.go
//	which opportunity a record means             records/deal.go, deals.go
//	what is read of opportunities for that       records/deals_find.go, deals_look.go
//	who waits for whom of these                  records/item.go
//	which business a contact is linked to        contacts/link.go, linklate.go, records/link.go
//	who said stop                                crm/consent*.go, contacts/consent.go
//	whom a list keeps from being contacted       contacts/suppress.go, crm/suppressions.go
//	how a create or an update is sent            contacts/gateway/create.go, update.go
//	when a state leaves                          load/ledger.go
//	what is recorded of a change, and when       journal/doc.go, contacts/gateway/record.go, records/record.go
//	what becomes of records that came too early  load/early.go
//	which records follow from others             object/nested.go, load/follow.go
//	what an answer of the API means              ghl/classify.go
//	when a request may be sent                   ghl/pace.go
//	what is read again, and from where on        source/state.go
//	what the columns of a contact hold           source/contacts_row.go
//	what a read remembers to spare requests      source/known.go, fields.go
//	how far a read or an export is, its account  rows.go
//	which windows of calendars are asked for     source/calendars.go
//	which opportunities have changed             source/opportunities.go
//	where a list is that others delete from      source/walk.go
//	how a file of rows is read                   sheet/sheet.go, encoding.go, split.go
//	what a user reads of an error                failure.go, failure_api.go
//	what a code of a rejected record means       trouble/codes.go
//
// # How to add
//
// A field: a row in crm/contacts.go (or businesses.go); discover, mapping, check
// and difference follow. A source's way to name or wrap columns: a word in
// crm/shapes.go or in the row of its field, and its stream in
// integration_tests/testdata/streams. A kind of value: a Type in crm/field.go and a
// file that reads it, called by crm/coerce.go. An object: a Kind in crm, the
// things of records or a package beside contacts, and its line in objects.go; objects_test.go has one of
// a few lines. A verb: a file here and its row in verbs.go. A setting: its key in
// spec/spec.json and in config; tests hold the two together. An operation of the
// API: its row in ghl/operations.go and its method in the file of its resource, the
// same in sandbox; the contract tests hold both to the vendor's description.
//
// A test stands beside what it tests and is named after it. What only the whole
// program shows is in integration_tests: testdata/script for what a user types and
// reads, testdata/cases for what becomes of records.
package connector
