package ghl

import (
	"net/url"
	"slices"
	"strings"
)

// operation is a method and a path template, as the vendor's contract writes
// them: "PUT /contacts/{contactId}".
type operation string

const (
	opCreateContact  operation = "POST /contacts/"
	opUpdateContact  operation = "PUT /contacts/{contactId}"
	opUpsertContact  operation = "POST /contacts/upsert"
	opGetContact     operation = "GET /contacts/{contactId}"
	opDeleteContact  operation = "DELETE /contacts/{contactId}"
	opFindDuplicate  operation = "GET /contacts/search/duplicate"
	opSearchContacts operation = "POST /contacts/search"
	opBulkTags       operation = "POST /contacts/bulk/tags/update/{type}"
	opLocation       operation = "GET /locations/{locationId}"
	opCustomFields   operation = "GET /locations/{locationId}/customFields"
	opCreateField    operation = "POST /locations/{locationId}/customFields"
	opUsers          operation = "GET /users/"
	opToken          operation = "POST /oauth/token"
	opLocationToken  operation = "POST /oauth/locationToken"
)

// operations is every operation that this package can send.
var operations = []operation{
	opCreateContact, opUpdateContact, opUpsertContact, opGetContact, opDeleteContact,
	opFindDuplicate, opSearchContacts, opBulkTags, opLocation, opCustomFields, opCreateField, opUsers,
	opToken, opLocationToken,
}

// Operations returns every "METHOD /path" that the client can send, sorted, in
// the words of the vendor's contract. It is for tests that hold other parts to
// the same list.
func Operations() []string {
	names := make([]string, len(operations))
	for i, op := range operations {
		names[i] = string(op)
	}
	slices.Sort(names)
	return names
}

// method is the HTTP method of the operation.
func (op operation) method() string {
	method, _, _ := strings.Cut(string(op), " ")
	return method
}

// path is the template with its one placeholder replaced by the escaped value.
func (op operation) path(value string) string {
	_, path, _ := strings.Cut(string(op), " ")
	before, rest, found := strings.Cut(path, "{")
	if !found {
		return path
	}
	_, after, _ := strings.Cut(rest, "}")
	return before + url.PathEscape(value) + after
}

// hasPlaceholder tells whether the path needs a value.
func (op operation) hasPlaceholder() bool { return strings.Contains(string(op), "{") }

// ofOneContact tells whether the path names one contact.
func (op operation) ofOneContact() bool { return strings.Contains(string(op), "{contactId}") }

// ofToken tells whether the operation is about tokens.
func (op operation) ofToken() bool { return strings.Contains(string(op), "/oauth/") }

// repeatable tells whether sending the operation twice leaves what sending it
// once leaves. Only creating does not: a second send can make a second one.
func (op operation) repeatable() bool { return op != opCreateContact && op != opCreateField }

// writes tells whether the operation changes something.
func (op operation) writes() bool { return op.method() != "GET" && op != opSearchContacts }
