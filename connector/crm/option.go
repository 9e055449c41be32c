package crm

import (
	"slices"
	"strings"
)

// manyOptions is how many options a field has that are worth an index.
const manyOptions = 16

// indexOptions finds options by folded labels, and by ids behind a zero byte.
func indexOptions(options []Option) map[string]int {
	if len(options) < manyOptions {
		return nil
	}
	index := make(map[string]int, 2*len(options))
	for i, o := range options {
		addFirst(index, foldText(o.Label), i)
		addFirst(index, "\x00"+o.ID, i)
	}
	return index
}

// option finds an option by label without case, or by id.
func (f *Field) option(s string) (o Option, ok bool) {
	s = strings.TrimSpace(s)
	if f.index != nil {
		i, ok := f.index[foldCase(s)]
		if !ok {
			i, ok = f.index["\x00"+s]
		}
		if !ok {
			return o, false
		}
		return f.Options[i], true
	}
	for _, o := range f.Options {
		if strings.EqualFold(strings.TrimSpace(o.Label), s) {
			return o, true
		}
	}
	i := slices.IndexFunc(f.Options, func(o Option) bool { return o.ID == s && s != "" })
	if i < 0 {
		return o, false
	}
	return f.Options[i], true
}

// optionLabel is the label that s stands for; any text where options are open or unknown.
func optionLabel(f *Field, s string) (string, bool) {
	if label, ok := listedLabel(f, s); ok {
		return label, true
	}
	if label, ok := f.about().words[fold(s)]; ok {
		return label, true
	}
	if label, ok := answer(f, s); ok {
		return label, true
	}
	if digits, _ := wholeNumber(s); digits != s {
		if label, ok := listedLabel(f, digits); ok {
			return label, true
		}
	}
	s = strings.TrimSpace(s)
	return s, s != "" && f.takesAnyLabel()
}

// choices are options that are known by their labels alone.
func choices(labels ...string) []Option {
	options := make([]Option, len(labels))
	for i, label := range labels {
		options[i] = Option{ID: label, Label: label}
	}
	return options
}

func (f *Field) takesAnyLabel() bool { return f.OpenOptions || len(f.Options) == 0 }

// listedLabel is the label of the option that s names.
func listedLabel(f *Field, s string) (string, bool) {
	o, ok := f.option(s)
	return o.Label, ok
}

// answer finds the option that says yes or no as s does, if there is one only.
// A box that stands alone, whatever its label, is ticked by yes.
func answer(f *Field, s string) (label string, ok bool) {
	yes, isBool := normaliseBool(s)
	if !isBool || len(f.Options) > manyOptions {
		return "", false
	}
	for _, o := range f.Options {
		if says, isBool := normaliseBool(o.Label); isBool && says == yes || !isBool && yes && len(f.Options) == 1 {
			if ok {
				return "", false
			}
			label, ok = o.Label, true
		}
	}
	return label, ok
}

// isUntick reports whether s takes the tick off the only box of a field.
func isUntick(f *Field, s string) bool {
	yes, isBool := normaliseBool(s)
	if !isBool || yes || len(f.Options) != 1 {
		return false
	}
	says, isBool := normaliseBool(f.Options[0].Label)
	return says || !isBool
}

// optionID is the id of the box that s names.
func optionID(f *Field, s string) (string, bool) {
	if o, ok := f.option(s); ok {
		return o.ID, true
	}
	s = strings.TrimSpace(s)
	return s, len(f.Options) == 0 && s != ""
}
