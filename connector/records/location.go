package records

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// location is the businesses of one location.
type location struct {
	api    *ghl.Client
	facts  object.Facts
	table  *crm.Table
	custom map[string]ghl.CustomField // by field
	memory *memory

	matchOn  []string         // fields that businesses are looked for by
	creators []*object.Stream // that create businesses

	reading sync.Mutex // guards what follows
	denied  error      // why it cannot be listed: the token lacks the right
	listed  bool       // memory has all businesses,
	told    bool       // and all their custom fields

	requests atomic.Int64 // that the writes of a dry run would have cost
	created  atomic.Int64 // in a dry run
}

func newLocation(api *ghl.Client, f object.Facts, custom []ghl.CustomField) *location {
	l := &location{api: api, facts: f, table: object.Table(crm.Businesses, custom), custom: map[string]ghl.CustomField{}, matchOn: []string{nameField, websiteField}}
	l.memory = newMemory(l.keysAndHost)
	for _, f := range custom {
		l.custom[f.ID] = f
	}
	return l
}

func (l *location) Facts() object.Facts { return l.facts }
func (l *location) Table() *crm.Table   { return l.table }
func (l *location) Pretended() int64    { return l.requests.Load() }

func (l *location) Writer(streams []*object.Stream, o object.Options) load.Object {
	for _, s := range streams {
		if s.Mode != airbyte.Update {
			l.creators = append(l.creators, s)
		}
		for _, field := range s.Plan.MatchOn() {
			if field != "id" && !slices.Contains(l.matchOn, field) {
				l.matchOn = append(l.matchOn, field)
			}
		}
	}
	o = o.OrDefaults()
	return newRun(l.table, &businesses{l, o}, streams, o)
}

// list reads all businesses, once in a sync. Custom fields are told by another
// endpoint, which is asked once custom says that they matter.
func (l *location) list(ctx context.Context, custom bool, workers int) error {
	l.reading.Lock()
	defer l.reading.Unlock()
	if !l.listed && l.denied == nil {
		err := l.enter(ctx)
		if isKind(err, ghl.ScopeMissing) {
			l.denied = err
		}
		if err != nil {
			return err
		}
		l.listed = true
	}
	if l.denied != nil {
		return l.denied
	}
	if !custom || l.told {
		return nil
	}
	records, err := l.api.BusinessRecords(ctx)
	if err != nil {
		return fmt.Errorf("read the custom fields of businesses: %w", err)
	}
	for _, b := range records {
		l.tell(b)
	}
	l.told = true
	return l.readUntold(ctx, workers)
}

// enter reads all businesses and enters those that are not known.
func (l *location) enter(ctx context.Context) error {
	all, err := l.api.Businesses(ctx)
	if err != nil {
		return fmt.Errorf("list the businesses: %w", err)
	}
	for _, b := range all {
		if l.memory.get(b.ID) == nil {
			l.memory.put(l.decode(b))
		}
	}
	return nil
}

// renew lists the businesses anew, so that those are known which creates have made
// whose answers did not say so. The list does not lag.
func (l *location) renew(ctx context.Context, workers int) error {
	l.reading.Lock()
	defer l.reading.Unlock()
	if err := l.enter(ctx); err != nil || !l.told {
		return err
	}
	return l.readUntold(ctx, workers)
}

// tell enters what a business holds in custom fields.
func (l *location) tell(b ghl.Business) {
	have := l.memory.get(b.ID)
	if have == nil || l.isTold(have) { // it is gone, or this sync has created it
		return
	}
	l.memory.put(crm.Apply(have, crm.Change{Set: l.customOf(b)}))
}

// isTold reports whether it is known what a business holds in custom fields.
func (l *location) isTold(c *crm.Contact) bool {
	for id := range l.custom {
		if _, told := c.Values[id]; !told {
			return false
		}
	}
	return true
}

// readUntold reads the custom fields of businesses that the index, which lags, did
// not list.
func (l *location) readUntold(ctx context.Context, workers int) error {
	group, grouped := bug.NewGroup(ctx, workers)
	for _, c := range l.memory.list() {
		if l.isTold(c) {
			continue
		}
		group.Go(func() error {
			b, err := l.api.GetBusinessRecord(grouped, c.ID)
			switch {
			case isKind(err, ghl.Gone):
				l.memory.forget(c.ID)
			case err != nil:
				return fmt.Errorf("read a business: %w", err)
			default:
				l.tell(b)
			}
			return nil
		})
	}
	return group.Wait()
}

// decode turns an answer into canonical values.
func (l *location) decode(b ghl.Business) *crm.Contact {
	c := &crm.Contact{ID: b.ID, Values: map[string]any{}}
	for name, v := range b.Fields {
		if f := l.table.Field(name); f != nil {
			c.Values[name] = f.Canonical(v)
		}
	}
	if b.CustomTold {
		maps.Copy(c.Values, l.customOf(b))
	}
	return c
}

// customOf is what an answer tells of custom fields: what it leaves out is empty.
func (l *location) customOf(b ghl.Business) map[string]any {
	values := make(map[string]any, len(l.custom))
	for id, f := range l.custom {
		values[id] = l.table.Field(id).Canonical(b.Custom[f.Key])
	}
	return values
}
