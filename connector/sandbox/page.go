package sandbox

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed page
var pageFiles embed.FS

// The templates escape every value for the place where it stands.
var (
	pages      = template.Must(template.ParseFS(pageFiles, "page/*.html"))
	pageStyle  = pageFile("style.css")
	pageScript = pageFile("refresh.js")
	pageSafety = "default-src 'none'; connect-src 'self'; form-action 'self'; style-src 'unsafe-inline'; script-src 'sha256-" + scriptHash() + "'"
)

func pageFile(name string) string {
	text, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(text)
}

func scriptHash() string {
	sum := sha256.Sum256([]byte(pageScript))
	return base64.StdEncoding.EncodeToString(sum[:])
}

const pageRows = 50

// frame is what every page has.
type frame struct {
	Title, Location, Query string
	Back                   bool
	Style                  template.CSS
	Script                 template.JS
	Config                 string // to be shown, "" for none
	JSON                   []string
}

func (s *Server) frame(title string) frame {
	return frame{Title: title, Location: s.opts.LocationName, Style: template.CSS(pageStyle), Script: template.JS(pageScript)} //nolint:gosec // both are embedded
}

// named is a value under its name.
type named struct{ Name, Value string }

// routeHelpers leads to what is not the vendor's: the pages, and JSON for scripts.
func (s *Server) routeHelpers(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.serveLocation)
	mux.HandleFunc("GET /_sandbox/contact/{id}", s.serveContact)
	for name, all := range map[string]func() any{
		"contacts": func() any { return s.Contacts() }, "notes": func() any { return s.Notes() }, "tasks": func() any { return s.Tasks() },
		"opportunities": func() any { return s.Opportunities() }, "businesses": func() any { return s.Businesses() },
		"appointments": func() any { return s.Appointments() },
		"requests":     func() any { return s.Requests() },
	} {
		mux.HandleFunc("GET /_sandbox/"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", jsonKind)
			_ = json.NewEncoder(w).Encode(all())
		})
	}
	mux.HandleFunc("GET /_sandbox/config", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", jsonKind)
		_, _ = w.Write(s.Config("http://" + r.Host))
	})
	mux.HandleFunc("POST /_sandbox/reset", func(w http.ResponseWriter, _ *http.Request) {
		s.ResetCounts()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/faults", s.serveFaults)
	mux.HandleFunc("/_sandbox/", http.NotFound)
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

func sendPage(w http.ResponseWriter, status int, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", pageSafety)
	w.WriteHeader(status)
	_ = pages.ExecuteTemplate(w, name, data) // a browser that has gone is no concern
}

// grouped writes a number with commas: 1,234.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// amount is how many of a thing there are.
type amount struct {
	n         int
	one, many string
}

func (a amount) String() string {
	if a.n == 1 {
		return "1 " + a.one
	}
	return grouped(a.n) + " " + a.many
}

// shown is a time as a page shows it.
func shown(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") }

// pageRequest is a request as a page shows it.
type pageRequest struct {
	Time, Operation, Status, Sent string
	Failed                        bool
	About                         pageRef
}

// pageRef leads to a contact.
type pageRef struct{ ID, Name string }

// reference gives the way to a contact, nowhere where it is gone.
func (s *Server) reference(contact string) pageRef {
	p := s.primary.ids[contact]
	if p == nil {
		return pageRef{}
	}
	return pageRef{p.id, p.label()}
}

// label is what a page calls a contact.
func (p *person) label() string {
	return cmp.Or(p.name(), p.get(fEmail), p.get(fPhone), p.id)
}

// pageRequests gives the last requests that are kept, the last first.
func pageRequests(log []Request, most int, keep func(Request) bool) []pageRequest {
	var out []pageRequest
	for i := len(log) - 1; i >= 0 && len(out) < most; i-- {
		r := log[i]
		if !keep(r) {
			continue
		}
		status := strconv.Itoa(r.Status)
		if r.Status == 0 {
			status = "connection reset"
		}
		out = append(out, pageRequest{Time: shown(r.Time), Operation: operationName(r.Operation), Status: status,
			Sent: strings.Join(r.Sent, ", "), Failed: r.Status/100 != 2})
	}
	return out
}

func operationName(operation string) string { return cmp.Or(operation, "(no such path)") }
