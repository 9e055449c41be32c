// Package crm turns a record into the object a user wants, and compares that with
// the object the CRM holds, so that only the difference is written.
//
// A [Kind] describes an object as data, such as contacts. A [Table] has its fields in
// one location. [Compile] makes a [Plan] for each stream: which columns may feed
// which field, and in which order they are tried. [Plan.Map] turns each record into
// a [Desired] object whose values are in canonical form; [Diff] and [Initial] say
// what to write, also where only the [Fingerprint] of a value is known.
//
// A column finds its fields in these steps:
//
//	contacts.go and its like   the fields of a kind, a row each with its names
//	shapes.go                  the words of wrappers and addresses, and of entries of lists
//	meaning.go                 what the name of a column says by itself
//	column.go learn.go         what a plan knows of a column: its routes, ranked, and what it is looked into as
//	mapping.go path.go         what the configuration says instead
//	map.go entries.go          the candidates that a record offers for each field
//	fill.go place.go           the one that each field gets; one address is not mixed with another
//	consent_record.go          what columns say of being contacted, see consent.go
//
// A further source is taught by words in the first three files, a further field by
// a row, a further object by a file of rows; no code knows one.
//
// How texts are read that mean one thing here and another there, a [Notation]
// says. A coercer reads each value; there is a file for each kind of value, and
// list.go, listtext.go and artefact.go take apart and undo what sources, caches
// and spreadsheets make of all of them.
//
// [InferType] chooses the data type for a field that has yet to be created.
// Every step is a pure function of its arguments; fingerprints besides of a seed
// that the process chooses.
//
// The package must not know where records come from, how a contact is fetched
// or sent, or what time it is: no I/O, no clock, no goroutine.
//
// Notes, faults and errors name a field and a rule. They never hold a value,
// because a value is personal data.
package crm
