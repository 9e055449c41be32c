package crm

import (
	"slices"
	"strings"
)

// Phrase is a text that was split into tags. Where a contact has the whole text
// as one tag, that is what the record means.
type Phrase struct {
	Text string // as a tag
	Tags []string
}

// tagOf is a tag as the CRM holds it.
func tagOf(s string) string {
	tag, _ := clean(strings.ToLower(s), false)
	return tag
}

// tagsOf are texts as tags.
func tagsOf(texts []string) []string {
	var set textSet
	set.grow(len(texts))
	for _, text := range texts {
		if tag := tagOf(text); tag != "" {
			set.add(tag)
		}
	}
	return set.list
}

// appendTags adds tags that are not there yet. Neither list is changed.
func appendTags(tags, more []string) []string {
	if len(tags) == 0 {
		return slices.Clip(more)
	}
	set := newTextSet(tags)
	set.grow(len(more))
	for _, tag := range more {
		set.add(tag)
	}
	return set.list
}

// TagsFor returns all tags that the record names for a contact with these tags;
// nil for a contact that is created.
func (d *Desired) TagsFor(have []string) []string {
	if len(d.Phrases) == 0 {
		return d.Tags
	}
	tags, has := newTextSet(d.Tags), newTextSet(have)
	for _, p := range d.Phrases {
		if has.has(p.Text) {
			tags.add(p.Text)
			continue
		}
		for _, tag := range p.Tags {
			tags.add(tag)
		}
	}
	return tags.list
}

// DropTags makes d name no tag any more that drops says so of.
func (d *Desired) DropTags(drops func(tag string) bool) {
	d.Tags = slices.DeleteFunc(slices.Clone(d.Tags), drops)
	phrases := d.Phrases
	d.Phrases = nil
	for _, p := range phrases {
		if p.Tags = slices.DeleteFunc(slices.Clone(p.Tags), drops); drops(p.Text) {
			d.Tags = appendTags(d.Tags, p.Tags)
		} else if len(p.Tags) > 0 {
			d.Phrases = append(d.Phrases, p)
		}
	}
}

// mergeTags unites what two records say of tags, without those that newer takes off.
func (d *Desired) mergeTags(older, newer Desired) {
	d.Tags, d.Phrases = older.Tags, older.Phrases
	d.DropTags(newer.surplus())
	d.Tags = appendTags(d.Tags, newer.Tags)
	d.Phrases = append(d.Phrases, newer.Phrases...)
}
