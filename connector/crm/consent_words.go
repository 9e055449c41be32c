package crm

import (
	"slices"
	"strings"
	"unicode"
)

// sense is what a word has to do with being contacted.
type sense uint8

const (
	filler      sense = iota
	notWord           // turns the rest round: "not opted out"
	noWord            // says no by itself: "opted out"
	noTo              // says no to the channel that follows: "do not" call
	withdrawn         // says no where it is about a consent: "revoked"
	yesWord           // says yes by itself: "subscribed"
	yesTo             // says yes to what follows: "accepts" marketing
	channelWord       // a way to contact somebody
	everyWord         // all ways
	marketing         // what people are contacted for
	contacting        // to be contacted at all, or who is
	newsletter        // a way and a purpose: says yes if nothing else is said
	stateWord         // a status, or what has several
	consentWord       // a consent, which can be given or withdrawn
	dateWord          // the time of something
)

// word is one word that columns and values use of being contacted.
type word struct {
	sense    sense
	fields   []string // of a channel
	email    bool     // of a noWord: without a channel it means emails
	settings bool     // "active" means stopped here, as in HighLevel's own settings
	inbound  bool     // the settings of what the person sends
	leads    bool     // it needs another word after it: "by" whom is no question of yes or no
	weak     bool     // it says no only where that is asked: an account can be "blocked" too
}

var (
	byCall  = []string{fieldChannels + "Call"}
	byEmail = []string{fieldChannels + "Email"}
	bySMS   = []string{fieldChannels + "SMS"}
)

// lexicon holds words by their letters. A word that stands in names of columns
// only, or in values only, must not be one that matters in the other.
type lexicon struct {
	words   map[string]word
	longest int
}

// nameWords are the words that a column's name may be made of. As a value, "no
// email" may be two answers.
var nameWords = newLexicon(commonWords, map[string]word{
	"noemail": {sense: noWord, fields: byEmail}, "noemails": {sense: noWord, fields: byEmail}, "nosms": {sense: noWord, fields: bySMS},
	"nocall": {sense: noWord, fields: byCall}, "nocalls": {sense: noWord, fields: byCall},
})

// commonWords are words of names and values.
var commonWords = map[string]word{
	"optout": {sense: noWord}, "optedout": {sense: noWord}, "optsout": {sense: noWord},
	"donotcontact": {sense: noWord}, "dontcontact": {sense: noWord}, "donotmarket": {sense: noWord}, "donotsolicit": {sense: noWord},
	"donotdisturb": {sense: noWord}, "dnd": {sense: noWord}, "dnc": {sense: noWord}, "suppressed": {sense: noWord},
	"unsubscribed": {sense: noWord, email: true}, "unsubscribe": {sense: noWord, email: true}, "unsub": {sense: noWord, email: true}, "unsubscription": {sense: noWord, email: true},
	"dndsettings":        {sense: noWord, settings: true},
	"inbounddndsettings": {sense: noWord, settings: true, inbound: true},

	"blacklisted": {sense: noWord, weak: true}, "blocklisted": {sense: noWord, weak: true},
	"nocontact": {sense: noWord}, "nomarketing": {sense: noWord},

	"abgemeldet": {sense: noWord, email: true}, "desinscrit": {sense: noWord, email: true}, "desabonne": {sense: noWord, email: true},
	"dadodebaja": {sense: noWord, email: true}, "disiscritto": {sense: noWord, email: true}, "descadastrado": {sense: noWord, email: true},
	"uitgeschreven": {sense: noWord, email: true}, "afgemeld": {sense: noWord, email: true},
	"nichtkontaktieren": {sense: noWord}, "keinewerbung": {sense: noWord}, "werbesperre": {sense: noWord}, "nepascontacter": {sense: noWord},
	"nocontactar": {sense: noWord}, "noncontattare": {sense: noWord}, "naocontatar": {sense: noWord}, "naocontactar": {sense: noWord},
	"nietcontacteren": {sense: noWord}, "nichtanrufen": {sense: noWord, fields: byCall}, "nepasappeler": {sense: noWord, fields: byCall},
	"nollamar": {sense: noWord, fields: byCall}, "nonchiamare": {sense: noWord, fields: byCall}, "naoligar": {sense: noWord, fields: byCall},
	"nietbellen": {sense: noWord, fields: byCall},

	"donot": {sense: noTo}, "dont": {sense: noTo}, "suspended": {sense: noTo},

	"email": {sense: channelWord, fields: byEmail}, "emails": {sense: channelWord, fields: byEmail},
	"sms": {sense: channelWord, fields: bySMS}, "mms": {sense: channelWord, fields: bySMS},
	"text": {sense: channelWord, fields: bySMS}, "texts": {sense: channelWord, fields: bySMS},
	"textmessage": {sense: channelWord, fields: bySMS}, "textmessages": {sense: channelWord, fields: bySMS},
	"call": {sense: channelWord, fields: byCall}, "calls": {sense: channelWord, fields: byCall},
	"phone": {sense: channelWord, fields: byCall}, "phonecall": {sense: channelWord, fields: byCall},
	"phonecalls": {sense: channelWord, fields: byCall}, "telephone": {sense: channelWord, fields: byCall},
	"voice": {sense: channelWord, fields: byCall}, "landline": {sense: channelWord, fields: byCall},
	"mobile": {sense: channelWord, fields: []string{byCall[0], bySMS[0]}}, "cell": {sense: channelWord, fields: []string{byCall[0], bySMS[0]}},
	"whatsapp": {sense: channelWord, fields: []string{fieldChannels + "WhatsApp"}},
	"gmb":      {sense: channelWord, fields: []string{fieldChannels + "GMB"}}, "googlebusiness": {sense: channelWord, fields: []string{fieldChannels + "GMB"}},
	"fb": {sense: channelWord, fields: []string{fieldChannels + "FB"}}, "facebook": {sense: channelWord, fields: []string{fieldChannels + "FB"}},
	"messenger": {sense: channelWord, fields: []string{fieldChannels + "FB"}},
	"all":       {sense: everyWord}, "allchannels": {sense: everyWord},

	"optin": {sense: yesWord}, "optedin": {sense: yesWord}, "subscribed": {sense: yesWord}, "contactable": {sense: yesWord},
	"subscribe": {sense: yesWord}, "marketable": {sense: yesWord},
	"newsletter": {sense: newsletter, fields: byEmail}, "newsletters": {sense: newsletter, fields: byEmail},
	"accepts": {sense: yesTo}, "accept": {sense: yesTo}, "accepted": {sense: yesTo}, "allow": {sense: yesTo}, "allows": {sense: yesTo},
	"allowed": {sense: yesTo}, "can": {sense: yesTo}, "okto": {sense: yesTo}, "agreed": {sense: yesTo}, "agreedto": {sense: yesTo},
	"agrees": {sense: yesTo}, "agreesto": {sense: yesTo}, "wants": {sense: yesTo}, "receive": {sense: yesTo}, "receives": {sense: yesTo},
	"permission": {sense: yesTo}, "permissions": {sense: yesTo},

	"consent": {sense: consentWord}, "consents": {sense: consentWord}, "consented": {sense: consentWord},
	"status": {sense: stateWord}, "state": {sense: stateWord}, "subscription": {sense: stateWord}, "subscriptions": {sense: stateWord},
	"restriction": {sense: stateWord}, "restrictions": {sense: stateWord}, "interesttype": {sense: stateWord},
	"preference": {sense: stateWord}, "preferences": {sense: stateWord}, "channel": {sense: stateWord}, "channels": {sense: stateWord},
	"marketing": {sense: marketing}, "promotions": {sense: marketing}, "promotional": {sense: marketing}, "sendmm": {sense: marketing}, "communication": {sense: marketing}, "communications": {sense: marketing}, "contact": {sense: contacting},

	"at": {sense: dateWord}, "on": {sense: dateWord}, "date": {sense: dateWord}, "datetime": {sense: dateWord},
	"time": {sense: dateWord}, "timestamp": {sense: dateWord}, "dt": {sense: dateWord}, "ts": {sense: dateWord},

	"has": {}, "is": {}, "hs": {}, "was": {}, "of": {leads: true}, "from": {leads: true}, "for": {leads: true},
	"to": {leads: true}, "by": {leads: true}, "federal": {}, "national": {}, "eu": {}, "flag": {}, "flg": {}, "ind": {}, "indicator": {}, "yn": {},
	"personal": {}, "home": {}, "work": {}, "bulk": {}, "gdpr": {}, "global": {}, "send": {},
	"lead": {}, "person": {}, "customer": {}, "member": {}, "subscriber": {}, "user": {}, "client": {}, "double": {},
}

// valueWords are the words that a value may be made of.
var valueWords = newLexicon(commonWords, map[string]word{
	"stop": {sense: noWord, weak: true}, "stopped": {sense: noWord, weak: true}, "stopall": {sense: noWord, weak: true},
	"blocked":   {sense: noWord, weak: true},
	"optingout": {sense: noWord},
	"withdrawn": {sense: withdrawn}, "revoked": {sense: withdrawn}, "denied": {sense: withdrawn}, "refused": {sense: withdrawn},
	"declined": {sense: withdrawn}, "objected": {sense: withdrawn},
	"resubscribed": {sense: yesWord}, "allowed": {sense: yesWord}, "ok": {sense: yesWord}, "okay": {sense: yesWord}, "granted": {sense: yesWord},
	"none": {sense: yesWord}, "open": {sense: yesWord}, "consented": {sense: yesWord},
	"not": {sense: notWord}, "no": {sense: notWord}, "never": {sense: notWord},
	"and": {}, "or": {}, "please": {}, "me": {}, "requested": {}, "via": {}, "channels": {}, "messages": {}, "message": {},
	"soft": {}, "hard": {}, "confirmed": {}, "manually": {}, "globally": {},
})

func newLexicon(lists ...map[string]word) lexicon {
	l := lexicon{words: map[string]word{}}
	for _, list := range lists {
		for letters, w := range list {
			l.words[letters] = w
			l.longest = max(l.longest, len(letters))
		}
	}
	return l
}

// saying is what some words say together.
type saying struct {
	no, yes, not bool
	weak         bool // what says no does so only where that is asked
	withdrawn    bool
	consent      bool
	state        bool
	purpose      bool // they name what people are contacted for
	permits      bool // they allow something
	topic        bool // they name a newsletter
	every        bool
	settings     bool
	inbound      bool
	fields       []string // of the channels that are named

	emailOnly        bool // what says no is about emails where no channel is named
	unsubscribedLast bool // such a word comes last
	dated, datedLast bool
}

func sayingOf(words []word) saying {
	s := saying{emailOnly: true, weak: true}
	var noChannel, contact bool
	for _, w := range words {
		switch w.sense {
		case noWord:
			s.no = true
			s.emailOnly, s.weak = s.emailOnly && w.email, s.weak && w.weak
		case noTo:
			noChannel = true
		case yesWord:
			s.yes = true
		case yesTo:
			s.permits = true
		case notWord:
			s.not = true
		case withdrawn:
			s.withdrawn = true
		case consentWord:
			s.consent = true
		case stateWord:
			s.state = true
		case marketing:
			s.purpose = true
		case contacting:
			contact = true
		case newsletter:
			s.topic = true
		case everyWord:
			s.every = true
		}
		s.settings, s.inbound = s.settings || w.settings, s.inbound || w.inbound
		s.dated, s.datedLast = s.dated || w.sense == dateWord, w.sense == dateWord
		if w.sense != filler {
			s.unsubscribedLast = w.sense == noWord && w.email
		}
		for _, f := range w.fields {
			if !slices.Contains(s.fields, f) {
				s.fields = append(s.fields, f)
			}
		}
	}
	something := s.purpose || contact || len(s.fields) > 0
	if noChannel && something {
		s.no, s.emailOnly, s.weak = true, false, false
	}
	s.yes = s.yes || s.permits && something
	return s
}

// about are the fields that a plain no is about: the channels that are named,
// else all ways, or emails if somebody unsubscribed.
func (s saying) about() []string {
	switch {
	case len(s.fields) > 0:
		return s.fields
	case s.no && s.emailOnly:
		return byEmail
	}
	return []string{fieldDND}
}

// saysStop reports whether the words of a text, without numbers, plainly say no:
// "202-555-0101 (do not call)".
func saysStop(s string) bool {
	letters := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return ' '
	}, s))
	words, ok := valueWords.split(letters)
	said := sayingOf(words)
	return ok && said.no && !said.yes && !said.not
}

// longestPhrase bounds the work on a name or a value. Longer ones say more than
// the words that are known here.
const longestPhrase = 80

// split takes a text apart into words, however they are joined: "HasOptedOut",
// "has_opted_out" and "HASOPTEDOUT" are the same. ok is false if any part of it
// is no word that is known.
func (l lexicon) split(text string) (words []word, ok bool) {
	if len(text) > 2*longestPhrase {
		return nil, false
	}
	letters := fold(text)
	if letters == "" || len(letters) > longestPhrase {
		return nil, false
	}
	// reached holds, for each place of the text, the length of the word that ends
	// there and follows others; the longest word wins, so "unsubscribed" is one.
	reached := make([]int, len(letters)+1)
	for i := range letters {
		if i > 0 && reached[i] == 0 {
			continue
		}
		for n := min(l.longest, len(letters)-i); n > 0; n-- {
			if _, known := l.words[letters[i:i+n]]; known && n > reached[i+n] {
				reached[i+n] = n
			}
		}
	}
	for end := len(letters); end > 0; end -= reached[end] {
		if reached[end] == 0 {
			return nil, false
		}
		words = append(words, l.words[letters[end-reached[end]:end]])
	}
	for i, j := 0, len(words)-1; i < j; i, j = i+1, j-1 {
		words[i], words[j] = words[j], words[i]
	}
	return words, true
}
