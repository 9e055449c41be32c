package crm

import (
	"slices"
	"strings"
)

// fewTexts are compared one by one; of more than these an index is made.
const fewTexts = 16

// textSet finds texts among many, without regard to case and outer blanks.
type textSet struct {
	list  []string
	owned bool            // whether list may be appended to in place
	index map[string]bool // nil while there are few
}

func newTextSet(list []string) textSet {
	s := textSet{list: list}
	if len(list) > fewTexts {
		s.index = make(map[string]bool, len(list))
		for _, text := range list {
			s.index[foldText(text)] = true
		}
	}
	return s
}

func (s *textSet) has(text string) bool {
	if s.index != nil {
		return s.index[foldText(text)]
	}
	return slices.ContainsFunc(s.list, func(has string) bool {
		return strings.EqualFold(strings.TrimSpace(has), strings.TrimSpace(text))
	})
}

// grow makes room for n more texts.
func (s *textSet) grow(n int) {
	if n > 0 {
		s.list, s.owned = slices.Grow(slices.Clip(s.list), n), true
	}
}

// add adds a text unless it is there, and reports whether it was new. The list
// that the set was made of does not change.
func (s *textSet) add(text string) bool {
	if s.has(text) {
		return false
	}
	if !s.owned {
		s.list, s.owned = slices.Clip(s.list), true
	}
	s.list = append(s.list, text)
	if s.index != nil {
		s.index[foldText(text)] = true
	} else if len(s.list) > fewTexts {
		s.index = newTextSet(s.list).index
	}
	return true
}

func foldText(s string) string { return foldCase(strings.TrimSpace(s)) }

// setOfWords is the set of the words of a text.
func setOfWords(text string) map[string]bool {
	set := make(map[string]bool)
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}
