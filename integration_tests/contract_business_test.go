package integration_tests

import (
	"net/http/httptest"
	"testing"

	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// contractClient is a client of a sandbox before a recorder, and must, which ends the test at an error.
func contractClient(t *testing.T, o sandbox.Options) (r *recorder, client *ghl.Client, must func(error)) {
	t.Helper()
	r = &recorder{Server: sandbox.New(o)}
	listener := httptest.NewServer(r)
	t.Cleanup(listener.Close)
	client, err := ghl.New(ghl.Options{URL: listener.URL, LocationID: r.Options().LocationID,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: r.Options().Token})})
	if err != nil {
		t.Fatal(err)
	}
	return r, client, func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sayBusinesses makes the client send each request about businesses, and gives what went to and fro.
func sayBusinesses(t *testing.T) []exchange {
	t.Helper()
	r, client, must := contractClient(t, sandbox.Options{})
	ctx := t.Context()
	fields, err := client.BusinessFields(ctx)
	must(err)
	whole := ghl.BusinessBody{Fields: jsonObject{"name": "Acme", "phone": "+12025550123", "email": "info@example.com", "website": "https://example.com",
		"address": "1 Main St", "city": "Boston", "state": "MA", "postalCode": "02101", "country": "US", "description": "engines"}}
	cleared := ghl.BusinessBody{Fields: jsonObject{"city": nil}}
	created, err := client.CreateBusiness(ctx, whole)
	must(err)
	_, err = client.UpdateBusiness(ctx, created.ID, cleared)
	must(err)
	for _, f := range fields {
		if f.DataType == "TEXT" {
			whole.Custom = append(whole.Custom, ghl.CustomChange{Field: f, To: "A-1"})
			cleared.Custom = append(cleared.Custom, ghl.CustomChange{Field: f, From: "A-1"})
		}
	}
	recorded, err := client.CreateBusiness(ctx, whole)
	must(err)
	_, err = client.UpdateBusiness(ctx, recorded.ID, cleared)
	must(err)
	_, err = client.GetBusiness(ctx, created.ID)
	must(err)
	_, err = client.GetBusinessRecord(ctx, recorded.ID)
	must(err)
	_, err = client.Businesses(ctx)
	must(err)
	_, err = client.BusinessRecords(ctx)
	must(err)
	contact := r.Put(sandbox.Contact{})
	for _, id := range []string{created.ID, ""} {
		_, err = client.LinkBusiness(ctx, id, []string{contact})
		must(err)
	}
	return r.exchanges
}
