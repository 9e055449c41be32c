package records

import (
	"context"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

var tasks = childKind{
	kind: crm.Tasks, given: map[string]any{"completed": false},
	list: (*ghl.Client).Tasks, search: (*ghl.Client).SearchTasks,
	create: (*ghl.Client).CreateTask, update: (*ghl.Client).UpdateTask, remove: (*ghl.Client).DeleteTask,
}

// Tasks describes the tasks of contacts.
func Tasks() object.Descriptor {
	return tasks.describe([]airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update, airbyte.SoftDelete}, maySearchTasks)
}

// absentContact is an id that no contact has.
const absentContact = "00000000000000000000"

// maySearchTasks shows the right to search the tasks of the location. The other rights
// that tasks and notes need are those that contacts need.
func maySearchTasks(ctx context.Context, client *ghl.Client) (fact string, err error) {
	_, err = client.SearchTasks(ctx, []string{absentContact})
	return "", unlessAbsent(err)
}
