package crm

import (
	"slices"
	"strings"
)

// manages reports whether the source decides about a tag: by its name, or a "prefix*".
func manages(tags []string, tag string) bool {
	tag = strings.ToLower(strings.TrimSpace(tag))
	return slices.ContainsFunc(tags, func(managed string) bool {
		prefix, open := strings.CutSuffix(managed, "*")
		return tag == managed || open && strings.HasPrefix(tag, prefix)
	})
}

// surplus tells the tags that are to come off: those that the source decides
// about and the record, which has said something of tags, does not name.
func (d *Desired) surplus() func(tag string) bool {
	if !d.TagsSaid || len(d.ManagedTags) == 0 {
		return func(string) bool { return false }
	}
	named := newTextSet(d.Tags)
	for _, p := range d.Phrases {
		named.add(p.Text)
		for _, tag := range p.Tags {
			named.add(tag)
		}
	}
	managed := d.ManagedTags
	return func(tag string) bool { return manages(managed, tag) && !named.has(tag) }
}

// Lacking are the tags of a record that a contact with these tags lacks.
func (d *Desired) Lacking(tags []string) []string {
	has, lacking := newTextSet(tags), textSet{}
	for _, tag := range d.TagsFor(tags) {
		if !has.has(tag) {
			lacking.add(tag)
		}
	}
	return lacking.list
}

// Surplus are the contact's tags that are to come off, as the contact has them.
func (d *Desired) Surplus(tags []string) []string {
	var surplus []string
	isSurplus := d.surplus()
	for _, tag := range tags {
		if isSurplus(tag) {
			surplus = append(surplus, tag)
		}
	}
	return surplus
}

// mergeManaged tells of which tags two records of a person decide together,
// beyond naming them.
func mergeManaged(older, newer Desired) (said bool, managed []string) {
	for _, d := range []Desired{older, newer} {
		if !d.TagsSaid {
			continue
		}
		said = true
		for _, tag := range d.ManagedTags {
			if !slices.Contains(managed, tag) {
				managed = append(managed, tag)
			}
		}
	}
	return said, managed
}
