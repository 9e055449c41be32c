package gateway

import (
	"errors"
	"maps"
	"slices"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// tries bounds how often one write is planned anew after a surprise: an answer
// that was lost, an identifier that turned out to be taken, an id that is gone.
const tries = 4

// written judges an answer, and records it: what was sent and did not stick is noted, since
// the API discards some values without an error. If nothing did, nothing has
// changed.
func (c *contacts) written(entry *journal.Entry, s load.Status, sent map[string]any, answer *ghl.Contact, notes []trouble.Note) Result {
	now := c.decode(answer)
	if c.journal != nil {
		after := object.Held(c.table, now, sent)
		if s == load.Created { // what the CRM has added by itself is nobody else's
			maps.Copy(after, object.Recorded(c.table, now.Values))
		}
		entry.Done(journal.Outcome{ID: answer.ID, After: after, Updated: answer.DateUpdated})
	}
	now.Changed = c.changed(answer) // once more: the journal knows by now that this change was ours
	if s == load.Created {
		now.Changed = new(time.Time) // nobody else has
	}
	missing := c.missing(sent, now)
	if s == load.Updated && len(missing) == len(sent) {
		s = load.Unchanged
	}
	for _, name := range missing {
		notes = append(notes, trouble.Note{Field: c.table.Display(name), Rule: "discarded by the API", Dropped: true})
	}
	for name, v := range sent {
		if _, told := now.Held(name); !told {
			now.Values[name] = v
		}
	}
	return Result{Status: s, Contact: now, Notes: notes}
}

// missing names the fields whose told value differs from what was sent.
func (c *contacts) missing(sent map[string]any, now *crm.Contact) []string {
	var out []string
	for name, v := range sent {
		if c.discarded(name, v, now) {
			out = append(out, name)
		}
	}
	if len(out) > 1 {
		slices.SortFunc(out, c.table.Compare)
	}
	return out
}

// discarded reports whether the told value of a field differs from what was sent.
func (c *contacts) discarded(name string, sent any, now *crm.Contact) bool {
	f := c.table.Field(name)
	if f == nil || name == "name" {
		return false
	}
	got, told := now.Held(name)
	return told && !crm.Equal(f, sent, got)
}

// refusedField names the one value that a refusal is about; "" if it is about
// the record. So is one about do-not-disturb: nobody may become contactable
// because a value was left out.
func (c *contacts) refusedField(err error, sent map[string]any) string {
	var e *ghl.Error
	if !errors.As(err, &e) || sent[e.Field] == nil || e.Field == fieldDND {
		return ""
	}
	return e.Field
}

func hasIdentifier(values map[string]any) bool {
	return values["email"] != nil || values["phone"] != nil
}

func belongsToAnother(field string) trouble.Note {
	return trouble.Note{Field: field, Rule: "belongs to another contact", Dropped: true}
}

func conflict(field string) Result {
	return Result{Reject: &trouble.Reject{Code: trouble.IdentityConflict, Field: field,
		Reason: "its email or phone is another contact's"}}
}

// refused is a rejection of the record by the API.
func refused(err error) Result { return Result{Reject: object.Refused(err)} }

// unlessRefused makes a rejection of what the API refused to do or to tell on
// the way of one record: that is no reason to leave the others undone.
func unlessRefused(r Result, err error) (Result, error) {
	if isKind(err, ghl.Rejected) {
		return refused(err), nil
	}
	return r, err
}
