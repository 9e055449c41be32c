// Package undo takes back what runs have changed, as far as their journals tell, and only
// where the CRM still holds what they wrote.
//
// What became of one thing is told by its changes alone. They are walked from the newest
// to the oldest over a copy of what the CRM holds now: a field goes back to what it held
// before where it holds what the change wrote, a tag goes where it was added and is still
// there. Where something else is there, somebody has changed it since, and from there on
// that field is left alone: after a → b → c by two runs and c → b by a person, b stays.
// What the copy holds in the end is what is written, in one request.
//
// A do-not-disturb is never lifted. A contact that was created is deleted only if it holds
// nothing but what its create has given it, nobody has said stop on it, and no note, task
// or opportunity of others belongs to it; else it only loses the tags that it was given.
// What was deleted is created anew only where that is asked for, and never somebody who
// had said stop.
//
// The package must not know how a change is found in the CRM: see [object.Keeper] and
// [gateway.Target].
package undo
