package contacts

import (
	"context"
	"testing"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// vast tells the first page of a location, and how many contacts there are in all.
type vast struct {
	gateway.Target
	table        *crm.Table
	total, pages int
}

func (v *vast) Table() *crm.Table { return v.table }

// Facts are those of a location that keeps people apart.
func (v *vast) Facts() object.Facts { return object.Facts{} }

func (v *vast) List(context.Context, gateway.Listing) (gateway.Page, error) {
	v.pages++
	page := gateway.Page{Total: v.total}
	for i := range gateway.PageSize {
		page.Contacts = append(page.Contacts, realistic(v.table, i))
	}
	return page, nil
}

func TestALocationThatDoesNotFitIsNotListed(t *testing.T) {
	for _, tt := range []struct {
		total int
		fits  bool
	}{{250_000, true}, {1_000_000, true}, {1_500_000, false}, {10_000_000, false}} {
		v := &vast{table: indexTable(), total: tt.total}
		fields := func() (out []*crm.Field) {
			for _, name := range indexed {
				out = append(out, v.table.Field(name))
			}
			return out
		}
		f := &finder{known: newKnown([]string{"email", "phone"}), target: v, log: zerolog.Nop(), fields: fields, links: func() []string { return nil }, workers: func() int { return 1 }, lookups: 1}
		if _, err := f.consider(t.Context(), tt.total); err != nil {
			t.Fatal(err)
		}
		if f.tooBig == tt.fits || (f.index != nil) != tt.fits || v.pages != 1 {
			t.Errorf("%d contacts: listed %v, given up %v after %d pages; want listed %v after the first", tt.total, f.index != nil, f.tooBig, v.pages, tt.fits)
		}
	}
}
