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
		if got := string((&columns{data: json.RawMessage(data), names: newSpellings(crm.NewColumns(nil))}).at(steps)); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

// asks is a record that wants a field and has keys, written "email=a phone=1".
func asks(keys, city, cursor string) entry {
	e := entry{want: crm.Desired{Values: map[string]crm.Value{}, Keys: keysFrom(keys)}}
	for _, k := range e.want.Keys {
		e.want.Values[k.Field] = crm.Value{Data: k.Value}
	}
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

func TestGather(t *testing.T) {
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
			for _, p := range newKnown([]string{"email", "phone", "custom"}).gather(separate(tt.entries)) {
				got = append(got, fmt.Sprint(p.want.Values["city"].Data))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("%v, want %s", got, tt.want)
			}
		})
	}
}

// Records of one contact are one person, by whatever key each of them finds it.
func TestGatherByContact(t *testing.T) {
	k := newKnown([]string{"email", "phone"})
	for id, keys := range map[string]string{"1": "email=a phone=+1", "2": "phone=+2", "3": "email=c phone=+3"} {
		c := &crm.Contact{ID: id, Values: map[string]any{}}
		for _, key := range keysFrom(keys) {
			c.Values[key.Field] = key.Value
		}
		k.found(c)
	}
	s := &Stream{}
	var entries []entry
	for i, keys := range []string{"email=a", "phone=+1", "email=x phone=+2", "email=y phone=+2", "phone=+2", "email=z phone=+3", "phone=+3", "email=y"} {
		e := asks(keys, fmt.Sprint(i), "")
		e.stream = s
		entries = append(entries, e)
	}
	var got []string
	for _, p := range k.gather(separate(entries)) {
		who := "new"
		if p.have != nil {
			who = p.have.ID
		}
		for _, piece := range p.pieces {
			who += fmt.Sprintf(" %v", piece.want.Values["city"].Data)
		}
		got = append(got, who)
	}
	want := []string{"1 0 1", "2 2 4", "new 3 7", "new 5", "3 6"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
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
