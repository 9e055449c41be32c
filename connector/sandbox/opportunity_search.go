package sandbox

import (
	"fmt"
	"iter"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// This file is the two searches for opportunities, which differ in nearly all.

const (
	opportunitiesDefault = 20
	opportunitiesMax     = 100
)

// listOpportunities is GET /opportunities/search. Dates are taken and do nothing, and so does half a cursor.
func (s *Server) listOpportunities(c *call) *answer {
	q, limit, page := c.URL.Query(), opportunitiesDefault, 1
	conditions, refusal := listConditions(q)
	if refusal == nil {
		refusal = c.number("limit", &limit, 1, opportunitiesMax)
	}
	if refusal == nil {
		refusal = c.number("page", &page, 1, math.MaxInt32)
	}
	if refusal != nil {
		return refusal
	}
	asked := func(o Opportunity) bool { return o.meets(conditions) && s.mentioned(o, q.Get("q")) }
	step := -1
	if q.Get("order") == "added_asc" {
		step = 1
	}
	all, skip := s.among(q.Get("contact_id"), step), (page-1)*limit
	if after, id := q.Get("startAfter"), q.Get("startAfterId"); after != "" && id != "" {
		all, skip = s.past(all, after, id, step), 0
	}
	found, total := cut(all, s.among(q.Get("contact_id"), step), asked, skip, limit)
	rows := []any{}
	for _, o := range found {
		rows = append(rows, s.opportunityRow(o, s.is(ValuesByDetail)))
	}
	return ok(object{"opportunities": rows, "meta": s.opportunityMeta(found, total, page), "aggregations": object{}})
}

// listConditions reads what the fields of a listing must hold.
func listConditions(q url.Values) (map[string]string, *answer) {
	conditions := map[string]string{}
	for _, name := range []string{"id", "pipeline_id", "pipeline_stage_id", "contact_id", "assigned_to", "status"} {
		if want := q.Get(name); want != "" && (name != "status" || want != "all") {
			conditions[name] = want
		}
	}
	if status, given := conditions["status"]; given && aStatus.wrong("status", status) != "" {
		return nil, unprocessable(aStatus.wrong("status", status))
	}
	return conditions, nil
}

// opportunityMeta gives a cursor whenever there is a last row: the vendor's last page has one too.
func (s *Server) opportunityMeta(found []Opportunity, total, page int) object {
	meta := object{"total": total, "nextPageUrl": nil, "startAfterId": nil, "startAfter": nil, "currentPage": page, "nextPage": nil, "prevPage": nil}
	if page > 1 {
		meta["prevPage"] = page - 1
	}
	if len(found) > 0 {
		last := found[len(found)-1]
		ms := last.Created.UnixMilli()
		meta["startAfter"], meta["startAfterId"], meta["nextPage"] = ms, last.ID, page+1
		meta["nextPageUrl"] = fmt.Sprintf("http://services.leadconnectorhq.com/opportunities/search?location_id=%s&startAfter=%d&startAfterId=%s",
			s.opts.LocationID, ms, last.ID)
	}
	return meta
}

var searchableOpportunity = shape{"locationId": needed(aLocation), "limit": aNumber.and("", when(func(v any) bool {
	return v.(float64) >= 1 && v.(float64) <= opportunitiesMax
}, "must not be greater than 100")), "query": aString, "page": aNumber, "searchAfter": anArray, "filters": anArray, "sort": someObjects, "additionalDetails": aMap}

// searchOpportunities is POST /opportunities/search. A value of another form than its operator wants finds nothing, without a word.
func (s *Server) searchOpportunities(c *call) *answer {
	limit, page := opportunitiesDefault, 1
	for name, to := range map[string]*int{"limit": &limit, "page": &page} {
		if n, given := c.body[name].(float64); given {
			*to = int(n)
		}
	}
	after, _ := c.body["searchAfter"].([]any)
	if _, paged := c.body["page"]; paged && len(after) > 0 || page < 1 || page*limit > searchMaxReach {
		return refuse(400, "page is 1 or more, reaches the first 10000 records and does not go with searchAfter")
	}
	step, refusal := opportunityOrder(c.body)
	if refusal != nil {
		return refusal
	}
	list, _ := c.body["filters"].([]any)
	matches, refusal := s.parseOpportunity(list, false)
	if refusal != nil {
		return refusal
	}
	all, skip := s.among("", step), (page-1)*limit
	if len(after) > 0 {
		all, skip = s.past(all, plain(after[0]), plain(after[len(after)-1]), step), 0
	}
	asked := func(o Opportunity) bool { return matches(o) && s.mentioned(o, text(c.body, "query")) }
	found, total := cut(all, s.among("", step), asked, skip, limit)
	rows := []any{}
	for _, o := range found {
		row := s.opportunityRow(o, !s.is(ValuesByDetail))
		row["searchAfter"] = []any{o.Created.UnixMilli(), o.ID}
		rows = append(rows, row)
	}
	return &answer{201, object{"opportunities": rows, "total": total, "aggregations": object{}}}
}

// opportunityOrder reads how a search sorts: by the time of creation, the newest first unless said otherwise.
func opportunityOrder(body object) (step int, refusal *answer) {
	list, _ := body["sort"].([]any)
	if len(list) == 0 {
		return -1, nil
	}
	by := list[0].(object)
	step, known := map[string]int{"asc": 1, "desc": -1}[text(by, "direction")]
	if len(list) > 1 || by["field"] != "date_added" || !known {
		return 0, refuse(400, "Invalid sort field "+text(by, "field"))
	}
	return step, nil
}

// among gives the opportunities that the search index knows, of one contact if one is named, newest first where step is -1.
func (s *Server) among(contact string, step int) iter.Seq[Opportunity] {
	indexed := s.opportunities.searched()
	if contact != "" {
		own := indexed.of(contact)
		if step < 0 {
			slices.Reverse(own)
		}
		return slices.Values(own)
	}
	if step < 0 {
		return indexed.newest()
	}
	return indexed.oldest()
}

// past gives those that come after a place: the time of creation and the id of one, which may be gone by now.
func (s *Server) past(all iter.Seq[Opportunity], after, id string, step int) iter.Seq[Opportunity] {
	if _, there := s.opportunities.searched().get(id); !there {
		ms, _ := strconv.ParseInt(after, 10, 64)
		return func(yield func(Opportunity) bool) {
			for o := range all {
				if at := o.Created.UnixMilli(); (at == ms || (at > ms) == (step > 0)) && !yield(o) {
					return
				}
			}
		}
	}
	return func(yield func(Opportunity) bool) {
		passed := false
		for o := range all {
			if passed && !yield(o) {
				return
			}
			passed = passed || o.ID == id
		}
	}
}

// cut gives a page of those that are asked for, and how many there are among all.
func cut(from, all iter.Seq[Opportunity], asked func(Opportunity) bool, skip, limit int) (page []Opportunity, total int) {
	for o := range all {
		if asked(o) {
			total++
		}
	}
	for o := range from {
		if len(page) == limit {
			break
		}
		if asked(o) {
			if skip--; skip < 0 {
				page = append(page, o)
			}
		}
	}
	return page, total
}

// mentioned says whether the opportunity's name, or its contact's, contains a text. All contain "".
func (s *Server) mentioned(o Opportunity, query string) bool {
	if query == "" {
		return true
	}
	query = strings.ToLower(query)
	p := s.primary.ids[o.ContactID]
	return strings.Contains(strings.ToLower(o.Name), query) || p != nil && p.mentions(query)
}
