package crm

import (
	"slices"
	"strings"
)

// fit says how well a name fits a field; the lowest wins.
type fit int32

const (
	byName     fit = iota // the field's own name
	bySpelling            // the same in another case, or with other separators
	byAlias
	byPart     // what the parts of an address or a name are called: counts as an alias there
	byCustom   // a custom field, by its label or by its key in another spelling
	byLanguage // a name in another language
	byShared   // one that means it only if others show the language
	fits       // how many there are
)

// meaning is what the name of a column says by itself.
type meaning struct {
	field    int // -1: it names no field
	fit      fit
	fallback bool
	// wrapper and place are what the column is flattened from: the innermost
	// wrapper, which decides whether it counts, and the address that it is a part
	// of. Both are paths of shapes: "properties/billing".
	wrapper, place string
	shaped         bool // it is flattened from something
	address        bool // place is an address of its own, not what lies beside a name
	// near is a field that the name looks like but does not mean, -1 if none; why
	// says what it means.
	near int
	why  string
}

// longestName bounds the work spent on a name: what is longer is none.
const longestName = 80

// scope is what names are read as: those of the whole object, parts of an address
// or of a name, or those of the contact that the object belongs to.
type scope struct{ whole, place, name, contact bool }

// meaning reads the name of a column, or of a member of an object.
func (t *Table) meaning(name string, s scope) meaning {
	if isInternal(name) {
		return noMeaning
	}
	if i, ok := t.exact[name]; ok && s.admits(t.fields[i]) {
		return meaning{field: i, near: -1}
	}
	folded := fold(name)
	if folded == "" || len(folded) > longestName {
		return noMeaning
	}
	m := t.read(folded, s, 0)
	if before, within, ok := strings.Cut(strings.TrimSuffix(name, ")"), " ("); ok && m.field < 0 && m.why == "" {
		if twice := t.read(fold(before), s, 0); twice.field >= 0 && twice.field == t.read(fold(within), s, 0).field {
			m = twice // "Zip Code (address_zip)"
			m.fit = max(m.fit, byAlias)
		}
	}
	if own := ownName(name); own != name && m.field < 0 && m.why == "" {
		m = t.read(fold(own), s, 0)
		m.fit = max(m.fit, byAlias)
	}
	return m
}

var noMeaning = meaning{field: -1, near: -1}

// isPart reports whether names are read as those of a part: an address, a name, or the
// contact that the object belongs to.
func (s scope) isPart() bool { return s.place || s.name || s.contact }

// admits reports whether names in a scope can mean a field. The contact's id is
// told by columns only, see [Plan].
func (s scope) admits(f *Field) bool {
	if f.Type == ID || f.Type == Unwritable {
		return false
	}
	return s.whole || s.place && f.isPlace() || s.name && f.isName() || s.contact && f.about().parent
}

// isPlace reports whether a field tells where somebody is.
func (f *Field) isPlace() bool { return f.about().part != noPart }

// isName reports whether a field tells what somebody is called.
func (f *Field) isName() bool {
	return !f.Custom && (f.Name == fieldName || f.Name == fieldFirstName || f.Name == fieldLastName)
}

func (t *Table) read(folded string, s scope, depth int) meaning {
	if m := t.lookup(folded, s); m.field >= 0 || m.why != "" {
		return m
	}
	if s.whole {
		if m := t.elsewhere(folded); m.why != "" {
			return m
		}
	}
	if s.whole && depth < deepest {
		if m := t.unflatten(folded, depth); m.field >= 0 || m.why != "" {
			return m
		}
	}
	if s.whole {
		if m := t.qualified(folded); m.field >= 0 || m.why != "" {
			return m
		}
	}
	if i := t.composed(folded, s); i >= 0 {
		return meaning{field: i, fit: byAlias, near: -1}
	}
	return noMeaning
}

// lookup finds a field by the whole of a folded name.
func (t *Table) lookup(folded string, s scope) meaning {
	for n, names := range t.standard {
		how := fit(n)
		if named := t.custom[folded]; how == byCustom && s.whole && len(named) > 0 {
			return t.meanCustom(named, s)
		}
		i, ok := names[folded]
		if !ok || !s.admits(t.fields[i]) || how == byPart && !s.isPart() {
			continue
		}
		if how == byPart {
			how = byAlias
		}
		return meaning{field: i, fit: how, near: -1}
	}
	return noMeaning
}

// meanCustom is what a name means that these custom fields have.
func (t *Table) meanCustom(named []int, s scope) meaning {
	switch {
	case len(named) == 1 && s.admits(t.fields[named[0]]):
		return meaning{field: named[0], fit: byCustom, near: -1}
	case len(named) == 1:
		return meaning{field: -1, near: -1, why: "it cannot be written"}
	}
	keys := make([]string, len(named))
	for n, i := range named {
		keys[n] = t.fields[i].display()
	}
	return meaning{field: -1, near: -1, why: "several custom fields are called so: map it to " + strings.Join(keys, " or ")}
}

// unflatten reads a name that begins with that of a shape: properties_email,
// BillingCity. The longest beginning wins.
func (t *Table) unflatten(folded string, depth int) meaning {
	for cut := len(folded) - 1; cut > 0; cut-- {
		sh, ok := t.kind.shapes[folded[:cut]]
		if !ok {
			continue
		}
		m := t.read(folded[cut:], sh.scope, depth+1)
		if m.field < 0 && m.why == "" {
			continue
		}
		m.shaped = true
		m.fallback = m.fallback || sh.fallback
		m.place = join(sh.name, m.place)
		part := m.field >= 0 && t.fields[m.field].isPlace()
		m.address = m.address || sh.place && part
		if sh.whole && !sh.own && (m.wrapper != "" || !sh.place || !part) {
			m.wrapper = join(sh.name, m.wrapper)
		}
		return m
	}
	return noMeaning
}

func join(path, rest string) string {
	if path == "" || rest == "" {
		return path + rest
	}
	return path + "/" + rest
}

// qualified reads the name of an email or phone: nouns and qualifiers in any order.
func (t *Table) qualified(folded string) meaning {
	for _, field := range []string{fieldEmail, fieldPhone} {
		i, ok := t.index[field]
		if !ok {
			continue
		}
		q := t.kind.qualified[t.fields[i].Type]
		switch {
		case !madeOf(folded, q.nouns, q.plain, q.fallback, q.foreign):
		case madeOf(folded, q.nouns, q.plain):
			return meaning{field: i, fit: byAlias, near: -1}
		case madeOf(folded, q.nouns, q.plain, q.fallback):
			return meaning{field: i, fit: byAlias, fallback: true, near: -1}
		default:
			return meaning{field: -1, near: i, why: q.why}
		}
	}
	return noMeaning
}

// madeOf reports whether a text is made of words of the lists, one at least of the first.
func madeOf(text string, lists ...[]string) bool {
	// reached[i] tells how text[:i] can be made: not at all, without a word of
	// the first list, with one.
	const no, without, with = 0, 1, 2
	reached := make([]uint8, len(text)+1)
	reached[0] = without
	for i := range len(text) {
		if reached[i] == no {
			continue
		}
		for n, list := range lists {
			for _, word := range list {
				if strings.HasPrefix(text[i:], word) {
					end, how := i+len(word), reached[i]
					if n == 0 {
						how = with
					}
					reached[end] = max(reached[end], how)
				}
			}
		}
	}
	return reached[len(text)] == with
}

// composed reads a name that is made of several names of one field:
// "ZIP/Postal Code", stateorprovince. It returns -1 for any other.
func (t *Table) composed(folded string, s scope) int {
	for i, own := range t.words {
		if own.names != nil && s.admits(t.fields[i]) && madeOf(folded, own.names, own.parts, connectives) {
			return i
		}
	}
	return -1
}

// connectives stand between the names of a field, or behind one: "Email (required)".
var connectives = []string{"or", "and", "required", "optional", "firstandlast", "withareacode", "mmddyyyy", "ddmmyyyy", "yyyymmdd"}

// nouns are the folded names of a standard field.
type nouns struct{ names, parts []string }

// elsewhere reads a name that means a field in a configuration, but not in all sources.
func (t *Table) elsewhere(folded string) meaning {
	for i, f := range t.fields {
		if about := f.about(); slices.Contains(about.elsewhere, folded) {
			return meaning{field: -1, near: i, why: about.why}
		}
	}
	return noMeaning
}
