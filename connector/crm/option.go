package crm

import "strings"

// labelIndex finds the options of a field whose options are many.
type labelIndex struct {
	byLabel map[string]string // labels by their folded text
	byID    map[string]string
}

// manyOptions is how many options a field has that are worth an index.
const manyOptions = 16

func newLabelIndex(options []Option) *labelIndex {
	if len(options) < manyOptions {
		return nil
	}
	x := &labelIndex{byLabel: make(map[string]string, len(options)), byID: make(map[string]string, len(options))}
	for _, o := range options {
		addFirst(x.byLabel, foldText(o.Label), o.Label)
		addFirst(x.byID, o.ID, o.Label)
	}
	return x
}

// optionLabel is the label that s stands for. A field whose options are open or
// not known takes any text.
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

// listedLabel finds an option by label without case, or by id.
func listedLabel(f *Field, s string) (string, bool) {
	s = strings.TrimSpace(s)
	if f.index != nil {
		if label, ok := f.index.byLabel[foldCase(s)]; ok {
			return label, true
		}
		label, ok := f.index.byID[s]
		return label, ok
	}
	for _, o := range f.Options {
		if strings.EqualFold(strings.TrimSpace(o.Label), s) {
			return o.Label, true
		}
	}
	for _, o := range f.Options {
		if o.ID == s && s != "" {
			return o.Label, true
		}
	}
	return "", false
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

// optionID finds a box by id, or by label without case.
func optionID(f *Field, s string) (string, bool) {
	s = strings.TrimSpace(s)
	for _, o := range f.Options {
		if o.ID == s {
			return o.ID, true
		}
	}
	for _, o := range f.Options {
		if strings.EqualFold(strings.TrimSpace(o.Label), s) {
			return o.ID, true
		}
	}
	return s, len(f.Options) == 0 && s != ""
}
