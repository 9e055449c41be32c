package crm

import (
	"testing"

	"destination-gohighlevel/connector/trouble"
)

func TestUsers(t *testing.T) {
	users := []User{
		{ID: "usrREALghlUSER000001", Name: "Rep One", FirstName: "Rep", LastName: "One", Email: "Rep.One@example.com"},
		{ID: "usrREALghlUSER000002", Name: "Ann Lee", FirstName: "Ann", LastName: "Lee", Email: "ann1@example.com"},
		{ID: "usrREALghlUSER000003", FirstName: "Ann", LastName: "Lee", Email: "ann2@example.com"},
		{ID: "usrREALghlUSER000004"},
	}
	const none, nobody = "", "not a user of the location, which has 4"
	for s, want := range map[string]struct{ id, fault string }{
		"usrREALghlUSER000001":          {"usrREALghlUSER000001", none},
		"rep.one@example.com":           {"usrREALghlUSER000001", none},
		"Rep One <REP.ONE@example.com>": {"usrREALghlUSER000001", none},
		" rep  ONE ":                    {"usrREALghlUSER000001", none},
		"ann2@example.com":              {"usrREALghlUSER000003", none},
		"Ann Lee":                       {none, ruleSeveralUsers},
		"Ann":                           {none, nobody},
		"usrrealghluser000001":          {none, nobody},
		"usrOTHERuser00000001":          {none, nobody},
		"nobody@example.com":            {none, nobody},
		" ":                             {none, nobody},
	} {
		if id, fault := newDirectory(users).user(s); id != want.id || fault != want.fault {
			t.Errorf("%q: %q, %q; want %+v", s, id, fault, want)
		}
	}
	for s, want := range map[string]string{"usrOTHERuser00000001": none, "77": ruleNotAUserID, "Rep One": ruleNotAUserID, "rep.one@example.com": ruleNotAUserID} {
		if id, fault := newDirectory(nil).user(s); fault != want || fault == none && id != s {
			t.Errorf("%q, users unknown: %q, %q", s, id, fault)
		}
	}
	if _, fault := newDirectory([]User{}).user("usrOTHERuser00000001"); fault != "not a user of the location, which has 0" {
		t.Errorf("a location without users: %q", fault)
	}
}

// TestOwnersOfAPlan: who is meant is told neither in a note nor in a value that
// is none.
func TestOwnersOfAPlan(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Users = []User{{ID: "usrREALghlUSER000001", Name: "Rep One", Email: "rep.one@example.com"}}
	})
	for owner, want := range map[string]any{"Rep One": "usrREALghlUSER000001", "Gandalf": nil} {
		for range 2 {
			got, notes := mapped(t, p, `{"email":"a@example.com","assignedTo":"`+owner+`"}`)
			if v := got.Values["assignedTo"].Data; v != want {
				t.Errorf("%s: %v", owner, v)
			}
			if told := hasNote(notes, trouble.Note{Field: "assignedTo", Column: "assignedTo", Rule: "not a user of the location, which has 1", Dropped: true}); told != (want == nil) {
				t.Errorf("%s: notes %v", owner, notes)
			}
		}
	}
}
