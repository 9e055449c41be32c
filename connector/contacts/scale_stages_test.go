package contacts

import (
	"fmt"
	"testing"

	"destination-gohighlevel/connector/crm"
)

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
