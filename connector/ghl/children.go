package ghl

import (
	"context"
	"slices"
)

// Child is a note or a task of a contact, as one answer told it.
type Child struct {
	ID, ContactID string
	// Fields holds what it can be written with, under those names: strings, bools
	// or nil, which is empty. Nothing is there where the answer told nothing.
	Fields map[string]any
	// DateAdded is when it was created, "" where the answer does not tell.
	DateAdded string
}

func (c Child) id() string { return c.ID }

// childKind is what notes and tasks differ in.
type childKind struct {
	one, many                    string // also their names in answers
	fields                       []string
	list, create, update, remove Operation
}

// childAnswer is the envelope of every answer about one note or task.
type childAnswer struct {
	envelope
	Note map[string]any `json:"note"`
	Task map[string]any `json:"task"`
}

// read asks for a list of children of these contacts; of any contact where none is named.
func (k childKind) read(ctx context.Context, c *Client, op Operation, r request, contacts ...string) ([]Child, error) {
	children, err := readList(ctx, c, op, r, k.listed())
	if err == nil {
		err = k.check(op, children, contacts)
	}
	if err != nil {
		return nil, err
	}
	return children, nil
}

// check fails if one of the children is none that was asked for.
func (k childKind) check(op Operation, children []Child, contacts []string) error {
	for i := range children {
		child := &children[i]
		if child.ContactID == "" && len(contacts) == 1 {
			child.ContactID = contacts[0]
		}
		switch {
		case child.ID == "":
			return op.fault(Bug, "the answer lists a "+k.one+" without an id")
		case len(contacts) > 0 && !slices.Contains(contacts, child.ContactID):
			return op.fault(Bug, "the answer lists a "+k.one+" of another contact")
		}
	}
	return nil
}

// listed is an answer that lists children.
func (k childKind) listed() list[map[string]any, Child] {
	return list[map[string]any, Child]{name: k.many, entry: func(told *map[string]any) (Child, bool) { return k.child(*told), true }}
}

// told is the one child that an answer is about; its id is "" if it tells of none, or
// of one of another contact.
func (k childKind) told(answer childAnswer, contact string) Child {
	told := answer.Note
	if k.one == "task" {
		told = answer.Task
	}
	child := k.child(told)
	if child.ContactID != "" && child.ContactID != contact {
		return Child{}
	}
	child.ContactID = contact
	return child
}

// child reads one; the search of tasks has another name for its id.
func (k childKind) child(told map[string]any) Child {
	child := Child{ID: text(told["id"]), ContactID: text(told["contactId"]), DateAdded: text(told["dateAdded"]), Fields: make(map[string]any, len(k.fields))}
	if child.ID == "" {
		child.ID = text(told["_id"])
	}
	for _, name := range k.fields {
		child.Fields[name] = told[name]
	}
	return child
}

func (c *Client) children(ctx context.Context, k childKind, contact string) ([]Child, error) {
	return k.read(ctx, c, k.list, request{path: []string{contact}}, contact)
}

func (c *Client) createChild(ctx context.Context, k childKind, contact string, fields map[string]any) (Child, error) {
	var answer childAnswer
	if err := c.do(ctx, k.create, request{path: []string{contact}, body: emptied(fields)}, &answer); err != nil {
		return Child{}, err
	}
	created := k.told(answer, contact)
	if created.ID == "" {
		return Child{}, k.create.fault(Ambiguous, "the answer names no "+k.one+" of the contact")
	}
	return created, nil
}

func (c *Client) updateChild(ctx context.Context, k childKind, contact, id string, fields map[string]any) (Child, error) {
	var answer childAnswer
	if err := c.do(ctx, k.update, request{path: []string{contact, id}, body: emptied(fields)}, &answer); err != nil {
		return Child{}, err
	}
	if updated := k.told(answer, contact); updated.ID == id {
		return updated, nil
	}
	return Child{ID: id, ContactID: contact, Fields: map[string]any{}}, nil // the write is done; the answer only tells nothing about it
}

func (c *Client) deleteChild(ctx context.Context, k childKind, contact, id string) error {
	var answer childAnswer
	return c.do(ctx, k.remove, request{path: []string{contact, id}}, &answer)
}
