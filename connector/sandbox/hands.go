package sandbox

import (
	"maps"
	"slices"
	"time"
)

// Contacts gives a deep copy of all contacts, by DateAdded, then id.
func (s *Server) Contacts() []Contact {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Contact, 0, s.primary.all.size)
	for p := range s.primary.all.oldest(nil) {
		out = append(out, p.contact())
	}
	return out
}

// CustomFields gives the definitions of the location as they are now, those of [Options] first.
func (s *Server) CustomFields() []CustomField {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.fields)
}

// Tags gives the names of all tags that the location knows, sorted: a tag that nobody has any more is still one.
func (s *Server) Tags() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.tagDefs))
}

// Put stores a contact as a person at the screen would, past HTTP, quotas and duplicate rules, and gives its id.
// One with the same id is replaced. Search sees it at once. A zero DateAdded or DateUpdated is now.
func (s *Server) Put(c Contact) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.put(c)
}

// PutNew stores a contact unless the location takes somebody for it, and says whether it has.
func (s *Server) PutNew(c Contact) (id string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, _ := s.duplicate(c.Fields, ""); p != nil && !s.opts.AllowDuplicates {
		return "", false
	}
	return s.put(c), true
}

func (s *Server) put(c Contact) (id string) {
	now := time.Now()
	if c.ID == "" {
		c.ID = newID()
	}
	if c.DateAdded.IsZero() {
		c.DateAdded = now
		if old := s.primary.ids[c.ID]; old != nil {
			c.DateAdded = time.UnixMilli(old.added)
		}
	}
	if c.DateUpdated.IsZero() {
		c.DateUpdated = now
	}
	p := s.person(c)
	if p.get(fType) == "" {
		p.set(fType, "lead")
	}
	s.defineTags(p.tags)
	s.writeNow(p.id, p)
	return p.id
}

// Edit changes a contact as a person at the screen would: f gets a copy to alter, and what it leaves is stored as by
// [Server.Put], with a new DateUpdated. The id stays. f must not call the Server. An unknown id does nothing.
func (s *Server) Edit(id string, f func(*Contact)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.primary.ids[id]
	if old == nil {
		return
	}
	c := old.contact()
	f(&c)
	c.ID, c.DateUpdated = id, time.Now()
	p := s.person(c)
	s.defineTags(p.tags)
	s.writeNow(id, p)
}

// Delete removes a contact as a person at the screen would. Search sees it at once. An unknown id does nothing.
func (s *Server) Delete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.primary.ids[id] != nil {
		s.writeNow(id, nil)
	}
}

// field finds a definition by id. The caller holds the lock.
func (s *Server) field(id string) (CustomField, bool) {
	i := slices.IndexFunc(s.fields, func(f CustomField) bool { return f.ID == id })
	if i < 0 {
		return CustomField{}, false
	}
	return s.fields[i], true
}

// defineTags makes sure that the location knows the tags. The caller holds the lock.
func (s *Server) defineTags(tags []string) {
	for _, t := range tags {
		if s.tagDefs[t] == "" {
			s.tagDefs[t] = newID()
		}
	}
}
