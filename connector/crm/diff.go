package crm

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Diff returns the smallest change that gives have what want asks for. A nil
// have, like fields that have does not tell, makes every wanted field Unknown.
// A field of which have holds only the fingerprint is Unknown unless that is
// enough to see that nothing needs to be written.
//
// Values with [IfEmpty] and Defaults.Country are set only where the CRM told
// that it holds nothing, and the latter neither for [Desired.OtherCountry] nor
// against the calling code of the phone; values with [IfNewer] only where they do not
// yield to what others have changed since;
// Defaults.Source never is. An email or phone that the
// contact already has as an additional one is no difference: writing it would
// lose the primary one. A full name is compared with the parts if the CRM did
// not tell it. Tags are only ever added, but for managed ones. Do-not-disturb is
// only ever set, unless the value [Value.Lifts] it.
func Diff(t *Table, want Desired, d Defaults, have *Contact) Change {
	if have == nil {
		have = &Contact{}
	}
	d = d.of(want, have)
	var c Change
	named := want.FullName != "" && have.isNamed(t.Field(fieldName), want.FullName)
	for name, v := range want.Values {
		switch f := t.Field(name); {
		case !f.holdsValue():
		case isConsent(name):
			c.consent(f, v, have)
		case named && isPartOfName(name):
		case name == fieldCountry && d.Country != "" && isEmpty(v.Data): // clearing it would only make room for the default
		default:
			c.value(f, v, have)
		}
	}
	if isEmpty(want.Values[fieldCountry].Data) && t.Field(fieldCountry) != nil {
		c.defaultCountry(d.Country, have)
	}
	slices.Sort(c.Unknown)
	slices.Sort(c.Older)
	c.AddTags, c.RemoveTags = want.Lacking(have.Tags), want.Surplus(have.Tags)
	return c
}

// holdsValue reports whether a change can set the field.
func (f *Field) holdsValue() bool {
	return f != nil && f.Type != ID && f.Type != TagList && f.Type != Unwritable
}

// value compares a wanted value with what the contact has.
func (c *Change) value(f *Field, v Value, have *Contact) {
	held, told := have.Held(f.Name)
	switch {
	case !told && have.settledByPrint(f, v):
	case !told:
		c.Unknown = append(c.Unknown, f.Name)
	case v.When == IfEmpty && (!isEmpty(held) || isEmpty(v.Data)):
	case have.holdsBeside(f, v.Data):
	default:
		if data := completed(f, held, v.Data); !Equal(f, data, held) {
			c.differs(f.Name, v, data, have)
		}
	}
}

// differs enters a value that is not what the contact has.
func (c *Change) differs(name string, v Value, data any, have *Contact) {
	if v.Yields(have) {
		c.Older = append(c.Older, name)
	} else {
		c.set(name, data)
	}
}

func (c *Change) set(name string, data any) {
	if c.Set == nil {
		c.Set = make(map[string]any)
	}
	c.Set[name] = data
}

// defaultCountry fills a country that is told to be empty. One that only its
// fingerprint calls empty has to be read first, like all that is written.
func (c *Change) defaultCountry(code string, have *Contact) {
	held, told := have.Held(fieldCountry)
	hash, printed := have.Prints.Of(fieldCountry)
	switch {
	case code == "":
	case told && isEmpty(held):
		c.set(fieldCountry, code)
	case !told && printed && hash == 0:
		c.Unknown = append(c.Unknown, fieldCountry)
	}
}

// isNamed reports whether the parts of the contact's name make a full name.
func (c *Contact) isNamed(f *Field, full string) bool {
	if f == nil {
		return false
	}
	if held, told := c.Held(fieldName); told {
		return Equal(f, held, full)
	}
	hash, printed := c.Prints.Of(fieldName)
	return printed && hash == Fingerprint(f, full)
}

// Held is the value of a field and whether the CRM told it, a full name by its parts.
func (c *Contact) Held(name string) (value any, told bool) {
	if value, told = c.Values[name]; told || name != fieldName {
		return value, told || c.Told[name]
	}
	first, toldFirst := c.Held(fieldFirstName)
	last, toldLast := c.Held(fieldLastName)
	return collapseSpaces(textOf(first) + " " + textOf(last)), toldFirst && toldLast
}

// settledByPrint reports whether the fingerprint of a field that was not told
// is enough to know that v needs no write.
func (c *Contact) settledByPrint(f *Field, v Value) bool {
	hash, ok := c.Prints.Of(f.Name)
	if !ok {
		return false
	}
	return hash == Fingerprint(f, v.Data) || v.When == IfEmpty && hash != 0 || c.holdsBeside(f, v.Data)
}

// holdsBeside reports whether a value is an additional email or phone of the contact.
func (c *Contact) holdsBeside(f *Field, data any) bool {
	return slices.ContainsFunc(c.others(f.Name), func(other string) bool { return Equal(f, other, data) })
}

// completed adds the boxes a textbox list holds to those that are wanted: the
// API replaces the whole value. A day that is wanted is any time of that day.
func completed(f *Field, held, data any) any {
	if day, ok := data.(string); ok && f.Type == Time && len(day) == len(time.DateOnly) {
		if moment, _ := held.(string); strings.HasPrefix(moment, day) {
			return held
		}
		return data
	}
	wanted, ok := data.(map[string]string)
	boxes, has := held.(map[string]string)
	if f.Type != TextboxList || !ok || !has {
		return data
	}
	for id, s := range wanted {
		if boxes[id] != s {
			all := maps.Clone(boxes)
			maps.Copy(all, wanted)
			return all
		}
	}
	return boxes
}

// Initial returns everything a create carries: the wanted values without those
// to clear and without the channels that are open anyway, and the defaults where
// they say nothing. Tags are in [Desired.TagsFor].
func Initial(want Desired, d Defaults) map[string]any {
	d = d.of(want, nil)
	room := len(want.Values)
	for _, value := range []string{d.Source, d.Country} {
		if value != "" {
			room++
		}
	}
	values := make(map[string]any, room)
	for name, v := range want.Values {
		if !isEmpty(v.Data) && (!isConsent(name) || stops(v.Data)) {
			values[name] = v.Data
		}
	}
	if _, given := values[fieldSource]; !given && d.Source != "" {
		values[fieldSource] = d.Source
	}
	if _, given := values[fieldCountry]; !given && d.Country != "" {
		values[fieldCountry] = d.Country
	}
	return values
}

// Apply returns a new contact: what the CRM can be taken to hold once the change is
// written. have is not changed and may be nil.
func Apply(have *Contact, c Change) *Contact {
	after := Contact{}
	if have != nil {
		after = *have
	}
	after.Values = maps.Clone(after.Values)
	if after.Values == nil {
		after.Values = make(map[string]any, len(c.Set))
	}
	maps.Copy(after.Values, c.Set)
	_, named := c.Set[fieldName]
	for name := range c.Set {
		if isPartOfName(name) && !named {
			delete(after.Values, fieldName)
			named = true
		}
	}
	after.Prints = after.Prints.without(func(name string) bool {
		_, set := c.Set[name]
		return set || name == fieldName && named
	})
	removed := newTextSet(c.RemoveTags)
	after.Tags = slices.DeleteFunc(slices.Clone(appendTags(after.Tags, c.AddTags)), removed.has)
	after.OtherEmails = slices.Clone(after.OtherEmails)
	after.OtherPhones = slices.Clone(after.OtherPhones)
	return &after
}
