package crm

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"destination-gohighlevel/connector/words"
)

const (
	customPrefix = "custom_field:" // marks a match key that is a custom field
	keyPrefix    = "contact."      // begins the keys of custom fields
)

// ambiguous marks a folded name that more than one custom field answers to:
// choosing one of them would be a guess.
const ambiguous = -1

// Table is the set of fields a contact has. It does not change once built and
// is safe for concurrent use.
type Table struct {
	fields  []*Field
	index   map[string]int // by Field.Name
	exact   map[string]int // by name, id, "contact.key" and key as written
	own     map[string]int // standard fields by folded name
	aliases map[string]int // standard fields by folded alias
	custom  map[string]int // custom fields by folded id, key and label
}

// NewTable builds a table. Of two fields with the same Name the first is kept.
func NewTable(fields ...Field) *Table {
	t := &Table{
		index:   make(map[string]int, len(fields)),
		exact:   make(map[string]int, 2*len(fields)),
		own:     make(map[string]int),
		aliases: make(map[string]int),
		custom:  make(map[string]int),
	}
	for _, f := range fields {
		if _, twice := t.index[f.Name]; twice {
			continue
		}
		t.index[f.Name] = len(t.fields)
		f.index = newLabelIndex(f.Options)
		t.fields = append(t.fields, &f)
	}
	for i, f := range t.fields {
		t.addExact(f.Name, i)
		if !f.Custom && f.Type != ContactID {
			t.addExact(f.Key, i)
			addFirst(t.own, fold(f.Name), i)
			addFirst(t.own, fold(f.Key), i)
			for _, alias := range f.row().aliases {
				addFirst(t.aliases, alias, i)
			}
		}
	}
	for i, f := range t.fields {
		if f.Custom {
			t.addCustom(f, i)
		}
	}
	return t
}

func (t *Table) addExact(name string, i int) {
	if _, taken := t.exact[name]; !taken && name != "" {
		t.exact[name] = i
	}
}

func (t *Table) addCustom(f *Field, i int) {
	bare := strings.TrimPrefix(f.Key, keyPrefix)
	t.addExact(f.Key, i)
	if !t.isCommon(fold(bare)) { // somebody's new field must not take a column from another
		t.addExact(bare, i)
	}
	seen := map[string]bool{"": true}
	for _, name := range []string{f.Name, f.Key, bare, f.Label} {
		folded := fold(name)
		if seen[folded] {
			continue
		}
		seen[folded] = true
		if _, taken := t.custom[folded]; taken {
			t.custom[folded] = ambiguous
		} else {
			t.custom[folded] = i
		}
	}
}

// isCommon reports whether a folded name means a standard field.
func (t *Table) isCommon(folded string) bool {
	_, own := t.own[folded]
	_, alias := t.aliases[folded]
	return own || alias
}

// Field returns the field of that Name, or nil. It knows no aliases.
func (t *Table) Field(name string) *Field {
	if i, ok := t.index[name]; ok {
		return t.fields[i]
	}
	return nil
}

// Display is the name by which a user knows the field with this name: a custom
// field's key.
func (t *Table) Display(name string) string {
	if f := t.Field(name); f != nil {
		return f.display()
	}
	return name
}

// Fields returns all fields in the order they were given. The caller owns the
// slice, not the fields.
func (t *Table) Fields() []*Field { return slices.Clone(t.fields) }

// Find returns the field a user means in a configuration: by exact name, then
// without regard to case and punctuation or by a common alias, then a custom
// field by id, "contact.key", key or display name. With the prefix
// "custom_field:" only custom fields are considered. It returns nil if there is
// none, or if a display name fits several.
func (t *Table) Find(ref string) *Field {
	if rest, ok := strings.CutPrefix(ref, customPrefix); ok {
		return t.findCustom(rest)
	}
	if i, _, ok := t.resolve(ref); ok {
		return t.fields[i]
	}
	if isIDColumn(ref) {
		return t.Field(fieldID)
	}
	folded := fold(ref)
	for _, f := range t.fields {
		if slices.Contains(f.row().elsewhere, folded) {
			return f
		}
	}
	return nil
}

func (t *Table) findCustom(ref string) *Field {
	if i, ok := t.exact[ref]; ok && t.fields[i].Custom {
		return t.fields[i]
	}
	if i, ok := t.custom[fold(ref)]; ok && i != ambiguous {
		return t.fields[i]
	}
	return nil
}

// resolve finds the field for a column name and how well it fits. It finds the
// contact's id only by its exact name.
func (t *Table) resolve(column string) (i int, fit rank, ok bool) {
	if i, ok = t.exact[column]; ok {
		return i, byName, true
	}
	folded := fold(column)
	if i, ok = t.own[folded]; ok {
		return i, byAlias, true
	}
	if i, ok = t.aliases[folded]; ok {
		return i, byAlias, true
	}
	if i, ok = t.custom[folded]; ok && i != ambiguous {
		return i, byAlias, true
	}
	return 0, 0, false
}

// isIDColumn reports whether a column's name says that it holds a contact id:
// "Contact Id" in any spelling, but for "contact.id", which is the key of a
// custom field.
func isIDColumn(column string) bool {
	if strings.HasPrefix(column, keyPrefix) {
		return false
	}
	folded := fold(column)
	return folded == fieldID || slices.Contains(standardByName[fieldID].aliases, folded)
}

// Nearest returns the name or key of the field whose name, alias, key or
// display name is nearest to column, or "" if nothing is near.
func (t *Table) Nearest(column string) string {
	var names, shown []string
	for _, f := range t.fields {
		if f.Type == ContactID || f.Type == Unwritable {
			continue
		}
		own := []string{fold(f.Name)}
		if f.Custom {
			own = []string{fold(strings.TrimPrefix(f.Key, keyPrefix)), fold(f.Label)}
		}
		for _, name := range append(own, f.row().aliases...) {
			names, shown = append(names, name), append(shown, f.display())
		}
	}
	if i := words.Nearest(fold(column), names); i >= 0 {
		return shown[i]
	}
	return ""
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
