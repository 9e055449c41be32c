package sandbox

import "strings"

// belonging is a kind of thing that belongs to a contact and is reached by the contact alone: notes and tasks.
type belonging[T row] struct {
	one, many string // as answers name them
	place     string // of the id in a path
	table     func(*Server) *table[T]
	begin     func(contact string) T
	overwrite func(T, object) T // gives it with what a checked body says
	told      func(*Server, T) object
}

func (k belonging[T]) list(s *Server, c *call) *answer {
	contact, refusal := s.contactOf(c)
	if refusal != nil {
		return refusal
	}
	out := []any{}
	for _, held := range k.table(s).stored.of(contact) {
		out = append(out, k.told(s, held))
	}
	return ok(object{k.many: out})
}

func (k belonging[T]) create(s *Server, c *call) *answer {
	contact, refusal := s.contactOf(c)
	if refusal != nil {
		return refusal
	}
	return &answer{201, k.save(s, k.begin(contact), c.body)}
}

func (k belonging[T]) get(s *Server, c *call) *answer {
	held, refusal := k.find(s, c)
	if refusal != nil {
		return refusal
	}
	return ok(object{k.one: k.told(s, held)})
}

func (k belonging[T]) update(s *Server, c *call) *answer {
	held, refusal := k.find(s, c)
	if refusal != nil {
		return refusal
	}
	return ok(k.save(s, held, c.body))
}

func (k belonging[T]) remove(s *Server, c *call) *answer {
	held, refusal := k.find(s, c)
	if refusal != nil {
		return refusal
	}
	k.table(s).write(held.rowID(), nil)
	return ok(object{"succeded": true})
}

// save stores what a checked body makes of a thing, and gives the answer to that.
func (k belonging[T]) save(s *Server, held T, body object) object {
	held = k.overwrite(held, body)
	k.table(s).write(held.rowID(), &held)
	return object{k.one: k.told(s, held)}
}

// find gives the thing of the contact that a path names, or the refusal of it.
func (k belonging[T]) find(s *Server, c *call) (held T, refusal *answer) {
	contact, refusal := s.contactOf(c)
	if refusal != nil {
		return held, refusal
	}
	id := c.PathValue(k.place)
	held, known := k.table(s).stored.get(id)
	if !known || held.contactID() != contact {
		return held, s.missing(strings.ToUpper(k.one[:1])+k.one[1:], id)
	}
	return held, nil
}

// contactOf gives the id of the contact that a path names, or the refusal of it.
func (s *Server) contactOf(c *call) (id string, refusal *answer) {
	if id = c.PathValue("contactId"); s.primary.ids[id] == nil {
		return "", s.missing("Contact", id)
	}
	return id, nil
}

// overwrite sets the texts that a checked body gives.
func overwrite(body object, to map[string]*string) {
	for name, at := range to {
		if text, given := body[name].(string); given {
			*at = text
		}
	}
}

// addTexts adds the texts that are not empty.
func addTexts(out object, texts map[string]string) {
	for name, text := range texts {
		if text != "" {
			out[name] = text
		}
	}
}
