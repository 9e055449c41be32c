package integration_tests

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// scaleWide: new people of many columns take little memory, however many they are.
func scaleWide(t *testing.T, binary string) {
	const columns = 140 // beside those of a citizen
	var fields []sandbox.CustomField
	for i := range columns {
		fields = append(fields, sandbox.CustomField{ID: fmt.Sprintf("cfAnswer%012d", i), Name: fmt.Sprintf("Answer %d", i), DataType: "TEXT"})
	}
	n := scaled(20_000, 1000)
	p := newPlant(t, binary, 0, fields...)
	u := p.run(t, n, func(w *bufio.Writer) {
		for i := range n {
			_, _ = fmt.Fprintf(w, `{"type":"RECORD","record":{"stream":"people","emitted_at":1,"data":{"email":"wide%d@example.com","last_name":"Lopez %[1]d"`, i)
			for c := range columns {
				_, _ = fmt.Fprintf(w, `,"answer_%d":"answer %[1]d of person %d"`, c, i)
			}
			_, _ = w.WriteString("}}}\n")
		}
		writeState(w, "people", n)
	})
	if u.accepted != float64(n) || u.writes != n {
		t.Errorf("%v records accepted and %d writes, want %d of both: %s", u.accepted, u.writes, n, u.closing)
	}
	if got := p.Contacts()[0].CustomFields["cfAnswer000000000000"]; !strings.HasPrefix(fmt.Sprint(got), "answer 0 of person ") {
		t.Errorf("the first answer is %v", got)
	}
	if u.peak > 150*mb {
		t.Errorf("it took %d MB, want 150 MB at most", u.peak/mb)
	}
}

// scaleLocation: a location is kept in little memory, be it as large as it may; one that is too large is looked up from the start.
func scaleLocation(t *testing.T, binary string) {
	for _, size := range []struct {
		contacts, records int // so many records that looking them up is dearer than the listing, where there is one
		listed            bool
	}{
		{scaled(250_000, 20_000), scaled(125_000, 10_000), true},
		{scaled(1_000_000, 0), 500_000, true},
		{scaled(1_500_000, 0), 100_000, false},
	} {
		if size.contacts == 0 {
			continue
		}
		t.Run(strconv.Itoa(size.contacts), func(t *testing.T) {
			p := newPlant(t, binary, size.contacts)
			u := p.run(t, size.records, func(w *bufio.Writer) {
				for i := range size.records {
					citizen(i).record(w, "people")
				}
				writeState(w, "people", size.records)
			})
			if u.accepted != float64(size.records) || u.writes != 0 {
				t.Errorf("%v records accepted, %d writes, want %d and none: %s", u.accepted, u.writes, size.records, u.closing)
			}
			if pages := size.contacts / 500; size.listed && (u.requests < pages || u.requests > 2*pages+10) {
				t.Errorf("%d requests, want a listing of %d pages and as many lookups at most", u.requests, pages)
			} else if !size.listed && u.requests > size.records/100+10 {
				t.Errorf("%d requests, want lookups only, of %d records", u.requests, size.records)
			}
			if u.peak > 200*mb {
				t.Errorf("it took %d MB, want 200 MB at most", u.peak/mb)
			}
		})
	}
}
