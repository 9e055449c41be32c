// Package records writes what has a key and is known by it, such as businesses.
// Unlike with people there is nothing to find out about who is meant: what the
// location holds is read, a record means what carries its key, and only what
// differs is written. A run does that for any kind; what differs from one kind to
// another it asks of its things. It must not know how contacts are found.
package records
