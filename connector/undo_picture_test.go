package connector

import (
	"maps"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// held is what one thing of a location holds, by field; absent is empty. Tags are fields "tag:NAME", do-not-disturb is "dnd" and a field
// "dnd:CHANNEL" each, custom fields are "custom:ID". What belongs to a contact has it as "contact".
type held map[string]any

// picture is all that a location holds, by the object and the id of the thing, as in "notes/ID".
type picture map[string]held

// pictureOf is what a location holds, but for times and the name of a contact's business, which follows the business.
func pictureOf(s *sandbox.Server) picture {
	p := picture{}
	for _, b := range s.Businesses() {
		p["businesses/"+b.ID] = b.Properties
	}
	for _, c := range s.Contacts() {
		p["contacts/"+c.ID] = contactHeld(c)
	}
	for _, n := range s.Notes() {
		p["notes/"+n.ID] = held{"contact": n.ContactID, "userId": n.UserID, "title": n.Title, "body": n.Body, "color": n.Color, "pinned": n.Pinned}.trim()
	}
	for _, k := range s.Tasks() {
		p["tasks/"+k.ID] = held{"contact": k.ContactID, "title": k.Title, "body": k.Body, "due": k.Due.Format(time.RFC3339), "completed": k.Completed, "assignedTo": k.AssignedTo}.trim()
	}
	for _, o := range s.Opportunities() {
		h := held{"contact": o.ContactID, "name": o.Name, "pipeline": o.PipelineID, "stage": o.StageID, "status": o.Status, "reason": o.LostReasonID,
			"assignedTo": o.AssignedTo, "source": o.Source, "value": o.Value}
		for id, v := range o.CustomFields {
			h["custom:"+id] = v
		}
		p["opportunities/"+o.ID] = h.trim()
	}
	return p
}

func contactHeld(c sandbox.Contact) held {
	h := held{}
	for name, v := range c.Fields {
		switch channels, _ := v.(map[string]any); name {
		case "companyName", "businessName", "type": // which the CRM decides
		case "dndSettings", "inboundDndSettings":
			for channel, settings := range channels {
				if status := settings.(map[string]any)["status"]; status != "inactive" {
					h[strings.TrimSuffix(name, "Settings")+":"+channel] = status
				}
			}
		default:
			h[name] = v
		}
	}
	for id, v := range c.CustomFields {
		h["custom:"+id] = v
	}
	for _, tag := range c.Tags {
		h["tag:"+tag] = true
	}
	return h.trim()
}

// trim drops what is empty.
func (h held) trim() held {
	maps.DeleteFunc(h, func(_ string, v any) bool { return v == nil || v == "" || v == false || v == 0.0 })
	return h
}

// put gives a field a value, which nil empties.
func (h held) put(field string, v any) {
	if h[field] = v; v == nil {
		delete(h, field)
	}
}

func (p picture) clone() picture {
	q := picture{}
	for key, h := range p {
		q[key] = maps.Clone(h)
	}
	return q
}

// sorted are the keys of the things of an object, "" is any, in an order that chance may choose from.
func (p picture) sorted(object string) (keys []string) {
	for key := range p {
		if object == "" || kindOf(key) == object {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// remove removes a thing as the CRM does: with all that belongs to it.
func (p picture) remove(key string) {
	delete(p, key)
	id := idOfKey(key)
	for other, h := range p {
		switch {
		case h["contact"] == id:
			delete(p, other)
		case h["businessId"] == id:
			delete(h, "businessId")
		}
	}
}

// childrenOf are the keys of what belongs to a contact.
func (p picture) childrenOf(key string) (keys []string) {
	for _, other := range p.sorted("") {
		if p[other]["contact"] == idOfKey(key) {
			keys = append(keys, other)
		}
	}
	return keys
}

func kindOf(key string) string  { object, _, _ := strings.Cut(key, "/"); return object }
func idOfKey(key string) string { _, id, _ := strings.Cut(key, "/"); return id }

// isStop reports whether a field of a contact says that its person must not be contacted.
func isStop(field string) bool {
	return field == "dnd" || strings.HasPrefix(field, "dnd:") || strings.HasPrefix(field, "inboundDnd:")
}

// stops reports whether a person said stop, by any channel.
func (h held) stops() bool {
	for field := range h {
		if isStop(field) {
			return true
		}
	}
	return false
}

// stricter is the one of two answers to whether somebody may be contacted by a channel that forbids more.
func stricter(a, b any) any {
	for _, v := range []any{"permanent", "active", true} {
		if a == v || b == v {
			return v
		}
	}
	return nil
}

// alter writes one field of a thing into a location as a person at the screen would; nil empties it.
func alter(s *sandbox.Server, key, field string, v any) {
	id := idOfKey(key)
	switch kindOf(key) {
	case "contacts":
		s.Edit(id, func(c *sandbox.Contact) { alterContact(c, field, v) })
	case "businesses":
		for _, b := range s.Businesses() {
			if b.ID == id {
				held(b.Properties).put(field, v)
				s.PutBusiness(b)
			}
		}
	case "notes":
		for _, n := range s.Notes() {
			if n.ID == id {
				setText(map[string]*string{"body": &n.Body, "title": &n.Title}, field, v)
				n.Pinned = n.Pinned != (field == "pinned")
				s.PutNote(n)
			}
		}
	case "tasks":
		for _, k := range s.Tasks() {
			if k.ID == id {
				setText(map[string]*string{"body": &k.Body, "title": &k.Title}, field, v)
				k.Completed = k.Completed != (field == "completed")
				s.PutTask(k)
			}
		}
	case "opportunities":
		for _, o := range s.Opportunities() {
			if o.ID == id {
				setText(map[string]*string{"name": &o.Name, "stage": &o.StageID, "source": &o.Source}, field, v)
				if field == "value" {
					o.Value, _ = v.(float64)
				}
				s.PutOpportunity(o)
			}
		}
	}
}

func setText(to map[string]*string, field string, v any) {
	if at := to[field]; at != nil {
		*at, _ = v.(string)
	}
}

func alterContact(c *sandbox.Contact, field string, v any) {
	prefix, name, _ := strings.Cut(field, ":")
	switch prefix {
	case "tag":
		if c.Tags = slices.DeleteFunc(c.Tags, func(t string) bool { return t == name }); v != nil {
			c.Tags = append(c.Tags, name)
		}
	case "custom":
		held(c.CustomFields).put(name, v)
	case "dnd", "inboundDnd":
		if name == "" {
			c.Fields["dnd"] = v == true
			return
		}
		settings, _ := c.Fields[prefix+"Settings"].(map[string]any)
		if settings == nil {
			settings = map[string]any{}
		}
		status := v
		if status == nil {
			status = "inactive"
		}
		settings[name] = map[string]any{"status": status}
		c.Fields[prefix+"Settings"] = settings
	default:
		held(c.Fields).put(field, v)
	}
}

// erase deletes a thing from a location as a person at the screen would.
func erase(s *sandbox.Server, key string) {
	map[string]func(string){"contacts": s.Delete, "businesses": s.DeleteBusiness, "notes": s.DeleteNote, "tasks": s.DeleteTask,
		"opportunities": s.DeleteOpportunity}[kindOf(key)](idOfKey(key))
}
