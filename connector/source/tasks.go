package source

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"destination-gohighlevel/connector/ghl"
)

// contactSet is how many contacts one search asks for by their ids.
const contactSet = 200

// tasks is the stream of tasks. Those of all contacts come by one search; where only some
// contacts are read, it is their tasks that are asked for.
func (l *Location) tasks() Stream {
	text := map[string]any{"type": nullable("string")}
	rows := childRows{owner: l.owner, user: "assignedTo", fields: map[string]any{
		"title": text, "body": text, "dueDate": moment, "completed": map[string]any{"type": nullable("boolean")}, "assignedTo": text}}
	s := Stream{
		Name: "tasks", Schema: fixed(rows.schema()), PrimaryKey: []string{"id"},
		Estimate: func(ctx context.Context, _ json.RawMessage) (tasks, requests int64, err error) {
			asked := map[string]bool{}
			err = l.taskList().read(ctx, listPlace{}, func(page []ghl.Child, _ listPlace) error {
				unknown := 0
				for _, id := range contactIDs(page) {
					if !asked[id] && l.known.find(id) == nil {
						asked[id] = true
						unknown++
					}
				}
				tasks += int64(len(page))
				requests += 1 + int64((unknown+contactSet-1)/contactSet)
				return nil
			})
			return tasks, requests, err
		},
		Read: func(ctx context.Context, from json.RawMessage, to Sink) error {
			at, err := readPlace(from)
			if err != nil {
				return err
			}
			return l.taskList().read(ctx, at, func(page []ghl.Child, next listPlace) error {
				known, err := l.contactsByID(ctx, contactIDs(page))
				if err != nil {
					return err
				}
				for _, task := range page {
					if err := rows.hand(ctx, []ghl.Child{task}, known[task.ContactID], to); err != nil {
						return err
					}
				}
				return to.State(next.state())
			})
		},
	}
	if len(l.only) > 0 {
		perContact := l.perContact(rows, readPass, func(ctx context.Context, contact string) ([]ghl.Child, error) {
			return l.client.SearchTasks(ctx, []string{contact})
		})
		s.OptIn, s.Estimate, s.Read = true, perContact.Estimate, perContact.Read
	}
	return s
}

// taskList lists the tasks of all contacts.
func (l *Location) taskList() listing[ghl.Child] {
	return listing[ghl.Child]{size: ghl.TaskPage, lap: 1, id: func(task ghl.Child) string { return task.ID },
		ask: func(ctx context.Context, skip int) ([]ghl.Child, int, error) {
			page, err := l.client.TasksFrom(ctx, skip)
			return page, 0, err
		}}
}

// contactIDs are those of the contacts to whom these belong.
func contactIDs(tasks []ghl.Child) []string {
	ids := map[string]bool{}
	for _, task := range tasks {
		if task.ContactID != "" {
			ids[task.ContactID] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// contactsByID finds the emails and phones of contacts by their ids, as far as they were
// read before or the search tells of them: a server that takes no set of ids tells of none.
func (l *Location) contactsByID(ctx context.Context, ids []string) (map[string]*ghl.Contact, error) {
	known := make(map[string]*ghl.Contact, len(ids))
	var unknown []string
	for _, id := range ids {
		if known[id] = l.known.find(id); known[id] == nil {
			unknown = append(unknown, id)
		}
	}
	for set := range slices.Chunk(unknown, contactSet) {
		page, err := l.client.SearchContacts(ctx, ghl.Search{Filters: []ghl.Filter{ghl.In("id", set)}, PageLimit: contactSet})
		if ghl.KindOf(err) == ghl.Rejected {
			return known, nil
		}
		if err != nil {
			return nil, err
		}
		for _, c := range page.Contacts {
			l.known.add(c)
			known[c.ID] = &c
		}
	}
	return known, nil
}
