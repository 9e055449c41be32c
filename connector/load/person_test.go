package load

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
)

func TestCursorsCompare(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{``, ``, 0}, {``, `1`, -1}, {`1`, ``, 1},
		{`9`, `10`, -1}, {`1.0`, `1`, 0}, {`1e2`, `99.5`, 1}, {`-1`, `0`, -1},
		{`9007199254740993`, `9007199254740992`, 1},
		{`"2024-01-02T00:00:00Z"`, `"2024-01-02T01:00:00+02:00"`, 1},
		{`"2024-01-02T00:00:00.5Z"`, `"2024-01-02T00:00:00Z"`, 1},
		{`"2024-01-02T02:00:00+02:00"`, `"2024-01-02T00:00:00Z"`, 0},
		{`"2024-01-02"`, `"2024-01-10"`, -1},
		{`"b"`, `"a"`, 1}, {`"\u0061"`, `"a"`, 0},
		{`1e999999999`, `1e999999999`, 0}, // must not take for ever
		{`true`, `false`, 1},
	} {
		a, b := json.RawMessage(tt.a), json.RawMessage(tt.b)
		if tt.a == "" {
			a = nil
		}
		if tt.b == "" {
			b = nil
		}
		if got := compareCursors(a, b); got != tt.want {
			t.Errorf("compare %s with %s: %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := compareCursors(b, a); got != -tt.want {
			t.Errorf("compare %s with %s: %d, want %d", tt.b, tt.a, got, -tt.want)
		}
	}
}

func TestCursorAtFollowsThePath(t *testing.T) {
	const data = `{"at":5,"none":null,"meta":{"at":"x"}}`
	for path, want := range map[string]string{"at": "5", "none": "", "gone": "", "meta.at": `"x"`, "at.deeper": "", "": ""} {
		steps := strings.Split(path, ".")
		if path == "" {
			steps = nil
		}
		if got := string((&columns{data: json.RawMessage(data)}).at(steps)); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

// asks is a record that wants a field and has keys, written "email=a phone=1".
func asks(keys, city, cursor string) entry {
	e := entry{want: crm.Desired{Values: map[string]crm.Value{}, Keys: keysFrom(keys)}}
	if city != "" {
		e.want.Values["city"] = crm.Value{Data: city}
	}
	if cursor != "" {
		e.cursor = json.RawMessage(cursor)
	}
	return e
}

func keysFrom(text string) []crm.Key {
	var keys []crm.Key
	for _, word := range strings.Fields(text) {
		name, value, _ := strings.Cut(word, "=")
		keys = append(keys, crm.Key{Field: name, Value: value})
	}
	return keys
}

func TestCoalesce(t *testing.T) {
	for _, tt := range []struct {
		name    string
		entries []entry
		want    string // city of each person
	}{
		{"strangers", []entry{asks("email=a", "A", ""), asks("email=b", "B", "")}, "A B"},
		{"same email", []entry{asks("email=a", "old", ""), asks("email=a", "new", "")}, "new"},
		{"same phone, one without email", []entry{asks("email=a phone=1", "old", ""), asks("phone=1", "new", "")}, "new"},
		{"same phone, other email", []entry{asks("email=a phone=1", "A", ""), asks("email=b phone=1", "B", "")}, "A B"},
		{"greatest cursor", []entry{asks("email=a", "new", "2"), asks("email=a", "old", "1")}, "new"},
		{"equal cursors: the later", []entry{asks("email=a", "old", "2"), asks("email=a", "new", "2")}, "new"},
		{"null cursor is oldest", []entry{asks("email=a", "new", "1"), asks("email=a", "old", "")}, "new"},
		{"by cursor also what the greatest does not mention", []entry{asks("email=a", "", "5"), asks("email=a", "old", "1"),
			asks("email=a", "new", "3")}, "new"},
		{"and in the other order", []entry{asks("email=a", "", "5"), asks("email=a", "new", "3"), asks("email=a", "old", "1")}, "new"},
		{"a record that brings two together", []entry{asks("email=a", "older", ""), asks("phone=1", "old", ""),
			asks("email=a phone=1", "new", "")}, "new"},
		{"and says nothing itself", []entry{asks("email=a", "older", ""), asks("phone=1", "old", ""), asks("email=a", "", ""),
			asks("email=a phone=1", "", "")}, "old"},
		{"a record cannot bring two emails together", []entry{asks("email=a custom=x", "A", ""), asks("email=b phone=1", "B", ""),
			asks("phone=1 custom=x", "new", "")}, "A new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			s := &Stream{Stream: airbyte.Stream{Mode: airbyte.AppendDedup, CursorField: []string{"at"}}}
			for i := range tt.entries {
				tt.entries[i].stream = s
			}
			for _, p := range coalesce(tt.entries) {
				got = append(got, fmt.Sprint(p.want.Values["city"].Data))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}

func TestJoinMergesPeopleOfOneContact(t *testing.T) {
	ana, ben := &crm.Contact{ID: "1"}, &crm.Contact{ID: "2"}
	older, newer := asks("email=a", "old", ""), asks("phone=1", "new", "")
	s := &Stream{}
	older.stream, newer.stream = s, s
	of := func(have *crm.Contact, pieces ...piece) *person {
		return &person{have: have, want: pieces[0].want, pieces: pieces}
	}
	rejected := of(ana, piece{entry: older})
	rejected.reject = &crm.Reject{}
	people := []*person{
		of(ana, piece{entry: older}),
		of(nil, piece{entry: asks("email=x", "", "")}),
		of(ben, piece{entry: older}),
		of(ana, piece{entry: newer, at: 3}, piece{entry: newer, at: 4}),
		rejected,
	}
	got := join(people)
	if len(got) != 4 || len(got[0].pieces) != 3 || got[0].want.Values["city"].Data != "new" {
		t.Errorf("joined to %d people, the first of %d records", len(got), len(got[0].pieces))
	}
}

// TestChainsKeepSharersApart: two people who share a key are in one chain, in
// their order, and nobody is lost.
func TestChainsKeepSharersApart(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var people []*person
		for range 2 + random.IntN(8) {
			keys := fmt.Sprintf("id=%d email=%d phone=%d", random.IntN(20), random.IntN(6), random.IntN(6))
			people = append(people, &person{want: crm.Desired{Keys: keysFrom(keys)[random.IntN(3):]}})
		}
		place, total := map[*person][2]int{}, 0
		for c, chain := range chains(people) {
			for i, p := range chain {
				place[p] = [2]int{c, i}
				total++
			}
		}
		if total != len(people) {
			t.Fatalf("%d people in chains, want %d", total, len(people))
		}
		for i, p := range people {
			for _, q := range people[i+1:] {
				shares := slices.ContainsFunc(p.want.Keys, func(k crm.Key) bool { return slices.Contains(q.want.Keys, k) })
				if shares && (place[p][0] != place[q][0] || place[p][1] > place[q][1]) {
					t.Fatalf("%v and %v are at %v and %v", p.want.Keys, q.want.Keys, place[p], place[q])
				}
			}
		}
	}
}
