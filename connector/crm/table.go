package crm

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"destination-gohighlevel/connector/words"
)

const customPrefix = "custom_field:" // marks a match key that is a custom field

// Table is the set of fields an object has in one location: see [Kind.Table]. It
// does not change once built and is safe for concurrent use.
type Table struct {
	kind     *Kind
	fields   []*Field
	words    []nouns              // by field; none of a custom one
	index    map[string]int       // by Field.Name
	exact    map[string]int       // by name, id, "contact.key" and key as written
	standard [fits]map[string]int // standard fields by folded names, for each fit
	places   [partCount]int       // standard fields by what they tell of an address, -1 if there is none
	custom   map[string][]int     // custom fields by folded id, key and label
	names    []string             // folded, that a column's may be a misspelling of
	named    []int                // the field of each of them
}

// newTable builds a table. Of two fields with the same Name the first is kept.
func newTable(k *Kind, fields []Field) *Table {
	t := &Table{
		kind:   k,
		index:  make(map[string]int, len(fields)),
		exact:  make(map[string]int, 2*len(fields)),
		custom: make(map[string][]int),
	}
	for i := range t.standard {
		t.standard[i] = make(map[string]int)
	}
	for _, f := range fields {
		if _, twice := t.index[f.Name]; twice {
			continue
		}
		t.index[f.Name] = len(t.fields)
		f.index = indexOptions(f.Options)
		t.fields = append(t.fields, &f)
	}
	t.words = make([]nouns, len(t.fields))
	for p := range t.places {
		t.places[p] = -1
	}
	for i, f := range t.fields {
		t.places[f.about().part] = i
		addFirst(t.exact, f.Name, i)
		if !f.Custom && f.Type != ID {
			t.addStandard(f, i)
		}
	}
	for i, f := range t.fields {
		if f.Custom {
			t.addCustom(f, i)
		}
	}
	t.addNames()
	return t
}

func (t *Table) addStandard(f *Field, i int) {
	addFirst(t.exact, f.Key, i)
	about := f.about()
	for fit, names := range [fits][]string{bySpelling: {fold(f.Name), fold(f.Key)}, byAlias: about.aliases, byPart: about.parts,
		byLanguage: languageNames[f.Name], byShared: sharedNames[f.Name]} {
		for _, name := range names {
			addFirst(t.standard[fit], name, i)
		}
	}
	t.words[i] = nouns{append([]string{fold(f.Name)}, about.aliases...), about.parts}
}

func (t *Table) addCustom(f *Field, i int) {
	bare := strings.TrimPrefix(f.Key, t.kind.prefix)
	addFirst(t.exact, f.Key, i)
	if !t.isCommon(fold(bare)) { // somebody's new field must not take a column from another
		addFirst(t.exact, bare, i)
	}
	for _, name := range []string{f.Name, f.Key, bare, f.Label} {
		folded := fold(name)
		if known := t.custom[folded]; folded != "" && !slices.Contains(known, i) {
			t.custom[folded] = append(known, i)
		}
	}
}

// isCommon reports whether a folded name means a standard field.
func (t *Table) isCommon(folded string) bool {
	_, own := t.standard[bySpelling][folded]
	_, alias := t.standard[byAlias][folded]
	return own || alias
}

// Kind returns what the table is of.
func (t *Table) Kind() *Kind { return t.kind }

// With returns a table that has a custom field besides.
func (t *Table) With(custom Field) *Table {
	fields := make([]Field, 0, len(t.fields)+1)
	for _, f := range t.fields {
		fields = append(fields, *f)
	}
	return newTable(t.kind, append(fields, custom))
}

// Field returns the field of that Name, or nil. It knows no aliases.
func (t *Table) Field(name string) *Field {
	if i, ok := t.index[name]; ok {
		return t.fields[i]
	}
	return nil
}

// Display is the name by which a user knows a field: of a custom one its key.
func (t *Table) Display(name string) string {
	if f := t.Field(name); f != nil {
		return f.display()
	}
	return name
}

// Fields returns all fields in the order they were given. The caller owns the
// slice, not the fields.
func (t *Table) Fields() []*Field { return slices.Clone(t.fields) }

// All yields all fields in the order they were given.
func (t *Table) All() iter.Seq[*Field] { return slices.Values(t.fields) }

// Compare orders fields by their names as All does.
func (t *Table) Compare(a, b string) int { return cmp.Compare(t.index[a], t.index[b]) }

// Find returns the field a user means in a configuration: by exact name, then
// without regard to case and punctuation or by a common alias, then a custom
// field by id, "contact.key", key or display name. With the prefix
// "custom_field:" only custom fields are considered. It returns nil if there is
// none, or if a display name fits several.
func (t *Table) Find(ref string) *Field {
	if rest, ok := strings.CutPrefix(ref, customPrefix); ok {
		return t.findCustom(rest)
	}
	folded := fold(ref)
	for _, names := range []struct {
		of  map[string]int
		ref string
	}{{t.exact, ref}, {t.standard[bySpelling], folded}, {t.standard[byAlias], folded}} {
		if i, ok := names.of[names.ref]; ok {
			return t.fields[i]
		}
	}
	if f := t.findCustom(ref); f != nil {
		return f
	}
	if t.isIDColumn(ref) {
		return t.Field(fieldID)
	}
	if m := t.elsewhere(folded); m.near >= 0 {
		return t.fields[m.near]
	}
	return nil
}

func (t *Table) findCustom(ref string) *Field {
	if i, ok := t.exact[ref]; ok && t.fields[i].Custom {
		return t.fields[i]
	}
	if named := t.custom[fold(ref)]; len(named) == 1 {
		return t.fields[named[0]]
	}
	return nil
}

// isIDColumn reports whether a column's name says that it holds the object's own id:
// "Contact Id" in any spelling, but for "contact.id", the key of a custom field.
func (t *Table) isIDColumn(column string) bool {
	i, ok := t.index[fieldID]
	if !ok || strings.HasPrefix(column, t.kind.prefix) {
		return false
	}
	folded := fold(column)
	return folded == fieldID || slices.Contains(t.fields[i].about().aliases, folded)
}

// Nearest returns the name or key of the field whose name, alias, key or
// display name is nearest to column, or "" if nothing is near.
func (t *Table) Nearest(column string) string {
	if i := words.Nearest(fold(column), t.names); i >= 0 {
		return t.fields[t.named[i]].display()
	}
	return ""
}

func (t *Table) addNames() {
	for i, f := range t.fields {
		if f.Type == ID || f.Type == Unwritable {
			continue
		}
		own := []string{fold(f.Name)}
		if f.Custom {
			own = []string{fold(strings.TrimPrefix(f.Key, t.kind.prefix)), fold(f.Label)}
		}
		for _, name := range append(own, f.about().aliases...) {
			t.names, t.named = append(t.names, name), append(t.named, i)
		}
	}
}

// fold reduces a name to its letters and digits in lower case, without accents.
func fold(s string) string {
	if !isASCII(s) {
		s = norm.NFKD.String(s)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
