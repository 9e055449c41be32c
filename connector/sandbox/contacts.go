package sandbox

import (
	"strconv"
	"strings"
	"time"
)

// What each endpoint declares. PUT lacks what only creation has, and two fields that the vendor forgot.
var (
	updatable = shape{
		"firstName": orNull(aString), "lastName": orNull(aString), "name": orNull(aString),
		"email": orNull(anEmail), "phone": orNull(aString),
		"address1": orNull(aString), "city": orNull(aString), "state": orNull(aString), "postalCode": aString, "country": aCountry,
		"website": orNull(aString), "timezone": orNull(aString), "dateOfBirth": orNull(aDate),
		"dnd": aBool, "dndSettings": dndSettings, "inboundDndSettings": inboundDND,
		"tags": someStrings, "customFields": someObjects, "source": orNull(aString), "assignedTo": orNull(aString),
	}
	creatable = updatable.with(shape{"locationId": aString, "gender": orNull(aString), "companyName": orNull(aString),
		"source": aString, "assignedTo": aString})
	upsertable = creatable.with(shape{"createNewIfDuplicateAllowed": aBool, "type": aString})
)

const (
	neitherEmailNorPhone = "Pass at least one of number, email query parameter"
	nobody               = "Contacts without email, phone, firstName and lastName are not allowed."
	noDuplicates         = "This location does not allow duplicated contacts."
)

// acceptPhone brings the phone of a body into form.
func (s *Server) acceptPhone(body object) *answer {
	if phone, given := body["phone"].(string); given {
		e164, ok := normalisePhone(phone, s.opts.Country)
		switch {
		case ok:
			body["phone"] = e164
		case s.is(PhoneDropped):
			delete(body, "phone")
		default:
			return refuse(400, "Invalid phone number")
		}
	}
	return nil
}

func (s *Server) createContact(c *call) *answer {
	body := c.body
	if body["locationId"] == nil {
		return elsewhere()
	}
	if refusal := s.acceptPhone(body); refusal != nil {
		return refusal
	}
	if text(body, "email")+text(body, "phone")+text(body, "firstName")+text(body, "lastName") == "" {
		status := 400
		if s.is(NobodyIs422) {
			status = 422
		}
		return &answer{status, object{"statusCode": 422, "message": nobody, "error": "Unprocessable Entity"}}
	}
	if !s.opts.AllowDuplicates {
		if p, by := s.duplicate(body, ""); p != nil {
			return duplicated(p, by)
		}
	}
	p, refusal := s.apply(s.blank(), body)
	if refusal != nil {
		return refusal
	}
	return &answer{201, object{"contact": s.created(p)}}
}

func (s *Server) updateContact(c *call) *answer {
	body := c.body
	if refusal := s.acceptPhone(body); refusal != nil {
		return refusal
	}
	id := c.PathValue("contactId")
	old := s.primary.ids[id]
	if old == nil {
		return s.missing("Contact", id)
	}
	if !s.opts.AllowDuplicates {
		if p, by := s.duplicate(body, id); p != nil {
			return duplicated(p, by)
		}
	}
	p, refusal := s.apply(old.copy(), body)
	if refusal != nil {
		return refusal
	}
	return ok(object{"succeded": true, "contact": s.byID(p)})
}

func (s *Server) upsertContact(c *call) *answer {
	body := c.body
	if body["locationId"] == nil {
		return elsewhere()
	}
	if refusal := s.acceptPhone(body); refusal != nil {
		return refusal
	}
	if text(body, "email")+text(body, "phone") == "" {
		return refuse(400, neitherEmailNorPhone)
	}
	always := s.opts.AllowDuplicates && body["createNewIfDuplicateAllowed"] == true
	target := s.blank()
	found, by := s.duplicate(body, "")
	isNew := always || found == nil
	if !isNew {
		target = found.copy()
		delete(body, "gender") // the vendor keeps it only on creation
		s.dropSecond(body, found, by)
	}
	p, refusal := s.apply(target, body)
	if refusal != nil {
		return refusal
	}
	status := 200
	if isNew && !s.is(UpsertIs200) {
		status = 201
	}
	return &answer{status, object{"new": isNew, "contact": s.byID(p)}}
}

// dropSecond forgets, without a word, the identifiers that belong to somebody other than the contact found.
func (s *Server) dropSecond(body object, found *person, by string) {
	for _, key := range s.opts.MatchOrder {
		if key == by {
			continue
		}
		for _, p := range s.holders(key, text(body, key)) {
			if p.id != found.id {
				delete(body, key)
			}
		}
	}
}

// holders gives the contacts that have an identifier, oldest first.
func (s *Server) holders(key, text string) []*person {
	switch {
	case text == "":
		return nil
	case key == "email":
		return s.primary.byEmail(text)
	}
	return s.primary.byPhone(text)
}

// duplicate finds the contact, other than except, that the location's setting takes for the one in the body.
func (s *Server) duplicate(body object, except string) (p *person, by string) {
	for _, key := range s.opts.MatchOrder {
		for _, p := range s.holders(key, text(body, key)) {
			if p.id != except {
				return p, key
			}
		}
	}
	return nil, ""
}

func duplicated(p *person, by string) *answer {
	return &answer{400, object{"statusCode": 400, "message": noDuplicates,
		"meta": object{"contactId": p.id, "contactName": p.name(), "matchingField": by}}}
}

func (s *Server) getContact(c *call) *answer {
	id := c.PathValue("contactId")
	p := s.primary.ids[id]
	if p == nil {
		return s.missing("Contact", id)
	}
	return ok(object{"contact": s.byID(p)})
}

func (s *Server) deleteContact(c *call) *answer {
	id := c.PathValue("contactId")
	if s.primary.ids[id] == nil {
		return s.missing("Contact", id)
	}
	s.write(id, nil)
	return ok(object{"succeded": true})
}

// findDuplicate looks by the location's order where duplicates are forbidden, else by email, then phone.
func (s *Server) findDuplicate(c *call) *answer {
	q := c.URL.Query()
	keys := object{"email": q.Get("email"), "phone": q.Get("number")} // as they stand: a bare + is a blank
	if q.Get("email") == "" && q.Get("number") == "" {
		return refuse(400, neitherEmailNorPhone)
	}
	order := s.opts.MatchOrder
	if s.opts.AllowDuplicates {
		order = []string{"email", "phone"}
	}
	for _, key := range order {
		if found := s.holders(key, text(keys, key)); len(found) > 0 {
			return ok(object{"contact": s.byID(found[0])})
		}
	}
	return ok(object{"contact": nil})
}

const (
	listDefault = 20
	listMax     = 100
)

func (s *Server) listContacts(c *call) *answer {
	q := c.URL.Query()
	limit := listDefault
	if refusal := c.number("limit", &limit, 1, listMax); refusal != nil {
		return refusal
	}
	var cursor *place
	if ms, err := strconv.ParseInt(q.Get("startAfter"), 10, 64); err == nil && q.Get("startAfterId") != "" {
		cursor = &place{ms, q.Get("startAfterId")}
	}
	query := strings.ToLower(q.Get("query"))
	total := s.primary.all.size
	if query != "" {
		total = 0
		for p := range s.primary.all.newest(nil) {
			if p.mentions(query) {
				total++
			}
		}
	}
	page := []any{}
	var last *person
	for p := range s.primary.all.newest(cursor) {
		if len(page) == limit {
			break
		}
		if p.mentions(query) {
			page, last = append(page, s.listed(p)), p
		}
	}
	return ok(object{"contacts": page, "meta": s.listMeta(total, last)})
}

// listMeta gives a cursor whenever there is a last contact: the vendor's last page has one too.
func (s *Server) listMeta(total int, last *person) object {
	meta := object{"total": total, "nextPageUrl": nil, "startAfterId": nil, "startAfter": nil, "currentPage": 1, "nextPage": nil, "prevPage": nil}
	if last != nil {
		meta["startAfter"], meta["startAfterId"], meta["nextPage"] = last.added, last.id, 2
		meta["nextPageUrl"] = "http://services.leadconnectorhq.com/contacts/?locationId=" + s.opts.LocationID +
			"&startAfter=" + strconv.FormatInt(last.added, 10) + "&startAfterId=" + last.id
	}
	return meta
}

// mentions says whether a name or identifier contains the lower-case query. All contain "".
func (p *person) mentions(query string) bool {
	return query == "" || strings.Contains(strings.ToLower(p.name()+"\n"+p.get(fEmail)+"\n"+p.get(fPhone)), query)
}

// blank gives a contact that does not exist yet.
func (s *Server) blank() *person {
	p := &person{id: newID(), added: time.Now().UnixMilli()}
	p.set(fType, "lead")
	return p
}

func text(body object, key string) string {
	t, _ := body[key].(string)
	return t
}
