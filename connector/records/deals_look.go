package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

const (
	// searchLag is far more than the two seconds that a search for opportunities has been
	// seen to be behind what is written.
	searchLag = 10 * time.Second
	// perPage is how many opportunities a request lists.
	perPage = 100
	// fewPages are read for a key in any case: it may be that of a deal which the
	// source has given to another contact, and by the contact nobody would find it.
	fewPages = 10
)

// looks are what has been asked of a location's opportunities: contact by contact, or
// whole pipelines, or all there are, whichever takes fewer requests.
type looks struct {
	custom   bool            // what their custom fields hold was asked too
	contacts map[string]bool // all of theirs are known
	lists    map[string]list // by pipeline; that of "" has all pipelines
	single   int             // contacts that were asked about so far
	partial  bool            // what this sync has written itself is not all known any more
}

// mostDeals bounds how many opportunities are remembered, so also how many a list may
// have that is read for want of a cheaper way.
var mostDeals = 50_000

// forget forgets all opportunities if they are too many. What matters once more is
// asked about again, when search knows what the sync has written.
func (d *deals) forget(ctx context.Context) error {
	if d.memory.size() <= mostDeals || d.looks.lists[""].read || d.facts.DryRun {
		return nil
	}
	d.memory = newMemory(d.keysOf)
	d.looks = newLooks(d.looks.custom)
	d.looks.partial = true
	return d.settle(ctx, time.Now())
}

// settle waits until search knows what was written before a moment. Nothing is in a
// dry run.
func (d *deals) settle(ctx context.Context, before time.Time) error {
	if d.facts.DryRun {
		return nil
	}
	return rest(ctx, time.Until(before.Add(searchLag)))
}

// list is what is known of a list of opportunities: nothing if it has no pages.
type list struct {
	pages int
	read  bool
}

func newLooks(custom bool) looks {
	return looks{custom: custom, contacts: map[string]bool{}, lists: map[string]list{}}
}

// look makes known which opportunities entries can mean. Those of contacts that this
// sync has created it knows.
func (d *deals) look(ctx context.Context, entries []*entry) error {
	if err := d.forget(ctx); err != nil {
		return err
	}
	if !d.looks.custom && d.concernsCustom(entries) {
		d.looks.custom, d.looks.contacts, d.looks.lists = true, map[string]bool{}, map[string]list{}
	}
	contacts, lists, keyed := d.unknown(entries)
	if len(lists) == 0 {
		return nil
	}
	// Such as what the sync before this one has written, which was killed.
	if err := d.settle(ctx, d.opened); err != nil {
		return err
	}
	each := d.looks.single + len(contacts)
	if keyed || each > len(lists) { // to count costs one request for each list
		pages, err := d.count(ctx, lists)
		if err != nil {
			return err
		}
		if slices.Contains(contacts, "") || keyed && pages <= fewPages || pages <= each && pages*perPage <= mostDeals {
			return d.readLists(ctx, lists)
		}
	}
	d.looks.single = each
	return d.readEach(ctx, contacts)
}

// unknown are the contacts of entries that are about opportunities of which not all are
// known, and the lists that would tell. A key is of any pipeline; where it comes without
// a contact, which is "" then, nothing but the list of all tells.
func (d *deals) unknown(entries []*entry) (contacts, lists []string, keyed bool) {
	for _, e := range entries {
		in := ""
		if len(e.want.Keys) == 0 {
			in = d.places.pipelines.id(e.pipeline())
		}
		switch {
		case e.Reject != nil, len(e.want.Keys) == 0 && in == "", d.looks.lists[""].read, d.looks.lists[in].read, e.parent.Created && !d.looks.partial, d.looks.contacts[e.parent.ID]:
		case slices.ContainsFunc(e.want.Keys, func(k crm.Key) bool { return d.memory.count(k) > 0 }):
		default:
			contacts, lists, keyed = append(contacts, e.parent.ID), append(lists, in), keyed || len(e.want.Keys) > 0
		}
	}
	if slices.Contains(lists, "") {
		lists = []string{""}
	}
	return distinct(contacts), distinct(lists), keyed
}

// count tells how many pages lists have.
func (d *deals) count(ctx context.Context, lists []string) (pages int, err error) {
	for _, pipeline := range lists {
		l := d.looks.lists[pipeline]
		if l.pages == 0 {
			n, err := d.api.CountOpportunities(ctx, ghl.OpportunityQuery{PipelineID: pipeline})
			if err != nil {
				return 0, fmt.Errorf("count the opportunities: %w", err)
			}
			l.pages = max(1, (n+perPage-1)/perPage)
			d.looks.lists[pipeline] = l
		}
		pages += l.pages
	}
	return pages, nil
}

func (d *deals) readLists(ctx context.Context, lists []string) error {
	for _, pipeline := range lists {
		if err := d.read(ctx, ghl.OpportunityQuery{PipelineID: pipeline}); err != nil {
			return err
		}
		d.looks.lists[pipeline] = list{read: true}
	}
	return nil
}

// readEach reads the opportunities of contacts, side by side.
func (d *deals) readEach(ctx context.Context, contacts []string) error {
	group, grouped := bug.NewGroup(ctx, d.Workers())
	for _, id := range contacts {
		group.Go(func() error { return d.read(grouped, ghl.OpportunityQuery{ContactID: id}) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for _, id := range contacts {
		d.looks.contacts[id] = true
	}
	return nil
}

// read asks for opportunities and remembers what is told, unless the sync itself knows
// better: of one that is known no more than custom fields which were not asked about.
func (d *deals) read(ctx context.Context, q ghl.OpportunityQuery) error {
	q.Custom = d.looks.custom
	all, err := d.api.Opportunities(ctx, q)
	if err != nil {
		return fmt.Errorf("read the opportunities: %w", err)
	}
	for _, o := range all {
		told, have := d.decode(o, q.Custom), d.memory.get(o.ID)
		switch {
		case d.isGone(o.ID):
		case have == nil:
			d.memory.put(told)
		case q.Custom && !d.isTold(have):
			d.memory.put(crm.Apply(told, crm.Change{Set: have.Values}))
		}
	}
	return nil
}

// isTold reports whether it is known what an opportunity holds in custom fields.
func (d *deals) isTold(c *crm.Contact) bool {
	return !slices.ContainsFunc(d.custom, func(f *crm.Field) bool { _, told := c.Values[f.Name]; return !told })
}

// concernsCustom reports whether custom fields are written or matched by.
func (d *deals) concernsCustom(entries []*entry) bool {
	return slices.ContainsFunc(entries, func(e *entry) bool {
		return len(e.want.Keys) > 0 || slices.ContainsFunc(d.custom, func(f *crm.Field) bool { _, given := e.want.Values[f.Name]; return given })
	})
}

// rest waits.
func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
