package sandbox

import "testing"

func TestUsers(t *testing.T) {
	c := newClient(t, Options{Users: []User{{ID: "usr00000000000000001", Name: "Rep One", FirstName: "Rep", LastName: "One", Email: "rep.one@example.com"}, {Name: "Rep Two"}}})
	users := c.ok(200, "GET", "/users/?locationId="+loc, "")["users"].([]any)
	if len(users) != 2 {
		t.Fatalf("%d users, want 2", len(users))
	}
	one := users[0].(object)
	equal(t, "the first user", object{"id": one["id"], "name": one["name"], "email": one["email"]},
		object{"id": "usr00000000000000001", "name": "Rep One", "email": "rep.one@example.com"})
	if id := users[1].(object)["id"]; len(id.(string)) != 20 {
		t.Errorf("the second user has the id %q", id)
	}
	c.ok(403, "GET", "/users/?locationId=another", "")
}

// TestWhatTheLocationKnows looks at definitions that came by the API.
func TestWhatTheLocationKnows(t *testing.T) {
	c := newClient(t, Options{CustomFields: []CustomField{{Name: "Plan", DataType: "TEXT"}}})
	c.ok(201, "POST", "/locations/"+loc+"/customFields", `{"name":"Lead Type","dataType":"TEXT"}`)
	id := c.create(`"email":"ann@example.com","tags":["VIP"]`)
	c.Edit(id, func(p *Contact) { p.Tags = []string{"lead"} })
	var keys []string
	for _, f := range c.CustomFields() {
		keys = append(keys, f.Key)
	}
	equal(t, "custom fields", keys, []string{"contact.plan", "contact.lead_type"})
	equal(t, "tags", c.Tags(), []string{"lead", "vip"})
}
