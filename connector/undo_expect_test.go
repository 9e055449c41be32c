package connector

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// wrongs are what is in a location after an undo and should not be, or the other way round: what nobody else has touched is as if the
// syncs had never been, and what others have touched is as they left it. Those who said stop, whoever said it, are still heard.
func (w *undoWorld) wrongs(before, after picture, recreate bool) (wrongs []string) {
	say := func(format string, of ...any) { wrongs = append(wrongs, fmt.Sprintf(format, of...)) }
	after = after.clone()
	w.recognise(before, after)
	all := w.twin.clone()
	maps.Copy(all, after)
	for _, key := range all.sorted("") {
		want, fate := w.expected(key, before, recreate)
		got, there := after[key]
		switch {
		case fate == either && !there, fate == absent && !there:
		case fate == absent:
			say("%s should be gone: %v", key, got)
		case !there:
			say("%s should be there: %v (before undo %v)", key, want, before[key])
		default:
			for _, field := range fieldsOf(want, got) {
				if !same(want[field], got[field]) && !w.isLeeway(key, field, want[field], got[field]) {
					say("%s of %s is %v, want %v (before undo %v)", field, key, got[field], want[field], before[key][field])
				}
			}
		}
	}
	return wrongs
}

// harms are those of the wrongs that an undo has done: what it has merely left as it was is no harm.
func (w *undoWorld) harms(before, after picture) (harms []string) {
	for key, h := range before {
		if want, fate := w.expected(key, before, false); after[key] == nil && fate == present {
			harms = append(harms, fmt.Sprintf("%s is gone: %v", key, h))
		} else if after[key] != nil && fate == present {
			for _, field := range fieldsOf(want, after[key]) {
				if got := after[key][field]; !same(got, want[field]) && !same(got, h[field]) && !w.isLeeway(key, field, want[field], got) {
					harms = append(harms, fmt.Sprintf("%s of %s is %v, and should be %v or %v", field, key, got, want[field], h[field]))
				}
			}
		}
	}
	for key := range after {
		if before[key] == nil {
			harms = append(harms, key+" is there since")
		}
	}
	return harms
}

// fate is whether a thing has to be there after an undo.
type fate int

const (
	absent fate = iota
	present
	either
)

// expected is what a thing holds after an undo.
func (w *undoWorld) expected(key string, before picture, recreate bool) (held, fate) {
	want, known := w.twin[key]
	if !known { // created by nobody that we know of
		return nil, absent
	}
	want = maps.Clone(want)
	born, now := w.born[key], before[key]
	for _, field := range fieldsOf(want, now) { // what was said to nobody is not unsaid
		if isStop(field) {
			want.put(field, stricter(want[field], now[field]))
		}
	}
	for field := range born { // tags that only the sync gave
		if strings.HasPrefix(field, "tag:") && kindOf(key) == "contacts" && same(want[field], born[field]) {
			delete(want, field)
		}
	}
	switch {
	case now == nil:
		return want, w.fateOfDeleted(key, before, recreate)
	case born == nil, w.isOthers(key), kindOf(key) == "contacts" && now.stops():
		return want, present
	case kindOf(key) == "businesses": // which no sync deletes
		return want, present
	case w.touched[key]: // and nothing of that is left
		return now, either
	}
	return nil, absent
}

// isOthers reports whether others have made a thing, which a sync created, theirs.
func (w *undoWorld) isOthers(key string) bool {
	if w.born[key] == nil || !maps.EqualFunc(w.twin[key], w.born[key], same) {
		return true
	}
	return slices.ContainsFunc(w.twin.childrenOf(key), w.isOthers)
}

// isLeeway reports whether it is all the same what a field holds after an undo. Of a thing that a sync created and others made theirs, that is
// what only the sync wrote, but for tags. A stop that a sync has said and one has lifted may be said again.
func (w *undoWorld) isLeeway(key, field string, want, got any) bool {
	if _, wrote := w.left[key][field]; isStop(field) {
		return wrote && got == stricter(want, got)
	}
	return w.born[key] != nil && same(w.born[key][field], w.twin[key][field]) && !strings.HasPrefix(field, "tag:")
}

// fateOfDeleted is that of a thing that syncs have deleted.
func (w *undoWorld) fateOfDeleted(key string, before picture, recreate bool) fate {
	parent, isChild := w.twin[key]["contact"].(string)
	switch lost := isChild && before["contacts/"+parent] == nil; {
	case !recreate:
		return absent
	case w.born[key] != nil && !w.isOthers(key):
		return absent
	case w.born[key] != nil, lost, w.twin[key].stops(): // of a deleted contact, only what was deleted before it is recorded
		return either
	case w.isTaken(key, before, recreate):
		return either
	}
	return present
}

// isTaken reports whether something that stays has what is unlike in all of its kind: a contact's email or phone, or the key of a thing
// that belongs to the same contact.
func (w *undoWorld) isTaken(key string, before picture, recreate bool) bool {
	for other, h := range before {
		if kindOf(other) != kindOf(key) || !same(h["contact"], w.twin[key]["contact"]) {
			continue
		}
		for _, unlike := range []func(held) any{valueOf("email"), valueOf("phone"), valueOf("custom:ofText00000000000001"), refOf} {
			if v := unlike(h); v != nil && same(v, unlike(w.twin[key])) {
				if _, fate := w.expected(other, before, recreate); fate != absent {
					return true
				}
			}
		}
	}
	return false
}

func valueOf(field string) func(held) any { return func(h held) any { return h[field] } }

// refOf is the last line of a text by which a stream knows its own.
func refOf(h held) any {
	body, _ := h["body"].(string)
	if at := strings.LastIndex(body, "[ref:"); at >= 0 {
		return body[at:]
	}
	return nil
}

// recognise gives what was created again the ids that it had.
func (w *undoWorld) recognise(before, after picture) {
	for _, object := range []string{"contacts", "notes", "tasks", "opportunities"} {
		for _, key := range after.sorted(object) {
			if before[key] != nil || w.twin[key] != nil {
				continue
			}
			gone := slices.DeleteFunc(w.twin.sorted(object), func(was string) bool {
				return before[was] != nil || after[was] != nil || !alike(after[key], w.twin[was])
			})
			slices.SortStableFunc(gone, func(a, b string) int { return len(w.born[a]) - len(w.born[b]) }) // what was there before the syncs first
			if len(gone) > 0 {
				after.rename(key, gone[0])
			}
		}
	}
}

// alike reports whether two things are known for the same by people.
func alike(a, b held) bool {
	for _, field := range []string{"email", "contact", "body", "title", "name"} {
		if !same(a[field], b[field]) && field != "title" {
			return false
		}
	}
	return true
}

// rename gives a thing another id, also in what belongs to it.
func (p picture) rename(key, to string) {
	for _, child := range p.childrenOf(key) {
		p[child]["contact"] = idOfKey(to)
	}
	p[to] = p[key]
	delete(p, key)
}
