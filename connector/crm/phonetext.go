package crm

import (
	"slices"
	"strings"
	"unicode"
)

// phoneWords stand beside a number and say what kind it is.
var phoneWords = setOfWords("tel telephone telefon telefono telefone phone ph p t mobile mobil mob m cell cellular c movil celular handy portable gsm home h " +
	"private privat personal casa domicile work w office o business direct main primary preferred arbeit buro bureau oficina day " +
	"evening whatsapp sms call number no")

// extensionWords stand before the number of an extension.
var extensionWords = setOfWords("x ext extn extension")

// phonesIn are the numbers that a text offers, each with its extension.
func phonesIn(s string) (numbers []string) {
	parts := []string{s}
	if in := splitList(s); in.fault == "" && in.text != s {
		parts = in.entries
	} else if strings.ContainsAny(s, ";,|\n") {
		parts = strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";,|\n", r) })
	}
	for _, part := range parts {
		start := 0
		words := strings.Fields(part)
		for i, word := range words {
			if joinsAlternatives(word) {
				numbers = append(numbers, slashed(strings.Join(words[start:i], " "))...)
				start = i + 1
			}
		}
		last := strings.Join(words[start:], " ")
		if n := len(numbers); n > 0 && extensionWords[strings.ToLower(last[:runLength(last, unicode.IsLetter)])] {
			numbers[n-1] += " " + last
			continue
		}
		numbers = append(numbers, slashed(last)...)
	}
	return slices.DeleteFunc(numbers, func(s string) bool { return s == "" })
}

// slashed are the numbers of a text with slashes. In "0171 / 1234567" the slash ends an
// area code; what follows it in "030 12345 / 030 12346" begins like a number.
func slashed(s string) (numbers []string) {
	pieces := strings.Split(s, "/")
	for i, piece := range pieces {
		piece = strings.TrimSpace(piece)
		if n := len(numbers); i > 0 && (piece == "" || piece[0] != '0' && piece[0] != '+') {
			numbers[n-1] += "/" + piece
		} else {
			numbers = append(numbers, piece)
		}
	}
	if len(numbers) == 1 && len(pieces) > 1 {
		return append(numbers, pieces...)
	}
	return numbers
}

// beforeNote is what stands before the first word: "202-555-0101 after 5pm".
func beforeNote(s string) string {
	i := strings.IndexFunc(s, unicode.IsLetter)
	if i <= 0 || i > longestPhone {
		return ""
	}
	return strings.TrimRight(s[:i], " -,;:/(#")
}

// withoutPhoneWords removes words, and writes an extension as the library reads it.
func withoutPhoneWords(s string) string {
	if strings.IndexFunc(s, unicode.IsLetter) < 0 {
		return s
	}
	var b strings.Builder
	for rest := s; rest != ""; {
		n := runLength(rest, unicode.IsLetter)
		word := unaccented(rest[:n])
		switch {
		case n == 0:
			n = 1
			b.WriteString(rest[:n])
		case extensionWords[word]:
			extension := strings.TrimLeft(rest[n:], " .:=")
			return strings.TrimRight(b.String(), " ;,(") + ";ext=" + extension[:runLength(extension, unicode.IsDigit)]
		case !phoneWords[word]:
			return s
		}
		rest = rest[n:]
	}
	return strings.NewReplacer("()", "", "( )", "").Replace(b.String())
}
