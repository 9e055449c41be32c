package crm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/trouble"
)

// childPlan compiles the mapping of a stream of what belongs to contacts.
func childPlan(t *testing.T, k *Kind, o PlanOptions) *Plan {
	t.Helper()
	contacts := Contacts.Table(CustomField("cf1", "contact.customer_number", "Customer number", "TEXT", nil))
	p, err := Compile(k.Table().OfContact(contacts, o.ParentOn), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWhatFindsTheContact of a note or a task, and is written nowhere.
func TestWhatFindsTheContact(t *testing.T) {
	const id = "c00000000000000000a1"
	general := []string{"custom_field:customer_number", "email", "phone"}
	for record, want := range map[string][]Key{
		`"contactId":"` + id + `","email":"Ann@Example.com"`:                                 {{"id", id}, {"email", "ann@example.com"}},
		`"contact_id":"` + id + `"`:                                                          {{"id", id}},
		`"contact_id":"4711","contact_email":"ann@example.com"`:                              {{"email", "ann@example.com"}},
		`"contact_phone":"2025550101","contact_name":"Ann"`:                                  {{"phone", "+12025550101"}},
		`"Customer Number":"A-1","email":"ann@example.com"`:                                  {{"cf1", "A-1"}, {"email", "ann@example.com"}},
		`"contact":{"id":"` + id + `","email":"ann@example.com","title":"Ms","body":"tall"}`: {{"id", id}, {"email", "ann@example.com"}},
		`"customer":{"email":"ann@example.com"},"home_phone":"2025550101"`:                   {{"email", "ann@example.com"}},
		`"person_id":{"email":[{"value":"ann@example.com","primary":true}],"value":77}`:      {{"email", "ann@example.com"}},
		`"properties":{"hs_note_body":"x"},"email":"ann@example.com"`:                        {{"email", "ann@example.com"}},
	} {
		p := childPlan(t, Notes, PlanOptions{ParentOn: general, DefaultCountry: "US", Tags: []string{"x"}, DefaultSource: "y"})
		got, _, err := p.Map([]byte(`{`+record+`,"text":"Called."}`), nil)
		if err != nil {
			t.Errorf("%s: %v", record, err)
			continue
		}
		if diff := cmp.Diff(want, got.Parent); diff != "" {
			t.Errorf("%s: %s", record, diff)
		}
		if diff := cmp.Diff(map[string]any{"body": "Called."}, valuesOf(got)); diff != "" && !strings.Contains(record, "hs_note_body") {
			t.Errorf("%s: %s", record, diff)
		}
		if fields := p.Fields(); len(fields) != 1 || fields[0].Name != "body" {
			t.Errorf("%s: writes %v", record, fields)
		}
	}
}

// TestNobodyIsFound by what names no contact, and no other key than the row is asked for.
func TestNobodyIsFound(t *testing.T) {
	p := childPlan(t, Notes, PlanOptions{ParentOn: []string{"email"}})
	_, _, reject := p.Map([]byte(`{"id":"n1","phone":"2025550101","text":"x"}`), nil)
	if reject == nil || reject.Code != trouble.NoIdentifier || reject.Reason != "no value for contactId or email" {
		t.Errorf("%v", reject)
	}
	if p.IsFed() || strings.Join(p.Unfed(), " ") != "contactId email" {
		t.Errorf("unfed %v", p.Unfed())
	}
	for _, o := range []PlanOptions{{MatchOn: []string{"email"}}, {ParentOn: []string{"custom_field:nothing"}}} {
		if _, err := Compile(Notes.Table(), o); err == nil || !strings.Contains(err.Error(), "match_on") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestWhatATaskIs: columns as sources name them, states in their words, and the time that it is due.
func TestWhatATaskIs(t *testing.T) {
	for record, want := range map[string]map[string]any{
		`"subject":"Call","due_date":"2026-12-24","status":"NOT_STARTED"`:            {"title": "Call", "dueDate": "2026-12-24", "completed": false},
		`"Title":"Call","deadline":"2026-12-24T15:30:00+01:00","status":"done"`:      {"title": "Call", "dueDate": "2026-12-24T14:30:00Z", "completed": true},
		`"name":"Call","due":1798122600000,"is_completed":1`:                         {"title": "Call", "dueDate": "2026-12-24T14:30:00Z", "completed": true},
		`"task":"Call","Due Date":"12/24/2026 3:30 PM","completed_at":"2026-12-01"`:  {"title": "Call", "dueDate": "2026-12-24T15:30:00Z", "completed": true},
		`"title":"Call","dueDate":"2026-12-24 23:30:00 -0500","completed":"maybe"`:   {"title": "Call", "dueDate": "2026-12-25T04:30:00Z"},
		`"title":"Call","dueDate":"whenever","description":"<p>Twice</p>","due":""`:  {"title": "Call", "body": "<p>Twice</p>"},
		`"hs_task_subject":"Call","hs_timestamp":"2026-12-24T15:30:00Z"`:             {"title": "Call", "dueDate": "2026-12-24T15:30:00Z"},
		`"title":"Call","dueDate":"24.12.2026 um 12:05 Uhr","completed":"Completed"`: {"title": "Call", "completed": true},
	} {
		got, _, err := childPlan(t, Tasks, PlanOptions{ParentOn: []string{"email"}}).Map([]byte(`{"email":"ann@example.com",`+record+`}`), nil)
		if err != nil {
			t.Errorf("%s: %v", record, err)
		}
		if diff := cmp.Diff(want, valuesOf(got)); diff != "" {
			t.Errorf("%s: %s", record, diff)
		}
	}
}

// TestTextsAreComparedWithoutMarkup and outer blanks.
func TestTextsAreComparedWithoutMarkup(t *testing.T) {
	body := Notes.Table().Field(FieldBody)
	for _, same := range [][2]string{
		{"Called.\nWants a quote.", "<p>Called.</p><p>Wants a quote.</p>"},
		{"Called.\nWants a quote.", " Called.<br/>\n\n <b>Wants</b> a&nbsp;quote.  "},
		{"a < b & c", "a &lt; b &amp; c"},
	} {
		if !Equal(body, same[0], same[1]) || Fingerprint(body, same[0]) != Fingerprint(body, same[1]) {
			t.Errorf("%q", same)
		}
	}
	for _, other := range [][2]string{{"write to <ann@example.com>", "write to <bob@example.com>"}, {"a\nb", "a b"}, {"a <3 b", "a <4 b"}} {
		if Equal(body, other[0], other[1]) {
			t.Errorf("%q", other)
		}
	}
}

// TestANumberIsNoUser: a source's own key of its user costs the author, not the note, unless a mapping says that it is one.
func TestANumberIsNoUser(t *testing.T) {
	users := []User{{ID: "usrRosaReyes00000001", Name: "Rosa Reyes", Email: "rosa@example.com"}}
	for _, value := range []string{`17`, `"17"`, `17.0`} {
		for _, mappings := range [][]Mapping{nil, {{From: "user_id", To: "userId"}}} {
			got, _, reject := childPlan(t, Notes, PlanOptions{ParentOn: []string{"email"}, Users: users, Mappings: mappings}).
				Map([]byte(`{"email":"ann@example.com","content":"Called.","user_id":`+value+`}`), nil)
			if mapped := mappings != nil; mapped != (reject != nil && reject.Code == trouble.UnknownUser) || !mapped && (len(got.Values) != 1 || got.Values["body"].Data != "Called.") {
				t.Errorf("%s, %v: %v, %v", value, mappings, valuesOf(got), reject)
			}
		}
	}
}
