package load

import (
	"encoding/json"
	"fmt"
	"testing"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/schema"
)

// The stages that are this package's; those of airbyte (reading), crm
// (mapping, difference) and ghl (decoding) are measured there.

const stagesSchema = `{"type":"object","required":["email"],"properties":{"email":{"type":"string"},"phone":{"type":["null","string"]},
"first_name":{"type":["null","string"]},"last_name":{"type":["null","string"]},"city":{"type":["null","string"]},"visits":{"type":["null","integer"]},
"member_since":{"type":["null","string"],"format":"date"},"topics":{"type":["null","array"],"items":{"type":"string"}}}}`

const stagesRecord = `{"email":"ana@example.com","phone":"+12025550123","first_name":"Ana","last_name":"Lopez","city":null,"visits":7,
"member_since":"2024-03-04","topics":["News","Offers"]}`

func BenchmarkValidate(b *testing.B) {
	s := schema.Compile(json.RawMessage(stagesSchema), func(_, reason string) { b.Fatal(reason) })
	names := newSpellings(crm.NewColumns([]string{"email", "phone", "first_name", "last_name", "city", "visits", "member_since", "topics"}))
	b.ReportAllocs()
	for b.Loop() {
		values := &columns{data: []byte(stagesRecord), names: names}
		if broken := s.Check(values.all(), func(string) bool { return false }); broken != nil {
			b.Fatal(broken)
		}
	}
}

// BenchmarkIndexFind is what it costs to find a contact in an index.
func BenchmarkIndexFind(b *testing.B) {
	const n = 10_000
	table := indexTable()
	var fields []*crm.Field
	for _, name := range indexed {
		fields = append(fields, table.Field(name))
	}
	k := newKnown([]string{"email", "phone"})
	x := newIndex(table, []string{"email", "phone"}, fields)
	for i := range n {
		c := realistic(table, i)
		x.put(c, k.keysOf(c))
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if found := x.with(crm.Key{Field: "email", Value: fmt.Sprintf("firstname.lastname%d@example.com", i%n)}); len(found) != 1 {
			b.Fatal(len(found))
		}
		i++
	}
}
