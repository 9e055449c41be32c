package crm

import "strings"

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

// ChannelField is the name of the field for a channel as the API calls it:
// "SMS".
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

// normaliseChannel reads whether a channel is stopped.
func normaliseChannel(s string) (status string, ok bool) {
	stop, ok := normaliseBool(s)
	if !ok {
		return "", false
	}
	if stop {
		return channelActive, true
	}
	return channelInactive, true
}
