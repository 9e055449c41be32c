package ghl

import (
	"context"
	"errors"
)

var taskKind = childKind{
	one: "task", many: "tasks", fields: []string{"title", "body", "dueDate", "completed", "assignedTo"},
	list: opTasks, create: opCreateTask, update: opUpdateTask, remove: opDeleteTask,
}

// Tasks reads all tasks of a contact from the primary store. The rest is as with
// [Client.Notes].
//
//ghl:operation GET /contacts/{contactId}/tasks
func (c *Client) Tasks(ctx context.Context, contact string) ([]Child, error) {
	return c.children(ctx, taskKind, contact)
}

// CreateTask creates a task of a contact. The server wants a title, a dueDate and
// whether it is completed. The rest is as with [Client.CreateNote].
//
//ghl:operation POST /contacts/{contactId}/tasks
func (c *Client) CreateTask(ctx context.Context, contact string, fields map[string]any) (Child, error) {
	return c.createChild(ctx, taskKind, contact, fields)
}

// UpdateTask is to tasks what [Client.UpdateNote] is to notes.
//
//ghl:operation PUT /contacts/{contactId}/tasks/{taskId}
func (c *Client) UpdateTask(ctx context.Context, contact, id string, fields map[string]any) (Child, error) {
	return c.updateChild(ctx, taskKind, contact, id, fields)
}

// DeleteTask deletes a task. The rest is as with [Client.DeleteContact].
//
//ghl:operation DELETE /contacts/{contactId}/tasks/{taskId}
func (c *Client) DeleteTask(ctx context.Context, contact, id string) error {
	return c.deleteChild(ctx, taskKind, contact, id)
}

const (
	// TaskPage is how many tasks a page has, unless it is the last.
	TaskPage = 1000
	taskSet  = 100 // contacts of one search, unless the server takes fewer
)

// SearchTasks reads all tasks of these contacts, of a hundred contacts at once and a
// thousand tasks a request; of fewer contacts once the server has refused so many.
// Safe to repeat.
//
//ghl:operation POST /locations/{locationId}/tasks/search
func (c *Client) SearchTasks(ctx context.Context, contacts []string) ([]Child, error) {
	var all []Child
	for len(contacts) > 0 {
		n := min(int(c.taskSet.Load()), len(contacts))
		tasks, err := c.searchTasks(ctx, contacts[:n])
		tooMany := err != nil && (KindOf(err) == Rejected || errors.Is(err, errTooLong))
		switch {
		case tooMany && n > 1:
			c.taskSet.Store(int64(n / 2))
			continue
		case tooMany: // one alone was refused: it is not their number
			c.taskSet.Store(taskSet)
			return nil, err
		case err != nil:
			return nil, err
		}
		all, contacts = append(all, tasks...), contacts[n:]
	}
	return all, nil
}

func (c *Client) searchTasks(ctx context.Context, contacts []string) ([]Child, error) {
	return allPages(opSearchTasks, TaskPage, Child.id, func(_, skip int) ([]Child, int, error) {
		body := map[string]any{"contactId": contacts, "limit": TaskPage, "skip": skip}
		tasks, err := taskKind.read(ctx, c, opSearchTasks, request{path: []string{c.location}, body: body, limit: TaskPage}, contacts...)
		return tasks, 0, err
	})
}

// TasksFrom reads a page of the tasks of all contacts, behind the first skip of them. One
// shorter than [TaskPage] is the last. Safe to repeat.
//
//ghl:operation POST /locations/{locationId}/tasks/search
func (c *Client) TasksFrom(ctx context.Context, skip int) ([]Child, error) {
	body := map[string]any{"limit": TaskPage, "skip": skip}
	return taskKind.read(ctx, c, opSearchTasks, request{path: []string{c.location}, body: body, limit: TaskPage})
}
