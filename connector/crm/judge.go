package crm

import "slices"

// Verdict is what the keys of a record say of a contact.
type Verdict int

// The verdicts. Only Same lets a record be written to a contact.
const (
	Unknown Verdict = iota // the two have nothing in common that could tell
	Same                   // the contact is the person
	Other                  // it is somebody else
)

// Judge is the one rule of identity: whether a contact is the person who has
// these keys, which are in the order of trust. Of the keys for whose field both
// have a value, the one trusted most decides. A person may have several values
// of a field, old and new; any of them will do. An id speaks for a contact and
// against nobody: one that was not found belongs to a contact that is gone.
//
//	the contact has   the keys        verdict
//	ann@, phone 1     ann@, phone 2   Same     the email is trusted more
//	ann@, phone 1     bob@, phone 1   Other    so it is here
//	phone 1           bob@, phone 1   Same     nothing trusted more speaks against it
//	phone 2           bob@, phone 1   Other
//	phone 1           bob@            Unknown  the phone is no key of this record
//	ann@              id X, ann@      Same     X is gone
//
// What a delete means is decided by its keys of [MostTrusted] alone.
func Judge(c *Contact, keys []Key) Verdict {
	for _, k := range keys {
		switch {
		case c.Carries(k):
			return Same
		case k.Field == fieldID || c.KeyText(k.Field) == "":
		case slices.ContainsFunc(keys, func(own Key) bool { return own.Field == k.Field && c.Carries(own) }):
			return Same
		default:
			return Other
		}
	}
	return Unknown
}

// MostTrusted are the keys that a delete names: those of the field trusted most
// of all that the record has a value for. If nobody carries one, whom the delete
// means is gone; whoever has another of the record's keys is a bystander.
func MostTrusted(keys []Key) []Key {
	for i, k := range keys {
		if k.Field != keys[0].Field {
			return keys[:i:i]
		}
	}
	return keys
}
