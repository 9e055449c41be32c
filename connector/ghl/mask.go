package ghl

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

// Servers quote the values that they refuse, in encodings of their own, and may
// quote those of somebody else. So a message is shown without every word that is
// neither plain English of a refusal nor the name of a property that was sent:
// "email Ann@example.com is not allowed" is shown as "email *** is not allowed".

// propertyNames are, in lower case, the words of the names of a request's properties.
type propertyNames map[string]bool

func namesOf(w wire) propertyNames {
	names := propertyNames{}
	if u, err := url.Parse(w.url); err == nil {
		for name := range u.Query() {
			names.add(name)
		}
	}
	var body any
	if decode(w.body, &body) == nil {
		names.addMembers(body)
	}
	return names
}

func (names propertyNames) addMembers(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			names.addMembers(item)
		}
	case map[string]any:
		for name, member := range v {
			names.add(name)
			names.addMembers(member)
		}
	}
}

func (names propertyNames) add(text string) {
	for word := range strings.FieldsFuncSeq(text, notInWord) {
		names[strings.ToLower(word)] = true
	}
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

var (
	wordPattern = regexp.MustCompile(`[\pL\pN\pM]+`)
	hiddenWords = regexp.MustCompile(`\*\*\*([^\pL\pN*]{0,3}\*\*\*)+`)
)

// shown is a text without the words that may tell of somebody.
func (names propertyNames) shown(text string) string {
	text = wordPattern.ReplaceAllStringFunc(strings.ToValidUTF8(text, "?"), func(word string) string {
		if lower := strings.ToLower(word); plainWords[lower] || names[lower] {
			return word
		}
		return "***"
	})
	return hiddenWords.ReplaceAllString(text, "***")
}

// plainWords are what refusals are made of. They say nothing of a person.
var plainWords = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(`a access account accounts action active admin after again agency all allow allowed already an and any api app applying are array
		assigned associated at authclass authorization authorized bad be bearer because been before belong belongs between body boolean both bulk business businesses
		but by calendar call can cannot channel characters check city client code command company conflict contact contacts contain containing contains convert
		country create created creating credentials currently custom customfield customfields daily data database date dateofbirth day days deleted delete denied depth
		did different disabled dnd do does duplicate duplicated duplicates e01 each either email emails empty enabled end enum equal error errors exactly exceed exceeded exceeds exist exists
		expected expired expires external failed failure false field fieldkey fields fieldvalue filter filters firebase firstname followed following for forbidden
		format found from gateway get given grant greater group has have header here hours html i id identifier ids in inactive incorrect inside installed instance
		integer integration internal invalid is it item items its json jwt key keys last lastname least length less limit link list load location locationid locations long
		longer lookup many match matches matching max maximum media message method min minimum minutes missing model more most must name names nested no non not note notes null
		number numbers object objectid objects of old on once one only operation operator opportunities opportunity option options or order other out outside over
		owner page paged parameter parameters params parent parse part pass passed passing path payload per permanent permission permissions phone pipeline please
		position possible post postalcode private process processing properties property provided put query quota rate read received record records redirect
		refresh refused reject rejected request requests require required requires resource resources response result retry same scope scopes search
		searchafter second seconds server service setting settings should short shorter signature size sms some something sort specified stage state status string
		sub such support supported syntax tag tags task tasks temporarily text than that the there these they this time timed timeout timestamp timezone title to
		token tokens too total traceid true try two type types unable unauthorized undefined unexpected unique unknown unprocessable unsupported until up update updated
		updates updating upgrade upstream url usage use used user users valid validation value values verify version via was website went when which while with
		within without workflow wrong you your zone`) {
		words[word] = true
	}
	return words
}()

// plainly is a text that is made of plain words only, else "".
func plainly(text string) string {
	if (propertyNames)(nil).shown(text) != text {
		return ""
	}
	return text
}
