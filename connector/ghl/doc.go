// Package ghl is the client of the GoHighLevel API: it sends requests within
// the server's limits, repeats what may be repeated, and turns every failure
// into an [Error] of one [Kind].
//
// There is one way to the wire: retry → pace → authorise → log → send. Every
// attempt passes all of it, so every attempt is paced, counted and logged.
//
// The package must not know records, streams, mappings or configuration. It
// does not decide what to write; it only promises what happened to a request.
// Nothing it logs and no error it returns holds a token, a body or a personal
// value.
package ghl
