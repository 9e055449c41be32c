package crm

import (
	"slices"
	"strings"
	"unicode"
)

// sense is what words have to do with being contacted: of one word, or of several
// together. Zero is a word that may stand beside others and adds nothing.
type sense uint32

// The ways to contact somebody, and all of them at once.
const (
	byCall sense = 1 << iota
	byEmail
	bySMS
	byWhatsApp
	byGMB
	byFB
	byAll

	byAny = byAll - 1 // one of the ways or more
)

const (
	saysNo          sense = byAll << (iota + 1) // by itself: "opted out"
	unsubscribes                                // the same, but by email where no way is named
	blocks                                      // the same only where that is asked: an account can be "blocked" too
	forbids                                     // "do not": says no to the way that follows
	withdraws                                   // says no where it is about a consent: "revoked"
	negates                                     // "not": turns the rest round
	saysYes                                     // by itself: "subscribed"
	permits                                     // "accepts": says yes to what follows
	aPurpose                                    // what people are contacted for
	aContact                                    // to be contacted at all, or who is
	aNewsletter                                 // a way and a purpose: says yes if nothing else is said
	aStatus                                     // a status, or what has several
	aConsent                                    // can be given or withdrawn
	aDate                                       // the time of something
	ownSettings                                 // HighLevel's own, where "active" means stopped
	inboundSettings                             // those of what the person sends
	unfinished                                  // "by": another word has to follow

	anyNo = saysNo | unsubscribes | blocks
)

func (s sense) is(any sense) bool { return s&any != 0 }

// ways are the fields that hold whether somebody may be contacted.
var ways = []struct {
	by    sense
	field string
}{
	{byAll, fieldDND}, {byCall, fieldChannels + "Call"}, {byEmail, fieldChannels + "Email"}, {bySMS, fieldChannels + "SMS"},
	{byWhatsApp, fieldChannels + "WhatsApp"}, {byGMB, fieldChannels + "GMB"}, {byFB, fieldChannels + "FB"},
}

// fields are those of the ways in s.
func (s sense) fields() (fields []string) {
	for _, w := range ways {
		if s.is(w.by) {
			fields = append(fields, w.field)
		}
	}
	return fields
}

// vocabulary are words by their sense, in letters alone: "optout" is "Opt-out" too.
type vocabulary []struct {
	sense
	words string
}

// A word that stands in names of columns only, or in values only, must not be one
// that matters in the other: as a value, "no email" may be two answers.
var (
	nameWords  = newLexicon(commonWords, vocabulary{{saysNo | byEmail, "noemail noemails"}, {saysNo | bySMS, "nosms"}, {saysNo | byCall, "nocall nocalls"}})
	valueWords = newLexicon(commonWords, vocabulary{
		{saysNo, "optingout"}, {blocks, "stop stopped stopall blocked"}, {withdraws, "withdrawn revoked denied refused declined objected"},
		{saysYes, "resubscribed allowed ok okay granted none open consented"}, {negates, "not no never"},
		{0, "and or please me requested via channels messages message soft hard confirmed manually globally"},
	})
)

var commonWords = vocabulary{
	{saysNo, "optout optedout optsout donotcontact dontcontact donotmarket donotsolicit donotdisturb dnd dnc suppressed nocontact nomarketing"},
	{saysNo, "nichtkontaktieren keinewerbung werbesperre nepascontacter nocontactar noncontattare naocontatar naocontactar nietcontacteren"},
	{saysNo | byCall, "nichtanrufen nepasappeler nollamar nonchiamare naoligar nietbellen"},
	{saysNo | ownSettings, "dndsettings"},
	{saysNo | ownSettings | inboundSettings, "inbounddndsettings"},
	{unsubscribes, "unsubscribed unsubscribe unsub unsubscription"},
	{unsubscribes, "abgemeldet desinscrit desabonne dadodebaja disiscritto descadastrado uitgeschreven afgemeld"},
	{blocks, "blacklisted blocklisted"},
	{forbids, "donot dont suspended"},

	{byCall, "call calls phone phonecall phonecalls telephone voice landline"},
	{byCall | bySMS, "mobile cell"},
	{byEmail, "email emails"},
	{bySMS, "sms mms text texts textmessage textmessages"},
	{byWhatsApp, "whatsapp"},
	{byGMB, "gmb googlebusiness"},
	{byFB, "fb facebook messenger"},
	{byAll, "all allchannels"},

	{saysYes, "optin optedin subscribed contactable subscribe marketable"},
	{aNewsletter | byEmail, "newsletter newsletters"},
	{permits, "accepts accept accepted allow allows allowed can okto agreed agreedto agrees agreesto wants receive receives permission permissions"},
	{aConsent, "consent consents consented"},
	{aStatus, "status state subscription subscriptions restriction restrictions interesttype preference preferences channel channels"},
	{aPurpose, "marketing promotions promotional sendmm communication communications"},
	{aContact, "contact"},
	{aDate, "at on date datetime time timestamp dt ts"},

	{unfinished, "of from for to by"},
	{0, "has is hs was federal national eu flag flg ind indicator yn personal home work bulk gdpr global send"},
	{0, "lead person customer member subscriber user client double"},
}

// lexicon finds the sense of a word.
type lexicon struct {
	senses  map[string]sense
	longest int
}

func newLexicon(lists ...vocabulary) lexicon {
	l := lexicon{senses: map[string]sense{}}
	for _, row := range slices.Concat(lists...) {
		for word := range strings.FieldsSeq(row.words) {
			l.senses[word], l.longest = row.sense, max(l.longest, len(word))
		}
	}
	return l
}

// together is what some words say together.
func together(words []sense) (s sense) {
	for _, w := range words {
		s |= w
	}
	something := s.is(byAny | aPurpose | aContact)
	if something && s.is(forbids) {
		s |= saysNo
	}
	if something && s.is(permits) {
		s |= saysYes
	}
	return s
}

// about are the ways that a plain no is about: those that are named, else emails or all.
func (s sense) about() sense {
	switch {
	case s.is(byAny):
		return s & byAny
	case s&anyNo == unsubscribes:
		return byEmail
	}
	return byAll
}

// saysStop reports whether a text plainly says no: "202-555-0101 (do not call)".
func saysStop(s string) bool {
	letters := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return ' '
	}, s))
	words, ok := valueWords.split(letters)
	said := together(words)
	return ok && said.is(anyNo) && !said.is(saysYes|negates)
}

// longestPhrase bounds the work: longer texts say more than the words known here.
const longestPhrase = 80

// split takes a text apart into words, however they are joined: "HasOptedOut",
// "has_opted_out" and "HASOPTEDOUT" are the same. ok is false if any part of it
// is no word that is known.
func (l lexicon) split(text string) (words []sense, ok bool) {
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
			if _, known := l.senses[letters[i:i+n]]; known && n > reached[i+n] {
				reached[i+n] = n
			}
		}
	}
	for end := len(letters); end > 0; end -= reached[end] {
		if reached[end] == 0 {
			return nil, false
		}
		words = append(words, l.senses[letters[end-reached[end]:end]])
	}
	slices.Reverse(words)
	return words, true
}
