package contacts_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// dated is a stream of people whose column at says how new a record is.
var dated = stream{cursor: []string{"at"}, plan: heropixel}

// inWindowsOf runs a test with all records in one window, and with windows of
// one, two and three records.
func inWindowsOf(t *testing.T, do func(t *testing.T, l load.Limits)) {
	for _, size := range []int{1, 2, 3, 1000} {
		t.Run(fmt.Sprintf("windows of %d", size), func(t *testing.T) { do(t, small(size)) })
	}
}

func TestTheGreatestCursorWinsFieldByField(t *testing.T) {
	for _, tt := range []struct {
		name                  string
		records               []string
		city, state, lastName any
	}{
		{"numbers", []string{`{"email":"ana@example.com","at":10,"city":"New"}`, `{"email":"ana@example.com","at":9,"city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"numbers beyond a float", []string{`{"email":"ana@example.com","at":9007199254740993,"city":"New"}`,
			`{"email":"ana@example.com","at":9007199254740992,"city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"numbers as text", []string{`{"email":"ana@example.com","at":"10","city":"New"}`, `{"email":"ana@example.com","at":"9","city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"fractions", []string{`{"email":"ana@example.com","at":1.10,"city":"New"}`, `{"email":"ana@example.com","at":1.1,"state":"TX"}`, `{"email":"ana@example.com","at":1.09,"city":"Old"}`}, "New", "TX", ""},
		{"times in zones", []string{`{"email":"ana@example.com","at":"2024-01-02T01:00:00Z","city":"New"}`,
			`{"email":"ana@example.com","at":"2024-01-02T02:00:00+02:00","city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"times with fractions", []string{`{"email":"ana@example.com","at":"2024-01-02T01:00:00.5Z","city":"New"}`,
			`{"email":"ana@example.com","at":"2024-01-02T01:00:00Z","city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"times without a zone", []string{`{"email":"ana@example.com","at":"2024-01-02T01:00:00.5","city":"New"}`,
			`{"email":"ana@example.com","at":"2024-01-02T01:00:00","city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"days", []string{`{"email":"ana@example.com","at":"2024-01-10","city":"New"}`, `{"email":"ana@example.com","at":"2024-01-09","city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"null is oldest", []string{`{"email":"ana@example.com","at":1,"city":"New"}`, `{"email":"ana@example.com","at":null,"city":"Old","state":"TX"}`,
			`{"email":"ana@example.com","city":"Older still","lastName":"Lopez"}`}, "New", "TX", "Lopez"},
		{"equal: the later", []string{`{"email":"ana@example.com","at":5,"city":"Old","state":"TX"}`, `{"email":"ana@example.com","at":5,"city":"New"}`}, "New", "TX", ""},
		{"three versions, the newest first", []string{`{"email":"ana@example.com","at":3,"city":"New"}`, `{"email":"ana@example.com","at":2,"city":"Old","state":"TX"}`,
			`{"email":"ana@example.com","at":1,"city":"Older","state":"MA","lastName":"Lopez"}`}, "New", "TX", "Lopez"},
		{"three versions, the newest in between", []string{`{"email":"ana@example.com","at":1,"city":"Older","lastName":"Lopez","state":"MA"}`,
			`{"email":"ana@example.com","at":3,"city":"New"}`, `{"email":"ana@example.com","at":2,"city":"Old","state":"TX"}`}, "New", "TX", "Lopez"},
		{"found by phone", []string{`{"email":"ana@example.com","phone":"+12025550123","at":3,"city":"New"}`, `{"phone":"(202) 555-0123","at":2,"city":"Old","state":"TX"}`}, "New", "TX", ""},
		{"an older email", []string{`{"phone":"+12025550123","at":3,"email":"ana@example.com","city":"New"}`,
			`{"phone":"+12025550123","at":2,"state":"TX","city":"Old"}`}, "New", "TX", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, known := range []bool{false, true} {
				inWindowsOf(t, func(t *testing.T, l load.Limits) {
					p := inside(t, sandbox.Options{})
					if known {
						p.human(map[string]any{"email": anaEmail, "phone": anaPhone, "city": "Oldest"}, "human")
					}
					out := p.must(job{limits: l, streams: []stream{dated}}, records(tt.records...)+state("people", 1))
					out.counts(t, len(tt.records), 0)
					field(t, p.only(), "city", tt.city)
					field(t, p.only(), "state", tt.state)
					field(t, p.only(), "lastName", tt.lastName)
					if !slices.Contains(p.only().Tags, "heropixel") {
						t.Error("the tag is missing")
					}
				})
			}
		})
	}
}

// deletedAt is a CDC delete of ana with a cursor.
func deletedAt(at string) string {
	return `{"email":"ana@example.com","at":` + at + `,"_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`
}

func TestAStaleDeleteOrInsertDoesNothing(t *testing.T) {
	const insert5, insert7 = `{"email":"ana@example.com","at":5,"city":"Five"}`, `{"email":"ana@example.com","at":7,"city":"Seven"}`
	for _, tt := range []struct {
		name    string
		records []string
		tagged  bool
		city    string
	}{
		{"a delete older than the insert", []string{insert5, deletedAt("4")}, true, "Five"},
		{"an insert older than the delete", []string{deletedAt("6"), insert5}, false, ""},
		{"an insert newer than the delete", []string{deletedAt("6"), insert7}, true, "Seven"},
		{"a delete newer than the insert", []string{insert5, deletedAt("6")}, false, ""},
		{"an old insert after a newer pair", []string{deletedAt("6"), insert7, insert5}, true, "Seven"},
		{"an old delete after a newer pair", []string{insert5, insert7, deletedAt("6")}, true, "Seven"},
		{"an old insert between", []string{insert7, insert5, deletedAt("8")}, false, ""},
		{"a delete of the same age, later", []string{insert5, deletedAt("5")}, false, ""},
		{"an insert of the same age, later", []string{deletedAt("5"), insert5}, true, "Five"},
		{"a delete with a null cursor, later", []string{insert5, deletedAt("null")}, false, ""},
		{"a delete with a null cursor, earlier", []string{deletedAt("null"), insert5}, true, "Five"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, how := range []object.Removal{object.RemoveTags, object.Delete} {
				for _, mode := range []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite} {
					t.Run(fmt.Sprintf("%s %s", how, mode), func(t *testing.T) {
						inWindowsOf(t, func(t *testing.T, l load.Limits) {
							p := inside(t, sandbox.Options{})
							p.human(map[string]any{"email": anaEmail, "country": "US"}, "human", "heropixel")
							s := dated
							s.mode, s.onDelete = mode, how
							p.must(job{limits: l, streams: []stream{s}}, records(tt.records...)+state("people", 1)).counts(t, len(tt.records), 0)
							if got := p.tagged("heropixel") == 1; got != tt.tagged {
								t.Fatalf("tagged is %v, want %v", got, tt.tagged)
							}
							if tt.tagged {
								field(t, p.only(), "city", tt.city)
							}
							if left := len(p.Contacts()); how == object.Delete && !tt.tagged && left != 0 {
								t.Errorf("%d contacts are left", left)
							}
						})
					})
				}
			}
		})
	}
}

// Streams count their cursors apart: what is old in one says nothing about the
// other, and between streams the later record wins.
func TestEachStreamHasItsOwnCursor(t *testing.T) {
	a, b := dated, dated
	a.name, b.name = "a", "b"
	a.plan, b.plan = crm.PlanOptions{Tags: []string{"a"}}, crm.PlanOptions{Tags: []string{"b"}}
	ana := func(stream string, at int, fields string) string {
		return record(stream, fmt.Sprintf(`{"email":"ana@example.com","at":%d,%s}`, at, fields))
	}
	for _, tt := range []struct {
		name, input string
		city, state string
	}{
		{"the later stream wins, though its cursor is smaller", ana("a", 100, `"city":"A","state":"TX"`) + ana("b", 1, `"city":"B"`), "B", "TX"},
		{"stale in its own stream", ana("a", 100, `"city":"A"`) + ana("b", 1, `"city":"B"`) + ana("a", 99, `"city":"Old","state":"TX"`), "B", "TX"},
		{"new in its own stream", ana("a", 100, `"city":"A"`) + ana("b", 1, `"city":"B"`) + ana("a", 101, `"city":"C","state":"TX"`), "C", "TX"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range []int{1, 2, 3} {
				p := inside(t, sandbox.Options{})
				p.must(job{limits: small(size), streams: []stream{a, b}}, tt.input)
				field(t, p.only(), "city", tt.city)
				field(t, p.only(), "state", tt.state)
				tags(t, p.only(), "a", "b")
			}
		})
	}
}

// A record that is void in its stream takes nothing with it of what another
// stream says about the same person in the same window.
func TestAVoidRecordDoesNotVoidAnotherStream(t *testing.T) {
	a, b := dated, dated
	a.name, b.name = "a", "b"
	a.plan, b.plan = crm.PlanOptions{Tags: []string{"a"}}, crm.PlanOptions{Tags: []string{"b"}}
	for name, stale := range map[string]string{
		"a stale insert": record("b", `{"email":"ana@example.com","at":5,"city":"Old"}`),
		"a stale delete": record("b", deletedAt("5")),
	} {
		newer := map[string]string{"a stale insert": deletedAt("6"), "a stale delete": `{"email":"ana@example.com","at":6}`}[name]
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{2, 1} { // 2: both in the second window
				p := inside(t, sandbox.Options{})
				p.human(map[string]any{"email": anaEmail, "country": "US"})
				p.human(map[string]any{"email": benEmail, "country": "US"})
				first := record("b", newer) + record("b", `{"email":"ben@example.com","at":6}`)
				p.must(job{limits: small(size), streams: []stream{a, b}}, first+record("a", `{"email":"ana@example.com","at":1,"city":"Boston"}`)+stale)
				field(t, p.with(anaEmail), "city", "Boston")
				if !slices.Contains(p.with(anaEmail).Tags, "a") {
					t.Errorf("windows of %d: tags %v", size, p.with(anaEmail).Tags)
				}
			}
		})
	}
}

// A rejected record says nothing: what is older than it still counts.
func TestARejectedRecordMakesNothingStale(t *testing.T) {
	inWindowsOf(t, func(t *testing.T, l load.Limits) {
		p := inside(t, sandbox.Options{})
		s := dated
		s.schema = `{"type":"object","properties":{"city":{"type":"string"}}}`
		out := p.must(job{limits: l, streams: []stream{s}},
			records(`{"email":"ana@example.com","at":9,"city":7}`, `{"email":"ana@example.com","at":8,"city":"Boston"}`)+state("people", 1))
		out.counts(t, 1, 1)
		field(t, p.only(), "city", "Boston")
	})
}

func TestACursorInANestedColumn(t *testing.T) {
	inWindowsOf(t, func(t *testing.T, l load.Limits) {
		p := inside(t, sandbox.Options{})
		s := dated
		s.cursor = []string{"meta", "at"}
		p.must(job{limits: l, streams: []stream{s}},
			records(`{"email":"ana@example.com","meta":{"at":2},"city":"New"}`, `{"email":"ana@example.com","meta":{"at":1},"city":"Old"}`, `{"email":"ana@example.com","meta":null,"city":"None"}`))
		field(t, p.only(), "city", "New")
	})
}

func TestANullClearsByCursorToo(t *testing.T) {
	for name, tt := range map[string]struct {
		lines []string
		city  string
	}{
		"an older null": {[]string{`{"email":"ana@example.com","at":2,"city":"New"}`, `{"email":"ana@example.com","at":1,"city":null}`}, "New"},
		"a newer null":  {[]string{`{"email":"ana@example.com","at":2,"city":null}`, `{"email":"ana@example.com","at":1,"city":"Old"}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			inWindowsOf(t, func(t *testing.T, l load.Limits) {
				p := inside(t, sandbox.Options{})
				p.human(map[string]any{"email": anaEmail, "city": "Oldest"})
				s := stream{cursor: []string{"at"}, plan: crm.PlanOptions{ClearNulls: true}}
				p.must(job{limits: l, streams: []stream{s}}, records(tt.lines...))
				field(t, p.only(), "city", tt.city)
			})
		})
	}
}

// Many people's versions in windows of different sizes end as the newest of
// each, whatever the order.
func TestManyPeoplesVersionsInAnyOrder(t *testing.T) {
	const people, versions = 30, 4
	for _, size := range []int{1, 7, 1000} {
		p := inside(t, sandbox.Options{})
		lines := make([]string, 0, people*versions)
		for v := range versions {
			for i := range people {
				at := (v*7 + i*3) % versions // each person has another order
				lines = append(lines, fmt.Sprintf(`{"email":%q,"at":%d,"city":"City %d"}`, crowdEmail((i*11+v)%people), at*100+v, at*100+v))
			}
		}
		newest := map[string]int{}
		for _, l := range lines {
			var r struct {
				Email string
				At    int
			}
			if err := json.Unmarshal([]byte(l), &r); err != nil {
				t.Fatal(err)
			}
			newest[r.Email] = max(newest[r.Email], r.At)
		}
		p.must(job{limits: small(size), streams: []stream{dated}}, records(lines...)+state("people", 1)).counts(t, len(lines), 0)
		for email, at := range newest {
			field(t, p.with(email), "city", fmt.Sprintf("City %d", at))
		}
	}
}
