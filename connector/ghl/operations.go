package ghl

import (
	"net/url"
	"slices"
	"strings"
)

// Operation is a method and a path template, as the vendor's contract writes
// them: "PUT /contacts/{contactId}".
type Operation string

const (
	opCreateContact  Operation = "POST /contacts/"
	opUpdateContact  Operation = "PUT /contacts/{contactId}"
	opUpsertContact  Operation = "POST /contacts/upsert"
	opGetContact     Operation = "GET /contacts/{contactId}"
	opDeleteContact  Operation = "DELETE /contacts/{contactId}"
	opNotes          Operation = "GET /contacts/{contactId}/notes"
	opCreateNote     Operation = "POST /contacts/{contactId}/notes"
	opUpdateNote     Operation = "PUT /contacts/{contactId}/notes/{id}"
	opDeleteNote     Operation = "DELETE /contacts/{contactId}/notes/{id}"
	opTasks          Operation = "GET /contacts/{contactId}/tasks"
	opCreateTask     Operation = "POST /contacts/{contactId}/tasks"
	opUpdateTask     Operation = "PUT /contacts/{contactId}/tasks/{taskId}"
	opDeleteTask     Operation = "DELETE /contacts/{contactId}/tasks/{taskId}"
	opSearchTasks    Operation = "POST /locations/{locationId}/tasks/search"
	opFindDuplicate  Operation = "GET /contacts/search/duplicate"
	opSearchContacts Operation = "POST /contacts/search"
	opBulkTags       Operation = "POST /contacts/bulk/tags/update/{type}"
	opLocation       Operation = "GET /locations/{locationId}"
	opCustomFields   Operation = "GET /locations/{locationId}/customFields"
	opCreateField    Operation = "POST /locations/{locationId}/customFields"
	opLocationTags   Operation = "GET /locations/{locationId}/tags"
	opUsers          Operation = "GET /users/"
	opBusinesses     Operation = "GET /businesses/"
	opCreateBusiness Operation = "POST /businesses/"
	opGetBusiness    Operation = "GET /businesses/{businessId}"
	opUpdateBusiness Operation = "PUT /businesses/{businessId}"
	opLinkBusiness   Operation = "POST /contacts/bulk/business"
	opBusinessFields Operation = "GET /custom-fields/object-key/{objectKey}"
	opSearchRecords  Operation = "POST /objects/{schemaKey}/records/search"
	opGetRecord      Operation = "GET /objects/{schemaKey}/records/{id}"
	opCreateRecord   Operation = "POST /objects/{schemaKey}/records"
	opUpdateRecord   Operation = "PUT /objects/{schemaKey}/records/{id}"

	opCreateOpportunity   Operation = "POST /opportunities/"
	opGetOpportunity      Operation = "GET /opportunities/{id}"
	opUpdateOpportunity   Operation = "PUT /opportunities/{id}"
	opSetStatus           Operation = "PUT /opportunities/{id}/status"
	opDeleteOpportunity   Operation = "DELETE /opportunities/{id}"
	opOpportunities       Operation = "GET /opportunities/search"
	opSearchOpportunities Operation = "POST /opportunities/search"
	opPipelines           Operation = "GET /opportunities/pipelines"
	opLostReasons         Operation = "GET /opportunities/lost-reason"

	opCalendars    Operation = "GET /calendars/"
	opEvents       Operation = "GET /calendars/events"
	opAppointments Operation = "GET /contacts/{contactId}/appointments"

	opToken         Operation = "POST /oauth/token"
	opLocationToken Operation = "POST /oauth/locationToken"
)

// effect is what sending an operation does to the CRM.
type effect int

const (
	reads effect = iota
	// sets: sent twice, it leaves what it leaves when sent once.
	sets
	// adds: a second send can make a second one, so it is not repeated.
	adds
)

// operations is every operation that the client can send, with what depends on
// it: the scope that the token needs, what it does, and how long an answer may be.
var operations = map[Operation]struct {
	scope    string
	effect   effect
	maxBytes int64
}{
	opCreateContact:  {"contacts.write", adds, maxOne},
	opUpdateContact:  {"contacts.write", sets, maxOne},
	opUpsertContact:  {"contacts.write", sets, maxOne},
	opGetContact:     {"contacts.readonly", reads, maxOne},
	opDeleteContact:  {"contacts.write", sets, maxOne},
	opNotes:          {"contacts.readonly", reads, maxList},
	opCreateNote:     {"contacts.write", adds, maxOne},
	opUpdateNote:     {"contacts.write", sets, maxOne},
	opDeleteNote:     {"contacts.write", sets, maxOne},
	opTasks:          {"contacts.readonly", reads, maxList},
	opCreateTask:     {"contacts.write", adds, maxOne},
	opUpdateTask:     {"contacts.write", sets, maxOne},
	opDeleteTask:     {"contacts.write", sets, maxOne},
	opSearchTasks:    {"locations/tasks.readonly", reads, maxOne}, // and maxPerEntry
	opFindDuplicate:  {"contacts.readonly", reads, maxOne},
	opSearchContacts: {"contacts.readonly", reads, maxOne}, // and maxPerEntry for each entry of a page
	opBulkTags:       {"contacts.write", sets, maxList},
	opLocation:       {"locations.readonly", reads, maxOne},
	opCustomFields:   {"locations/customFields.readonly", reads, maxList},
	opCreateField:    {"locations/customFields.write", adds, maxOne},
	opLocationTags:   {"locations/tags.readonly", reads, maxList},
	opUsers:          {"users.readonly", reads, maxList},
	opBusinesses:     {"businesses.readonly", reads, maxOne}, // and maxPerEntry, as with contacts
	opCreateBusiness: {"businesses.write", adds, maxOne},
	opGetBusiness:    {"businesses.readonly", reads, maxOne},
	opUpdateBusiness: {"businesses.write", sets, maxOne},
	opLinkBusiness:   {"contacts.write", sets, maxOne},
	opBusinessFields: {"locations/customFields.readonly", reads, maxList},
	opSearchRecords:  {"objects/record.readonly", reads, maxOne}, // and maxPerEntry
	opGetRecord:      {"objects/record.readonly", reads, maxOne},
	opCreateRecord:   {"objects/record.write", adds, maxOne},
	opUpdateRecord:   {"objects/record.write", sets, maxOne},

	opCreateOpportunity:   {"opportunities.write", adds, maxOne},
	opGetOpportunity:      {"opportunities.readonly", reads, maxOne},
	opUpdateOpportunity:   {"opportunities.write", sets, maxOne},
	opSetStatus:           {"opportunities.write", sets, maxOne},
	opDeleteOpportunity:   {"opportunities.write", sets, maxOne},
	opOpportunities:       {"opportunities.readonly", reads, maxOne}, // and maxPerEntry
	opSearchOpportunities: {"opportunities.readonly", reads, maxOne}, // and maxPerEntry
	opPipelines:           {"pipelines.readonly", reads, maxList},
	opLostReasons:         {"opportunities.readonly", reads, maxOne},

	opCalendars:    {"calendars.readonly", reads, maxList},
	opEvents:       {"calendars/events.readonly", reads, maxList},
	opAppointments: {"contacts.readonly", reads, maxList},

	opToken:         {"", sets, maxOne},
	opLocationToken: {"oauth.write", sets, maxOne},
}

// Operations returns the names of all operations that the client can send,
// sorted. It is for tests that hold other parts to the same list.
func Operations() []string {
	names := make([]string, 0, len(operations))
	for op := range operations {
		names = append(names, string(op))
	}
	slices.Sort(names)
	return names
}

// Scope is the scope that a token needs for the operation, "" if none.
func (op Operation) Scope() string { return operations[op].scope }

// OfToken tells whether the operation gives a token, rather than uses one.
func (op Operation) OfToken() bool { return op.refreshes() || op.Exchanges() }

func (op Operation) refreshes() bool { return op == opToken }

// Exchanges tells whether the operation gives a location's token for an agency's.
func (op Operation) Exchanges() bool { return op == opLocationToken }

// version is the edition of the API that the operation belongs to.
func (op Operation) version() []string {
	if op == opCalendars || op == opEvents {
		return calendarsVersion
	}
	return apiVersion
}

func (op Operation) listsPipelines() bool { return op == opPipelines }

func (op Operation) searches() bool { return op == opSearchContacts }

// method is the HTTP method of the operation.
func (op Operation) method() string {
	method, _, _ := strings.Cut(string(op), " ")
	return method
}

// template is the path with the one object filled in whose records the client
// reads and writes.
func (op Operation) template() string {
	_, path, _ := strings.Cut(string(op), " ")
	if !strings.Contains(path, "Key}") { // as most
		return path
	}
	return strings.NewReplacer("{schemaKey}", "business", "{objectKey}", "business").Replace(path)
}

// path is the template with its placeholders replaced by the escaped values.
func (op Operation) path(values ...string) (string, *Error) {
	path := op.template()
	for _, v := range values {
		if v == "." || v == ".." || strings.ContainsAny(v, `/\`) { // something on the way may undo the escapes and walk the path: /contacts/../locations
			return "", op.fault(Gone, "no id is like this")
		}
		before, rest, _ := strings.Cut(path, "{")
		_, after, _ := strings.Cut(rest, "}")
		path = before + url.PathEscape(v) + after
	}
	if slices.Contains(values, "") || strings.Contains(path, "{") { // deleting "" would go to the path of all contacts
		return "", op.fault(Bug, "the id in the path is empty")
	}
	return path, nil
}

// fault is an error of the operation that no server has worded.
func (op Operation) fault(kind Kind, message string) *Error {
	return &Error{Operation: op, Kind: kind, Messages: []string{message}}
}

// named are the things that a path can name by an id, by how it does.
var named = map[string]string{
	"/contacts/{": "contact", "/notes/{": "note", "/tasks/{": "task", "/opportunities/{": "opportunity", "/businesses/{": "business", "/records/{": "business",
}

// things are what the path names: "contact" and "note" of /contacts/{contactId}/notes/{id}.
func (op Operation) things() []string {
	var things []string
	for part, thing := range named {
		if strings.Contains(string(op), part) {
			things = append(things, thing)
		}
	}
	return things
}

// naming tells of an operation whether its path names such a thing.
func naming(thing string) func(Operation) bool {
	return func(op Operation) bool { return slices.Contains(op.things(), thing) }
}

func (op Operation) repeatable() bool { return operations[op].effect != adds }

// Writes tells whether the operation changes something.
func (op Operation) Writes() bool { return operations[op].effect != reads }
