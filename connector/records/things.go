package records

import (
	"context"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

// things are all objects of one kind in one location: what differs between
// businesses, notes, tasks. A [run] asks them, and has no word for any of them.
// What one holds is a [crm.Contact], which is an id with values.
//
// Methods that take one item are called side by side for items that have nothing
// to do with each other.
type things interface {
	// prepare completes what a record asks for, by what of it is no field. It may
	// reject the record.
	prepare(e *entry, p *object.Prepared)
	// spared is why what the source has deleted is left as it is, as a clause; "" if
	// it is to be deleted.
	spared(e *entry) string
	// find makes known which of them entries can mean, by reading what has to be read
	// for that, and returns those that can be gone on with: others are held. A record
	// that cannot be written for what it finds gets a Reject.
	find(ctx context.Context, w *load.Window, entries []*entry) ([]*entry, error)
	// renew reads again what items can mean whose creates may have happened, or that
	// meant what turned out not to exist.
	renew(ctx context.Context, items []*item) error
	// marks list by what a record may have to do with others: two items without a
	// common mark can be written in any order.
	marks(e *entry) []crm.Key
	// alike reports whether two records with the same keys may be written at once.
	alike(a, b *item) bool
	// match returns the one that an item means; nil if there is none.
	match(it *item) (*crm.Contact, *trouble.Reject)
	// fit brings what an item wants into the words of the location, and takes out what
	// must not be written over what it has. What it says of that goes to the notes.
	fit(it *item) *trouble.Reject

	// create makes one of the values in set. An Ambiguous or Rejected error may have
	// written all the same: renew tells.
	create(ctx context.Context, it *item) (*crm.Contact, error)
	// update writes the values in set. After a Gone error match finds it no more.
	update(ctx context.Context, it *item) (*crm.Contact, error)
	// remove deletes, and match finds it no more; what does not exist is an error that
	// is Gone.
	remove(ctx context.Context, it *item) error
}

// sparedBy is why a setting of a stream leaves what the source has deleted, as a
// clause; "" if it does not.
func sparedBy(s *object.Stream, kind *crm.Kind) string {
	deletes := s.OnDelete == object.Delete || s.Mode == airbyte.SoftDelete && s.OnDelete != object.Keep
	if deletes {
		return ""
	}
	return `set "on_delete": "delete" to delete the ` + kind.Name + " that bear the key of such records"
}
