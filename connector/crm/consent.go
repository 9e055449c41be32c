package crm

import (
	"strings"

	"destination-gohighlevel/connector/trouble"
)

// This file and those beside it know what is said about being contacted:
//
//	consent.go         the fields that hold it, and who is stopped
//	consent_words.go   the words in which columns and values speak of it
//	consent_column.go  which columns speak of it: [newConsentColumn]
//	consent_value.go   what a value says
//	consent_record.go  what all columns of a record say together: [consents]
//
// A plan asks newConsentColumn about each name of a column, once; it is nil for
// nearly all. Of the others it lets read see the record's raw value, adds what a
// mapping sends to dnd or a channel (mappedConsent), and in the end lets apply
// write what was said into the [Desired]. Unlike other fields these have no best
// candidate: of all that a record says the strictest counts.

// The statuses of a [Channel]. Permanent is what the person or the carrier has
// set: it cannot be changed through the API.
const (
	channelActive    = "active"
	channelInactive  = "inactive"
	channelPermanent = "permanent"
)

// isConsent reports whether a field says whether a person may be contacted.
func isConsent(field string) bool {
	return field == fieldDND || strings.HasPrefix(field, fieldChannels)
}

// ChannelField is the name of the field for a channel that the API calls "SMS".
func ChannelField(channel string) string { return fieldChannels + channel }

// ChannelName is the API's name of the channel of a field of type [Channel].
func (f *Field) ChannelName() string { return strings.TrimPrefix(f.Name, fieldChannels) }

// stops reports whether a canonical value of such a field stops messages. What
// the CRM says that is not known to let them through does.
func stops(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != "" && v != channelInactive
	}
	return false
}

// stopped is the canonical value by which a field stops messages, or does not.
func stopped(field string, stop bool) any {
	switch {
	case field == fieldDND:
		return stop
	case stop:
		return channelActive
	}
	return channelInactive
}

// Stopped reports whether the person has said "stop", as far as the contact is
// told: all channels, one of them, or by what they sent in. Who did is never
// deleted, since a contact that came back would be free to be contacted.
func (c *Contact) Stopped() bool {
	for name, v := range c.Values {
		if isConsent(name) && stops(v) {
			return true
		}
	}
	return c.InboundStopped
}

// consent compares a wanted value of do-not-disturb with what the contact has.
// Unless it lifts, it only ever stops what is open; what is permanent stays.
func (c *Change) consent(f *Field, v Value, have *Contact) {
	held, told := have.Held(f.Name)
	switch stop, open := have.stopsBy(f); {
	case stops(v.Data) && stop, v.lifts() && open:
	case !stops(v.Data) && (!v.lifts() || held == channelPermanent):
		c.Kept = c.Kept || stop
	case !told && (!open || !stops(v.Data)):
		c.Unknown = append(c.Unknown, f.Name)
	default:
		c.set(f.Name, v.Data)
	}
}

// stopsBy tells whether a field stops messages or lets them through; neither if unknown.
func (c *Contact) stopsBy(f *Field) (stop, open bool) {
	if held, told := c.Held(f.Name); told {
		return stops(held), !stops(held)
	}
	hash, printed := c.Prints.Of(f.Name)
	return printed && hash == Fingerprint(f, stopped(f.Name, true)), printed && (hash == 0 || hash == Fingerprint(f, stopped(f.Name, false)))
}

// KeptNote notes a do-not-disturb that a record would have lifted, and that stays.
func KeptNote() trouble.Note { return trouble.Note{Field: fieldDND, Rule: ruleKept} }

// lifts reports whether a value of do-not-disturb opens what is closed. An
// [IfEmpty] value finds nothing empty there: what is closed holds something.
func (v Value) lifts() bool { return v.Lifts && v.When == Always && v.Data != nil && !stops(v.Data) }

// Loosens reports whether a field that stops messages with one value would let them
// through with another.
func Loosens(f *Field, to, from any) bool { return isConsent(f.Name) && stops(from) && !stops(to) }

// Stops reports whether the record says "stop", to any channel.
func (d *Desired) Stops() bool { return len(d.OnlyStops().Values) > 0 }

// OnlyStops is what is left of a record if it says nothing but "stop".
func (d *Desired) OnlyStops() Desired {
	return d.only(func(name string, v Value) bool { return isConsent(name) && stops(v.Data) })
}

// LastingStops is what is left of a record whose other words newer ones have
// outdated: a "stop", unless a later no may lift it.
func (d *Desired) LastingStops() Desired { return d.only(Lasts) }

// Lasts reports whether a value is a "stop" that no newer record can take back.
func Lasts(field string, v Value) bool { return isConsent(field) && stops(v.Data) && !v.Lifts }

func (d *Desired) only(these func(name string, v Value) bool) Desired {
	only := Desired{Keys: d.Keys}
	for name, v := range d.Values {
		if !these(name, v) {
			continue
		}
		if only.Values == nil {
			only.Values = make(map[string]Value)
		}
		only.Values[name] = v
	}
	return only
}
