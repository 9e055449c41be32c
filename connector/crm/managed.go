package crm

import (
	"slices"
	"strings"
)

// manages reports whether the source decides about a tag: one of ManagedTags, or
// one that begins as a "prefix*" says.
func (d *Desired) manages(tag string) bool {
	tag = strings.ToLower(strings.TrimSpace(tag))
	return slices.ContainsFunc(d.ManagedTags, func(managed string) bool {
		prefix, open := strings.CutSuffix(managed, "*")
		return tag == managed || open && strings.HasPrefix(tag, prefix)
	})
}

// surplus reports whether a tag is to come off: the source decides about it, and
// the record has said something of tags but not this one.
func (d *Desired) surplus(tag string) bool {
	return d.TagsSaid && d.manages(tag) && !holds(d.Tags, tag)
}

// Lacking are the tags of a record that a contact with these tags lacks.
func (d *Desired) Lacking(tags []string) []string {
	var lacking []string
	for _, tag := range d.Tags {
		if !holds(tags, tag) && !holds(lacking, tag) {
			lacking = append(lacking, tag)
		}
	}
	return lacking
}

// Surplus are those of a contact's tags that are to come off, as the contact has
// them.
func (d *Desired) Surplus(tags []string) []string {
	var surplus []string
	for _, tag := range tags {
		if d.surplus(tag) {
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
