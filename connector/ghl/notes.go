package ghl

import "context"

var noteKind = childKind{
	one: "note", many: "notes", fields: []string{"body", "title", "userId", "color", "pinned"},
	list: opNotes, create: opCreateNote, update: opUpdateNote, remove: opDeleteNote,
}

// Notes reads all notes of a contact, which the server gives in one answer. The
// error is Gone if the contact does not exist. Safe to repeat.
//
//ghl:operation GET /contacts/{contactId}/notes
func (c *Client) Notes(ctx context.Context, contact string) ([]Child, error) {
	return c.children(ctx, noteKind, contact)
}

// CreateNote creates a note of a contact; nil is an empty field. The server takes any
// number of equal ones, so this is not safe to repeat: where an attempt may have
// reached the server and no clear answer came, the error is Ambiguous, and the caller
// must look among Notes before it sends again. It is Gone if the contact does not exist.
//
//ghl:operation POST /contacts/{contactId}/notes
func (c *Client) CreateNote(ctx context.Context, contact string, fields map[string]any) (Child, error) {
	return c.createChild(ctx, noteKind, contact, fields)
}

// UpdateNote changes the given fields of a note and leaves the rest; nil clears. The
// error is Gone if the note or the contact does not exist; the server's words for that
// are not all known, so after Rejected Notes tells. Safe to repeat.
//
//ghl:operation PUT /contacts/{contactId}/notes/{id}
func (c *Client) UpdateNote(ctx context.Context, contact, id string, fields map[string]any) (Child, error) {
	return c.updateChild(ctx, noteKind, contact, id, fields)
}

// DeleteNote deletes a note. The rest is as with [Client.DeleteContact].
//
//ghl:operation DELETE /contacts/{contactId}/notes/{id}
func (c *Client) DeleteNote(ctx context.Context, contact, id string) error {
	return c.deleteChild(ctx, noteKind, contact, id)
}
