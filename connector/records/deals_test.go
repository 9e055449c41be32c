package records_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/records"
	"destination-gohighlevel/connector/sandbox"
)

// ofDeals is a sync of deals that are known by their number, or by the contact and the pipeline.
func ofDeals(byNumber bool, more ...func(*stream)) job {
	d := records.Opportunities()
	s := stream{name: "deals", key: "id"}
	if byNumber {
		s.plan = crm.PlanOptions{MatchOn: []string{"custom_field:deal_number"}}
	}
	for _, change := range more {
		change(&s)
	}
	return job{of: &d, streams: []stream{s}}
}

func deal(id int, who, rest string) string {
	return record("deals", fmt.Sprintf(`{"id":%d,"deal_number":"D-%d","email":"%s@example.com","pipeline":"Sales"%s}`, id, id, who, rest))
}

// TestForgottenDealsAreAskedAbout again: more deals than are remembered end as fewer do.
func TestForgottenDealsAreAskedAbout(t *testing.T) {
	defer records.RememberNothing()()
	for _, byNumber := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := withPeople(newPlace(t, sandbox.Options{IndexLag: 2 * time.Second, AllowDuplicateOpportunities: true}), "newann", "newbob", "carl")
			var lines []string
			for round := range 3 {
				for i, who := range []string{"newann", "newbob", "carl"} {
					lines = append(lines, deal(i, who, fmt.Sprintf(`,"name":"Deal","value":%d`, round)))
				}
			}
			j := ofDeals(byNumber)
			j.limits = windowsOf(2)
			p.must(j, lines...)
			for _, o := range p.Opportunities() {
				if o.Value != 2 {
					t.Errorf("%+v", o)
				}
			}
			if n := len(p.Opportunities()); n != 3 {
				t.Errorf("by number %v: %d opportunities", byNumber, n)
			}
		})
	}
}

// TestVersionsOfADeal: of a row without a key the last word counts, and by a cursor the greatest; again, nothing is written.
func TestVersionsOfADeal(t *testing.T) {
	versions := []string{deal(1, "ann", `,"name":"A","at":3,"value":1`), deal(1, "ann", `,"name":"B","at":5,"value":2`), deal(1, "ann", `,"name":"C","at":4,"value":3`)}
	for _, tt := range []struct {
		byNumber bool
		cursor   string
		size     int
		want     string
		again    int // writes
	}{
		{true, "", 100, "C", 0}, {true, "at", 100, "B", 0}, {true, "at", 1, "B", 0}, {false, "", 100, "C", 0}, {false, "at", 100, "B", 0},
		{true, "", 1, "C", 3}, // each version is written before the next one is read
	} {
		synctest.Test(t, func(t *testing.T) {
			p := withPeople(newPlace(t, sandbox.Options{}), "ann")
			j := ofDeals(tt.byNumber, func(s *stream) { s.cursor = tt.cursor })
			j.limits = windowsOf(tt.size)
			if tt.cursor != "" && tt.size == 1 {
				tt.again = 2 // nothing is known of a cursor before the first version
			}
			p.must(j, versions...)
			p.ResetCounts()
			p.must(j, versions...)
			if all := p.Opportunities(); len(all) != 1 || all[0].Name != tt.want || p.Writes() > tt.again {
				t.Errorf("%+v: %+v, %d writes", tt, all, p.Writes())
			}
		})
	}
}

// TestAKeyOfAnotherContact: where the location is listed, a deal whose record names another contact than it has is found, and stays with the one it has.
func TestAKeyOfAnotherContact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := withPeople(newPlace(t, sandbox.Options{}), "ann", "bob", "carl")
		p.must(ofDeals(true), deal(1, "ann", `,"name":"A"`))
		out := p.must(ofDeals(true), deal(1, "bob", `,"name":"B"`), deal(2, "carl", `,"name":"C"`))
		all := p.Opportunities()
		if len(all) != 2 || all[0].Name != "B" || all[0].ContactID != idOf("ann") {
			t.Errorf("%+v", all)
		}
		out.has(t, "an opportunity stays with its contact")
	})
}

// TestTheLastWordOfADealThatWaits for its contact: what comes behind it with its key waits too, whether or not rows have keys.
func TestTheLastWordOfADealThatWaits(t *testing.T) {
	for _, rows := range []string{"id", ""} {
		synctest.Test(t, func(t *testing.T) {
			p := withPeople(newPlace(t, sandbox.Options{}), "ann", "later")
			j := ofDeals(true, func(s *stream) { s.key = rows })
			j.limits = windowsOf(1)
			p.must(j, deal(1, "later", `,"name":"A"`), deal(1, "ann", `,"name":"B"`))
			if all := p.Opportunities(); len(all) != 1 || all[0].Name != "B" {
				t.Errorf("rows by %q: %+v", rows, all)
			}
		})
	}
}

// TestADealOfAContactThatIsGone goes to the one who has its keys now, or is told to have none.
func TestADealOfAContactThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := withPeople(newPlace(t, sandbox.Options{}), "ann")
		p.ghosts = []sandbox.Contact{{ID: idOf("eve"), Fields: map[string]any{"email": "ann@example.com"}}, {ID: idOf("carl"), Fields: map[string]any{"email": "carl@example.com"}}}
		out := p.must(ofDeals(true), deal(1, "ann", `,"name":"A"`), deal(2, "carl", `,"name":"C"`))
		if all := p.Opportunities(); len(all) != 1 || all[0].ContactID != idOf("ann") || out.counts.Rejected != 1 || out.told[1].Reject.Code != "no_contact" {
			t.Errorf("%+v, %+v, %+v", all, out.counts, out.told)
		}
	})
}
