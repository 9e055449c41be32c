// Package sandbox is an embedded GoHighLevel: an http.Handler that answers from memory what the vendor's API
// answers about contacts, their notes, tasks and opportunities, and businesses.
// It serves tests as a double and users as a place to try a sync before it touches real people.
//
// It is written from the API's contract alone and shares no code with the client, so that an error in one cannot hide in the other.
// It must not know the connector: no import of this project, no notion of records, streams or syncs.
//
// Where the contract leaves a choice, the sandbox takes the less convenient one. It invents texts only for
// errors whose wording nobody has recorded.
package sandbox
