package contacts_test

import (
	"reflect"
	"slices"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// verify holds the location to the model, and then takes over what it was
// free to decide.
func (s *story) verify(p planned, c circumstances) {
	contacts, strangers := s.divide()
	left := len(contacts)
	for id, was := range s.strangers {
		if now := strangers[id]; !reflect.DeepEqual(now, was) {
			s.fail("a stranger was touched: %v, was %v", now, was)
		}
	}
	for _, who := range s.people {
		var all []delivery
		for _, d := range p.all {
			if d.who == who {
				all = append(all, d)
			}
		}
		if s.check(who, c, all, contacts) {
			left--
		}
	}
	if left != 0 {
		s.fail("%d contacts belong to nobody", left)
	}
}

// divide tells the contacts of the story's people from those of strangers.
func (s *story) divide() (theirs []sandbox.Contact, strangers map[string]sandbox.Contact) {
	strangers = map[string]sandbox.Contact{}
	for _, c := range s.place.Contacts() {
		if _, strange := s.strangers[c.ID]; strange {
			strangers[c.ID] = c
		} else {
			theirs = append(theirs, c)
		}
	}
	return theirs, strangers
}

// check compares one person's contact and reports whether there is one.
func (s *story) check(who *persona, c circumstances, all []delivery, contacts []sandbox.Contact) bool {
	var theirs []sandbox.Contact
	for _, now := range contacts {
		if who.has(now) {
			theirs = append(theirs, now)
		}
	}
	e := who.expect(c, all)
	switch {
	case len(theirs) > 1:
		s.fail("%s has %d contacts: %v", who.name(), len(theirs), theirs)
	case len(theirs) == 0 && !e.mayMiss:
		s.fail("%s has no contact", who.name())
	case len(theirs) == 1 && !e.mayExist:
		s.fail("%s must have no contact: %v", who.name(), theirs[0])
	}
	live := len(all) > 0 && !all[0].deleted
	for _, d := range all {
		for _, tag := range append(d.tags, c.stream...) {
			if live && (c.creates || who.exists) {
				who.ours[tag] = true
				delete(who.tags, tag)
			}
		}
	}
	if len(theirs) == 0 {
		if who.exists {
			who.vanish()
		}
		return false
	}
	now, before := theirs[0], who.exists && (who.id == "" || who.id == theirs[0].ID)
	if before {
		s.checkTags(who, now)
	}
	values := map[string]string{"email": (property{field: "email"}).read(now), "phone": (property{field: "phone"}).read(now)}
	for _, of := range properties {
		values[of.field] = of.read(now)
	}
	for f, v := range values {
		accepted, known := e.fields[f]
		if !known {
			accepted = []string{""}
		}
		if !slices.Contains(accepted, v) {
			s.fail("%s: %s is %q, want one of %q (held %q)", who.name(), f, v, accepted, who.fields[f])
		}
		if live && who.fields[f] != v && (who.exists || len(all) > 1) {
			who.edited[f] = time.Now()
		}
		who.fields[f] = v
	}
	if !who.exists {
		who.born = time.Now()
	}
	who.exists, who.id = true, now.ID
	return true
}

// checkTags: what humans put on is there, what they took off is not back.
func (s *story) checkTags(who *persona, now sandbox.Contact) {
	for tag := range who.tags {
		if !slices.Contains(now.Tags, tag) {
			s.fail("%s lost the tag %s: %v", who.name(), tag, now.Tags)
		}
	}
	for _, tag := range now.Tags {
		if !who.tags[tag] && !who.ours[tag] {
			s.fail("%s got the tag %s, which nobody delivered", who.name(), tag)
		}
	}
}

// delivered: at the end every person has the tags of the last sync.
func (s *story) delivered(p planned) {
	contacts, _ := s.divide()
	for _, d := range p.all {
		i := slices.IndexFunc(contacts, d.who.has)
		if d.deleted || i < 0 {
			continue
		}
		now := contacts[i]
		for _, tag := range append(d.tags, "heropixel") {
			if !slices.Contains(now.Tags, tag) {
				s.fail("%s lacks the tag %s: %v", d.who.name(), tag, now.Tags)
			}
		}
	}
}
