package object_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

func fields() *crm.Table {
	return crm.Contacts.Table(
		crm.CustomField("cf1", "contact.number", "Number", "TEXT", nil),
		crm.CustomField("cf2", "contact.age", "Age", "NUMERICAL", nil),
		crm.CustomField("cf3", "contact.joined", "Joined", "DATE", nil))
}

func TestOneOperationPerMode(t *testing.T) {
	d := object.Descriptor{Name: "people", Modes: []airbyte.SyncMode{"update", "append", "soft_delete", "overwrite", "append_dedup"}}
	operations := d.Operations(fields())
	if len(operations) != len(d.Modes) {
		t.Fatalf("%d operations for %d modes", len(operations), len(d.Modes))
	}
	all := len(fields().Properties())
	for i, o := range operations {
		if o.ObjectName != "people" || o.SyncMode != string(d.Modes[i]) {
			t.Errorf("operation %d is %s of %s", i, o.SyncMode, o.ObjectName)
		}
		keys, properties, want := "[[email] [phone] [id] [age] [number]]", all, ""
		if o.SyncMode == "append" {
			keys = "[]"
		}
		if o.SyncMode == "soft_delete" {
			properties, want = 6, "age country email id number phone"
		}
		if got := names(o.MatchingKeys); got != keys {
			t.Errorf("%s: matching keys %s, want %s", o.SyncMode, got, keys)
		}
		got := strings.Join(slices.Sorted(maps.Keys(o.JSONSchema.Properties)), " ")
		if len(o.JSONSchema.Properties) != properties || want != "" && got != want {
			t.Errorf("%s: offers %s", o.SyncMode, got)
		}
		for _, key := range o.MatchingKeys {
			if _, offered := o.JSONSchema.Properties[key[0]]; !offered {
				t.Errorf("%s: the key %s cannot be mapped", o.SyncMode, key)
			}
		}
	}
}

func names(keys [][]string) string {
	var list []string
	for _, key := range keys {
		list = append(list, "["+strings.Join(key, ".")+"]")
	}
	return "[" + strings.Join(list, " ") + "]"
}

func TestOperationOnTheWire(t *testing.T) {
	d := object.Descriptor{Name: "people", Modes: []airbyte.SyncMode{"append"}}
	got, err := json.Marshal(d.Operations(fields()))
	beginning, city, end := `[{"object_name":"people","sync_mode":"append","json_schema":{"type":"object","properties":{"address1":{`,
		`"city":{"type":"string","title":"City"},`, `}},"additionalProperties":false},"matching_keys":[]}]`
	if err != nil || !strings.HasPrefix(string(got), beginning) || !strings.Contains(string(got), city) || !strings.HasSuffix(string(got), end) {
		t.Errorf("%s (%v)", got, err)
	}
}

// TestKeysOfAnObject: what identifies objects of a kind goes before other keys.
func TestKeysOfAnObject(t *testing.T) {
	d := object.Descriptor{Name: "businesses", Modes: []airbyte.SyncMode{airbyte.AppendDedup}}
	table := crm.Businesses.Table(crm.CustomField("cf1", "business.number", "Number", "TEXT", nil))
	if got := names(d.Operations(table)[0].MatchingKeys); got != "[[name] [id] [website] [number]]" {
		t.Errorf("matching keys %s", got)
	}
}
