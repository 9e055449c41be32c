package crm

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"destination-gohighlevel/connector/jsonscan"
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
	// in words: false may mean that nobody ever asked. The user is shown how to
	// map them, see [consentColumn.mapping].
	optIn
	// cutOff columns have a name that most likely began one of an optOut. They are
	// followed no more than those.
	cutOff
)

// why is what is said of a column that feeds no field.
func (k consentKind) why() string {
	return [...]string{optOut: "", soft: "followed only where it plainly says no", optIn: "says yes to being contacted",
		cutOff: "looks like an opt-out whose name was cut off"}[k]
}

// consentColumn is what the name of a column says of being contacted.
type consentColumn struct {
	shown   string // the name under which it may be shown, "" if none
	kind    consentKind
	name    sense // what its name says
	by      sense // what a plain yes or no is about
	negate  bool  // true and false are to be turned round
	entries bool  // it holds emails or phones: their way is meant where a member names none

	words   []sense                   // of its name, after those of what it is in
	members map[string]*consentColumn // of its objects
	memo    map[string]*consents      // what values say, by their JSON
}

// newConsentColumn looks at the name of a column, or of a member of a wrapper
// without the wrapper's: "hs_email_optout", not "properties.hs_email_optout". It
// returns nil if neither the column nor, where it holds an object, anything in
// it can speak of being contacted. shown is the name under which it may be shown.
//
//	HasOptedOutOfEmail, do_not_call, sms_opt_out, unsubscribed_at   optOut
//	status, email_unsubscribed, email_marketing_consent.state       soft
//	accepts_marketing, is_subscribed, sms_consent                   optIn
//	unsubscribed_reason, hs_email_optout_4711, HasOptedOutOfFax     nil
func newConsentColumn(name, shown string) *consentColumn {
	words, ok := nameWords.split(ownName(name))
	if !ok {
		return nil
	}
	return columnOfWords(words, false, shown)
}

// Some databases cut the names of columns at ten characters. So many letters of a
// word show which one it was, unless what stands before them says no by itself.
const (
	cutAt       = 10
	fewestShown = 3
)

// cutConsentColumn looks at a name that may have been cut: DO_NOT_CAL, EMAIL_OPT_.
func cutConsentColumn(name, shown string) *consentColumn {
	letters := fold(name)
	if utf8.RuneCountInString(name) != cutAt || letters == "" {
		return nil
	}
	for i := range letters {
		before, ok := nameWords.split(letters[:i])
		if i > 0 && (!ok || len(letters)-i < fewestShown && !together(before).is(anyNo)) {
			continue
		}
		for word, is := range nameWords.senses {
			if !strings.HasPrefix(word, letters[i:]) {
				continue
			}
			c := columnOfWords(append(before[:len(before):len(before)], is), false, shown)
			if c != nil && c.kind == optOut {
				c.kind, c.name = cutOff, 0
				return c
			}
		}
	}
	return nil
}

// mappedConsent is a column that a mapping sends to do-not-disturb or to a
// channel, whatever its name. negate turns true and false round, but no word:
// "unsubscribed" is a no in any column.
func mappedConsent(f *Field, negate bool, shown string) *consentColumn {
	c := &consentColumn{shown: shown, name: saysNo, by: byAll, negate: negate, words: []sense{saysNo}}
	for _, w := range ways {
		if w.field == f.Name {
			c.name, c.by = saysNo|w.by, w.by
		}
	}
	return c
}

// entriesConsent is what the entries of a column of emails or phones say, by
// names like is_unsubscribed or status; nil for other fields.
func entriesConsent(f *Field, shown string) *consentColumn {
	by := map[Type]sense{Email: byEmail, Phone: byCall | bySMS}[f.Type]
	if by == 0 {
		return nil
	}
	return &consentColumn{shown: shown, kind: soft, name: by, by: by, entries: true, words: []sense{by}}
}

// ownName is a name without what a CRM puts around it: "vendor__Email_Opt_Out__c".
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
func columnOfWords(words []sense, nested bool, shown string) *consentColumn {
	s, last := together(words), words[len(words)-1]
	c := &consentColumn{shown: shown, name: s, by: s.about(), words: words}
	switch no := s.is(anyNo); {
	case last.is(unfinished), no && s.is(saysYes), s.is(aDate) && (!no || !last.is(aDate)):
		return nil
	case no && (nested || isAmongOthers(s, words)):
		c.kind = soft
	case no:
		c.kind = optOut
	case s.is(saysYes), s.is(aNewsletter|aConsent) && !s.is(aStatus) && (s.is(aNewsletter) || !nested):
		c.kind = optIn
	case s.is(aStatus | aConsent | permits), s.is(aPurpose) && c.isGeneral():
		c.kind = soft
	default:
		return nil
	}
	return c
}

// isAmongOthers reports whether what says no is one of many things that a column
// can hold: a status, or email_unsubscribed, which is a state of an email.
func isAmongOthers(s sense, words []sense) bool {
	for len(words) > 1 && words[len(words)-1]&^unfinished == 0 {
		words = words[:len(words)-1]
	}
	return s.is(inboundSettings) || s.is(aStatus) && !s.is(ownSettings) || s.is(byAny) && words[len(words)-1].is(unsubscribes)
}

// isGeneral reports whether the name names no way, so that a value may.
func (c *consentColumn) isGeneral() bool { return !c.name.is(byAny) }

// mostMembers bounds what is remembered of members: their names come from data.
const mostMembers = 100

// member is what a member of an object in the column is, nil if it says nothing.
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
	all := append(append(make([]sense, 0, len(c.words)+len(words)), c.words...), words...)
	if c.entries && together(words).is(byAny) {
		all = words
	}
	m := columnOfWords(all, c.kind != optOut, c.shown)
	if m != nil && c.kind == optOut && len(words) == 1 && words[0].is(aStatus) { // {"SMS": {"status": "active"}}
		m.kind, m.name = optOut, m.name|ownSettings
	}
	return m
}

// mapping is the line of field_mapping that makes an optIn column count, where
// what is not true stops, or a cutOff one.
func (c *consentColumn) mapping(from string) string {
	to := fieldDND
	if fields := c.by.fields(); len(fields) == 1 && fields[0] != fieldDND {
		to = "dnd_" + strings.ToLower(strings.TrimPrefix(fields[0], fieldChannels))
	}
	if c.kind == cutOff {
		return fmt.Sprintf(`{"from": %s, "to": %q}`, jsonscan.Quote(from), to)
	}
	return fmt.Sprintf(`{"from": %s, "to": %q, "negate": true}`, jsonscan.Quote(from), to)
}
