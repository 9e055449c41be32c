package records

import (
	"context"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

var notes = childKind{
	kind: crm.Notes,
	list: (*ghl.Client).Notes, create: (*ghl.Client).CreateNote, update: (*ghl.Client).UpdateNote, remove: (*ghl.Client).DeleteNote,
}

// Notes describes the notes of contacts.
func Notes() object.Descriptor {
	return notes.describe([]airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup, airbyte.Overwrite, airbyte.SoftDelete})
}

// describe describes what belongs to contacts.
func (k childKind) describe(modes []airbyte.SyncMode, probes ...object.Probe) object.Descriptor {
	return object.Descriptor{
		Name:   k.kind.Name,
		Modes:  modes,
		Table:  func(context.Context, *ghl.Client) (*crm.Table, error) { return k.kind.Table(), nil },
		Probes: probes,
		Under:  k.under,
	}
}
