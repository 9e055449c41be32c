package object

import (
	"cmp"
	"slices"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
)

// Operation is one way to write an object, in the words of the protocol's
// destination catalog.
type Operation struct {
	ObjectName string     `json:"object_name"`
	SyncMode   string     `json:"sync_mode"`
	JSONSchema crm.Schema `json:"json_schema"`
	// MatchingKeys are the properties by any one of which a record can find
	// its contact: each is a key of its own. Empty where the mode has no choice
	// of a key.
	MatchingKeys [][]string `json:"matching_keys"`
}

// Operations describes each mode of the object, in the order of Modes, for a
// location whose fields are in the table. The same table gives equal
// operations.
func (d Descriptor) Operations(t *crm.Table) []Operation {
	properties := t.Properties()
	operations := make([]Operation, 0, len(d.Modes))
	for _, mode := range d.Modes {
		o := Operation{ObjectName: d.Name, SyncMode: string(mode), JSONSchema: schemaOf(mode, properties), MatchingKeys: [][]string{}}
		if mode != airbyte.Append { // which adds, and takes no key from the user
			o.MatchingKeys = matchingKeys(t.Kind(), properties)
		}
		operations = append(operations, o)
	}
	return operations
}

// schemaOf lists what a record may bring. No other column would be written, so
// none is offered. Nothing is required: any one key is enough, and which one is
// the user's choice. A soft delete writes nothing, so it offers only what finds
// a contact.
func schemaOf(mode airbyte.SyncMode, properties []crm.Property) crm.Schema {
	closed := false
	s := crm.Schema{Type: "object", Properties: make(map[string]crm.Schema, len(properties)), AdditionalProperties: &closed}
	for _, p := range properties {
		if p.Finds || mode != airbyte.SoftDelete {
			s.Properties[p.Name] = p.Schema
		}
	}
	return s
}

// matchingKeys lists the keys: those that identify an object if nobody says so,
// the other standard ones, custom fields.
func matchingKeys(kind *crm.Kind, properties []crm.Property) [][]string {
	keys := [][]string{}
	for _, p := range properties {
		if p.Key {
			keys = append(keys, []string{p.Name})
		}
	}
	first := slices.Concat(kind.MatchOn, kind.Keys())
	place := func(key []string) int {
		if i := slices.Index(first, key[0]); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(keys, func(a, b []string) int { return cmp.Compare(place(a), place(b)) })
	return keys
}
