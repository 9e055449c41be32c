package contacts

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
)

// TestADryRunListsEverybodyElse: pages hold nobody but those whom the dry run would have deleted by then, and nothing is read twice for that.
func TestADryRunListsEverybodyElse(t *testing.T) {
	for _, workers := range []int{1, 16} {
		synctest.Test(t, func(t *testing.T) {
			at := make([]int64, 10_300)
			for i := range at {
				at[i] = histories["evenly"](i, len(at))
			}
			c := newCrowded(at)
			dry := gateway.NewDryRun(c)
			for i := range at {
				if i < 1200 || i > 6000 && i < 8000 || i > 9000 {
					delete(c.loyal, i)
					if _, err := dry.Delete(t.Context(), gateway.Subject{ID: strconv.Itoa(i), Have: &crm.Contact{ID: strconv.Itoa(i)}}); err != nil {
						t.Fatal(err)
					}
				}
			}
			f, _ := c.listedBy(t, dry, workers)
			if missed := c.missed(f); len(missed) > 0 || f.index.count != len(c.loyal) {
				t.Errorf("%d contacts are missed of %d, %d are listed", len(missed), len(c.loyal), f.index.count)
			}
			if pages := len(at)/gateway.PageSize + 1; c.requests > pages+4 {
				t.Errorf("%d requests for %d pages", c.requests, pages)
			}
		})
	}
}

// spoilt is a location of which parts cannot be understood.
type spoilt struct{ *crowded }

func (s spoilt) List(ctx context.Context, l gateway.Listing) (gateway.Page, error) {
	page, err := s.crowded.List(ctx, l)
	if l.Span != nil {
		page.Contacts = append(page.Contacts, nil)
	}
	return page, err
}

// TestAMistakeEndsAListing, not the program.
func TestAMistakeEndsAListing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowded([]int64{})
		for i := range 9000 {
			c.add(histories["evenly"](i, 9000))
		}
		f := &finder{known: newKnown([]string{"email"}), target: spoilt{c}, log: zerolog.Nop(), fields: func() []*crm.Field { return nil },
			links: func() []string { return nil }, workers: func() int { return 8 }, lookups: 1_000_000}
		if _, err := f.consider(t.Context(), 1); err == nil || f.index != nil || c.underWay > 0 {
			t.Errorf("error %v, listed %t, %d under way", err, f.index != nil, c.underWay)
		}
	})
}
