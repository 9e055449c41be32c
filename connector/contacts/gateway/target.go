// Package gateway is how contacts are reached: it finds and writes them in one
// location through the API client. It must not know of streams, states or
// windows: package contacts decides what is to be written and when, this package
// how the API is asked to do it.
package gateway

import (
	"context"
	"encoding/json"
	"iter"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// Target is the contacts of one location. All methods are safe for
// concurrent use. An error that they return is fatal for the sync: whatever
// concerns a single record is told in the Result instead.
type Target interface {
	Facts() object.Facts
	Table() *crm.Table

	object.FieldAdder

	// Record has all that is written from now on recorded; nil records nothing. What is
	// told of contacts is when others than w changed them last; nil is nobody.
	Record(j *journal.Journal, w *journal.Writes)

	// Announce tells what is about to be written, if a journal wants to know that
	// before.
	Announce(ctx context.Context, writes iter.Seq[Write]) error

	// Find returns every contact that carries at least one of the keys, each
	// once, in no order. What was written less than about a minute ago may
	// be missing or old: the search index lags. refused are the keys that
	// nothing of the API takes: who has them remains unknown.
	Find(ctx context.Context, keys []crm.Key) (found []*crm.Contact, refused []crm.Key, err error)

	// FindSurely is Find, and tells what is certain of those whom it does not find.
	FindSurely(ctx context.Context, keys []crm.Key) (Answer, error)

	// Batch is how many of the keys Find asks for with one request, as far as
	// known.
	Batch(keys []crm.Key) int

	// List returns one page of a listing. It lags as Find does.
	List(ctx context.Context, l Listing) (Page, error)

	// Lookup asks the primary store, which does not lag, for the contact that
	// this record means by its email or phone; nil if there is none. reject
	// says that the API refused the question.
	Lookup(ctx context.Context, want crm.Desired) (have *crm.Contact, reject *trouble.Reject, err error)

	// Complete finds out fields that are not told, or of which only the
	// fingerprint is known. It returns new contacts for those it could
	// complete, by id; nil for one that does not exist any more.
	Complete(ctx context.Context, wanted []Incomplete) (map[string]*crm.Contact, error)

	// Recognises reports whether the location is known to refuse a second
	// contact with the same value of this field, so that a create finds out
	// whom search does not know.
	Recognises(field string) bool

	// Recognise finds out whether the location would refuse a second contact
	// with this email or phone, which one has.
	Recognise(ctx context.Context, key crm.Key) (bool, error)

	// Create writes a person whom Find did not find. Where the location
	// forbids duplicates, or w.Unique asks for one contact per person, a
	// contact that search had missed is updated instead.
	Create(ctx context.Context, w Write) (Result, error)

	// Update writes w.Change to w.Have. It never sends tags.
	Update(ctx context.Context, w Write) (Result, error)

	// ChangeTags adds or removes tags on many contacts with few calls. It
	// returns the ids for which that failed, each with the reason: nil for a
	// contact that does not exist any more.
	ChangeTags(ctx context.Context, c TagChange) (map[string]*trouble.Reject, error)

	// Link links contacts, at most [MaxLink], to a business, or with "" to none. gone
	// are those that do not exist any more; reject says that nobody is linked,
	// because the business does not exist.
	Link(ctx context.Context, business string, contacts []Subject) (gone []string, reject *trouble.Reject, err error)

	// Read asks the primary store, which does not lag, for a contact; nil if it
	// does not exist. reject says that the API refused the question.
	Read(ctx context.Context, id string) (now *crm.Contact, reject *trouble.Reject, err error)

	// Delete deletes a contact; that it has gone meanwhile is no fault. The
	// caller has read it just before: search may have shown one that is somebody
	// else's by now. reject says that the API refused.
	Delete(ctx context.Context, c Subject) (reject *trouble.Reject, err error)
}

// Answer is what FindSurely has found.
type Answer struct {
	Found   []*crm.Contact // all that search has shown, also who has none of the keys
	Refused []crm.Key      // see Find
	// Certain are the keys that nobody has whom it has not found, but for what search
	// does not know yet: in the same answers it has shown contacts by such keys.
	Certain []crm.Key
}

// PageSize is how many contacts a full Page holds, unless the API wants less.
const PageSize = 500

// Listing says which contacts are listed, and in what order.
type Listing struct {
	// Tags are those that the contacts carry, all of them; none is the whole location.
	Tags []string
	// Span is when the contacts were added; nil is at any time.
	Span *Span
	// Undated lists those of whom search does not know when they were added.
	Undated bool
	// Oldest lists those first who were added first; else the latest come first.
	Oldest bool
	// After is the Next of the page before, nil for the first.
	After json.RawMessage
}

// Span is the contacts that were added from one moment on and before another, both in
// milliseconds as Page.At tells them, but for some.
type Span struct {
	From, To int64
	Without  []string // ids
}

// Page is a part of a listing.
type Page struct {
	Contacts []*crm.Contact
	// Gone are the ids of contacts that the API lists here and a dry run would have deleted.
	Gone []string
	// Total is how many contacts the whole listing has.
	Total int
	// Next leads to the page after this one; nil at the end.
	Next json.RawMessage
	// At is when the last contact was added, in milliseconds, if there is a Next and it
	// tells; else 0.
	At int64
}

// Listed is how many contacts the API lists on the page.
func (p *Page) Listed() int { return len(p.Contacts) + len(p.Gone) }

// Incomplete is a contact of which Find did not tell some wanted fields.
type Incomplete struct {
	Have   *crm.Contact
	Want   crm.Desired
	Fields []string
}

// Write is one contact to be created or updated.
type Write struct {
	Of       journal.Origin
	Want     crm.Desired
	Defaults crm.Defaults
	// Have is the contact to update, nil for a create.
	Have *crm.Contact
	// Change is the difference between Have and Want.
	Change crm.Change
	// Unique asks for exactly one contact per person, whatever the location
	// allows. Without it a location that allows duplicates gets a new contact
	// for each create.
	Unique bool
	// RejectConflicts rejects a record whose identifiers belong to two
	// contacts; otherwise the identifier trusted less is left out and noted.
	RejectConflicts bool
	// Certain says that nobody had one of the person's keys when the sync began,
	// not even one that search did not know yet.
	Certain bool
	// Fresh says that Have was read from the primary store just now.
	Fresh bool
	// Alone reports that Have is the only contact found with its email and
	// its phone: an upsert by these can hit no other.
	Alone bool
}

// Result is what became of a Write: a contact, or a Reject.
type Result struct {
	Status load.Status
	// Contact is what the CRM holds now, as its answer told.
	Contact *crm.Contact
	// Notes are faults of single fields: values that did not stick, or that
	// belong to another contact.
	Notes []trouble.Note
	// Reject is set if the CRM refused the record.
	Reject *trouble.Reject
	// Others are contacts of somebody else, as the primary store has them, that
	// a create met: they have an email or phone of the record.
	Others []*crm.Contact
	// Met is the contact that stood in the way of a create, as the primary store
	// has it, and can be the person: nothing was written.
	Met *crm.Contact
	// Gone says that the contact to be written does not exist any more, and
	// that nothing was written.
	Gone bool
}

// TagChange is the same change of tags for many contacts.
type TagChange struct {
	Remove   bool
	Tags     []string
	Contacts []Subject
}

// Subject is a contact that is changed, and for what.
type Subject struct {
	ID   string
	Have *crm.Contact // as it is known; nil: nothing is
	Of   journal.Origin
}

// IDs are those of the contacts.
func IDs(contacts []Subject) []string {
	ids := make([]string, len(contacts))
	for i, c := range contacts {
		ids[i] = c.ID
	}
	return ids
}
