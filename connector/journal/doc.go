// Package journal records every change that a sync makes: who, which field, from what
// to what, from which line of which stream. What is about to be changed is durable, with
// the values before, ahead of the request that changes it (an intent), and what became
// of it (its outcome) before the state that acknowledges it: so nothing in the CRM was
// changed by a sync that its journal does not tell of.
//
// The journal of a run is a file of JSON lines. In a folder of this computer it is one
// file, <path>/<run>.jsonl; in a bucket it is numbered parts, <path>/<run>/<number>.jsonl,
// which together are that file.
//
//	{"type":"run","format":1,"run":"…","at":"…","version":"…","location":"…","streams":[…]}
//	{"type":"intent","seq":1,"at":"…","op":"update","object":"contacts","id":"…","stream":"people","lines":[7],
//	 "keys":{"email":"…"},"before":{"city":"Rome"},"set":{"city":"Milan"}}
//	{"type":"done","seq":1,"at":"…","id":"…","after":{"city":"Milan"},"updated":"…"}
//	{"type":"fail","seq":1,"at":"…","status":422,"message":"…"}
//	{"type":"end","at":"…"}
//
// An intent has one outcome at most that counts, its last. One without an outcome, or
// with one that is unknown, may have been carried out: whoever needs to know looks at
// the CRM.
//
// An intent also tells when others had changed the thing before, as far as that was
// known ("others"): with the times of its outcomes that is enough to tell, in a later run,
// whether the last change of a thing was ours. See [Writes].
//
// The package must not know what a field means or how the CRM is asked. The journal
// holds personal data; no error of the package does.
package journal
