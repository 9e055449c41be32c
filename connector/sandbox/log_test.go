package sandbox

import "testing"

// TestWhomARequestIsAbout looks at what the log tells of contacts.
func TestWhomARequestIsAbout(t *testing.T) {
	c := newClient(t, Options{})
	ann := c.create(`"email":"ann@example.com","city":"Oslo"`)
	bob := c.Put(Contact{})
	c.ok(201, "POST", "/contacts/bulk/tags/update/add", `{LOC,"contacts":["`+ann+`","`+bob+`"],"tags":["vip"]}`)
	c.ok(200, "POST", "/contacts/search", `{LOC,"pageLimit":9}`)
	c.ok(400, "GET", "/contacts/"+ann+"/notes/none", "")
	c.ok(200, "PUT", "/opportunities/"+c.createDeal(bob, ""), `{"name":"x"}`)
	got := []any{}
	for _, r := range c.Log() {
		got = append(got, []any{r.Operation, r.Status, r.Contacts, r.Sent})
	}
	equal(t, "log", got, []any{
		[]any{"POST /contacts/", 201, []string{ann}, []string{"city", "email"}},
		[]any{"POST /contacts/bulk/tags/update/{type}", 201, []string{ann, bob}, []string{"contacts", "tags"}},
		[]any{"POST /contacts/search", 200, nil, nil},
		[]any{"GET /contacts/{contactId}/notes/{id}", 400, []string{ann}, nil},
		[]any{"POST /opportunities/", 201, []string{bob}, []string{"contactId", "name", "pipelineId", "status"}},
		[]any{"PUT /opportunities/{id}", 200, []string{bob}, []string{"name"}},
	})
}

func TestPartsAreCountedApart(t *testing.T) {
	c := newClient(t, Options{})
	c.Begin("first")
	c.create(`"email":"ann@example.com"`)
	c.create(`"email":"bob@example.com"`)
	equal(t, "the first", []any{c.Total(), c.Writes()}, []any{2, 2})
	c.Begin("second")
	c.ok(200, "GET", "/locations/"+loc, "")
	equal(t, "the second", []any{c.Total(), c.Writes(), len(c.Log())}, []any{1, 0, 3})
	c.ResetCounts()
	equal(t, "none", []any{c.Total(), len(c.Log())}, []any{0, 0})
}
