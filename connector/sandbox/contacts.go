package sandbox

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

// What each endpoint declares. PUT lacks what only creation has, and two fields that the vendor forgot.
var (
	updatable = map[string]kind{
		"firstName": orNull(aString), "lastName": orNull(aString), "name": orNull(aString),
		"email": orNull(anEmail), "phone": orNull(aString),
		"address1": orNull(aString), "city": orNull(aString), "state": orNull(aString), "postalCode": aString, "country": aCountry,
		"website": orNull(aString), "timezone": orNull(aString), "dateOfBirth": orNull(aDate),
		"dnd": aBool, "dndSettings": dndSettings, "inboundDndSettings": inboundDND,
		"tags": someStrings, "customFields": someObjects, "source": orNull(aString), "assignedTo": orNull(aString),
	}
	creatable = with(updatable, map[string]kind{"locationId": aString, "gender": orNull(aString), "companyName": orNull(aString),
		"source": aString, "assignedTo": aString})
	upsertable = with(creatable, map[string]kind{"createNewIfDuplicateAllowed": aBool, "type": aString})
)

func with(base, more map[string]kind) map[string]kind {
	out := maps.Clone(base)
	maps.Copy(out, more)
	return out
}

const (
	neitherEmailNorPhone = "Pass at least one of number, email query parameter"
	nobody               = "Contacts without email, phone, firstName and lastName are not allowed."
	noDuplicates         = "This location does not allow duplicated contacts."
)

// accept reads a contact's body, checks it and brings its phone into form.
func (s *Server) accept(c *call, declared map[string]kind) (object, *answer) {
	body, refusal := c.decode()
	if refusal != nil {
		return nil, refusal
	}
	if declared["locationId"] != nil {
		if refusal := s.location(body["locationId"]); refusal != nil {
			return nil, refusal
		}
	}
	if wrong := check(body, declared); len(wrong) > 0 {
		return nil, unprocessable(wrong...)
	}
	if phone, ok := body["phone"].(string); ok {
		e164, ok := normalisePhone(phone, s.opts.Country)
		if !ok {
			return nil, refuse(400, "Invalid phone number")
		}
		body["phone"] = e164
	}
	return body, nil
}

func (s *Server) createContact(c *call) answer {
	body, refusal := s.accept(c, creatable)
	if refusal != nil {
		return *refusal
	}
	if text(body, "email")+text(body, "phone")+text(body, "firstName")+text(body, "lastName") == "" {
		return answer{400, object{"statusCode": 422, "message": nobody, "error": "Unprocessable Entity"}}
	}
	if !s.opts.AllowDuplicates {
		if p, by := s.duplicate(body, ""); p != nil {
			return duplicated(p, by)
		}
	}
	p, refusal := s.apply(s.blank(), body)
	if refusal != nil {
		return *refusal
	}
	return answer{201, object{"contact": s.created(p)}}
}

func (s *Server) updateContact(c *call) answer {
	body, refusal := s.accept(c, updatable)
	if refusal != nil {
		return *refusal
	}
	id := c.vars["contactId"]
	old := s.primary.ids[id]
	if old == nil {
		return *notFound(id)
	}
	if !s.opts.AllowDuplicates {
		if p, by := s.duplicate(body, id); p != nil {
			return duplicated(p, by)
		}
	}
	p, refusal := s.apply(old.copy(), body)
	if refusal != nil {
		return *refusal
	}
	return answer{200, object{"succeded": true, "contact": s.byID(p)}}
}

func (s *Server) upsertContact(c *call) answer {
	body, refusal := s.accept(c, upsertable)
	if refusal != nil {
		return *refusal
	}
	if text(body, "email")+text(body, "phone") == "" {
		return *refuse(400, neitherEmailNorPhone)
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
		return *refusal
	}
	return answer{200, object{"new": isNew, "contact": s.byID(p)}}
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

func duplicated(p *person, by string) answer {
	return answer{400, object{"statusCode": 400, "message": noDuplicates,
		"meta": object{"contactId": p.id, "contactName": p.name(), "matchingField": by}}}
}

func (s *Server) getContact(c *call) answer {
	id := c.vars["contactId"]
	p := s.primary.ids[id]
	if p == nil {
		return *notFound(id)
	}
	return answer{200, object{"contact": s.byID(p)}}
}

func (s *Server) deleteContact(c *call) answer {
	id := c.vars["contactId"]
	if s.primary.ids[id] == nil {
		return *notFound(id)
	}
	s.write(id, nil)
	return answer{200, object{"succeded": true}}
}

// findDuplicate looks by the location's order where duplicates are forbidden, else by email, then phone.
func (s *Server) findDuplicate(c *call) answer {
	q := c.URL.Query()
	if refusal := s.location(q.Get("locationId")); refusal != nil {
		return *refusal
	}
	keys := object{"email": q.Get("email"), "phone": ""}
	if e164, ok := normalisePhone(q.Get("number"), s.opts.Country); ok {
		keys["phone"] = e164
	}
	if q.Get("email") == "" && q.Get("number") == "" {
		return *refuse(400, neitherEmailNorPhone)
	}
	order := s.opts.MatchOrder
	if s.opts.AllowDuplicates {
		order = []string{"email", "phone"}
	}
	for _, key := range order {
		if found := s.holders(key, text(keys, key)); len(found) > 0 {
			return answer{200, object{"contact": s.byID(found[0])}}
		}
	}
	return answer{200, object{"contact": nil}}
}

const (
	listDefault = 20
	listMax     = 100
)

func (s *Server) listContacts(c *call) answer {
	q := c.URL.Query()
	if refusal := s.location(q.Get("locationId")); refusal != nil {
		return *refusal
	}
	limit := listDefault
	if given := q.Get("limit"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n < 1 || n > listMax {
			return *refuse(400, "limit must not be greater than 100")
		}
		limit = n
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
	return answer{200, object{"contacts": page, "meta": s.listMeta(total, last)}}
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
