package object

import (
	"context"
	"fmt"
	"sync/atomic"

	"destination-gohighlevel/connector/crm"
)

// DryRun is a Target that reads like another and writes nothing: every write
// answers what the API would most likely have answered, and is counted.
type DryRun struct {
	Target
	requests atomic.Int64
	created  atomic.Int64
}

// NewDryRun wraps a target.
func NewDryRun(t Target) *DryRun { return &DryRun{Target: t} }

// Requests is how many requests the writes would have cost so far.
func (d *DryRun) Requests() int64 { return d.requests.Load() }

// Facts are those of the target, with DryRun set.
func (d *DryRun) Facts() Facts {
	f := d.Target.Facts()
	f.DryRun = true
	return f
}

// AddField creates nothing. It must not be called: a field without an id cannot
// be mapped to.
func (d *DryRun) AddField(context.Context, string, string) (string, error) {
	return "", fmt.Errorf("a dry run creates no custom field")
}

// Create answers a contact with an id of its own making.
func (d *DryRun) Create(_ context.Context, w Write) (Result, error) {
	d.requests.Add(1)
	if d.Target.Facts().AllowsDuplicates && w.Unique && !w.Certain {
		d.requests.Add(1) // the primary store is asked before
	}
	now := crm.Apply(nil, crm.Change{Set: crm.Initial(w.Want, w.Defaults), AddTags: w.Want.Tags})
	now.ID = fmt.Sprintf("new-%d", d.created.Add(1))
	for _, f := range d.Table().Fields() {
		if _, told := now.Values[f.Name]; !told {
			now.Values[f.Name] = nil
		}
	}
	return Result{Status: Created, Contact: now}, nil
}

// Update answers the contact as it would be, and notes what cannot be written.
func (d *DryRun) Update(_ context.Context, w Write) (Result, error) {
	set, notes := writable(w.Change.Set)
	plain := len(set)
	if _, ok := set[companyField]; ok {
		d.requests.Add(1)
		plain--
	}
	if plain > 0 {
		d.requests.Add(1)
	}
	r := Result{Status: Unchanged, Contact: w.Have, Notes: notes}
	if len(set) > 0 {
		r.Status, r.Contact = Updated, crm.Apply(w.Have, crm.Change{Set: set})
	}
	return r, nil
}

// ChangeTags changes nothing, with few calls.
func (d *DryRun) ChangeTags(_ context.Context, c TagChange) (map[string]*crm.Reject, error) {
	d.requests.Add(int64(len(c.Contacts)+startBulk-1) / startBulk)
	return nil, nil
}

// Delete deletes nothing. It answers as if the contact were still what search
// says.
func (d *DryRun) Delete(context.Context, string, func(*crm.Contact) bool) (bool, error) {
	d.requests.Add(2)
	return true, nil
}
