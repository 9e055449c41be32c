package crm

import (
	"encoding/json"
	"fmt"
	"strings"
)

// consentKind is how a column speaks of being contacted.
type consentKind uint8

const (
	// optOut columns say no: true stops, false does not. What cannot be read
	// must not make a contact that may be contacted.
	optOut consentKind = iota
	// soft columns, as a status, stop where they plainly say no. Any other word
	// there is about something else.
	soft
	// optIn columns say yes, and are not followed but where they plainly say no
	// in words: false may mean that nobody ever asked. The user is told how to
	// map them, see [consentColumn.mapping].
	optIn
)

// consentColumn is what the name of a column says of being contacted. It is not
// safe for concurrent use.
type consentColumn struct {
	told   string // the name under which the user may be told of it, "" if none
	kind   consentKind
	fields []string // what a plain yes or no is about
	// general says that the name names no channel, so that a value may.
	general bool
	// says tells that the name says no, so that true and a date do.
	says     bool
	dated    bool // it holds when: "unsubscribed_at"
	settings bool // it is of HighLevel's own settings, where "active" stops
	consent  bool // it is about a consent, which may be "withdrawn"
	negate   bool // true and false are to be turned round
	entries  bool // it holds emails or phones: their channel is meant where a member names none

	words   []word                    // of its name, after those of what it is in
	members map[string]*consentColumn // of its objects
	memo    map[string]*consents      // what values say, by their JSON
}

// newConsentColumn looks at the name of a column, or of a member of a wrapper
// without the wrapper's: "hs_email_optout", not "properties.hs_email_optout". It
// returns nil if neither the column nor, where it holds an object, anything in
// it can speak of being contacted. told is the name under which the user may be
// told of it.
//
//	HasOptedOutOfEmail, do_not_call, sms_opt_out, unsubscribed_at   optOut
//	status, email_unsubscribed, email_marketing_consent.state       soft
//	accepts_marketing, is_subscribed, sms_consent                   optIn
//	unsubscribed_reason, hs_email_optout_4711, HasOptedOutOfFax     nil
func newConsentColumn(name, told string) *consentColumn {
	words, ok := nameWords.split(ownName(name))
	if !ok {
		return nil
	}
	return columnOfWords(words, false, told)
}

// mappedConsent is a column that a mapping sends to do-not-disturb or to a
// channel, whatever its name. negate turns true and false round, but no word:
// "unsubscribed" is a no in any column.
func mappedConsent(f *Field, negate bool, told string) *consentColumn {
	return &consentColumn{told: told, fields: []string{f.Name}, general: f.Name == fieldDND, says: true, negate: negate,
		words: []word{{sense: noWord}}}
}

// entriesConsent is what the entries of a column of emails or phones say, by
// names like is_unsubscribed or status; nil for other fields.
func entriesConsent(f *Field, told string) *consentColumn {
	channel := map[Type]string{Email: "email", Phone: "mobile"}[f.Type]
	if channel == "" {
		return nil
	}
	c := &consentColumn{told: told, kind: soft, entries: true, words: []word{commonWords[channel]}}
	c.fields = c.words[0].fields
	return c
}

// ownName is a name without what a CRM puts around those that its users have
// made: "vendor__Email_Opt_Out__c".
func ownName(name string) string {
	own, custom := strings.CutSuffix(name, "__c")
	if !custom {
		return name
	}
	return own[strings.LastIndex(own, "__")+1:]
}

// columnOfWords decides what a column is whose name, with the names of what it
// is in, is made of these words; nil if it cannot speak of being contacted. A
// nested one is in an object that itself says neither yes nor no.
func columnOfWords(words []word, nested bool, told string) *consentColumn {
	s := sayingOf(words)
	if s.no && s.yes || s.dated && !s.datedLast || words[len(words)-1].leads {
		return nil
	}
	c := &consentColumn{told: told, fields: s.fields, general: len(s.fields) == 0, says: s.no, dated: s.dated,
		settings: s.settings, consent: s.consent, words: words}
	if c.general {
		c.fields = s.about()
	}
	switch {
	case s.no && (nested || s.inbound || s.state && !s.settings || s.unsubscribedLast && !c.general):
		c.kind = soft
	case s.no:
		c.kind = optOut
	case s.dated:
		return nil
	case s.yes, s.consent && !s.state && !nested, s.topic && !s.state:
		c.kind = optIn
	case s.state, s.consent, s.permits, s.purpose && c.general:
		c.kind = soft
	default:
		return nil
	}
	return c
}

// mostMembers bounds what is remembered of the members of objects: their names
// come from data.
const mostMembers = 100

// member is what a member of an object in the column is, nil if it says nothing
// of being contacted.
func (c *consentColumn) member(name []byte) *consentColumn {
	if m, known := c.members[string(name)]; known {
		return m
	}
	m := c.newMember(string(name))
	if c.members == nil {
		c.members = map[string]*consentColumn{}
	}
	if len(c.members) < mostMembers {
		c.members[string(name)] = m
	}
	return m
}

func (c *consentColumn) newMember(name string) *consentColumn {
	words, ok := nameWords.split(name)
	if !ok {
		return nil
	}
	all := append(append(make([]word, 0, len(c.words)+len(words)), c.words...), words...)
	if c.entries && len(sayingOf(words).fields) > 0 {
		all = words
	}
	m := columnOfWords(all, c.kind != optOut, c.told)
	if m != nil && c.kind == optOut && len(words) == 1 && words[0].sense == stateWord { // {"SMS": {"status": "active"}}
		m.kind, m.settings = optOut, true
	}
	return m
}

// mapping is the line of field_mapping that makes an optIn column count: what
// is not true there stops.
func (c *consentColumn) mapping(from string) string {
	to := fieldDND
	if len(c.fields) == 1 && c.fields[0] != fieldDND {
		to = "dnd_" + strings.ToLower(strings.TrimPrefix(c.fields[0], fieldChannels))
	}
	name, err := json.Marshal(from)
	if err != nil {
		return "" // cannot happen: a string can be marshalled
	}
	return fmt.Sprintf(`{"from": %s, "to": %q, "negate": true}`, name, to)
}
