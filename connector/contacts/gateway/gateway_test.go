package gateway_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

func open(t *testing.T, s *sandbox.Server) gateway.Target {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	o := s.Options()
	client, err := ghl.New(ghl.Options{URL: server.URL, LocationID: o.LocationID,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: o.Token})})
	if err != nil {
		t.Fatal(err)
	}
	target, err := gateway.Open(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func TestSizesAreLearntFromRefusals(t *testing.T) {
	s := sandbox.New(sandbox.Options{MaxFilters: 10, MaxBulk: 7})
	s.Seed(60)
	target := open(t, s)
	var keys []crm.Key
	var ids []gateway.Subject
	for _, c := range s.Contacts() {
		keys = append(keys, crm.Key{Field: "email", Value: c.Fields["email"].(string)})
		ids = append(ids, gateway.Subject{ID: c.ID})
	}
	found, _, err := target.Find(t.Context(), keys)
	if err != nil || len(found) != len(keys) {
		t.Fatalf("found %d of %d: %v", len(found), len(keys), err)
	}
	failed, err := target.ChangeTags(t.Context(), gateway.TagChange{Tags: []string{"vip"}, Contacts: ids})
	if err != nil || len(failed) != 0 {
		t.Fatalf("%d tags failed: %v", len(failed), err)
	}
	for _, c := range s.Contacts() {
		if !strings.Contains(fmt.Sprint(c.Tags), "vip") {
			t.Errorf("a contact has the tags %v", c.Tags)
		}
	}
}

func TestFindReadsEveryPage(t *testing.T) {
	s := sandbox.New(sandbox.Options{AllowDuplicates: true})
	for range 1100 {
		s.Put(sandbox.Contact{Fields: map[string]any{"phone": "+12025550123"}})
	}
	found, _, err := open(t, s).Find(t.Context(), []crm.Key{{Field: "phone", Value: "+12025550123"}})
	if err != nil || len(found) != 1100 {
		t.Errorf("found %d of 1100: %v", len(found), err)
	}
}

func TestALongEmailIsFound(t *testing.T) {
	s := sandbox.New(sandbox.Options{})
	long := strings.Repeat("a", 60) + "@" + strings.Repeat("b", 20) + ".example.com"
	s.Put(sandbox.Contact{Fields: map[string]any{"email": long}})
	found, _, err := open(t, s).Find(t.Context(), []crm.Key{{Field: "email", Value: long}})
	if err != nil || len(found) != 1 {
		t.Errorf("found %d: %v", len(found), err)
	}
}

// TestWhatIsEmptyTakesNoRoom: of what an answer tells, a contact keeps no value but
// of fields that hold something, and knows that the others are empty.
func TestWhatIsEmptyTakesNoRoom(t *testing.T) {
	s := sandbox.New(sandbox.Options{})
	s.Put(sandbox.Contact{Fields: map[string]any{"email": "ana@example.com", "dndSettings": map[string]any{"SMS": map[string]any{"status": "active"}}}})
	target := open(t, s)
	found, _, err := target.Find(t.Context(), []crm.Key{{Field: "email", Value: "ana@example.com"}})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %d: %v", len(found), err)
	}
	have := found[0]
	holds := map[string]any{"email": "ana@example.com", "dnd": false, "dndSettings.SMS": "active"}
	if diff := cmp.Diff(holds, have.Values); diff != "" {
		t.Error(diff)
	}
	for _, f := range target.Table().Fields() {
		if held, told := have.Held(f.Name); told != f.Told(crm.Search) || f.Name != "name" && held != holds[f.Name] {
			t.Errorf("%s: %v, told: %t", f.Name, held, told)
		}
	}
}
