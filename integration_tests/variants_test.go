package integration_tests

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/sandbox"
)

// TestASyncIsRightInEachVariant: where the API's contract is open, a sync ends alike whichever answer is true, and again changes nothing.
func TestASyncIsRightInEachVariant(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		usual := newVariantStage(t, sandbox.Options{AllowDuplicates: duplicates})
		usual.play(t)
		want := usual.people()
		raw := newVariantStage(t, sandbox.Options{AllowDuplicates: duplicates})
		raw.Inject(sandbox.Fault{Kind: sandbox.FaultRawControls, Times: -1})
		stages := map[string]variantStage{"raw control characters": raw}
		for _, v := range sandbox.Variants() {
			stages[v.String()] = newVariantStage(t, sandbox.Options{AllowDuplicates: duplicates, Variant: v})
		}
		for name, s := range stages {
			t.Run(fmt.Sprintf("%s, duplicates %t", name, duplicates), func(t *testing.T) {
				s.play(t)
				if diff := cmp.Diff(want, s.people()); diff != "" {
					t.Errorf("people (-usual +variant):\n%s", diff)
				}
				before := picture(s.Server)
				s.ResetCounts()
				s.play(t)
				if did := deeds(before, picture(s.Server)); len(did) > 0 {
					t.Errorf("the same again changed contacts: %s", did)
				}
				// An address in capitals that search does not find is found by what it refuses.
				if n := s.Writes(); n > 0 && name != sandbox.EmailExact.String() {
					t.Errorf("the same again made %d writes: %v", n, s.Requests())
				}
			})
		}
	}
}

// TestWhatNullDoesNotClearIsTold: where the API takes null and clears nothing, the sync says so, and writes the rest.
func TestWhatNullDoesNotClearIsTold(t *testing.T) {
	for variant, told := range map[sandbox.Variant]bool{0: false, sandbox.NullsKept: true} {
		s := newVariantStage(t, sandbox.Options{Variant: variant})
		messages := s.sync(t, "append_dedup", jsonObject{"null_values": "clear"}, `{"email":"ada@example.com","first_name":null,"city":"Paris"}`)
		var ada jsonObject
		for _, c := range s.Contacts() {
			if email, _ := c.Fields["email"].(string); strings.EqualFold(email, "ada@example.com") {
				ada = c.Fields
			}
		}
		if ada["city"] != "Paris" || (ada["firstName"] != nil) != told || strings.Contains(own(messages, ""), "firstName: discarded by the API") != told {
			t.Errorf("variant %q: %v\n%s", variant, ada, own(messages, ""))
		}
	}
}

// variantStage is a location with so many people that those of a sync are looked up, among them some whom it means.
type variantStage struct{ *contractStage }

func newVariantStage(t *testing.T, o sandbox.Options) variantStage {
	t.Helper()
	s := variantStage{newContractStage(t, o, false)}
	s.Seed(1200)
	for _, fields := range []jsonObject{
		{"email": "Ada@Example.com", "firstName": "Ada", "companyName": "Old", "dndSettings": jsonObject{"SMS": jsonObject{"status": "permanent"}}},
		{"email": "Eve@Example.com", "firstName": "Eve", "address1": "1 Main St\nBack door"},
		{"email": "bob@example.com", "phone": "+12025550150", "companyName": "Old", "gender": "x"},
		{"phone": "+12025550151", "firstName": "Cy"},
		{"email": "gil@example.com"},
	} {
		fields["source"], fields["country"] = "form", "US"
		s.Put(sandbox.Contact{Fields: fields, Tags: []string{"heropixel", "old"}})
	}
	return s
}

// play syncs in several modes.
func (s variantStage) play(t *testing.T) {
	t.Helper()
	s.sync(t, "append_dedup", nil,
		`{"email":"ada@example.com","company":"New","dnd_sms":true,"dnd_email":true,"member_since":"2020-02-29","story":"one\nand\ttwo"}`,
		`{"email":"bob@example.com","phone":"+12025550150","company":"New","tags":["VIP"]}`,
		`{"email":"dan@example.com","phone":"202 555 0152","company":"Acme","gender":"male","date_of_birth":"1990-09-25","topics":["News"]}`,
		`{"email":"fay@example.com","phone":"12"}`)
	s.sync(t, "update", nil, `{"email":"eve@example.com","city":"Oslo"}`, `{"email":"nobody@example.com","city":"Rome"}`,
		`{"id":"goneGoneGoneGoneGone","city":"Rome"}`)
	s.sync(t, "update", jsonObject{"match_on": []string{"phone"}}, `{"phone":"+12025550151","company":"Cy & Co","member_since":"2021-03-01"}`)
	s.sync(t, "soft_delete", nil, `{"email":"gil@example.com","_ab_cdc_deleted_at":"2026-01-01T00:00:00Z"}`)
}

// people are those of the sync, sorted, each with all that is held of them.
func (s variantStage) people() []string {
	var out []string
	for _, c := range s.Contacts() {
		if c.Fields["source"] == "seed" {
			continue
		}
		delete(c.Fields, "type")
		custom := make([]string, 0, len(c.CustomFields))
		for _, id := range slices.Sorted(maps.Keys(c.CustomFields)) {
			custom = append(custom, fmt.Sprint(id, "=", c.CustomFields[id]))
		}
		out = append(out, strings.ToLower(fmt.Sprintln(c.Fields, custom, slices.Sorted(slices.Values(c.Tags)))))
	}
	slices.Sort(out)
	return out
}
