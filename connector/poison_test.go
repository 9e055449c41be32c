package connector

import (
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestNumbersThatNobodyMeans: a number that takes a gigabyte to write out costs its value, wherever it stands: in any column, as any key,
// in any keyword of the schema.
func TestNumbersThatNobodyMeans(t *testing.T) {
	for _, number := range []string{`1e1000001`, `-1e999999999`, `1e-1000001`, `0e1000001`, `1` + strings.Repeat("0", 10_000), `0.` + strings.Repeat("0", 10_000) + `1`} {
		columns := []string{"email", "phone", "firstName", "postalCode", "country", "dateOfBirth", "tags", "dnd", "timezone", "assignedTo", "customer_number", "visits",
			"lifetime_value", "member_since", "size", "topics", "links", "id", "nothing"}
		var schema, record []string
		for _, c := range columns {
			schema = append(schema, `"`+c+`":{"type":["null","number","string"],"minimum":-`+strings.TrimPrefix(number, "-")+`,"maximum":`+number+`,"multipleOf":`+number+`,"maxLength":`+number+`,"enum":[`+number+`,"x"],"default":`+number+`}`)
			record = append(record, `"`+c+`":`+number)
		}
		server := sandbox.New(sandbox.Options{})
		settings := map[string]any{"match_on": []string{"email", "phone", "id"}, "create_missing_custom_fields": true}
		catalog := strings.Replace(catalogOf(`people: {`+strings.Join(schema, ",")+`}`), `"destination_sync_mode"`, `"primary_key":[["visits"]],"cursor_field":["nothing"],"destination_sync_mode"`, 1)
		begun := time.Now()
		told, code := synced(t, server, settings, catalog, `people: {`+strings.Join(record, ",")+`}`,
			`people: {"email":"ada@example.com","nothing":`+number+`,"visits":`+number+`,"other":{"a":[`+number+`]}}`, `people: {"email":"bob@example.com"}`)
		if spent := time.Since(begun); spent > 20*time.Second {
			t.Errorf("%.20s: took %v", number, spent)
		}
		if code != exitOK || len(server.Contacts()) < 2 {
			t.Errorf("%.20s: exit code %d, %d contacts: %.3000s", number, code, len(server.Contacts()), told)
		}
		for line := range strings.Lines(told) {
			if len(line) > 20_000 {
				t.Errorf("%.20s: a line of %d bytes is printed: %.300s", number, len(line), line)
			}
		}
	}
}
