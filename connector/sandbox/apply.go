package sandbox

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// apply writes a checked body over a person that may be changed, stores it and gives it back.
func (s *Server) apply(p *person, body object) (*person, *answer) {
	if s.is(NullsKept) {
		maps.DeleteFunc(body, func(_ string, v any) bool { return v == nil })
	}
	if refusal := p.applyDND(body); refusal != nil {
		return nil, refusal
	}
	p.applyName(body)
	s.applyEmail(p, body)
	for f, name := range fieldNames {
		if v, given := body[name]; given && field(f) != fEmail {
			p.set(field(f), plain(v))
		}
	}
	if date, ok := normaliseDate(text(body, "dateOfBirth")); ok {
		p.set(fDateOfBirth, date)
	}
	if tags, given := stringList(body["tags"]); given { // they replace those that were there
		p.tags = cleanTags(tags)
	}
	if list, ok := body["customFields"].([]any); ok {
		s.applyCustom(p, list)
	}
	s.save(p)
	return p, nil
}

// save stores a changed person.
func (s *Server) save(p *person) {
	p.updated = time.Now().UnixMilli()
	s.defineTags(p.tags)
	s.write(p.id, p)
}

// applyName splits a full name; first and last name, where given, win.
func (p *person) applyName(body object) {
	if _, given := body["name"]; given {
		p.setName(text(body, "name"))
	}
}

// applyEmail makes one of the additional addresses the primary one where that is what is written.
// The old primary is lost, as it is with the vendor.
func (s *Server) applyEmail(p *person, body object) {
	v, given := body["email"]
	if !given {
		return
	}
	email := plain(v)
	if s.is(EmailLowered) {
		email = strings.ToLower(email)
	}
	x := p.extra()
	x.emails = slices.DeleteFunc(slices.Clone(x.emails), func(e string) bool { return strings.EqualFold(e, email) })
	p.setExtra(x)
	p.set(fEmail, email)
}

// applyDND merges the settings per channel. A permanent one cannot be changed.
func (p *person) applyDND(body object) *answer {
	x := p.copy().extra()
	if dnd, ok := body["dnd"].(bool); ok {
		x.dnd = dnd
	}
	if settings, ok := body["dndSettings"].(object); ok {
		for channel, v := range settings {
			if old, ok := x.dndSet[channel].(object); ok && old["status"] == "permanent" && v.(object)["status"] != "permanent" {
				return refuse(400, "Not authorized to update permanent dnd setting for "+channel)
			}
			x.dndSet = put(x.dndSet, channel, v)
		}
	}
	if settings, ok := body["inboundDndSettings"].(object); ok {
		for channel, v := range settings {
			x.inbound = put(x.inbound, channel, v)
		}
	}
	p.setExtra(x)
	return nil
}

func put(m object, key string, v any) object {
	if m == nil {
		m = object{}
	}
	m[key] = v
	return m
}

// applyCustom writes custom fields by id. What names no field, or a value the field cannot take, is ignored without a word, and so is a
// date under the documented name of values: one was never seen to arrive so.
func (s *Server) applyCustom(p *person, list []any) {
	for _, e := range list {
		element := e.(object)
		def, ok := s.field(text(element, "id"))
		if !ok || def.Model != modelContact {
			continue
		}
		for _, name := range []string{"field_value", "value", "fieldValue"} {
			v, given := element[name]
			if !given || name == "field_value" && def.DataType == "DATE" && !s.is(DateByFieldValue) {
				continue
			}
			switch canonical, fate := def.accept(v); fate {
			case stored:
				p.setCustom(def.ID, canonical)
			case cleared:
				p.clearCustom(def.ID)
			}
			break
		}
	}
}
