package ghl

import (
	"context"
	"net/url"
)

// ContactBody holds the top-level properties to send, and nothing else: an
// unknown one is refused by the server. "customFields" is a []FieldBody. The client
// adds locationId where the endpoint wants it and never changes the caller's map.
type ContactBody map[string]any

// FieldBody is a custom field as it is sent: as "field_value", or, of fields that take
// only that, as "value".
type FieldBody struct {
	ID      string
	Value   any
	AsValue bool
}

// MarshalJSON writes the field as the API wants it.
func (f FieldBody) MarshalJSON() ([]byte, error) { return appendField(nil, f) }

// CreateContact creates a contact. It is not safe to repeat: where an attempt may have reached the server and no clear answer
// came, the error is Ambiguous and the caller must look before it sends again.
// A contact that exists already is a Duplicate error with its id, if the
// location forbids duplicates.
//
//ghl:operation POST /contacts/
func (c *Client) CreateContact(ctx context.Context, body ContactBody) (Contact, error) {
	var answer contactAnswer
	if err := c.do(ctx, opCreateContact, request{body: located{body, c.location}}, &answer); err != nil {
		return Contact{}, err
	}
	contact := answer.Contact.contact()
	if contact.ID == "" {
		return Contact{}, opCreateContact.fault(Ambiguous, noContact)
	}
	return contact, nil
}

// UpdateContact changes the given properties of a contact and leaves the rest.
// The body must not hold locationId, companyName or gender; tags in it would
// replace all tags. The error is Gone if the id does not exist, Duplicate if a
// new email or phone belongs to another contact. Safe to repeat.
//
//ghl:operation PUT /contacts/{contactId}
func (c *Client) UpdateContact(ctx context.Context, id string, body ContactBody) (Contact, error) {
	var answer contactAnswer
	if err := c.do(ctx, opUpdateContact, request{path: []string{id}, body: body}, &answer); err != nil {
		return Contact{}, err
	}
	contact := answer.Contact.contact("timezone")
	if answer.Contact == nil || contact.ID != "" && contact.ID != id { // the write is done; the answer only tells nothing about it
		return Contact{ID: id}, nil
	}
	contact.ID = id
	return contact, nil
}

// UpsertContact updates the contact that the location's own duplicate rule
// finds, else creates one; created tells which. Without email or phone it is
// Rejected. Tags in the body replace all tags of an existing contact. Safe to
// repeat, but the repeat of an upsert that created answers created == false.
//
//ghl:operation POST /contacts/upsert
func (c *Client) UpsertContact(ctx context.Context, body ContactBody) (contact Contact, created bool, err error) {
	var answer contactAnswer
	if err := c.do(ctx, opUpsertContact, request{body: located{body, c.location}}, &answer); err != nil {
		return Contact{}, false, err
	}
	contact = answer.Contact.contact("timezone")
	if contact.ID == "" {
		return Contact{}, false, opUpsertContact.fault(Bug, noContact)
	}
	return contact, answer.New, nil
}

// GetContact reads one contact from the primary store, not from the lagging
// search index. The error is Gone if the id does not exist.
//
//ghl:operation GET /contacts/{contactId}
func (c *Client) GetContact(ctx context.Context, id string) (Contact, error) {
	var answer contactAnswer
	if err := c.do(ctx, opGetContact, request{path: []string{id}}, &answer); err != nil {
		return Contact{}, err
	}
	contact := answer.Contact.contact("timezone")
	switch contact.ID {
	case id:
	case "":
		return Contact{}, opGetContact.fault(Gone, noContact)
	default:
		return Contact{}, opGetContact.fault(Bug, "the answer is about another contact")
	}
	contact.ChannelsTold = Told // the primary store
	return contact, nil
}

// DeleteContact deletes a contact. The error is Gone if the id did not exist
// at the first attempt; if only a repeat finds it gone, it is deleted: nil.
//
//ghl:operation DELETE /contacts/{contactId}
func (c *Client) DeleteContact(ctx context.Context, id string) error {
	var answer contactAnswer
	return c.do(ctx, opDeleteContact, request{path: []string{id}}, &answer)
}

// FindDuplicate asks the primary store which contact has this email or number
// by the location's duplicate rule; nil if none. An empty argument is not
// asked for; both empty is Rejected by the server. The vendor documents no
// schema for the answer, so only what the answer spelt out is told.
//
//ghl:operation GET /contacts/search/duplicate
func (c *Client) FindDuplicate(ctx context.Context, email, number string) (*Contact, error) {
	query := url.Values{"locationId": {c.location}}
	if email != "" {
		query.Set("email", email)
	}
	if number != "" {
		query.Set("number", number)
	}
	var answer contactAnswer
	if err := c.do(ctx, opFindDuplicate, request{query: query}, &answer); err != nil {
		return nil, err
	}
	contact := answer.Contact.contact()
	if contact.ID == "" {
		return nil, nil
	}
	contact.Fields = contact.Fields.filled()
	contact.FieldsTold, contact.CustomFieldsTold = false, contact.CustomFields != nil
	return &contact, nil
}

const noContact = "the answer names no contact"

// contactAnswer is the envelope of every answer about one contact.
type contactAnswer struct {
	envelope
	Contact *contactJSON `json:"contact"`
	New     bool         `json:"new"`
}

// located is a body with the location besides.
type located struct {
	ContactBody
	location string
}

const locationID = "locationId"
