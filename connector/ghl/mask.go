package ghl

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
)

// Of what an answer says, nothing that was sent may be shown: servers quote
// the values they refuse.

// sentWords are the words, in lower case, of all values of a request.
type sentWords map[string]bool

// leastPart is how many bytes of a part of a word are worth hiding. A whole word
// always is, be it one letter.
const leastPart = 4

// wordsOf collects the words of a request's body, query and token. Names of
// properties are none: messages must be able to name them.
func wordsOf(w wire, token string) sentWords {
	words := sentWords{}
	words.add(token)
	if u, err := url.Parse(w.url); err == nil {
		for _, values := range u.Query() {
			for _, v := range values {
				words.add(v)
			}
		}
		for _, part := range strings.Split(u.Path, "/") {
			if strings.ContainsFunc(part, unicode.IsDigit) { // an id, not a name of the API
				words.add(part)
			}
		}
	}
	var body any
	if decode(w.body, &body) == nil {
		words.addValues(body)
	} else if form, err := url.ParseQuery(string(w.body)); err == nil { // for a token
		for _, values := range form {
			words.add(strings.Join(values, " "))
		}
	}
	return words
}

func (words sentWords) addValues(v any) {
	switch v := v.(type) {
	case string:
		words.add(v)
	case json.Number:
		words.add(v.String())
	case []any:
		for _, item := range v {
			words.addValues(item)
		}
	case map[string]any:
		for _, member := range v {
			words.addValues(member)
		}
	}
}

func (words sentWords) add(text string) {
	for _, word := range strings.FieldsFunc(text, notInWord) {
		words[strings.ToLower(word)] = true
	}
}

func notInWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// hide masks the words in a text, whatever their case and encoding, also where
// they are part of a longer word or only a part of them is there.
func (words sentWords) hide(text string) string {
	return words.hideWords(words.hideOpaque(unwrap(text)))
}

func (words sentWords) hideWords(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexFunc(text, notInWord)
		if end < 0 {
			end = len(text)
		}
		if word := text[:end]; words.shows(strings.ToLower(word)) {
			b.WriteString("***")
		} else {
			b.WriteString(word)
		}
		rest := text[end:]
		next := strings.IndexFunc(rest, func(r rune) bool { return !notInWord(r) })
		if next < 0 {
			next = len(rest)
		}
		b.WriteString(rest[:next])
		text = rest[next:]
	}
	return b.String()
}

// plainWords are what refusals are made of. They say nothing of a person, and a
// refusal must stay readable also where the record holds prose.
var plainWords = func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(`a access an and are array authorized bearer be boolean body by can cannot contact contacts country custom date dateofbirth
		does duplicate duplicated email empty error exist exists failed field fields firstname for forbidden format header found from has have
		id in integration invalid is it jwt lastname length list location longer missing more must name no not number of on one only or
		phone postalcode private property request required resource scope search short should shorter source string text than that the
		this timezone to token too type unauthorized unknown url valid value values version was website with
		belong business deleted firebase tag tags updated`) {
		words[w] = true
	}
	return words
}()

// plainly is a text that is made of plain words only, else "".
func plainly(text string) string {
	for word := range strings.FieldsFuncSeq(text, notInWord) {
		if !plainWords[strings.ToLower(word)] {
			return ""
		}
	}
	return text
}

// shows reports whether a word tells something of what was sent.
func (words sentWords) shows(word string) bool {
	if plainWords[word] {
		return false
	}
	if words[word] {
		return true
	}
	if len(word) < leastPart {
		return false
	}
	for sent := range words {
		if len(sent) >= leastPart && (strings.Contains(word, sent) || strings.Contains(sent, word)) {
			return true
		}
	}
	return false
}
