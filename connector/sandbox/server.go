package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Options shape a sandbox. The zero value is a usable one: no limits, no lag, generated credentials.
type Options struct {
	LocationID, LocationName, Token string // "" generates: a vendor-like id, "Sandbox", "pit-<uuid>"

	Scopes                      []string      // what the token may do; nil is everything
	AllowDuplicates             bool          // the location's setting for contacts
	AllowDuplicateOpportunities bool          // and for opportunities
	MatchOrder                  []string      // the location's duplicate preference; nil is email, phone
	Country                     string        // the location's, ISO-2; "" is "US"
	CustomFields                []CustomField // nil is DefaultCustomFields(), DefaultBusinessFields() and DefaultOpportunityFields()
	Users                       []User        // who works in the location; nil is DefaultUsers()
	Pipelines                   []Pipeline    // nil is DefaultPipelines()
	LostReasons                 []LostReason  // nil is DefaultLostReasons()
	Calendars                   []Calendar    // nil is none
	OAuth                       OAuth         // the app to sign in by

	Burst    int           // requests per Interval; 0 is no such limit, told as one of 1,000,000,000
	Interval time.Duration // of Burst, in fixed windows; 0 is 10 s
	Daily    int           // requests per 24 hours; 0 is as with Burst

	IndexLag   time.Duration // search sees what was written over HTTP only after this
	Latency    time.Duration // of every answer
	MaxFilters int           // filters in one group; 0 is 100
	MaxSet     int           // values in one contains_set; 0 is 200
	MaxBulk    int           // contacts in one bulk tags call; 0 is 500
	Variant    Variant       // how to answer where the contract is open
	Events     Events        // and that about calendars
}

// Server is the sandbox: an http.Handler. It is safe for concurrent use and reads the time from time.Now only.
type Server struct {
	opts Options
	mux  *http.ServeMux

	mu            sync.Mutex // guards all below
	primary       *view      // what the API's own store holds
	search        *view      // what its search index holds; primary itself where there is no lag
	pending       []change   // on their way from primary to search, oldest first
	businesses    *table[Business]
	notes         *table[Note]
	tasks         *table[Task]
	opportunities *table[Opportunity]
	appointments  *table[Appointment]
	deleted       map[string]bool
	fields        []CustomField
	tagDefs       map[string]string // name to id
	limits        limits
	signIns       signIns
	faults        []*armed
	current       *call     // the one that is carried out
	parts         []part    // of the counting, the last one under way
	log           []Request // a ring once it is full
	logged        int
	seeded        int
}

// New gives a sandbox with an empty location.
func New(o Options) *Server {
	if o.LocationID == "" {
		o.LocationID = newID()
	}
	o.LocationName, o.Country, o.Interval = orElse(o.LocationName, "Sandbox"), orElse(o.Country, "US"), orElse(o.Interval, 10*time.Second)
	if o.Token == "" {
		o.Token = "pit-" + uuid.NewString()
	}
	if o.MatchOrder == nil {
		o.MatchOrder = []string{"email", "phone"}
	}
	if o.CustomFields == nil {
		o.CustomFields = slices.Concat(DefaultCustomFields(), DefaultBusinessFields(), DefaultOpportunityFields())
	}
	if o.Users == nil {
		o.Users = DefaultUsers()
	}
	if o.Pipelines == nil {
		o.Pipelines = DefaultPipelines()
	}
	if o.LostReasons == nil {
		o.LostReasons = DefaultLostReasons()
	}
	o.Pipelines, o.LostReasons = completePipelines(o.Pipelines, o.LostReasons)
	o.Calendars = completeCalendars(o.Calendars)
	o.MaxFilters, o.MaxSet, o.MaxBulk = orElse(o.MaxFilters, 100), orElse(o.MaxSet, 200), orElse(o.MaxBulk, 500)
	o.OAuth = o.OAuth.complete()
	s := &Server{opts: o, signIns: newSignIns(o.OAuth, o.Scopes), primary: newView(), deleted: map[string]bool{}, tagDefs: map[string]string{}, parts: []part{newPart("")},
		businesses: newTable[Business](o.IndexLag), notes: newTable[Note](0), tasks: newTable[Task](o.IndexLag), opportunities: newTable[Opportunity](o.IndexLag),
		appointments: newTable[Appointment](0)}
	s.search = s.primary
	if o.IndexLag > 0 {
		s.search = newView()
	}
	for _, f := range o.CustomFields {
		s.fields = append(s.fields, f.complete())
	}
	s.opts.CustomFields = s.fields
	s.mux = s.route()
	s.opts.Users = slices.Clone(o.Users)
	for i := range s.opts.Users {
		if u := &s.opts.Users[i]; u.ID == "" {
			u.ID = newID()
		}
	}
	return s
}

// Options gives what the sandbox runs with, defaults filled in. The caller must not change what it points to.
func (s *Server) Options() Options { return s.opts }

// Config gives a config.json for the connector that points at this sandbox, served at url.
func (s *Server) Config(url string) []byte {
	return s.config(url, credentials{AuthType: "personal_access_token", AccessToken: s.opts.Token})
}

type credentials struct {
	AuthType     string `json:"auth_type"`
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
	RefreshToken string `json:"refresh_token,omitempty"`
	AccessToken  string `json:"access_token"`
	Expiry       string `json:"token_expiry_date,omitempty"`
}

func (s *Server) config(url string, c credentials) []byte {
	b, err := json.MarshalIndent(struct {
		Credentials credentials `json:"credentials"`
		LocationID  string      `json:"location_id"`
		APIURL      string      `json:"api_url"`
	}{c, s.opts.LocationID, url}, "", "  ")
	if err != nil {
		panic(err) // texts always encode
	}
	return append(b, '\n')
}

var _ http.Handler = (*Server)(nil)
