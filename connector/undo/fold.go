package undo

import (
	"maps"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
)

// Thing is one thing that runs have changed, and what is to become of it.
type Thing struct {
	Object, ID string
	Contact    string             // to whom it belongs; "" for contacts, and what belongs to none
	Changes    []journal.Recorded // in the order in which they were made

	// Now is what the CRM holds; nil if it does not exist.
	Now *crm.Contact
	// Set are values that go back, AddTags and RemoveTags the tags, if it is not deleted.
	Set                 map[string]any
	AddTags, RemoveTags []string
	// Delete says that a run has created it and that nothing else has come to it since.
	Delete bool
	given  []string // tags that runs gave to what they have created, if nobody else has changed them since
	// Recreate is what it held when a run deleted it, and before other runs changed it;
	// nil if it was not deleted.
	Recreate     map[string]any
	RecreateTags []string
	// Kept is what stays as it is, with the reason.
	Kept []Kept
}

// Kept is something that is not taken back.
type Kept struct {
	Field string // "" is the thing itself
	Why   string
}

// Why things stay as they are.
const (
	changedSince   = "changed since by somebody else"
	createdTouched = "created, but somebody has changed it since"
	createdSaidNo  = "created, but a do-not-disturb has come to it"
	createdHas     = "created, but a note, task or opportunity of others belongs to it"
	createdStays   = "created; businesses are not deleted"
	staysStopped   = "a do-not-disturb is not lifted"
	deletedStopped = "deleted, and not created anew: the person had said stop"
	deletedAsk     = "deleted; --recreate creates it anew"
	deletedTaken   = "deleted, and not created anew: another one has its key by now"
	beforeUnknown  = "what it held before is not known"
	goneSince      = "does not exist any more"
	fieldGone      = "the field does not exist any more"
)

const tagsField = "tags"

// walk is a thing while its changes are taken back one by one.
type walk struct {
	*Thing
	table   *crm.Table
	held    map[string]any // by Field.Name
	tags    map[string]bool
	there   bool
	deleted bool                 // a run has deleted it
	left    map[string]bool      // fields and tags that somebody else has changed since
	since   map[string]time.Time // when the change was made whose value before it a field holds
	made    *journal.Recorded
}

// fold finds out what is to become of a thing of which Now is known.
func (th *Thing) fold(t *crm.Table, recreate bool) {
	w := &walk{Thing: th, table: t, there: th.Now != nil, held: map[string]any{}, tags: map[string]bool{}, left: map[string]bool{}, since: map[string]time.Time{}}
	if w.there {
		maps.Copy(w.held, th.Now.Values)
		w.tag(th.Now.Tags)
	}
	for _, c := range slices.Backward(th.Changes) {
		if isVoid(c) {
			continue
		}
		if w.back(c); w.made != nil {
			break
		}
	}
	switch {
	case th.Now != nil && w.made != nil:
		w.unmake()
	case th.Now != nil:
		w.write()
	case w.made != nil: // created by a run, and gone
	case w.deleted && !w.there:
		w.keep("", deletedStopped)
	case w.deleted && !recreate:
		w.keep("", deletedAsk)
	case w.deleted:
		th.Recreate, th.RecreateTags = w.held, slices.Sorted(maps.Keys(w.tags))
	default:
		w.keep("", goneSince)
	}
}

// isVoid reports whether a change was certainly not carried out.
func isVoid(c journal.Recorded) bool { return c.Result == journal.Failed || c.Result == journal.Unsent }

func (w *walk) tag(tags []string) {
	for _, tag := range tags {
		w.tags[tag] = true
	}
}

func (w *walk) keep(field, why string) {
	if k := (Kept{field, why}); !slices.Contains(w.Kept, k) {
		w.Kept = append(w.Kept, k)
	}
}

// back takes one change back.
func (w *walk) back(c journal.Recorded) {
	switch c.Op {
	case journal.Create:
		w.made = &c
	case journal.Delete:
		w.undelete(c)
	case journal.AddTags, journal.RemoveTags:
		if w.there {
			w.untag(c)
		}
	default:
		if w.there {
			w.restore(c)
		}
	}
}

// undelete goes back to what a thing held when it was deleted. What is there was not, or
// somebody has restored it.
func (w *walk) undelete(c journal.Recorded) {
	if w.there || w.deleted {
		return
	}
	w.deleted, w.there = true, true
	for name, v := range c.Before {
		if f := w.field(name); name == tagsField {
			w.tag(texts(v))
		} else if f != nil {
			w.held[f.Name] = f.Canonical(v)
		} else {
			w.held[name] = v // such as the key of a note
		}
	}
	if stopped, _ := c.Before[journal.Stopped].(bool); stopped || (&crm.Contact{Values: w.held}).Stopped() {
		w.there = false
	}
}

// texts are the texts of a list as JSON has it.
func texts(v any) (all []string) {
	list, _ := v.([]any)
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// field is the field that a journal calls by this name: see [object.Recorded].
func (w *walk) field(name string) *crm.Field {
	if f := w.table.Field(name); f != nil {
		return f
	}
	for _, f := range w.table.Fields() {
		if w.table.Display(f.Name) == name {
			return f
		}
	}
	return nil
}

// restore takes an update back, field by field.
func (w *walk) restore(c journal.Recorded) {
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		after, told := c.Outcome.After[name]
		if !told {
			after = c.Set[name]
		}
		before, known := c.Before[name]
		f := w.field(name)
		if f == nil {
			w.keep(name, fieldGone)
			continue
		}
		w.value(f, name, c, f.Canonical(before), known, f.Canonical(after))
	}
}

// value takes the change of one value back.
func (w *walk) value(f *crm.Field, name string, c journal.Recorded, before any, known bool, after any) {
	held := w.held[f.Name]
	switch {
	case w.left[f.Name]:
	case !isWritten(f, held, after):
		if known && crm.Equal(f, held, before) && (c.Result == journal.Unknown || w.isStale(f, c)) {
			return // it was never carried out, or the change after it had read what was there before it
		}
		if w.left[f.Name] = true; !w.isBack(f) {
			w.keep(name, changedSince)
		}
	case !known:
		w.held[f.Name], w.left[f.Name] = w.Now.Values[f.Name], true
		w.keep(name, beforeUnknown)
	default:
		w.held[f.Name], w.since[f.Name] = before, c.At
	}
}

// isStale reports whether the value that a field held after a change may be one of before
// it: the next change came so soon that it may have read an index that lags.
func (w *walk) isStale(f *crm.Field, c journal.Recorded) bool {
	next, changed := w.since[f.Name]
	return changed && next.Sub(c.At) < indexLag
}

// isBack reports whether a field holds what it held before the first of the changes, as
// after an earlier undo.
func (w *walk) isBack(f *crm.Field) bool {
	for _, c := range w.Changes {
		for name, v := range c.Before {
			if named := w.field(name); (named == f || name == f.Name) && c.Op != journal.Delete {
				return crm.Equal(f, w.held[f.Name], f.Canonical(v))
			}
		}
	}
	return false
}

// untag takes a change of tags back. What the CRM did not report is what the contact had
// or lacked before, if that is known.
func (w *walk) untag(c journal.Recorded) {
	adds, changed := c.Op == journal.AddTags, c.Outcome.Tags
	if changed == nil {
		had, known := c.Before[tagsField]
		if !known {
			w.keep(tagsField, beforeUnknown)
			return
		}
		changed = slices.DeleteFunc(slices.Clone(c.Tags), func(tag string) bool { return slices.Contains(texts(had), tag) == adds })
	}
	if c.Result == journal.Unknown && slices.ContainsFunc(changed, func(tag string) bool { return w.tags[tag] != adds }) {
		return // it was never carried out: one call changes all of them
	}
	for _, tag := range changed {
		switch left := tagsField + "." + tag; {
		case w.left[left]:
		case w.tags[tag] != adds: // somebody has changed it since, or it never was
			w.left[left] = c.Result == journal.Carried
		case adds:
			delete(w.tags, tag)
		default:
			w.tags[tag] = true
		}
	}
}

// write compares what is to be with what is.
func (w *walk) write() {
	w.Set = map[string]any{}
	for name, v := range w.held {
		f := w.table.Field(name)
		now, told := w.Now.Held(name)
		switch {
		case f == nil || !told || crm.Equal(f, now, v):
		case crm.Loosens(f, v, now):
			w.keep(w.table.Display(name), staysStopped)
		default:
			w.Set[name] = v
		}
	}
	for _, tag := range w.Now.Tags {
		if !w.tags[tag] {
			w.RemoveTags = append(w.RemoveTags, tag)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(w.tags)) {
		if !slices.Contains(w.Now.Tags, tag) {
			w.AddTags = append(w.AddTags, tag)
		}
	}
}

// unmake decides about what a run has created. What later changes made of it goes back;
// if it is then what its create gave it, it is deleted.
func (w *walk) unmake() {
	w.write()
	for _, c := range w.Changes {
		if (c.Op == journal.Create || c.Op == journal.AddTags) && !isVoid(c) {
			w.given = append(w.given, tagsOf(c)...)
		}
	}
	w.given = slices.DeleteFunc(w.given, func(tag string) bool { return w.left[tagsField+"."+tag] })
	switch {
	case w.Object == crm.Businesses.Name:
		w.stay(createdStays)
	case w.Now.Stopped():
		w.stay(createdSaidNo)
	case w.isTouched():
		w.stay(createdTouched)
	default:
		w.Delete = true
	}
}

// isTouched reports whether a created thing, all later changes taken back, holds anything
// but what its create gave it.
func (w *walk) isTouched() bool {
	if len(w.left) > 0 {
		return true
	}
	given := map[string]any{}
	for _, values := range []map[string]any{w.made.Set, w.made.Outcome.After} {
		for name, v := range values {
			if f := w.field(name); f != nil {
				given[f.Name] = f.Canonical(v)
			}
		}
	}
	for _, f := range w.table.Fields() {
		_, told := w.Now.Held(f.Name)
		if told && f.Type != crm.ID && !isWritten(f, w.held[f.Name], given[f.Name]) && !isDerived(f.Name, given) {
			return true
		}
	}
	tags := slices.Compact(slices.Sorted(slices.Values(w.made.Tags)))
	return !slices.Equal(slices.Sorted(maps.Keys(w.tags)), tags)
}

// tagsOf are the tags that a change gave or took: as the CRM reported them, if it did.
func tagsOf(c journal.Recorded) []string {
	if c.Outcome.Tags != nil {
		return c.Outcome.Tags
	}
	return c.Tags
}

// isWritten reports whether a field holds what was written to it. The CRM does not tell
// false from nothing, and a day that is written becomes a time of that day.
func isWritten(f *crm.Field, held, given any) bool {
	if held == false {
		held = nil
	}
	if given == false {
		given = nil
	}
	day, isDay := given.(string)
	at, isTime := held.(string)
	if f.Type == crm.Time && isDay && isTime && len(day) == len(time.DateOnly) {
		return strings.HasPrefix(at, day)
	}
	return crm.Equal(f, held, given)
}

// stay leaves a created thing, without the tags that it was given.
func (th *Thing) stay(why string) {
	th.Delete = false
	th.Kept = append(th.Kept, Kept{"", why})
	th.AddTags = slices.DeleteFunc(th.AddTags, func(tag string) bool { return slices.Contains(th.given, tag) })
	for _, tag := range th.Now.Tags {
		if slices.Contains(th.given, tag) && !slices.Contains(th.RemoveTags, tag) {
			th.RemoveTags = append(th.RemoveTags, tag)
		}
	}
}

// isDerived reports whether a field holds what the CRM makes of others.
func isDerived(name string, given map[string]any) bool {
	return name == "name" && (given["firstName"] != nil || given["lastName"] != nil) || strings.EqualFold(name, "contactId")
}
