package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// route is one operation of the API.
type route struct {
	method, path string // path with {templates}
	scope        string // that the token must have; "" is no token at all
	writes       bool
	handle       func(*Server, *call) answer
}

func (r route) operation() string { return r.method + " " + r.path }

// routes has fixed paths before those with templates that would swallow them.
var routes = []route{
	{"POST", "/contacts/", "contacts.write", true, (*Server).createContact},
	{"GET", "/contacts/", "contacts.readonly", false, (*Server).listContacts},
	{"POST", "/contacts/upsert", "contacts.write", true, (*Server).upsertContact},
	{"POST", "/contacts/search", "contacts.readonly", false, (*Server).searchContacts},
	{"GET", "/contacts/search/duplicate", "contacts.readonly", false, (*Server).findDuplicate},
	{"POST", "/contacts/bulk/tags/update/{type}", "contacts.write", true, (*Server).bulkTags},
	{"GET", "/contacts/{contactId}", "contacts.readonly", false, (*Server).getContact},
	{"PUT", "/contacts/{contactId}", "contacts.write", true, (*Server).updateContact},
	{"DELETE", "/contacts/{contactId}", "contacts.write", true, (*Server).deleteContact},
	{"POST", "/contacts/{contactId}/tags", "contacts.write", true, (*Server).addTags},
	{"DELETE", "/contacts/{contactId}/tags", "contacts.write", true, (*Server).removeTags},
	{"GET", "/locations/{locationId}", "locations.readonly", false, (*Server).getLocation},
	{"GET", "/locations/{locationId}/customFields", "locations/customFields.readonly", false, (*Server).listFields},
	{"POST", "/locations/{locationId}/customFields", "locations/customFields.write", true, (*Server).createField},
	{"GET", "/locations/{locationId}/customFields/{id}", "locations/customFields.readonly", false, (*Server).getField},
	{"GET", "/locations/{locationId}/tags", "locations/tags.readonly", false, (*Server).listTags},
	{"POST", "/locations/{locationId}/tags", "locations/tags.write", true, (*Server).createTag},
	{"GET", "/users/", "users.readonly", false, (*Server).listUsers},
	{"POST", "/oauth/token", "", false, (*Server).token},
	{"POST", "/oauth/locationToken", exchangeScope, false, (*Server).locationToken},
}

func operations() []string {
	out := make([]string, 0, len(routes))
	for _, r := range routes {
		out = append(out, r.operation())
	}
	return out
}

// Scopes lists what a token can be allowed to do: the scopes of all operations, each once.
func Scopes() []string {
	var out []string
	for _, r := range routes {
		if r.scope != "" && !slices.Contains(out, r.scope) {
			out = append(out, r.scope)
		}
	}
	return out
}

// match finds the route of a request. Where there is none, near says that only letter case or a slash at the end is wrong.
func match(method, path string) (r route, vars map[string]string, near bool) {
	for _, r := range routes {
		if r.method != method {
			continue
		}
		if vars, ok := fit(r.path, path, false); ok {
			return r, vars, false
		}
	}
	for _, r := range routes {
		if _, ok := fit(strings.TrimSuffix(r.path, "/"), strings.TrimSuffix(path, "/"), true); ok {
			near = true
		}
	}
	return route{}, nil, near
}

// fit lays a path over a template.
func fit(template, path string, fold bool) (map[string]string, bool) {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	vars := map[string]string{}
	for i, w := range want {
		name, isVar := strings.CutPrefix(w, "{")
		switch {
		case isVar && got[i] != "":
			vars[strings.TrimSuffix(name, "}")] = got[i]
		case isVar, w != got[i] && (!fold || !strings.EqualFold(w, got[i])):
			return nil, false
		}
	}
	return vars, true
}

// call is a request on its way to a handler.
type call struct {
	*http.Request
	vars map[string]string // of the path's templates
	raw  []byte            // the body
}

// answer is what a handler wants said.
type answer struct {
	status int
	body   any // a map gets a traceId; a string goes out as it is; nil is no body
}

// object is a JSON object.
type object = map[string]any

var statusNames = map[int]string{400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}

// refuse gives an error in the vendor's usual shape.
func refuse(status int, message string) *answer {
	return &answer{status, object{"statusCode": status, "message": message, "error": statusNames[status]}}
}

// unprocessable gives the 422 that lists everything that is wrong with a body.
func unprocessable(messages ...string) *answer {
	return &answer{422, object{"statusCode": 422, "message": messages, "error": "Unprocessable Entity"}}
}

// notFound is what a missing contact gets: a 400 in a shape of its own.
func notFound(id string) *answer {
	return &answer{400, object{"status": 400, "error": "Contact with id " + id + " not found"}}
}
