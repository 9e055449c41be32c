// Package records writes what has a key and is known by it, such as businesses.
// Unlike with people there is nothing to find out about who is meant: all that
// the location holds is listed once, a record means what carries its key, and only
// what differs is written. It must not know of contacts.
package records
