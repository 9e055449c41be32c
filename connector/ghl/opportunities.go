package ghl

import (
	"context"
	"encoding/json"
	"slices"
)

// Opportunity is an opportunity as one answer told it.
type Opportunity struct {
	ID, ContactID string
	// ContactEmail and ContactPhone are told by searches only, and "" where there are none.
	ContactEmail, ContactPhone string
	// CreatedAt and UpdatedAt are the server's texts, usually RFC 3339.
	CreatedAt, UpdatedAt string
	// Fields holds the standard fields under the names of [OpportunityBody]; nil is
	// empty. Nothing is there where the answer told nothing.
	Fields map[string]any
	// Custom holds the custom fields that are set. Not every answer tells them: see
	// [OpportunityQuery].
	Custom []CustomFieldValue
	// CustomTold says that an answer told all of Custom: see [Client.TellCustom].
	CustomTold bool
}

func (o Opportunity) id() string { return o.ID }

// OpportunityBody is what to write of an opportunity, and nothing else. Fields are
// pipelineId, pipelineStageId, name, status, monetaryValue, assignedTo and source; nil
// clears, which makes a monetaryValue 0. lostReasonId is read only:
// [Client.SetOpportunityStatus] writes it.
type OpportunityBody struct {
	Fields map[string]any
	Custom []CustomFieldValue
}

var opportunityFields = []string{"pipelineId", "pipelineStageId", "name", "status", "monetaryValue", "assignedTo", "source", "lostReasonId"}

// CreateOpportunity creates an opportunity of a contact; the server wants a
// pipelineId, a name and a status. A second open one in the same pipeline is a
// Duplicate with its ExistingID, if the location allows none; else the server takes
// any number of equal ones, so this is not safe to repeat: where an attempt may have
// reached the server and no clear answer came, the error is Ambiguous, and the caller
// must look among Opportunities before it sends again.
//
//ghl:operation POST /opportunities/
func (c *Client) CreateOpportunity(ctx context.Context, contact string, body OpportunityBody) (Opportunity, error) {
	sent := body.sent()
	sent["locationId"], sent["contactId"] = c.location, contact
	var answer opportunityAnswer
	if err := c.do(ctx, opCreateOpportunity, request{body: sent}, &answer); err != nil {
		return Opportunity{}, err
	}
	created := opportunity(answer.Opportunity)
	if created.ID == "" || created.ContactID != "" && created.ContactID != contact {
		return Opportunity{}, opCreateOpportunity.fault(Ambiguous, "the answer names no opportunity of the contact")
	}
	created.ContactID = contact
	return created, nil
}

// GetOpportunity reads one opportunity from the primary store. The error is Gone if
// the id does not exist.
//
//ghl:operation GET /opportunities/{id}
func (c *Client) GetOpportunity(ctx context.Context, id string) (Opportunity, error) {
	var answer opportunityAnswer
	if err := c.do(ctx, opGetOpportunity, request{path: []string{id}}, &answer); err != nil {
		return Opportunity{}, err
	}
	switch told := opportunity(answer.Opportunity); told.ID {
	case id:
		return told, nil
	case "":
		return Opportunity{}, opGetOpportunity.fault(Gone, "the answer names no opportunity")
	}
	return Opportunity{}, opGetOpportunity.fault(Bug, "the answer is about another opportunity")
}

// UpdateOpportunity changes what the body holds of an opportunity and leaves the
// rest. The error is Gone if the id does not exist; the server's words for that are
// not all known, so after Rejected GetOpportunity tells. It is Duplicate as with
// CreateOpportunity. Safe to repeat.
//
//ghl:operation PUT /opportunities/{id}
func (c *Client) UpdateOpportunity(ctx context.Context, id string, body OpportunityBody) (Opportunity, error) {
	var answer opportunityAnswer
	if err := c.do(ctx, opUpdateOpportunity, request{path: []string{id}, body: body.sent()}, &answer); err != nil {
		return Opportunity{}, err
	}
	if updated := opportunity(answer.Opportunity); updated.ID == id {
		return updated, nil
	}
	return Opportunity{ID: id, Fields: map[string]any{}}, nil // the write is done; the answer only tells nothing about it
}

// SetOpportunityStatus sets the status of an opportunity and, where lostReason is
// not "", why it was lost. The errors are those of UpdateOpportunity. Safe to repeat.
//
//ghl:operation PUT /opportunities/{id}/status
func (c *Client) SetOpportunityStatus(ctx context.Context, id, status, lostReason string) error {
	body := map[string]any{"status": status}
	if lostReason != "" {
		body["lostReasonId"] = lostReason
	}
	return c.do(ctx, opSetStatus, request{path: []string{id}, body: body}, &envelope{})
}

// DeleteOpportunity deletes an opportunity. The rest is as with
// [Client.DeleteContact].
//
//ghl:operation DELETE /opportunities/{id}
func (c *Client) DeleteOpportunity(ctx context.Context, id string) error {
	return c.do(ctx, opDeleteOpportunity, request{path: []string{id}}, &envelope{})
}

// opportunityAnswer is the envelope of every answer about one opportunity.
type opportunityAnswer struct {
	envelope
	Opportunity map[string]any `json:"opportunity"`
}

// opportunity reads one, told is nil for none.
func opportunity(told map[string]any) Opportunity {
	o := Opportunity{ID: text(told["id"]), ContactID: text(told["contactId"]), CreatedAt: text(told["createdAt"]), UpdatedAt: text(told["updatedAt"]), Fields: make(map[string]any, len(opportunityFields))}
	contact, _ := told["contact"].(map[string]any)
	o.ContactEmail, o.ContactPhone = text(contact["email"]), text(contact["phone"])
	for _, name := range opportunityFields {
		o.Fields[name] = told[name]
	}
	custom, _ := told["customFields"].([]any)
	other, _ := told["custom_fields"].([]any) // as the vendor's page about search spells it
	for _, v := range slices.Concat(custom, other) {
		field, _ := v.(map[string]any)
		if id, value := text(field["id"]), opportunityValue(field); id != "" && value != nil {
			o.Custom = append(o.Custom, CustomFieldValue{ID: id, Value: value})
		}
	}
	return o
}

// sent is the body as the API takes it. Nothing is declared nullable.
func (b OpportunityBody) sent() map[string]any {
	sent := emptied(b.Fields)
	if v, named := b.Fields["monetaryValue"]; named && v == nil {
		sent["monetaryValue"] = 0
	}
	if len(b.Custom) > 0 {
		custom := make([]map[string]any, len(b.Custom))
		for i, f := range b.Custom {
			value := orEmpty(f.Value)
			if n, number := value.(json.Number); number { // texts, lists and objects are declared, no numbers
				value = n.String()
			}
			custom[i] = map[string]any{"id": f.ID, "field_value": value}
		}
		sent["customFields"] = custom
	}
	return sent
}

// opportunityValue is the value of a custom field, which answers name after its type:
// fieldValueString, fieldValueArray.
func opportunityValue(field map[string]any) any {
	for _, name := range []string{"fieldValue", "fieldValueString", "fieldValueNumber", "fieldValueArray", "fieldValueDate", "fieldValueBoolean",
		"fieldValueObject", "fieldValueFiles", "value", "field_value"} {
		if field[name] != nil {
			return field[name]
		}
	}
	return nil
}
