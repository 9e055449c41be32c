package sandbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

//go:embed page.html
var pageHTML string

// The template escapes every value for the place where it stands.
var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

const pageRows = 50

type pageData struct {
	Options   Options
	Config    string
	Contacts  int
	Rows      []pageRow
	Companies []Business
	Counts    []pageCount
	Total     int
	Quota     []string
}

type pageRow struct {
	Name, Email, Phone, City string
	Tags                     []string
	CustomFields             int
	Added                    string
}

type pageCount struct {
	Operation string
	N         int
}

// routeHelpers leads to what is not the vendor's: the page, and JSON for scripts.
func (s *Server) routeHelpers(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.servePage)
	mux.HandleFunc("GET /_sandbox/contacts", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, s.Contacts()) })
	mux.HandleFunc("GET /_sandbox/businesses", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, s.Businesses()) })
	mux.HandleFunc("GET /_sandbox/notes", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, s.Notes()) })
	mux.HandleFunc("GET /_sandbox/tasks", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, s.Tasks()) })
	mux.HandleFunc("GET /_sandbox/opportunities", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, s.Opportunities()) })
	mux.HandleFunc("GET /_sandbox/requests", func(w http.ResponseWriter, _ *http.Request) { sendJSON(w, s.Requests()) })
	mux.HandleFunc("POST /_sandbox/reset", func(w http.ResponseWriter, _ *http.Request) {
		s.ResetCounts()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/faults", s.serveFaults)
	mux.HandleFunc("/_sandbox/", http.NotFound)
}

func sendJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", jsonKind)
	_ = json.NewEncoder(w).Encode(v)
}

// serveFaults injects faults written one a line, as [ParseFault] reads them, all or none.
func (s *Server) serveFaults(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "body unreadable or too large", http.StatusRequestEntityTooLarge)
		return
	}
	var faults []Fault
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		f, err := ParseFault(line)
		if err != nil {
			http.Error(w, fmt.Sprintf("fault %q: %v", line, err), http.StatusBadRequest)
			return
		}
		faults = append(faults, f)
	}
	s.Inject(faults...)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) servePage(w http.ResponseWriter, r *http.Request) {
	data := pageData{Options: s.opts, Config: string(s.Config("http://" + r.Host)), Total: s.Total()}
	counts := s.Requests()
	for _, op := range slices.Sorted(maps.Keys(counts)) {
		data.Counts = append(data.Counts, pageCount{op, counts[op]})
	}
	quota := s.rateHeaders()
	for _, name := range slices.Sorted(maps.Keys(quota)) {
		if daily := strings.Contains(name, "daily"); daily && s.opts.Daily > 0 || !daily && s.opts.Burst > 0 {
			data.Quota = append(data.Quota, strings.TrimPrefix(name, "x-ratelimit-")+": "+quota[name])
		}
	}
	data.Contacts, data.Rows = s.newestRows()
	data.Companies = s.Businesses()
	slices.Reverse(data.Companies)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	_ = pageTemplate.Execute(w, data)
}

func (s *Server) newestRows() (total int, rows []pageRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for p := range s.primary.all.newest(nil) {
		if len(rows) == pageRows {
			break
		}
		rows = append(rows, pageRow{p.name(), p.get(fEmail), p.get(fPhone), p.get(fCity), slices.Clone(p.tags), len(p.custom), iso(p.added)})
	}
	return s.primary.all.size, rows
}
