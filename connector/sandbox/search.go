package sandbox

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

const (
	searchMaxReach = 10_000 // page × pageLimit
)

// searching is a checked search.
type searching struct {
	filter *filter
	query  string // lower case
	sorts  []sorting
	after  []any // cursor, nil for none
	skip   int
	limit  int
}

type sorting struct {
	field string
	desc  bool
}

var searchable = shape{"locationId": needed(aLocation), "pageLimit": needed(aNumber), "page": aNumber, "searchAfter": anArray, "filters": anArray,
	"sort": someObjects, "query": aString}

var aLocation = when(func(v any) bool { return v != nil }, "can't be undefined")

func (s *Server) searchContacts(c *call) *answer {
	body := c.body
	q, refusal := s.readSearch(body)
	if refusal != nil {
		return refusal
	}
	s.catchUp()
	page, total := s.run(q)
	contacts := make([]any, 0, len(page))
	for _, p := range page {
		out := s.found(p)
		out["searchAfter"] = q.cursor(p)
		contacts = append(contacts, out)
	}
	return ok(object{"contacts": contacts, "total": total})
}

// readSearch checks what a search asks for.
func (s *Server) readSearch(body object) (searching, *answer) {
	q := searching{query: strings.ToLower(text(body, "query"))}
	q.limit = int(body["pageLimit"].(float64))
	most := 500
	if s.is(PageOf100) {
		most = 100
	}
	if q.limit < 1 || q.limit > most {
		return q, refuse(400, fmt.Sprintf("pageLimit must not be greater than %d", most))
	}
	q.after, _ = body["searchAfter"].([]any)
	if page, given := body["page"].(float64); given {
		switch {
		case page < 1:
			return q, refuse(400, "page must not be less than 1")
		case len(q.after) > 0:
			return q, refuse(400, "page and searchAfter cannot be used together")
		case int(page)*q.limit > searchMaxReach:
			return q, refuse(400, "Only the first 10000 records can be paged, use searchAfter")
		}
		q.skip = (int(page) - 1) * q.limit
	}
	if len([]rune(q.query)) > maxFilterText {
		return q, refuse(400, "query must be shorter than or equal to 75 characters")
	}
	if refusal := q.readSort(body); refusal != nil {
		return q, refusal
	}
	if len(q.after) > 0 && !q.validCursor() {
		return q, refuse(400, "Invalid searchAfter")
	}
	list, _ := body["filters"].([]any)
	var refusal *answer
	q.filter, refusal = s.parse(list, false)
	return q, refusal
}

// sortKeys give what a contact sorts by. Times sort as numbers.
var sortKeys = map[string]func(*person) any{
	"dateAdded":          func(p *person) any { return float64(p.added) },
	"dateUpdated":        func(p *person) any { return float64(p.updated) },
	"firstNameLowerCase": func(p *person) any { return strings.ToLower(p.get(fFirstName)) },
	"lastNameLowerCase":  func(p *person) any { return strings.ToLower(p.get(fLastName)) },
	"businessName":       func(p *person) any { return p.get(fBusinessName) },
	"email":              func(p *person) any { return strings.ToLower(p.get(fEmail)) },
	"source":             func(p *person) any { return p.get(fSource) },
	"dnd":                func(p *person) any { return plain(p.extra().dnd) },
}

func (q *searching) readSort(body object) *answer {
	list, _ := body["sort"].([]any)
	if len(list) > 2 {
		return refuse(400, "Maximum of 2 sort fields allowed")
	}
	for _, e := range list {
		o := e.(object)
		name, direction := text(o, "field"), text(o, "direction")
		if sortKeys[name] == nil || direction != "asc" && direction != "desc" {
			return refuse(400, "Invalid sort field "+name)
		}
		q.sorts = append(q.sorts, sorting{name, direction == "desc"})
	}
	if len(q.sorts) == 0 {
		q.sorts = []sorting{{"dateAdded", true}}
	}
	return nil
}

// cursor is what lets a search go on after p: what it sorts by, then the id.
func (q searching) cursor(p *person) []any {
	var out []any
	for _, s := range q.sorts {
		out = append(out, sortKeys[s.field](p))
	}
	return append(out, p.id)
}

func (q searching) validCursor() bool {
	if len(q.after) != len(q.sorts)+1 {
		return false
	}
	for i, s := range q.sorts {
		_, isNumber := q.after[i].(float64)
		if isNumber != strings.HasPrefix(s.field, "date") {
			return false
		}
		if _, isText := q.after[i].(string); !isText && !isNumber {
			return false
		}
	}
	_, ok := q.after[len(q.sorts)].(string)
	return ok
}

// compare orders two cursors as the search sorts; the id, in the direction of the first sort, decides last.
func (q searching) compare(a, b []any) int {
	for i := range a {
		var c int
		if n, ok := a[i].(float64); ok {
			c = cmp.Compare(n, b[i].(float64))
		} else {
			c = cmp.Compare(a[i].(string), b[i].(string))
		}
		if c != 0 {
			by := q.sorts[0]
			if i < len(q.sorts) {
				by = q.sorts[i]
			}
			if by.desc {
				return -c
			}
			return c
		}
	}
	return 0
}

// inStoredOrder says that the search sorts as the views keep people, or the other way round.
func (q searching) inStoredOrder() bool { return len(q.sorts) == 1 && q.sorts[0].field == "dateAdded" }

// run gives one page and the number of all that match.
func (s *Server) run(q searching) (page []*person, total int) {
	if people, known := q.filter.candidates(s.search); known {
		return q.pick(maps.Keys(people))
	}
	people, exact := q.narrowest(s.search)
	if !q.inStoredOrder() {
		return q.pick(people.oldest(nil))
	}
	during := q.filter.during()
	switch {
	case exact:
		total = people.size
	case people == s.search.all && during.only && q.query == "":
		total = people.during(during) - len(q.leftOut(s.search, during))
	default:
		for p := range people.oldest(during.begin()) {
			if p.added > during.to {
				break
			}
			if q.matches(p) {
				total++
			}
		}
	}
	return q.page(people, during, exact), total
}

// page gives those of a stretch that match, as they are sorted; exact says that all do.
func (q searching) page(people *ordered, during stretch, exact bool) (page []*person) {
	skip := q.skip
	for p := range q.walk(people, during) {
		if len(page) == q.limit || !during.has(p) {
			break
		}
		if !exact && !q.matches(p) {
			continue
		}
		if skip--; skip < 0 {
			page = append(page, p)
		}
	}
	return page
}

// walk gives people as they are sorted, from the cursor on, and from where those of a stretch begin.
func (q searching) walk(people *ordered, s stretch) iter.Seq[*person] {
	var after *place
	if len(q.after) > 0 {
		after = &place{int64(q.after[0].(float64)), q.after[1].(string)}
	}
	if q.sorts[0].desc {
		if end := s.end(); after == nil || end.compare(*after) < 0 {
			after = end
		}
		return people.newest(after)
	}
	if begin := s.begin(); after == nil || begin.compare(*after) > 0 {
		after = begin
	}
	return people.oldest(after)
}

// narrowest gives a stored list that holds all that match; exact says that it holds no others.
func (q searching) narrowest(v *view) (people *ordered, exact bool) {
	for _, c := range q.filter.children {
		if c.tag != "" {
			return orElse(v.tags[c.tag], &ordered{}), len(q.filter.children) == 1 && q.query == ""
		}
	}
	return v.all, len(q.filter.children) == 0 && q.query == ""
}

// pick sorts all that match and cuts the page out.
func (q searching) pick(people iter.Seq[*person]) (page []*person, total int) {
	var all []*person
	for p := range people {
		if q.matches(p) {
			all = append(all, p)
		}
	}
	total = len(all)
	slices.SortFunc(all, func(a, b *person) int { return q.compare(q.cursor(a), q.cursor(b)) })
	if len(q.after) > 0 {
		all = slices.DeleteFunc(all, func(p *person) bool { return q.compare(q.cursor(p), q.after) <= 0 })
	}
	all = all[min(q.skip, len(all)):]
	return all[:min(q.limit, len(all))], total
}

func (q searching) matches(p *person) bool { return p.mentions(q.query) && q.filter.matches(p) }

// candidates gives a set that holds all that match, where indexes can tell.
func (f *filter) candidates(v *view) (people map[*person]bool, ok bool) {
	if f.match != nil {
		if f.hit == nil {
			return nil, false
		}
		people = map[*person]bool{}
		for _, p := range f.hit(v) {
			people[p] = true
		}
		return people, true
	}
	for _, c := range f.children {
		some, known := c.candidates(v)
		switch {
		case !f.or && known: // any condition of an AND bounds it
			return some, true
		case f.or && !known:
			return nil, false
		case f.or && people == nil:
			people, ok = some, true
		case f.or:
			for p := range some {
				people[p] = true
			}
		}
	}
	return people, ok
}
