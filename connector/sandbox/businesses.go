package sandbox

import (
	"maps"
	"math"
	"slices"
	"strconv"
)

// What /businesses declares. Custom fields cannot be written there in any form.
var (
	alterableBusiness = shape{"name": aName, "phone": aString, "email": aString, "website": aString, "address": aString, "city": aString,
		"state": aString, "postalCode": aString, "country": aString, "description": aString,
		"customFields": when(func(any) bool { return false }, "must be an object")}
	creatableBusiness = alterableBusiness.with(shape{"name": needed(aName), "locationId": needed(aString)})

	linkable = shape{"locationId": needed(aString), "ids": needed(oneOrMoreStrings.and("", when(func(v any) bool { return len(v.([]any)) <= maxLink },
		"must contain no more than "+strconv.Itoa(maxLink)+" elements"))), "businessId": orNull(aString)}
)

const (
	maxLink       = 50
	businessesMax = 100
)

func (s *Server) listBusinesses(c *call) *answer {
	limit, skip, refusal := paging(c)
	if refusal != nil {
		return refusal
	}
	page := []any{}
	for b := range s.businesses.stored.oldest() {
		if skip--; skip >= 0 {
			continue
		}
		if len(page) == limit {
			break
		}
		page = append(page, s.classic(b))
	}
	return ok(object{"success": true, "businesses": page})
}

// paging reads the limit and skip of a listing.
func paging(c *call) (limit, skip int, refusal *answer) {
	limit = businessesMax
	if refusal = c.number("limit", &limit, 1, businessesMax); refusal == nil {
		refusal = c.number("skip", &skip, 0, math.MaxInt32)
	}
	return limit, skip, refusal
}

// number reads a number of the query, which may be left out.
func (c *call) number(name string, to *int, least, most int) *answer {
	given := c.URL.Query().Get(name)
	if given == "" {
		return nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < least || n > most {
		return refuse(400, name+" must be a number conforming to the specified constraints")
	}
	*to = n
	return nil
}

func (s *Server) createBusiness(c *call) *answer {
	b := Business{ID: newObjectID(), Properties: map[string]any{}, Created: now()}
	s.alter(b, c.body)
	return &answer{201, s.altered(b.ID)}
}

func (s *Server) updateBusiness(c *call) *answer {
	b, refusal := s.business(c.PathValue("businessId"))
	if refusal != nil {
		return refusal
	}
	s.alter(b, c.body)
	return ok(s.altered(b.ID))
}

// alter writes a checked body over a business that may be changed. An empty text clears.
func (s *Server) alter(b Business, body object) {
	for _, p := range standardProperties {
		if v, given := body[classicName(p)]; given {
			b.Properties[p] = v
		}
	}
	maps.DeleteFunc(b.Properties, func(_ string, v any) bool { return v == "" })
	s.saveBusiness(b)
}

// altered is the answer to a write, in the vendor's spelling.
func (s *Server) altered(id string) object {
	b, _ := s.business(id)
	return object{"success": true, "buiseness": s.classic(b)}
}

func (s *Server) getBusiness(c *call) *answer {
	b, refusal := s.business(c.PathValue("businessId"))
	if refusal != nil {
		return refusal
	}
	return ok(object{"business": s.classic(b)})
}

// linkContacts gives contacts a business, or none; those that are not there are left out of the answer.
func (s *Server) linkContacts(c *call) *answer {
	var b Business
	id, given := c.body["businessId"]
	if !given {
		return unprocessable("businessId must be a string")
	}
	if id != nil {
		var refusal *answer
		if b, refusal = s.business(id.(string)); refusal != nil {
			return refusal
		}
	}
	ids, _ := stringList(c.body["ids"])
	linked := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !s.link(id, b) })
	return ok(object{"success": true, "ids": linked})
}
