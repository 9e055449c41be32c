package crm

import (
	"slices"
	"strings"
)

// particles begin a family name: Ludwig van Beethoven.
var particles = setOfWords("van von vom zu zum zur der den ter ten op 't de del della dello delle degli dei di da dal dalla das do dos du des la le lo las " +
	"los el al bin ibn bint abu af av st")

// suffixes follow a family name and are no names.
var suffixes = setOfWords("jr sr ii iii iv md phd esq mba cpa dds jd")

func isSuffix(word string) bool { return suffixes[fold(word)] }

// splitName splits a full name into first and last name. The last name is the
// last word with what belongs to it: particles before it, and suffixes behind
// it. "Last, First" is understood; a single word is a first name. Which words of
// "Maria Silva Santos" are the last name nobody can tell.
func splitName(name string) (first, last string) {
	parts := strings.Split(name, ",")
	for i := range parts {
		parts[i] = collapseSpaces(parts[i])
	}
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	end := len(parts)
	for end > 1 && isSuffix(parts[end-1]) {
		end--
	}
	switch {
	case end > 1:
		first, last = strings.Join(parts[1:end], " "), parts[0]
	case end == 1:
		first, last = splitFullName(strings.Fields(parts[0]))
	}
	for _, suffix := range parts[end:] {
		last = strings.TrimPrefix(last+", "+suffix, ", ")
	}
	return first, last
}

func splitFullName(words []string) (first, last string) {
	end := len(words) // of the name without suffixes
	for end > 1 && isSuffix(words[end-1]) {
		end--
	}
	start := max(end-1, 1) // of the last name
	for i := 1; i < end-1; i++ {
		if particles[strings.ToLower(strings.TrimSuffix(words[i], "."))] {
			start = i
			break
		}
		if joinsNames(words[i]) && i > 1 { // José Ortega y Gasset
			start = i - 1
			break
		}
	}
	return strings.Join(words[:start], " "), strings.Join(words[start:], " ")
}

func joinsNames(word string) bool { return word == "y" || word == "e" }

// collapseSpaces joins the words of s with single spaces.
func collapseSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }

// restOfName returns what is left of a full name without the part at its start or
// end, or fallback if the part is not there.
func restOfName(name, part string, atEnd bool, fallback string) string {
	words, parts := strings.Fields(name), strings.Fields(part)
	n := len(words) - len(parts)
	if n < 0 {
		return fallback
	}
	found, rest := words[:len(parts)], words[len(parts):]
	if atEnd {
		found, rest = words[n:], words[:n]
	}
	if !strings.EqualFold(strings.Join(found, " "), strings.Join(parts, " ")) {
		return fallback
	}
	return strings.Join(rest, " ")
}

func isPartOfName(field string) bool { return field == fieldFirstName || field == fieldLastName }

// mergeNames tells which full name the parts of two records come from. Where both say
// the same one, the older parts stand: newer would have found no difference.
func (d *Desired) mergeNames(older, newer Desired) {
	if !newer.mentionsName() {
		d.FullName = older.FullName
		return
	}
	if !older.mentionsName() {
		d.FullName = newer.FullName
		return
	}
	if newer.FullName == "" || newer.FullName != older.fullName() {
		return
	}
	d.FullName = older.FullName
	for _, part := range []string{fieldFirstName, fieldLastName} {
		if v, mentioned := older.Values[part]; mentioned {
			d.Values[part] = v
		} else {
			delete(d.Values, part)
		}
	}
}

// fullName is what the parts of a record's name make if it has both.
func (d *Desired) fullName() string {
	first, last := textOf(d.Values[fieldFirstName].Data), textOf(d.Values[fieldLastName].Data)
	if d.FullName != "" || first == "" || last == "" {
		return d.FullName
	}
	return collapseSpaces(first + " " + last)
}

func (d *Desired) mentionsName() bool {
	_, first := d.Values[fieldFirstName]
	_, last := d.Values[fieldLastName]
	return first || last
}
