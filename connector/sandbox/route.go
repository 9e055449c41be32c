package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// operation is one of the API's.
type operation struct {
	method, path string // path with {templates}
	scope        string // that the token must have; "" is no token at all
	body         shape  // of a JSON body, nil for none
	handle       func(*Server, *call) *answer
}

func (o *operation) name() string { return o.method + " " + o.path }

// writes says that the operation is there to change something.
func (o *operation) writes() bool {
	return strings.HasSuffix(o.scope, ".write") && o.scope != exchangeScope
}

// kind is what an operation is about.
func (o *operation) kind() string {
	for _, k := range [][2]string{{"/notes", "notes"}, {"/tasks", "tasks"}, {"/opportunities", "opportunities"}, {"/tags", "tags"}, {"/custom", "fields"},
		{"/business", "businesses"}, {"/objects", "businesses"}, {"/contacts", "contacts"}} {
		if strings.Contains(o.path, k[0]) {
			return k[1]
		}
	}
	return "other"
}

var operations = []*operation{
	{"POST", "/contacts/", "contacts.write", creatable, (*Server).createContact},
	{"GET", "/contacts/", "contacts.readonly", nil, (*Server).listContacts},
	{"POST", "/contacts/upsert", "contacts.write", upsertable, (*Server).upsertContact},
	{"POST", "/contacts/search", "contacts.readonly", searchable, (*Server).searchContacts},
	{"GET", "/contacts/search/duplicate", "contacts.readonly", nil, (*Server).findDuplicate},
	{"POST", "/contacts/bulk/tags/update/{type}", "contacts.write", bulkTaggable, (*Server).bulkTags},
	{"POST", "/contacts/bulk/business", "contacts.write", linkable, (*Server).linkContacts},
	{"GET", "/contacts/{contactId}", "contacts.readonly", nil, (*Server).getContact},
	{"PUT", "/contacts/{contactId}", "contacts.write", updatable, (*Server).updateContact},
	{"DELETE", "/contacts/{contactId}", "contacts.write", nil, (*Server).deleteContact},
	{"POST", "/contacts/{contactId}/tags", "contacts.write", taggable, (*Server).addTags},
	{"DELETE", "/contacts/{contactId}/tags", "contacts.write", taggable, (*Server).removeTags},
	{"GET", "/contacts/{contactId}/notes", "contacts.readonly", nil, notes.list},
	{"POST", "/contacts/{contactId}/notes", "contacts.write", creatableNote, notes.create},
	{"GET", "/contacts/{contactId}/notes/{id}", "contacts.readonly", nil, notes.get},
	{"PUT", "/contacts/{contactId}/notes/{id}", "contacts.write", alterableNote, notes.update},
	{"DELETE", "/contacts/{contactId}/notes/{id}", "contacts.write", nil, notes.remove},
	{"GET", "/contacts/{contactId}/tasks", "contacts.readonly", nil, tasks.list},
	{"POST", "/contacts/{contactId}/tasks", "contacts.write", creatableTask, tasks.create},
	{"GET", "/contacts/{contactId}/tasks/{taskId}", "contacts.readonly", nil, tasks.get},
	{"PUT", "/contacts/{contactId}/tasks/{taskId}", "contacts.write", alterableTask, tasks.update},
	{"DELETE", "/contacts/{contactId}/tasks/{taskId}", "contacts.write", nil, tasks.remove},
	{"PUT", "/contacts/{contactId}/tasks/{taskId}/completed", "contacts.write", completableTask, tasks.update},
	{"GET", "/contacts/{contactId}/appointments", "contacts.readonly", nil, (*Server).listAppointments},
	{"GET", "/calendars/", "calendars.readonly", nil, (*Server).listCalendars},
	{"GET", "/calendars/events", "calendars/events.readonly", nil, (*Server).listEvents},
	{"POST", "/locations/{locationId}/tasks/search", "locations/tasks.readonly", searchableTask, (*Server).searchTasks},
	{"GET", "/locations/{locationId}", "locations.readonly", nil, (*Server).getLocation},
	{"GET", "/locations/{locationId}/customFields", "locations/customFields.readonly", nil, (*Server).listFields},
	{"POST", "/locations/{locationId}/customFields", "locations/customFields.write", definable, (*Server).createField},
	{"GET", "/locations/{locationId}/customFields/{id}", "locations/customFields.readonly", nil, (*Server).getField},
	{"GET", "/locations/{locationId}/tags", "locations/tags.readonly", nil, (*Server).listTags},
	{"POST", "/locations/{locationId}/tags", "locations/tags.write", nameable, (*Server).createTag},
	{"GET", "/businesses/", "businesses.readonly", nil, (*Server).listBusinesses},
	{"POST", "/businesses/", "businesses.write", creatableBusiness, (*Server).createBusiness},
	{"GET", "/businesses/{businessId}", "businesses.readonly", nil, (*Server).getBusiness},
	{"PUT", "/businesses/{businessId}", "businesses.write", alterableBusiness, (*Server).updateBusiness},
	{"POST", "/objects/{schemaKey}/records", "objects/record.write", creatableRecord, (*Server).createRecord},
	{"POST", "/objects/{schemaKey}/records/search", "objects/record.readonly", searchableRecord, (*Server).searchRecords},
	{"GET", "/objects/{schemaKey}/records/{id}", "objects/record.readonly", nil, (*Server).getRecord},
	{"PUT", "/objects/{schemaKey}/records/{id}", "objects/record.write", alterableRecord, (*Server).updateRecord},
	{"POST", "/custom-fields/", "locations/customFields.write", definableOfObject, (*Server).createObjectField},
	{"GET", "/custom-fields/object-key/{objectKey}", "locations/customFields.readonly", nil, (*Server).listObjectFields},
	{"POST", "/opportunities/", "opportunities.write", creatableOpportunity, (*Server).createOpportunity},
	{"POST", "/opportunities/upsert", "opportunities.write", upsertableOpportunity, (*Server).upsertOpportunity},
	{"GET", "/opportunities/search", "opportunities.readonly", nil, (*Server).listOpportunities},
	{"POST", "/opportunities/search", "opportunities.readonly", searchableOpportunity, (*Server).searchOpportunities},
	{"GET", "/opportunities/pipelines", "pipelines.readonly", nil, (*Server).listPipelines},
	{"GET", "/opportunities/lost-reason", "opportunities.readonly", nil, (*Server).listLostReasons},
	{"GET", "/opportunities/{id}", "opportunities.readonly", nil, (*Server).getOpportunity},
	{"PUT", "/opportunities/{id}", "opportunities.write", alterableOpportunity, (*Server).updateOpportunity},
	{"DELETE", "/opportunities/{id}", "opportunities.write", nil, (*Server).deleteOpportunity},
	{"PUT", "/opportunities/{id}/status", "opportunities.write", settleable, (*Server).settleOpportunity},
	{"GET", "/users/", "users.readonly", nil, (*Server).listUsers},
	{"POST", "/oauth/token", "", nil, (*Server).token},
	{"POST", "/oauth/locationToken", exchangeScope, nil, (*Server).locationToken},
}

// Routes lists the operations of the API that the sandbox answers, as "METHOD /path/{template}".
func (s *Server) Routes() []string { return operationNames() }

func operationNames() []string {
	out := make([]string, 0, len(operations))
	for _, o := range operations {
		out = append(out, o.name())
	}
	return out
}

// Scopes lists what a token can be allowed to do: the scopes of all operations, each once.
func Scopes() []string {
	var out []string
	for _, o := range operations {
		if o.scope != "" && !slices.Contains(out, o.scope) {
			out = append(out, o.scope)
		}
	}
	return out
}

// route gives the ways to the operations and to the sandbox's own pages. A slash may be added to a path, not left out. What is no
// operation, another method too, is unknown; but where a path is wrong in nothing but letter case, the API sees somebody without rights.
func (s *Server) route() *http.ServeMux {
	mux, folded := http.NewServeMux(), http.NewServeMux()
	unknown := func(w http.ResponseWriter, r *http.Request) { s.serveOther(w, r, &answer{404, nil}) }
	for _, o := range operations {
		serve := func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, o) }
		path, slash := strings.CutSuffix(o.path, "/")
		mux.HandleFunc(o.method+" "+path+"/{$}", serve)
		folded.HandleFunc(o.method+" "+strings.ToLower(path), serve)
		if slash {
			serve = unknown // without it, the mux would redirect
		}
		mux.HandleFunc(o.method+" "+path, serve)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		url := *r.URL
		url.Path = strings.ToLower(strings.TrimSuffix(url.Path, "/"))
		_, pattern := folded.Handler(&http.Request{Method: r.Method, URL: &url})
		if pattern != "" && url.Path != strings.TrimSuffix(r.URL.Path, "/") {
			s.serveOther(w, r, refuse(401, "Unauthorized"))
			return
		}
		unknown(w, r)
	})
	s.routeHelpers(mux)
	return mux
}

// call is a request on its way to a handler.
type call struct {
	*http.Request
	w         http.ResponseWriter
	operation string   // its name, "" for none
	raw       []byte   // the body
	body      object   // what it holds, where the operation takes JSON
	contacts  []string // whom it is about, by id, as far as that is known
}

// answer is what a handler wants said.
type answer struct {
	status int
	body   any // a map gets a traceId; a string goes out as it is; nil is no body
}

// object is a JSON object.
type object = map[string]any

func ok(body any) *answer { return &answer{http.StatusOK, body} }

var statusNames = map[int]string{400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}

// refuse gives an error in the vendor's usual shape.
func refuse(status int, message string) *answer {
	return &answer{status, object{"statusCode": status, "message": message, "error": statusNames[status]}}
}

// unprocessable gives the 422 that lists everything that is wrong with a body.
func unprocessable(messages ...string) *answer {
	return &answer{422, object{"statusCode": 422, "message": messages, "error": "Unprocessable Entity"}}
}

// missing is what a contact, or something of one, gets that is not there: a 400 in a shape of its own.
func (s *Server) missing(what, id string) *answer {
	if s.is(MissingIs404) {
		return refuse(404, what+" not found")
	}
	return &answer{400, object{"status": 400, "error": what + " with id " + id + " not found"}}
}
