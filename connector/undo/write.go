package undo

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
)

const (
	linkField    = gateway.LinkField
	contactField = "contactId" // of what belongs to a contact
)

// Write does what [Undo.Look] has found. Stopped or killed anywhere, another Undo of the
// same runs ends as if nothing had happened.
func (u *Undo) Write(ctx context.Context) error {
	for _, th := range u.Things {
		u.steps.Add(th.steps())
	}
	contacts := u.of(crm.Contacts.Name)
	for _, phase := range []func() error{
		func() error { return u.each(ctx, u.others(), u.writeOther) },
		func() error { return u.each(ctx, contacts, u.remove) },
		func() error { return u.each(ctx, contacts, u.recreate) }, // whose email one that was created may have had
		func() error { return u.each(ctx, contacts, u.update) },
		func() error { return u.link(ctx, contacts) },
		func() error { return u.changeTags(ctx, contacts) },
		func() error { return u.each(ctx, u.others(), u.recreateOther) },
	} {
		if err := phase(); err != nil {
			return err
		}
		if err := u.journal.Flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (u *Undo) others() []*Thing {
	return slices.DeleteFunc(slices.Clone(u.Things), func(th *Thing) bool { return th.Object == crm.Contacts.Name })
}

// each does something to things side by side.
func (u *Undo) each(ctx context.Context, things []*Thing, do func(context.Context, *Thing) error) error {
	group, grouped := bug.NewGroup(ctx, u.client.Callers())
	for _, th := range things {
		group.Go(func() error { return do(grouped, th) })
	}
	return group.Wait()
}

// from is for what a contact is written, in the journal.
func (u *Undo) from(c *crm.Contact) journal.Origin {
	of := u.origin
	for _, name := range crm.Identifiers() {
		if text := c.KeyText(name); text != "" {
			if of.Keys == nil {
				of.Keys = map[string]string{}
			}
			of.Keys[name] = text
		}
	}
	return of
}

// recreate creates a contact anew, unless somebody has its email or phone by now.
func (u *Undo) recreate(ctx context.Context, th *Thing) error {
	if th.Recreate == nil {
		return nil
	}
	want := wanted(th.Recreate, th.RecreateTags)
	if len(want.Keys) == 0 {
		th.Kept = append(th.Kept, Kept{"", "deleted, and not created anew: without an email or phone nobody can tell whether it was already"})
		return nil
	}
	maps.DeleteFunc(want.Values, func(name string, _ crm.Value) bool {
		f := u.target.Table().Field(name)
		return f == nil || name == linkField || name == "name" || f.Type == crm.ID
	})
	u.done.Add(1)
	r, err := u.createOnce(ctx, want, th)
	switch {
	case err != nil:
		return err
	case r.Reject != nil:
		th.refuse(r.Reject)
	case r.Met == nil:
		u.renamed(th, r.Contact)
	case holds(u.target.Table(), r.Met, values(want)): // created by an undo that was stopped
		u.renamed(th, r.Met)
	default:
		th.Kept = append(th.Kept, Kept{"", "deleted, and not created anew: another contact has its email or phone by now"})
	}
	return nil
}

// createOnce creates a contact unless one of its email or phone is met.
func (u *Undo) createOnce(ctx context.Context, want crm.Desired, th *Thing) (gateway.Result, error) {
	have, reject, err := u.target.Lookup(ctx, want)
	if err != nil || reject != nil || have != nil {
		return gateway.Result{Met: have, Reject: reject}, err
	}
	return u.target.Create(ctx, gateway.Write{Of: u.from(&crm.Contact{Values: th.Recreate}), Want: want, Unique: true, RejectConflicts: true})
}

// wanted is a contact of these values.
func wanted(values map[string]any, tags []string) crm.Desired {
	want := crm.Desired{Values: map[string]crm.Value{}, Tags: tags}
	for name, v := range values {
		if v != nil {
			want.Values[name] = crm.Value{Data: v}
		}
	}
	for _, name := range crm.Identifiers() {
		if text, ok := values[name].(string); ok {
			want.Keys = append(want.Keys, crm.KeyOf(name, text))
		}
	}
	return want
}

func values(want crm.Desired) map[string]any {
	all := make(map[string]any, len(want.Values))
	for name, v := range want.Values {
		all[name] = v.Data
	}
	return all
}

var renaming sync.Mutex

// renamed remembers the new id of a contact, and what is left to be given to it.
func (u *Undo) renamed(th *Thing, now *crm.Contact) {
	renaming.Lock()
	defer renaming.Unlock()
	u.ids[th.ID] = now.ID
	link := th.Recreate[linkField]
	th.Now, th.Set = now, nil
	if link != nil && link != now.Values[linkField] {
		th.Set = map[string]any{linkField: link}
	}
	for _, tag := range th.RecreateTags {
		if !slices.Contains(now.Tags, tag) {
			th.AddTags = append(th.AddTags, tag)
		}
	}
}

func (th *Thing) refuse(why *trouble.Reject) {
	th.Kept = append(th.Kept, Kept{why.Field, "HighLevel refused it: " + why.Reason})
}

// update writes the fields of a contact that go back.
func (u *Undo) update(ctx context.Context, th *Thing) error {
	set := maps.Clone(th.Set)
	delete(set, linkField)
	if len(set) == 0 || th.Delete {
		return nil
	}
	r, err := u.target.Update(ctx, gateway.Write{Of: u.from(th.Now), Have: th.Now, Change: crm.Change{Set: set}, Alone: !u.target.Facts().AllowsDuplicates})
	if err != nil {
		return err
	}
	u.done.Add(1)
	for _, n := range r.Notes {
		th.Kept = append(th.Kept, Kept{n.Field, n.Rule})
	}
	switch {
	case r.Reject != nil:
		th.refuse(r.Reject)
	case r.Gone:
		th.Kept = append(th.Kept, Kept{"", goneSince})
	}
	return nil
}

// link gives contacts back their businesses.
func (u *Undo) link(ctx context.Context, contacts []*Thing) error {
	to := map[string][]gateway.Subject{}
	of := map[string]*Thing{}
	for _, th := range contacts {
		business, linked := th.Set[linkField]
		if linked && !th.Delete {
			text, _ := business.(string)
			to[text] = append(to[text], gateway.Subject{ID: th.Now.ID, Have: th.Now, Of: u.from(th.Now)})
			of[th.Now.ID] = th
		}
	}
	for _, business := range slices.Sorted(maps.Keys(to)) {
		if business != "" {
			if _, err := u.client.GetBusiness(ctx, business); unlessGone(err) != nil {
				return err
			} else if err != nil {
				for _, s := range to[business] {
					of[s.ID].Kept = append(of[s.ID].Kept, Kept{linkField, "the business does not exist any more"})
				}
				continue
			}
		}
		for batch := range slices.Chunk(to[business], gateway.MaxLink) {
			_, reject, err := u.target.Link(ctx, business, batch)
			if err != nil {
				return err
			}
			u.done.Add(int64(len(batch)))
			for _, s := range batch {
				if reject != nil {
					of[s.ID].refuse(reject)
				}
			}
		}
	}
	return nil
}

// changeTags gives contacts their tags back, those with the same tags in one call.
func (u *Undo) changeTags(ctx context.Context, contacts []*Thing) error {
	for _, remove := range []bool{true, false} {
		calls := map[string]*gateway.TagChange{}
		of := map[string]*Thing{}
		for _, th := range contacts {
			tags := th.AddTags
			if remove {
				tags = th.RemoveTags
			}
			if len(tags) == 0 || th.Delete || th.Now == nil {
				continue
			}
			key := strings.Join(tags, "\n")
			if calls[key] == nil {
				calls[key] = &gateway.TagChange{Remove: remove, Tags: tags}
			}
			calls[key].Contacts = append(calls[key].Contacts, gateway.Subject{ID: th.Now.ID, Have: th.Now, Of: u.from(th.Now)})
			of[th.Now.ID] = th
		}
		for _, key := range slices.Sorted(maps.Keys(calls)) {
			failed, err := u.target.ChangeTags(ctx, *calls[key])
			if err != nil {
				return err
			}
			u.done.Add(int64(len(calls[key].Contacts)))
			for id, why := range failed {
				if why != nil {
					of[id].refuse(why)
				}
			}
		}
	}
	return nil
}

// writeOther does what is to be done to what is no contact.
func (u *Undo) writeOther(ctx context.Context, th *Thing) (err error) {
	k := u.keepers[th.Object]
	switch {
	case th.steps() == 0 || th.Recreate != nil:
		return nil
	case th.Delete:
		err = k.Delete(ctx, th.Now, u.origin)
	default:
		err = k.Update(ctx, th.Now, th.Set, u.origin)
	}
	u.done.Add(1)
	if why := refusal(err); why != nil {
		th.refuse(why)
		return nil
	}
	return err
}

// recreateOther creates what is no contact anew.
func (u *Undo) recreateOther(ctx context.Context, th *Thing) error {
	if th.Recreate == nil {
		return nil
	}
	contact := cmp.Or((&crm.Contact{Values: th.Recreate}).KeyText(contactField), th.Contact) // the record may have named another
	contact = cmp.Or(u.ids[contact], contact)
	owner, _, err := u.target.Read(ctx, contact)
	if err != nil {
		return err
	}
	if owner == nil {
		th.Kept = append(th.Kept, Kept{"", "deleted, and not created anew: its contact does not exist any more"})
		return nil
	}
	u.done.Add(1)
	k := u.keepers[th.Object]
	there, err := k.Create(ctx, contact, th.Recreate, u.origin)
	switch why := refusal(err); {
	case why != nil:
		th.refuse(why)
		return nil
	case err == nil && !holds(k.Table(), there, th.Recreate):
		th.Kept = append(th.Kept, Kept{"", deletedTaken})
	}
	return err
}

// remove deletes a contact that a run has created.
func (u *Undo) remove(ctx context.Context, th *Thing) error {
	if !th.Delete {
		return nil
	}
	u.done.Add(1)
	reject, err := u.target.Delete(ctx, gateway.Subject{ID: th.ID, Have: th.Now, Of: u.from(th.Now)})
	if reject != nil {
		th.refuse(reject)
	}
	return err
}

// refusal is why the API did not take a write; nil if err is none, or nothing that
// concerns one thing alone.
func refusal(err error) *trouble.Reject {
	if err == nil || !slices.Contains([]ghl.Kind{ghl.Rejected, ghl.Gone, ghl.Duplicate}, ghl.KindOf(err)) {
		return nil
	}
	return object.Refused(err)
}
