package connector

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"destination-gohighlevel/connector/sandbox"
)

// Others do what people at the screen do, to the location and to its twin. Each of their changes can be seen: they leave no field as it
// is, nor as a sync left it or may have left it when it was killed, which nobody could tell from the sync's own work.

// live lets syncs and others change the location in turn.
func (w *undoWorld) live(c cut) {
	for range 1 + w.IntN(3) {
		w.sync(c)
		w.rest()
		for range w.IntN(8) {
			w.others()
		}
	}
}

// others change something, if there is something to change.
func (w *undoWorld) others() {
	now := pictureOf(w.Server)
	keys := now.sorted("")
	key := keys[w.IntN(len(keys))]
	if now[key]["contact"] == nil || w.IntN(3) > 0 { // more of what contacts hold than of what belongs to them
		people := now.sorted("contacts")
		if len(people) > 0 && w.IntN(2) == 0 {
			key = people[w.IntN(len(people))]
		}
	}
	switch n := w.IntN(12); {
	case n == 0:
		w.othersDelete(key, now)
	case n < 3 && kindOf(key) == "contacts":
		w.othersAdd(key)
	case n == 3:
		w.othersCreate()
	default:
		w.othersEdit(key, now[key])
	}
}

func (w *undoWorld) othersDelete(key string, now picture) {
	for _, h := range []picture{now, w.twin} {
		for _, c := range h {
			if c["businessId"] == idOfKey(key) { // where a link leads back to would be gone
				return
			}
		}
	}
	if w.doubts[key] || kindOf(key) == "businesses" && w.born[key] == nil {
		return
	}
	w.tell("others delete %s", key)
	erase(w.Server, key)
	w.twin.remove(key)
}

// othersCreate create a contact.
func (w *undoWorld) othersCreate() {
	c := sandbox.Contact{ID: w.id(), Fields: map[string]any{"email": fmt.Sprintf("o%d@example.com", w.number), "firstName": w.unique("Own"), "country": "US"}, Tags: []string{"theirs"}}
	w.tell("others create %s", c.ID)
	w.Put(c)
	w.meet("contacts/" + c.ID)
}

// othersAdd give a contact a note, a task or an opportunity.
func (w *undoWorld) othersAdd(contact string) {
	of, id, name := idOfKey(contact), w.id(), w.unique("Own")
	switch w.IntN(3) {
	case 0:
		w.PutNote(sandbox.Note{ID: id, ContactID: of, Body: name})
		w.meet("notes/" + id)
	case 1:
		w.PutTask(sandbox.Task{ID: id, ContactID: of, Title: name, Due: undoDue})
		w.meet("tasks/" + id)
	case 2:
		w.PutOpportunity(sandbox.Opportunity{ID: id, ContactID: of, Name: name, PipelineID: "plOnboarding00000002", StageID: "0b0a4d00-0000-4000-8000-000000000001"})
		w.meet("opportunities/" + id)
	}
	w.tell("others give %s %s", contact, id)
	w.touched[contact] = true
}

// meet lets the twin know what others have created.
func (w *undoWorld) meet(key string) {
	w.twin[key] = maps.Clone(pictureOf(w.Server)[key])
}

// othersEdit change one field of a thing.
func (w *undoWorld) othersEdit(key string, h held) {
	field, v := w.edit(kindOf(key), h)
	wrote, known := w.left[key][field]
	if field == "" || w.doubts[key] || same(h[field], v) || known && same(wrote, v) || w.born[key] != nil && same(w.born[key][field], v) {
		return
	}
	w.tell("others make %s of %s %v", field, key, v)
	alter(w.Server, key, field, v)
	w.twin[key].put(field, v)
	if w.touched[key] = true; h["contact"] != nil {
		w.touched["contacts/"+h["contact"].(string)] = true
	}
}

// edit is a field of a thing and what others make of it; "" is none.
func (w *undoWorld) edit(object string, h held) (field string, v any) {
	pick := func(fields ...string) string { return fields[w.IntN(len(fields))] }
	switch object {
	case "businesses":
		return "city", w.unique("Their town")
	case "notes":
		if w.IntN(3) == 0 {
			return "pinned", toggled(h["pinned"])
		}
		return pick("body", "title"), w.unique("Their note")
	case "tasks":
		if w.IntN(3) == 0 {
			return "completed", toggled(h["completed"])
		}
		return pick("body", "title"), w.unique("Their task")
	case "opportunities":
		switch w.IntN(3) {
		case 0:
			return "stage", pick("5a1e5000-0000-4000-8000-000000000003", "5a1e5000-0000-4000-8000-000000000004")
		case 1:
			return "value", float64(1000 + w.IntN(1000))
		}
		return "name", w.unique("Their deal")
	}
	switch w.IntN(8) {
	case 0, 1:
		tags := slices.DeleteFunc(fieldsOf(h), func(f string) bool { return !strings.HasPrefix(f, "tag:") })
		if len(tags) > 0 {
			return pick(tags...), nil
		}
	case 2, 3:
		return pick("tag:vip", "tag:new", "tag:theirs", "tag:old-1", "tag:heropixel"), true
	case 4:
		return "dnd", toggled(h["dnd"])
	case 5:
		if h["dnd:SMS"] != "permanent" {
			return "dnd:SMS", map[bool]any{true: nil, false: "active"}[h["dnd:SMS"] == "active"]
		}
	}
	if field = pick("city", "firstName", "phone", "custom:cfText00000000000001", "lastName"); field == "phone" {
		return field, w.phone()
	} else if w.IntN(4) == 0 && h[field] != nil && field != "firstName" {
		return field, nil
	}
	return field, w.unique("Theirs")
}

func toggled(v any) any {
	if v == true {
		return nil
	}
	return true
}
