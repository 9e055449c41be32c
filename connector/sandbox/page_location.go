package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// locationPage is the first page: what is in the location and what it was asked.
type locationPage struct {
	frame
	Counts        []named
	Limits        []string
	Contacts      []contactRow
	More          string
	Opportunities []opportunityView
	Businesses    []businessView
	Sums          []named // by part of the counting
	Operations    []operationCounts
	Requests      []pageRequest
}

type contactRow struct {
	ID, Name, Email, Phone, Business, City, Has string
	Tags                                        []string
}

type businessView struct {
	Name, Website, Phone, City string
	Custom                     []named
}

type operationCounts struct {
	Name   string
	Counts []named // by part
}

func (s *Server) serveLocation(w http.ResponseWriter, r *http.Request) {
	data := locationPage{frame: s.frame(s.opts.LocationName), Limits: s.limitsInWords()}
	data.Query = strings.TrimSpace(r.URL.Query().Get("q"))
	data.Config = string(s.Config("http://" + r.Host))
	data.JSON = []string{"contacts", "notes", "tasks", "opportunities", "businesses", "appointments", "requests"}
	s.mu.Lock()
	data.Back = data.Query != ""
	data.Counts = s.pageCounts()
	data.Contacts, data.More = s.contactRows(strings.ToLower(data.Query))
	for o := range s.opportunities.stored.newest() {
		if len(data.Opportunities) == pageRows {
			break
		}
		data.Opportunities = append(data.Opportunities, s.opportunityView(o))
	}
	for b := range s.businesses.stored.newest() {
		if len(data.Businesses) == pageRows {
			break
		}
		data.Businesses = append(data.Businesses, s.businessView(b))
	}
	data.Sums, data.Operations = pageParts(s.parts)
	data.Requests = s.lastRequests()
	s.mu.Unlock()
	sendPage(w, http.StatusOK, "location.html", data)
}

// pageCounts gives how much there is of each kind.
func (s *Server) pageCounts() []named {
	requests, writes := 0, 0
	for _, p := range s.parts {
		requests, writes = requests+total(p.counts), writes+total(writesByKind(p.counts))
	}
	var out []named
	for _, kind := range []amount{{s.primary.all.size, "contact", "contacts"}, {s.notes.stored.size(), "note", "notes"}, {s.tasks.stored.size(), "task", "tasks"},
		{s.opportunities.stored.size(), "opportunity", "opportunities"}, {s.businesses.stored.size(), "business", "businesses"},
		{s.appointments.stored.size(), "appointment", "appointments"}, {requests, "request", "requests"}, {writes, "write", "writes"}} {
		if kind.one == "appointment" && len(s.opts.Calendars) == 0 {
			continue
		}
		n, name, _ := strings.Cut(kind.String(), " ")
		out = append(out, named{name, n})
	}
	return out
}

// contactRows gives the newest contacts with a lower-case text in them, and words about those that are not shown.
func (s *Server) contactRows(query string) (rows []contactRow, more string) {
	found := 0
	for p := range s.primary.all.newest(nil) {
		if !p.holds(query) {
			continue
		}
		if found++; found > pageRows {
			continue
		}
		rows = append(rows, contactRow{p.id, p.label(), p.get(fEmail), p.get(fPhone), p.get(fBusinessName), p.get(fCity), s.belongings(p.id), p.tags})
	}
	switch {
	case found <= pageRows:
	case query == "":
		more = fmt.Sprintf("The newest %d of %s; search finds the others.", pageRows, grouped(found))
	default:
		more = fmt.Sprintf("The newest %d of %s that have it.", pageRows, grouped(found))
	}
	return rows, more
}

// holds says whether any value of a contact contains the lower-case query.
func (p *person) holds(query string) bool {
	has := func(text string) bool { return strings.Contains(strings.ToLower(text), query) }
	return has(p.name()) || has(p.id) || slices.ContainsFunc(p.tags, has) || slices.ContainsFunc(p.extra().emails, has) ||
		slices.ContainsFunc(p.values, func(v value) bool { return has(v.text) }) ||
		slices.ContainsFunc(p.custom, func(c customValue) bool { return has(valueInWords(CustomField{}, c.value)) })
}

// belongings says what belongs to a contact.
func (s *Server) belongings(contact string) string {
	var parts []string
	for _, kind := range []amount{{len(s.notes.stored.of(contact)), "note", "notes"}, {len(s.tasks.stored.of(contact)), "task", "tasks"},
		{len(s.opportunities.stored.of(contact)), "opportunity", "opportunities"}, {len(s.appointments.stored.of(contact)), "appointment", "appointments"}} {
		if kind.n > 0 {
			parts = append(parts, kind.String())
		}
	}
	return strings.Join(parts, ", ")
}

func (s *Server) businessView(b Business) businessView {
	v := businessView{Name: plain(b.Properties["name"]), Website: plain(b.Properties["website"]), Phone: plain(b.Properties["phone"]), City: plain(b.Properties["city"])}
	for _, key := range slices.Sorted(maps.Keys(b.Properties)) {
		if !slices.Contains([]string{"name", "website", "phone", "city"}, key) {
			v.Custom = append(v.Custom, named{key, valueInWords(CustomField{}, b.Properties[key])})
		}
	}
	return v
}

// pageParts gives a sentence about each part of the counting, and how often each operation was called in each.
func pageParts(parts []part) (sums []named, operations []operationCounts) {
	called := map[string]bool{}
	for _, p := range parts {
		n, kinds := total(p.counts), writesByKind(p.counts)
		words := amount{n, "request", "requests"}.String()
		if writes := total(kinds); writes > 0 {
			var of []string
			for _, kind := range slices.Sorted(maps.Keys(kinds)) {
				of = append(of, grouped(kinds[kind])+" of "+kind)
			}
			words += ", " + grouped(writes) + " of them writes (" + strings.Join(of, ", ") + ")"
		} else if n > 0 {
			words += ", none of them a write"
		}
		sums = append(sums, named{p.name, words})
		for name := range p.counts {
			called[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(called)) {
		o := operationCounts{Name: operationName(name)}
		for _, p := range parts {
			text := ""
			if n := p.counts[name]; n > 0 {
				text = grouped(n)
			}
			o.Counts = append(o.Counts, named{p.name, text})
		}
		operations = append(operations, o)
	}
	return sums, operations
}

// lastRequests gives the last requests of all, each with the one contact that it is about.
func (s *Server) lastRequests() []pageRequest {
	log := s.answered()
	log = log[max(0, len(log)-15):]
	out := pageRequests(log, len(log), func(Request) bool { return true })
	for i := range out {
		if about := log[len(log)-1-i].Contacts; len(about) == 1 {
			out[i].About = s.reference(about[0])
		}
	}
	return out
}

// limitsInWords says how the sandbox answers: its quotas, its delays, its settings.
func (s *Server) limitsInWords() []string {
	headers, left := s.rateHeaders(), map[string]string{}
	for name, text := range headers {
		n, _ := strconv.Atoi(text) // all are numbers
		left[strings.TrimPrefix(name, "x-ratelimit-")] = grouped(n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.opts
	var out []string
	if o.Burst > 0 {
		out = append(out, fmt.Sprintf("At most %s in %s: %s left.", amount{o.Burst, "request", "requests"}, duration(o.Interval), left["remaining"]))
	}
	switch spent := time.Now().Before(s.limits.spent); {
	case spent:
		out = append(out, "The quota of the day is used up.")
	case o.Daily > 0:
		out = append(out, fmt.Sprintf("At most %s a day: %s left.", grouped(o.Daily), left["daily-remaining"]))
	}
	if len(out) == 0 {
		out = append(out, "There is no limit of requests.")
	}
	if o.IndexLag > 0 {
		out = append(out, fmt.Sprintf("Search finds what was written %s later.", duration(o.IndexLag)))
	}
	if o.Latency > 0 {
		out = append(out, fmt.Sprintf("Each answer takes %s.", duration(o.Latency)))
	}
	allowed := map[bool]string{true: "allowed", false: "refused"}
	out = append(out, fmt.Sprintf("A second contact with the same %s is %s, a second open opportunity of a contact in a pipeline is %s.",
		strings.Join(o.MatchOrder, " or "), allowed[o.AllowDuplicates], allowed[o.AllowDuplicateOpportunities]))
	if o.Variant != 0 {
		out = append(out, "Where the API's contract is open it answers by "+strings.ReplaceAll(o.Variant.String(), ",", ", ")+".")
	}
	return out
}

// duration writes a time in words where it is whole seconds.
func duration(d time.Duration) string {
	if d%time.Second != 0 {
		return d.String()
	}
	return amount{int(d / time.Second), "second", "seconds"}.String()
}
