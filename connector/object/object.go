// Package object holds what all objects that can be written have in common: what
// they are called and offer, how the records of their streams are read, and what
// is told of what became of them. How one is written is the business of a package
// of its own, such as contacts.
package object

import (
	"context"
	"slices"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
)

// Descriptor describes one kind of object. Verbs and catalog checks are driven by
// it, so that a further object is a further descriptor.
type Descriptor struct {
	// Name is what destination_object_name and the configuration's
	// streams[].object call it.
	Name string
	// Modes are the destination sync modes it can be written in.
	Modes []airbyte.SyncMode
	// Table reads the fields that a record can fill in a location.
	Table func(ctx context.Context, client *ghl.Client) (*crm.Table, error)
	// Probes try the rights that a sync of the object needs, one each.
	Probes []Probe
	// Open prepares the object in one location. It reads, never writes. With dry
	// nothing will be written later either.
	Open func(ctx context.Context, client *ghl.Client, dry bool) (Location, error)
	// Of names the object that this one is another way to write, such as a list of
	// contacts who must not be contacted; "" is none. Then there are no Probes and no
	// Open of its own: As makes its location of that object's, whose Writer writes the
	// streams of both.
	Of string
	As func(Location) Location
	// Under, of what belongs to contacts, takes the place of Open: it makes the
	// location of theirs.
	Under func(ctx context.Context, contacts Location, client *ghl.Client) (Location, error)
}

// Probe tries one right of a token and changes nothing. fact is what it has found
// on the way, as in "50 contacts"; "" if that is nothing to tell.
type Probe func(ctx context.Context, client *ghl.Client) (fact string, err error)

// Supports reports whether the object can be written in this mode.
func (d Descriptor) Supports(mode airbyte.SyncMode) bool { return slices.Contains(d.Modes, mode) }

// Location is one kind of object in one location.
type Location interface {
	Facts() Facts
	// Table is the fields that a record can fill.
	Table() *crm.Table
	// Writer writes the records of streams, those of [Descriptor.Of] included; it
	// is to be called once.
	Writer(streams []*Stream, o Options) load.Object
	// Pretended is how many requests the writes of a dry run would have cost.
	Pretended() int64
}

// FieldAdder is a [Location] in which custom fields can be created.
type FieldAdder interface {
	// AddField creates a custom field for a stream, of one of the vendor's data types,
	// and returns its key; Table has it from then on. If there is one with that
	// name already, it is taken. Not to be called once records are mapped.
	AddField(ctx context.Context, f NewField) (key string, err error)
}

// NewField is a custom field that is to be created.
type NewField struct {
	Name, DataType string
	Stream         string           // for which it is
	Journal        *journal.Journal // records it; nil records nothing
}

// Facts are what opening an object has learnt about its location.
type Facts struct {
	LocationName string
	Country      string // of the location, ISO-2; "" where it has none
	// AllowsDuplicates is the location's own duplicate setting. True means
	// that a create never fails because of an existing contact, so only the
	// connector stands between a lagging search and a second contact.
	AllowsDuplicates bool
	// DryRun says that nothing is written, so that no write finds out what
	// search has missed.
	DryRun bool
}

// Options are what a writer needs of the sync that it works for.
type Options struct {
	Log zerolog.Logger
	// Workers is how many writes may be under way, as of now: who knows how many
	// requests the API takes at once tells it. nil is [DefaultWorkers].
	Workers func() int
	// Brake bounds what the sync may write.
	Brake *load.Brake
	// Businesses are what contacts can be linked to; nil is none.
	Businesses Businesses
	// Contacts are what notes, tasks and opportunities can belong to; nil is none.
	Contacts Contacts
	// Journal records what is written; nil records nothing.
	Journal *journal.Journal
	// Writes are those that the connector has made; nil: nobody asks for them.
	Writes *journal.Writes
	// Observe is told what became of each thing that was written, window by window
	// and in the order of the input, one call at a time; nil is nobody.
	Observe func(Outcome)
}

// OrDefaults fills in what is not given.
func (o Options) OrDefaults() Options {
	if o.Workers == nil {
		o.Workers = func() int { return DefaultWorkers }
	}
	if o.Brake == nil {
		o.Brake = load.NewBrake(nil, nil)
	}
	return o
}

// DefaultWorkers is how many writes are under way where nothing tells better.
const DefaultWorkers = 16
