package contacts

import (
	"context"
	"slices"
	"sync"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// Describe describes GoHighLevel's contacts.
func Describe() object.Descriptor {
	return object.Descriptor{
		Name:  "contacts",
		Modes: []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update, airbyte.SoftDelete},
		Table: func(ctx context.Context, client *ghl.Client) (*crm.Table, error) {
			custom, err := client.CustomFields(ctx)
			return object.Table(crm.Contacts, custom), err
		},
		Probes: []object.Probe{mayRead, mayWrite},
		Open: func(ctx context.Context, client *ghl.Client, dry bool) (object.Location, error) {
			target, err := gateway.Open(ctx, client)
			if err == nil && dry {
				target = gateway.NewDryRun(target)
			}
			return In(target), err
		},
	}
}

// In is the contacts of one location, reached by way of target.
func In(target gateway.Target) object.Location { return &location{Target: target} }

// location is the contacts of one location.
type location struct {
	gateway.Target
	run *run // nil until there is a Writer

	// What [Findable] needs: the fields by which contacts are found, and as hashes
	// those that the sync has created; nil unless that is asked for.
	keys    []string
	created *numbers
}

func (l *location) Pretended() int64 {
	if dry, ok := l.Target.(*gateway.DryRun); ok {
		return dry.Requests()
	}
	return 0
}

func (l *location) Writer(streams []*object.Stream, o object.Options) load.Object {
	l.run = newRun(l, streams, o)
	return l.run
}

// run is the contacts of one sync under way.
type run struct {
	object.Options
	target   gateway.Target
	created  *numbers  // see [location]
	streams  []*stream // but for suppressions
	of       map[*load.Stream]*stream
	finder   *finder
	queue    *queue // for the next window; nil: none is left
	begun    time.Time
	window   *load.Window // that is being written
	outcomes object.Outcomes

	// mu guards what follows and the schedule while the people of a turn are
	// written. All other phases of a window run alone, and one window after another;
	// only Prepare runs meanwhile, and shares with them the plans, which have locks
	// of their own.
	mu     sync.Mutex
	tagged time.Time            // when tags were changed last
	awaits map[string]*lateLink // by contact: what is to be linked to a business that has not come yet
}

func newRun(l *location, streams []*object.Stream, o object.Options) *run {
	l.Record(o.Journal, o.Writes)
	r := &run{Options: o.OrDefaults(), target: l.Target, created: l.created, of: map[*load.Stream]*stream{}, awaits: map[string]*lateLink{},
		begun: time.Now(), outcomes: object.Outcomes{Observe: o.Observe}}
	removing := slices.ContainsFunc(streams, func(s *object.Stream) bool { return removes(s) && s.OnMissing == object.Delete })
	keys := slices.Clone(l.keys)
	var lists bool
	for _, o := range streams {
		s := &stream{Stream: o, target: l.Target, asksTime: o.Plan.AsksForTime()}
		s.Open(r.Log)
		r.of[&o.Stream] = s
		if s.suppresses = suppresses(o); s.suppresses {
			lists, o.OnDelete = true, object.Keep
			continue
		}
		s.history, s.rows = newHistory(len(streams)), newRows(s, len(streams))
		if s.HoldsStates = removes(o); s.HoldsStates || removing {
			s.seen = newSeen()
		}
		r.streams = append(r.streams, s)
		keys = append(keys, s.Plan.MatchOn()...)
	}
	r.finder = newFinder(r, append(keys, crm.Identifiers()...))
	if lists {
		r.finder.suppressed = newSuppressed()
	}
	return r
}

// Write brings what the records of a window ask for into the location.
func (r *run) Write(ctx context.Context, w *load.Window) error {
	r.window = w
	defer r.outcomes.Tell()
	if w.Last {
		return r.linkLate(ctx, w.Records)
	}
	entries := make([]*entry, len(w.Records))
	for i, record := range w.Records {
		entries[i] = r.entry(record)
	}
	recall(entries)
	entries, err := r.settleEarly(entries)
	if err != nil {
		return err
	}
	if err := r.leaveLinks(ctx, entries); err != nil {
		return err
	}
	for _, e := range entries {
		if e.stream.suppresses {
			r.finder.suppressed.name(e.want.Values, e.want.Keys...)
		}
	}
	w.TellTrouble()
	return r.write(ctx, entries)
}

// Finish takes out who is missing after a full refresh.
func (r *run) Finish(ctx context.Context) error {
	defer r.outcomes.Tell()
	r.tellLate()
	return r.removeMissing(ctx)
}

// links are the fields by which the streams link to other objects.
func (r *run) links() (names []string) {
	for _, s := range r.streams {
		for _, f := range s.Links() {
			names = append(names, f.Name)
		}
	}
	return names
}

// fields are all that the streams can write.
func (r *run) fields() []*crm.Field {
	var out []*crm.Field
	for _, s := range r.streams {
		out = append(out, s.Fields()...)
	}
	if r.finder.suppressed != nil {
		out = append(out, r.target.Table().Consents()...)
	}
	return out
}
