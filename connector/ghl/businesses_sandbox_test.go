package ghl_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"reflect"
	"slices"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// newSandbox gives a sandbox and a client of it.
func newSandbox(t *testing.T, o sandbox.Options) (*sandbox.Server, *ghl.Client) {
	t.Helper()
	api := sandbox.New(o)
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	client, err := ghl.New(ghl.Options{URL: server.URL, LocationID: api.Options().LocationID,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: api.Options().Token})})
	if err != nil {
		t.Fatal(err)
	}
	return api, client
}

// TestCustomFieldsOfABusiness writes a value of each data type, changes it and clears it; what is told after each step is what was written.
func TestCustomFieldsOfABusiness(t *testing.T) {
	api, client := newSandbox(t, sandbox.Options{})
	fields, err := client.BusinessFields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	type values struct{ written, told any }
	for _, tt := range []struct {
		key    string
		values []values
	}{
		{"account_number", []values{{"A-1", "A-1"}, {"A-2", "A-2"}}},
		{"profile", []values{{"long\ntext", "long\ntext"}}},
		{"employees", []values{{json.Number("7"), json.Number("7")}, {8, json.Number("8")}}},
		{"hotline", []values{{"+12025550123", "+12025550123"}}},
		{"turnover", []values{{json.Number("12.5"), json.Number("12.5")}, {13, json.Number("13")}}},
		{"regions", []values{{[]string{"North America"}, []any{"north_america"}}, {[]string{"Western Europe"}, []any{"western_europe"}}}},
		{"industry", []values{{"Real Estate", "real_estate"}, {"Retail", "retail"}}},
		{"services", []values{{[]string{"Web Design", "Events"}, []any{"web_design", "events"}}, {[]string{"Events", "Print Media"}, []any{"events", "print_media"}}}},
		{"founded", []values{{"1999-12-31", "1999-12-31T00:00:00.000Z"}, {"2000-02-29", "2000-02-29T00:00:00.000Z"}}},
		{"references", []values{{map[string]string{"reference_one": "Bob"}, map[string]any{"reference_one": "Bob"}},
			{map[string]string{"reference_two": "Eve"}, map[string]any{"reference_two": "Eve"}}}},
		{"tier", []values{{"Gold", "gold"}, {"Silver", "silver"}}},
	} {
		i := slices.IndexFunc(fields, func(f ghl.CustomField) bool { return f.Key == "business."+tt.key })
		if i < 0 {
			t.Fatalf("no field %s", tt.key)
		}
		id, change := "", ghl.CustomChange{Field: fields[i]}
		for _, v := range append(tt.values, values{nil, nil}) {
			change.From, change.To = change.To, v.written
			body := ghl.BusinessBody{Fields: map[string]any{"name": "Acme", "postalCode": "02101"}, Custom: []ghl.CustomChange{change}}
			told, err := ghl.Business{}, error(nil)
			if id == "" {
				told, err = client.CreateBusiness(t.Context(), body)
				id = told.ID
			} else {
				told, err = client.UpdateBusiness(t.Context(), id, body)
			}
			read, readErr := client.GetBusinessRecord(t.Context(), id)
			if err != nil || readErr != nil || !reflect.DeepEqual(told, read) {
				t.Fatalf("%s: %v, %v: told %+v, read %+v", tt.key, err, readErr, told, read)
			}
			if !told.CustomTold || !reflect.DeepEqual(told.Custom["business."+tt.key], v.told) || told.Fields["postalCode"] != "02101" {
				t.Errorf("%s: wrote %v, told %+v", tt.key, v.written, told)
			}
		}
	}
	if got := api.Requests()["PUT /businesses/{businessId}"] + api.Requests()["POST /businesses/"]; got != 0 {
		t.Errorf("%d requests more than one a write", got)
	}
}

// TestALostCreateIsFoundAgain: a create that is not answered is not sent again, and the listing tells at once whether it was done.
func TestALostCreateIsFoundAgain(t *testing.T) {
	for _, kind := range []sandbox.FaultKind{sandbox.FaultResetAfter, sandbox.FaultStatusApplied, sandbox.FaultEmptyBody, sandbox.FaultCut, sandbox.FaultResetBefore, sandbox.FaultStatus} {
		for _, custom := range []bool{false, true} {
			api, client := newSandbox(t, sandbox.Options{IndexLag: time.Hour})
			api.Inject(sandbox.Fault{Operation: "POST /businesses/", Kind: kind}, sandbox.Fault{Operation: "POST /objects/{schemaKey}/records", Kind: kind})
			body := ghl.BusinessBody{Fields: map[string]any{"name": "Acme"}}
			if custom {
				body.Custom = []ghl.CustomChange{{Field: ghl.CustomField{Key: "business.account_number", DataType: "TEXT"}, To: "A-1"}}
			}
			_, err := client.CreateBusiness(t.Context(), body)
			if ghl.KindOf(err) != ghl.Ambiguous || api.Writes() != 1 {
				t.Errorf("%s: %v after %d writes", kind, err, api.Writes())
			}
			done := kind != sandbox.FaultResetBefore && kind != sandbox.FaultStatus
			listed, err := client.Businesses(t.Context())
			if err != nil || len(listed) != len(api.Businesses()) || (len(listed) == 1) != done {
				t.Errorf("%s: %d listed, %d stored, %v", kind, len(listed), len(api.Businesses()), err)
			}
			if indexed, err := client.BusinessRecords(t.Context()); err != nil || len(indexed) != 0 {
				t.Errorf("%s: the index tells %d, %v", kind, len(indexed), err)
			}
		}
	}
}

func TestAllBusinessesAreRead(t *testing.T) {
	api, client := newSandbox(t, sandbox.Options{})
	want := map[string]any{}
	for i := range 250 {
		name := fmt.Sprintf("Acme %d", i)
		want[api.PutBusiness(sandbox.Business{Properties: map[string]any{"name": name, "employees": i}})] = name
	}
	for name, read := range map[string]func() ([]ghl.Business, error){
		"GET /businesses/":                         func() ([]ghl.Business, error) { return client.Businesses(t.Context()) },
		"POST /objects/{schemaKey}/records/search": func() ([]ghl.Business, error) { return client.BusinessRecords(t.Context()) },
	} {
		all, err := read()
		got := map[string]any{}
		for _, b := range all {
			got[b.ID] = b.Fields["name"]
		}
		if err != nil || !maps.Equal(got, want) || api.Requests()[name] != 3 {
			t.Errorf("%s: %d of 250 in %d requests, %v", name, len(got), api.Requests()[name], err)
		}
	}
}

func TestContactsOfABusiness(t *testing.T) {
	api, client := newSandbox(t, sandbox.Options{})
	business := api.PutBusiness(sandbox.Business{Properties: map[string]any{"name": "Acme"}})
	var contacts []string
	for range ghl.MaxLink - 1 {
		contacts = append(contacts, api.Put(sandbox.Contact{}))
	}
	told := func() any {
		contact, err := client.GetContact(t.Context(), contacts[7])
		page, searchErr := client.SearchContacts(t.Context(), ghl.Search{Filters: []ghl.Filter{ghl.Eq("id", contacts[7])}})
		if err != nil || searchErr != nil || page.Contacts[0].Fields.Value("businessId") != contact.Fields.Value("businessId") {
			t.Errorf("told %v by the store, %+v by search, %v, %v", contact.Fields.Value("businessId"), page, err, searchErr)
		}
		return contact.Fields.Value("businessId")
	}
	linked, err := client.LinkBusiness(t.Context(), business, append(contacts[:len(contacts):len(contacts)], "aaaaaaaaaaaaaaaaaaaa"))
	if err != nil || !slices.Equal(linked, contacts) || told() != business {
		t.Errorf("linked %d, told %v, %v", len(linked), told(), err)
	}
	if linked, err := client.LinkBusiness(t.Context(), "", contacts); err != nil || !slices.Equal(linked, contacts) || told() != nil {
		t.Errorf("unlinked %d, told %v, %v", len(linked), told(), err)
	}
	if _, err := client.LinkBusiness(t.Context(), "63771dcac1116f0e21de8e12", contacts); ghl.KindOf(err) != ghl.Rejected {
		t.Errorf("to a business that is not there: %v", err)
	}
}

// TestAskingForARightWritesNothing: an update of a business that cannot be says whether the token may write.
func TestAskingForARightWritesNothing(t *testing.T) {
	const nobody = "000000000000000000000000"
	for scope, body := range map[string]ghl.BusinessBody{
		"businesses.write":     {},
		"objects/record.write": {Custom: []ghl.CustomChange{{Field: ghl.CustomField{Key: "business.description"}}}},
	} {
		for want, scopes := range map[ghl.Kind][]string{ghl.Gone: {scope}, ghl.ScopeMissing: {}} {
			_, client := newSandbox(t, sandbox.Options{Scopes: scopes})
			if _, err := client.UpdateBusiness(t.Context(), nobody, body); ghl.KindOf(err) != want {
				t.Errorf("%s with %v: %v", scope, scopes, err)
			}
		}
	}
}
