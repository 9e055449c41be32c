package gateway

import (
	"context"
	"iter"
	"maps"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
)

// Whatever changes a contact is recorded here: its intent before it is sent, what became
// of it when the answer is judged.

func (c *contacts) Record(j *journal.Journal, w *journal.Writes) { c.journal, c.writes = j, w }

// changed is when others changed a contact last, as far as an answer tells and it is
// asked for.
func (c *contacts) changed(a *ghl.Contact) *time.Time {
	if c.journal == nil && c.writes == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, a.DateUpdated)
	if err != nil {
		return nil
	}
	at = c.writes.Others(a.ID, at.UTC())
	return &at
}

// othersOf is when others changed a contact last, as far as it is known.
func othersOf(have *crm.Contact) *time.Time {
	if have == nil {
		return nil
	}
	return have.Changed
}

func (c *contacts) Announce(ctx context.Context, writes iter.Seq[Write]) error {
	return c.journal.Announce(ctx, func(yield func(journal.Change) bool) {
		for w := range writes {
			change := c.creating(w, crm.Initial(w.Want, w.Defaults))
			if w.Have != nil {
				set, _ := writable(c.table, w.Change.Set)
				delete(set, companyField)
				change = c.updating(w, set)
			}
			if len(change.Set) > 0 && !yield(change) {
				return
			}
		}
	})
}

// creating is the change of a create.
func (c *contacts) creating(w Write, values map[string]any) journal.Change {
	change := journal.Change{Op: journal.Create, Object: crm.Contacts.Name, Origin: w.Of}
	if c.journal != nil {
		change.Set, change.Tags = object.Recorded(c.table, values), w.Want.TagsFor(nil)
	}
	return change
}

// updating is the change of an update.
func (c *contacts) updating(w Write, set map[string]any) journal.Change {
	return journal.Change{Op: journal.Update, Object: crm.Contacts.Name, ID: w.Have.ID, Origin: w.Of, Others: w.Have.Changed,
		Before: object.Held(c.table, w.Have, set), Set: object.Recorded(c.table, set)}
}

// deleting is the change of a delete: all that is known of the contact is kept.
func (c *contacts) deleting(of Subject) journal.Change {
	change := journal.Change{Op: journal.Delete, Object: crm.Contacts.Name, ID: of.ID, Origin: of.Of, Before: map[string]any{}}
	if of.Have != nil {
		held := maps.Clone(of.Have.Values)
		maps.DeleteFunc(held, func(_ string, v any) bool { return v == nil })
		change.Before = object.Recorded(c.table, held)
		change.Before["tags"] = append([]string{}, of.Have.Tags...)
		if of.Have.InboundStopped {
			change.Before[journal.Stopped] = true
		}
	}
	return change
}

// tagging are the changes of a call that adds or removes tags.
func tagging(t TagChange, contacts []Subject) []journal.Change {
	changes := make([]journal.Change, len(contacts))
	for i, s := range contacts {
		changes[i] = journal.Change{Op: journal.AddTags, Object: crm.Contacts.Name, ID: s.ID, Origin: s.Of, Others: othersOf(s.Have), Tags: t.Tags}
		if t.Remove {
			changes[i].Op = journal.RemoveTags
		}
		if s.Have != nil {
			changes[i].Before = map[string]any{"tags": append([]string{}, s.Have.Tags...)}
		}
	}
	return changes
}

// linking are the changes of a call that links contacts to a business.
func linking(business string, contacts []Subject) []journal.Change {
	changes := make([]journal.Change, len(contacts))
	for i, s := range contacts {
		changes[i] = journal.Change{Op: journal.Link, Object: crm.Contacts.Name, ID: s.ID, Origin: s.Of, Others: othersOf(s.Have), Set: map[string]any{LinkField: Linked(business)}}
		if s.Have == nil {
			continue
		}
		if held, told := s.Have.Held(LinkField); told {
			changes[i].Before = map[string]any{LinkField: held}
		}
	}
	return changes
}
