package contacts_test

import (
	"fmt"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// BenchmarkStreams is what a record costs where they come from many streams in
// turn, each with a schema and a few records.
func BenchmarkStreams(b *testing.B) {
	const each = 20
	for _, count := range []int{1, 100, 500} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			var j job
			var input strings.Builder
			for s := range count {
				j.streams = append(j.streams, stream{name: fmt.Sprintf("people%d", s), plan: heropixel, schema: `{"type":"object","properties":{"email":{"type":"string"}}}`})
			}
			n := count * each
			for i := range n {
				input.WriteString(record(fmt.Sprintf("people%d", i%count), fmt.Sprintf(`{"email":"person%d@example.com"}`, i)))
			}
			for s := range count {
				input.WriteString(state(fmt.Sprintf("people%d", s), each))
			}
			p := inside(b, sandbox.Options{})
			for i := range n {
				p.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("person%d@example.com", i), "country": "US", "source": "capitalaudience"}, Tags: []string{"heropixel"}})
			}
			b.ReportAllocs()
			b.ResetTimer()
			for done := 0; done < b.N; done += n {
				if out := p.sync(j, input.String()); out.err != nil {
					b.Fatal(out.err)
				}
			}
		})
	}
}
