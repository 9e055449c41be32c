package contacts_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// TestManagedTags: a contact loses the managed tags that its record does not
// name, and no other; whether records come in one window or several.
func TestManagedTags(t *testing.T) {
	plan := crm.PlanOptions{Tags: []string{"heropixel"}, ManagedTags: []string{"trial", "Customer", "plan-*", "hero*"}}
	for name, tt := range map[string]struct {
		lines []string
		nulls bool // null_values: clear
		want  []string
	}{
		"another":           {[]string{`"tags":"customer, news"`}, false, []string{"heropixel", "own", "customer", "news"}},
		"the same":          {[]string{`"tags":["Trial","PLAN-a"]`}, false, []string{"heropixel", "own", "trial", "plan-a"}},
		"none":              {[]string{`"tags":[]`}, false, []string{"heropixel", "own"}},
		"absent":            {[]string{`"city":"Oslo"`}, false, []string{"heropixel", "own", "trial", "plan-a"}},
		"null":              {[]string{`"tags":null`}, false, []string{"heropixel", "own", "trial", "plan-a"}},
		"null that clears":  {[]string{`"tags":null`}, true, []string{"heropixel", "own"}},
		"one after another": {[]string{`"tags":"customer"`, `"tags":"plan-b"`, `"city":"Oslo"`}, false, []string{"heropixel", "own", "plan-b"}},
		"there and back":    {[]string{`"tags":"customer"`, `"tags":"trial"`}, false, []string{"heropixel", "own", "trial"}},
		"kept and added":    {[]string{`"tags":"news"`, `"tags":"trial"`}, false, []string{"heropixel", "own", "news", "trial"}},
	} {
		for how, limits := range windows {
			for _, known := range []bool{true, false} {
				t.Run(fmt.Sprint(name, ", ", how, ", known ", known), func(t *testing.T) {
					p := inside(t, sandbox.Options{})
					if known {
						p.human(map[string]any{"email": anaEmail, "country": "US"}, "own", "trial", "plan-a", "heropixel")
					} else { // found by the create only
						p.human(map[string]any{"email": benEmail, "country": "US"})
						p.blind()
						p.human(map[string]any{"email": anaEmail, "country": "US"}, "own", "trial", "plan-a", "heropixel")
					}
					input := ""
					for _, line := range tt.lines {
						input += records(`{"email":"ana@example.com",` + line + `}`)
					}
					own := plan
					own.ClearNulls = tt.nulls
					j := job{limits: limits, plan: own}
					p.must(j, input)
					tags(t, p.with(anaEmail), tt.want...)
					if len(tt.lines) > 1 || !known {
						return
					}
					p.ResetCounts()
					p.must(j, input)
					if p.Writes() != 0 {
						t.Errorf("the same again made %d writes: %v", p.Writes(), p.Requests())
					}
				})
			}
		}
	}
}

// TestManagedTagsComeOffInBulk: many contacts cost few calls, and are counted as
// updated; a dry run shows them and writes nothing.
func TestManagedTagsComeOffInBulk(t *testing.T) {
	p := inside(t, sandbox.Options{})
	plan := crm.PlanOptions{Tags: []string{"heropixel"}, ManagedTags: []string{"trial", "customer"}}
	input := ""
	for i := range 200 {
		p.human(map[string]any{"email": crowdEmail(i), "country": "US"}, "heropixel", "trial")
		input += records(fmt.Sprintf(`{"email":%q,"tags":"customer"}`, crowdEmail(i)))
	}
	plans := p.must(job{plan: plan, dry: true}, input)
	if p.Writes() != 0 || len(plans.told) != 200 {
		t.Errorf("%d writes, %d outcomes", p.Writes(), len(plans.told))
	}
	for _, o := range plans.told {
		if fmt.Sprint(o.AddedTags, o.TakenTags, o.Status == load.Removed) != "[customer] [trial] false" {
			t.Fatalf("%+v", o)
		}
	}
	p.must(job{plan: plan}, input).has(t, "200 updated")
	if p.Writes() != 2 || p.tagged("customer") != 200 || p.tagged("trial") != 0 {
		t.Errorf("%d writes, %d customers, %d on trial", p.Writes(), p.tagged("customer"), p.tagged("trial"))
	}
}

// TestManagedTagsOfWhoHasGone: a contact that vanishes between its changes of
// tags is made anew, once.
func TestManagedTagsOfWhoHasGone(t *testing.T) {
	for _, before := range []string{"add", "remove"} {
		p := inside(t, sandbox.Options{})
		id := p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel", "trial")
		p.before("POST", "/contacts/bulk/tags/update/"+before, func() { p.Delete(id) })
		plan := crm.PlanOptions{Tags: []string{"heropixel"}, ManagedTags: []string{"trial", "customer"}}
		out := p.must(job{plan: plan}, records(`{"email":"ana@example.com","tags":"customer"}`)+state("people", 1))
		out.counts(t, 1, 0)
		tags(t, p.only(), "customer", "heropixel")
	}
}

// TestManagedTagsAreLeftInAppend: where every record makes a contact, nobody
// loses a tag.
func TestManagedTagsAreLeftInAppend(t *testing.T) {
	p := inside(t, sandbox.Options{AllowDuplicates: true})
	id := p.human(map[string]any{"email": anaEmail}, "trial")
	p.must(job{mode: airbyte.Append, plan: crm.PlanOptions{ManagedTags: []string{"trial"}}}, records(`{"email":"ana@example.com","tags":[]}`))
	tags(t, p.id(id), "trial")
}

// TestTwoStreamsManageTheirOwnTags: what one names, the other does not take off.
func TestTwoStreamsManageTheirOwnTags(t *testing.T) {
	for how, limits := range windows {
		t.Run(how, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			p.human(map[string]any{"email": anaEmail, "country": "US"}, "shop-old", "crm-old", "own")
			j := job{limits: limits, streams: []stream{
				{name: "shop", plan: crm.PlanOptions{ManagedTags: []string{"shop-*"}}, onDelete: object.RemoveTags},
				{name: "crm", plan: crm.PlanOptions{ManagedTags: []string{"crm-*"}}, onDelete: object.RemoveTags},
			}}
			p.must(j, record("shop", `{"email":"ana@example.com","tags":"shop-new"}`)+record("crm", `{"email":"ana@example.com","tags":"crm-new"}`)+
				record("shop", `{"email":"ana@example.com"}`))
			tags(t, p.only(), "own", "shop-new", "crm-new")
		})
	}
}

// TestATagCallBeatsSearch: what the sync has just given stays known where search, which lags, is asked about something else of the contact.
func TestATagCallBeatsSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{IndexLag: time.Minute})
		ana := p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel")
		p.human(map[string]any{"email": benEmail, "country": "US"}, "heropixel")
		p.api("PUT", "/contacts/"+ana, map[string]any{"firstName": "Ana"})
		j := job{limits: small(1), plan: crm.PlanOptions{Tags: []string{"heropixel"}, ManagedTags: []string{"trial"}}}
		j.pause = 50 * time.Second
		p.must(j, records(`{"email":"ben@example.com"}`, `{"email":"ben@example.com","first_name":"Ben"}`)+ // by now the location is listed
			state("people", 1)+records(`{"email":"ana@example.com","tags":"trial"}`)+ // 50 seconds later
			state("people", 2)+records(`{"email":"ana@example.com","tags":[],"first_name":"Ana"}`)) // and 50 more: search knows the name, not the tag
		tags(t, p.with(anaEmail), "heropixel")
	})
}
