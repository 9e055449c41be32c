package source

import (
	"context"
	"encoding/json"
	"maps"

	"destination-gohighlevel/connector/ghl"
)

// childRows turns notes, tasks or appointments into rows.
type childRows struct {
	owner  func(ctx context.Context, id string) (string, error)
	fields map[string]any // the columns that the kind has of its own, each with its schema
	user   string         // which of them names a user
}

// schema declares the columns: any of them but the id can be empty.
func (r childRows) schema() json.RawMessage {
	text := map[string]any{"type": nullable("string")}
	columns := map[string]any{"id": map[string]any{"type": "string"}, "contact_id": text, "contact_email": text, "contact_phone": text}
	maps.Copy(columns, r.fields)
	return objectSchema(columns)
}

// row is a note, task or appointment of a contact as a JSON object. The contact's email
// and phone are absent where the contact is not known.
func (r childRows) row(ctx context.Context, child ghl.Child, of *ghl.Contact) (json.RawMessage, error) {
	row := map[string]any{"id": child.ID, "contact_id": orNull(child.ContactID)}
	for name := range r.fields {
		row[name] = child.Fields[name]
	}
	if _, dated := r.fields[addedField]; dated {
		row[addedField] = orNull(child.DateAdded)
	}
	if of != nil {
		row["contact_email"], row["contact_phone"] = of.Fields.Value("email"), of.Fields.Value("phone")
	}
	if id := textOf(row[r.user]); id != "" {
		email, err := r.owner(ctx, id)
		if err != nil {
			return nil, err
		}
		row[r.user] = email
	}
	return json.Marshal(row)
}

// hand hands over the notes, tasks or appointments of one contact.
func (r childRows) hand(ctx context.Context, children []ghl.Child, of *ghl.Contact, to Sink) error {
	for _, child := range children {
		row, err := r.row(ctx, child, of)
		if err != nil {
			return err
		}
		if err := to.Row(row); err != nil {
			return err
		}
	}
	return nil
}

// notes is the stream of notes, which the server tells of one contact at a time. An
// incremental read asks for those of contacts that have changed: HighLevel does not say
// whether a note changes its contact, so only a full refresh is sure to have all.
func (l *Location) notes() Stream {
	text := map[string]any{"type": nullable("string")}
	s := l.perContact(childRows{owner: l.owner, user: "userId", fields: map[string]any{
		"body": text, "title": text, "userId": text, "color": text, "pinned": map[string]any{"type": nullable("boolean")}, addedField: moment}}, readState, l.client.Notes)
	s.Name, s.Cursor, s.Interrupted = "notes", addedField, isInterrupted
	return s
}

// perContact is a stream of what is asked for contact by contact. How many rows that is, no
// answer tells beforehand: the estimate is one for each contact. goOn says of which contacts
// a read from a state is.
func (l *Location) perContact(rows childRows, goOn func(json.RawMessage) (contactsState, error), ask func(ctx context.Context, contact string) ([]ghl.Child, error)) Stream {
	return Stream{
		Schema: fixed(rows.schema()), PrimaryKey: []string{"id"}, OptIn: true,
		Estimate: func(ctx context.Context, from json.RawMessage) (contacts, requests int64, err error) {
			state, err := goOn(from)
			if err != nil {
				return 0, 0, err
			}
			contacts, requests, err = l.countContacts(ctx, state)
			return contacts, requests + contacts, err
		},
		Read: func(ctx context.Context, from json.RawMessage, to Sink) error {
			state, err := goOn(from)
			if err != nil {
				return err
			}
			each := func(ctx context.Context, c ghl.Contact) error {
				children, err := ask(ctx, c.ID)
				if ghl.KindOf(err) == ghl.Gone { // deleted since the search found it
					return nil
				}
				if err != nil {
					return err
				}
				return rows.hand(ctx, children, &c, to)
			}
			return (&contactsRead{client: l.client, only: l.only, state: state, limit: largePage, each: each, to: to}).all(ctx)
		},
	}
}
