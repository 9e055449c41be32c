package ghl

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Servers quote what they were sent in an encoding of their own, some of them
// several times over: Zo%C3%AB, Zo\u00eb, Zo&euml;, Wm/Dqw==.

const deepest = 3 // encodings within each other that are looked through

// unwrap undoes the encodings that leave a text readable.
func unwrap(text string) string {
	for range deepest {
		plain := html.UnescapeString(unescapePercent(unescapeJSON(text)))
		if plain == text {
			break
		}
		text = plain
	}
	return strings.ToValidUTF8(text, "?")
}

var (
	percents    = regexp.MustCompile(`(%[0-9A-Fa-f]{2})+`)
	backslashes = regexp.MustCompile(`(\\u[0-9A-Fa-f]{4}|\\["\\/bfnrt])+`)
	opaque      = regexp.MustCompile(`[A-Za-z0-9+/_-]{4,}`)
)

func unescapePercent(text string) string {
	return percents.ReplaceAllStringFunc(text, func(s string) string {
		plain, err := url.PathUnescape(s)
		if err != nil {
			return s
		}
		return plain
	})
}

func unescapeJSON(text string) string {
	return backslashes.ReplaceAllStringFunc(text, func(s string) string {
		var plain string
		_ = json.Unmarshal([]byte(`"`+s+`"`), &plain) // the pattern lets nothing through that fails
		return plain
	})
}

// hideOpaque masks what is one of the words once it is decoded as base64 or hex.
func (words sentWords) hideOpaque(text string) string {
	return opaque.ReplaceAllStringFunc(text, func(run string) string {
		if words.within(run) {
			return "***"
		}
		return run
	})
}

func (words sentWords) within(run string) bool {
	if plain, err := hex.DecodeString(run); err == nil && words.showIn(plain) {
		return true
	}
	alphabet := strings.NewReplacer("-", "+", "_", "/").Replace(run)
	for begin := range min(4, len(run)) { // it may follow something else without a gap
		group := alphabet[begin:]
		if len(group)%4 == 1 {
			group = group[:len(group)-1]
		}
		if plain, err := base64.RawStdEncoding.DecodeString(group); err == nil && words.showIn(plain) {
			return true
		}
	}
	return false
}

// showIn reports whether bytes are a text that shows one of the words. Ordinary
// words are hardly ever base64 of a text.
func (words sentWords) showIn(text []byte) bool {
	plain := string(text)
	unreadable := func(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }
	return utf8.Valid(text) && !strings.ContainsFunc(plain, unreadable) && words.hideWords(plain) != plain
}
