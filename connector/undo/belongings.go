package undo

import (
	"context"
	"slices"
	"sync"

	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/ghl"
)

const (
	taskContacts    = 100 // that one search of tasks names
	opportunityPage = 100
)

// belongings tells which contacts have a note, a task or an opportunity besides those
// that are deleted anyhow. It asks for the notes of each, for the tasks of many at a time,
// and for opportunities by contact or all of them, whichever is less.
func (u *Undo) belongings(ctx context.Context, contacts []string, besides map[string]bool) (map[string]bool, error) {
	var mu sync.Mutex
	has := map[string]bool{}
	found := func(contact, id string) {
		mu.Lock()
		defer mu.Unlock()
		has[contact] = has[contact] || !besides[id]
	}
	group, grouped := bug.NewGroup(ctx, u.client.Callers())
	for _, id := range contacts {
		group.Go(func() error {
			notes, err := u.client.Notes(grouped, id)
			for _, n := range notes {
				found(id, n.ID)
			}
			return unlessGone(err)
		})
	}
	for batch := range slices.Chunk(contacts, taskContacts) {
		group.Go(func() error {
			tasks, err := u.client.SearchTasks(grouped, batch)
			for _, t := range tasks {
				found(t.ContactID, t.ID)
			}
			return err
		})
	}
	for _, q := range u.questions(grouped, contacts) {
		group.Go(func() error {
			all, err := u.client.Opportunities(grouped, q)
			for _, o := range all {
				found(o.ContactID, o.ID)
			}
			return err
		})
	}
	err := group.Wait()
	return has, about("look at what belongs to the contacts that were created", err)
}

// questions are what is asked about the opportunities of contacts.
func (u *Undo) questions(ctx context.Context, contacts []string) (all []ghl.OpportunityQuery) {
	total, err := u.client.CountOpportunities(ctx, ghl.OpportunityQuery{})
	if err == nil && (total+opportunityPage-1)/opportunityPage <= len(contacts) {
		return []ghl.OpportunityQuery{{}}
	}
	for _, id := range contacts {
		all = append(all, ghl.OpportunityQuery{ContactID: id})
	}
	return all
}

func unlessGone(err error) error {
	if kind := ghl.KindOf(err); err != nil && (kind == ghl.Gone || kind == ghl.Rejected) {
		return nil
	}
	return err
}
