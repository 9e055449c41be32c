package contacts

import (
	"testing"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
)

// TestRowsThatAreKeysAreNotRemembered: a row whose contact carries its primary key needs no memory. All others do, and what is
// remembered of a row or a contact stays right.
func TestRowsThatAreKeysAreNotRemembered(t *testing.T) {
	entryOf := func(row uint64, email string) *entry {
		return &entry{Record: &load.Record{}, row: row, want: crm.Desired{Keys: []crm.Key{{Field: "email", Value: email}}}}
	}
	contact := func(id, email string) *crm.Contact {
		return &crm.Contact{ID: id, Values: map[string]any{"email": email}}
	}
	r := &rows{isKey: func(field string) bool { return field == "email" }, most: 10, now: newRowsOf(), before: newRowsOf()}
	r.remember(entryOf(1, "ana@example.com"), contact("a", "ana@example.com"))
	if len(r.now.contact)+len(r.now.owner) != 0 || r.contact(1) != "" {
		t.Errorf("remembered %v", r.now)
	}
	r.remember(entryOf(2, "ben@example.com"), contact("b", "old@example.com"))
	if r.contact(2) != "b" {
		t.Errorf("row 2 is %q", r.contact(2))
	}
	r.remember(entryOf(2, "ben@example.com"), contact("c", "ben@example.com"))
	if r.contact(2) != "c" {
		t.Errorf("row 2 is %q, but it has moved on", r.contact(2))
	}
	r.remember(entryOf(3, "old@example.com"), contact("c", "old@example.com"))
	if r.contact(2) != "" {
		t.Errorf("row 2 is %q, but another row has that contact now", r.contact(2))
	}
	other := &rows{isKey: func(string) bool { return false }, most: 10, now: newRowsOf(), before: newRowsOf()}
	other.remember(entryOf(1, "ana@example.com"), contact("a", "ana@example.com"))
	if other.contact(1) != "a" {
		t.Errorf("row 1 is %q, though no key is its primary key", other.contact(1))
	}
}
