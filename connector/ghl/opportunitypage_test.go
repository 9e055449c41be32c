package ghl

import (
	"net/http"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
)

// TestOpportunitiesArePagedByPlace: behind the time and the id of the last one; half of a place is none.
func TestOpportunitiesArePagedByPlace(t *testing.T) {
	s := scripted(say(200, `{`+opportunitiesFrom(0, 100, `,"updatedAt":"2026-11-30T09:00:00.000Z","contact":{"id":"c1","email":"ada@example.com","phone":"+12025550101"}`)+`,"meta":{"total":102,"startAfter":1628008053263,"startAfterId":"99"}}`),
		say(200, `{`+opportunitiesFrom(100, 2, "")+`,"meta":{"total":102,"startAfter":7}}`))
	c := newTestClient(t, s)
	first, err := c.OpportunitiesFrom(t.Context(), OpportunityPlace{})
	if want := (OpportunityPlace{"1628008053263", "99"}); err != nil || len(first.Rows) != 100 || first.Next != want || first.Total != 102 {
		t.Fatalf("%d rows, %+v, %v", len(first.Rows), first.Next, err)
	}
	if o := first.Rows[0]; o.UpdatedAt != "2026-11-30T09:00:00.000Z" || o.ContactEmail != "ada@example.com" || o.ContactPhone != "+12025550101" || o.CustomTold {
		t.Errorf("%+v", o)
	}
	second, err := c.OpportunitiesFrom(t.Context(), first.Next)
	if err != nil || len(second.Rows) != 2 || second.Next != (OpportunityPlace{}) {
		t.Errorf("%d rows, %+v, %v", len(second.Rows), second.Next, err)
	}
	expect(t, s.seen[0], "GET", "/opportunities/search?limit=100&location_id=loc1&status=all", "")
	expect(t, s.seen[1], "GET", "/opportunities/search?limit=100&location_id=loc1&startAfter=1628008053263&startAfterId=99&status=all", "")
}

// TestCustomFieldsOfAPage: the listing tells them, or the other search by the ids, which is asked until the listing has told one.
func TestCustomFieldsOfAPage(t *testing.T) {
	const values = `,"customFields":[{"id":"f1","fieldValue":"x"}]`
	want := []CustomFieldValue{{"f1", "x"}}
	for what, tt := range map[string]struct {
		listed, found string
		methods       []string // of two pages
		want          []CustomFieldValue
	}{
		"the listing":      {values, "", []string{"GET", "GET"}, want},
		"the other search": {"", values, []string{"GET", "POST", "GET", "POST"}, want},
		"neither":          {"", "", []string{"GET", "POST", "GET", "POST"}, nil},
	} {
		var methods []string
		c := newTestClient(t, scripted(func(r *http.Request) (*http.Response, error) {
			methods = append(methods, r.Method)
			return answer(200, `{`+opportunitiesFrom(0, 2, map[string]string{"GET": tt.listed, "POST": tt.found}[r.Method])+`}`), nil
		}))
		for range 2 {
			page, err := c.OpportunitiesFrom(t.Context(), OpportunityPlace{})
			if err == nil {
				err = c.TellCustom(t.Context(), page.Rows)
			}
			if err != nil || !reflect.DeepEqual(page.Rows[1].Custom, tt.want) || !page.Rows[1].CustomTold {
				t.Errorf("%s: %+v, %v", what, page.Rows, err)
			}
		}
		if !slices.Equal(methods, tt.methods) {
			t.Errorf("%s: asked %v", what, methods)
		}
	}
}

// TestASearchThatFindsNoneOfAPage is believed if they are gone; else the filter was not understood, and nothing is called empty.
func TestASearchThatFindsNoneOfAPage(t *testing.T) {
	rows := func() []Opportunity { return []Opportunity{{ID: "1", ContactID: "c1"}, {ID: "2", ContactID: "c1"}} }
	s := scripted(say(201, `{"opportunities":[],"total":0}`), say(404, `{"message":"Opportunity with id 1 not found"}`))
	told := rows()
	if err := newTestClient(t, s).TellCustom(t.Context(), told); err != nil || told[0].CustomTold {
		t.Errorf("gone: %+v, %v", told, err)
	}
	expect(t, s.seen[0], "POST", "/opportunities/search", `{"filters":[{"field":"id","operator":"contains_set","value":["1","2"]}],"limit":2,"locationId":"loc1"}`)
	synctest.Test(t, func(t *testing.T) {
		s := scripted(say(201, `{"opportunities":[],"total":0}`), say(200, `{"opportunity":{"id":"1","contactId":"c1"}}`))
		if err := newTestClient(t, s).TellCustom(t.Context(), rows()); KindOf(err) != Transient {
			t.Errorf("there: %v", err)
		}
	})
	partly := rows()
	if err := newTestClient(t, scripted(say(201, `{`+opportunitiesFrom(2, 1, "")+`}`))).TellCustom(t.Context(), partly); err != nil || partly[0].CustomTold || !partly[1].CustomTold {
		t.Errorf("partly: %+v, %v", partly, err)
	}
}
