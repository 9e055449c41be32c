package crm

import "testing"

// TestKeysOfAMapAreNotTold: a record that is a map from people to something shows it by one of its keys, and then tells none of them.
func TestKeysOfAMapAreNotTold(t *testing.T) {
	p, err := Compile(testTable(), PlanOptions{Columns: []string{"email", "answers"}, MatchOn: []string{"email"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range []string{`{"Ada Lovelace":1,"email":"x@example.com"}`, `{"Ann Lee":"ann@example.com","202-555-0101":2,"Bob Ray":3}`, `{"Cat Fox":"cat@example.com"}`} {
		_, _, _ = p.Map([]byte(record), nil) // what comes of it is not the question
	}
	if late := p.Late(); len(late) > 0 {
		t.Errorf("told: %v", late)
	}
	if looks := p.Lookalikes(); len(looks) > 0 {
		t.Errorf("told: %v", looks)
	}
}
