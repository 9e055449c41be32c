package gateway

import (
	"fmt"
	"slices"
	"testing"

	"destination-gohighlevel/connector/crm"
)

// TestADryRunReadsWhatItWouldHaveWritten: over what the API tells of a contact lies what was done to it since.
func TestADryRunReadsWhatItWouldHaveWritten(t *testing.T) {
	var p pretence
	told := &crm.Contact{ID: "a", Values: map[string]any{"city": "Boston", "email": "ana@example.com"}, Tags: []string{"vip", "old"}}
	if p.show(told) != told || p.show(nil) != nil {
		t.Error("what nothing was done to is changed")
	}
	p.on("a", func(a *act) { a.change.Set["city"] = "Austin" })
	p.on("a", func(a *act) { a.tag([]string{"new", "old"}, true) })
	p.on("a", func(a *act) { a.tag([]string{"new"}, false) })
	now := p.show(told)
	if now.Values["city"] != "Austin" || now.Values["email"] != "ana@example.com" || !slices.Equal(now.Tags, []string{"vip", "new"}) || told.Values["city"] != "Boston" {
		t.Errorf("it is shown as %+v, and told as %+v", now, told)
	}
	p.on("new-1", func(a *act) {
		a.created = &crm.Contact{ID: "new-1", Values: map[string]any{"city": nil}}
		a.change.Set["city"] = "Boise"
	})
	if c, ok := p.created("new-1"); !ok || c.Values["city"] != "Boise" {
		t.Errorf("who would have been created is %+v", c)
	}
	if _, ok := p.created("a"); ok {
		t.Error("who was there before counts as created")
	}
	p.on("a", func(a *act) { a.deleted = true })
	p.on("new-1", func(a *act) { a.deleted = true })
	if c, ok := p.created("new-1"); p.show(told) != nil || len(p.showAll([]*crm.Contact{told})) > 0 || !ok || c != nil {
		t.Error("who would have been deleted is there")
	}
	for i := range 2 * mostActs {
		p.on(fmt.Sprint(i), func(a *act) { a.deleted = true })
	}
	if len(p.acts) != mostActs || len(p.order) != mostActs {
		t.Errorf("%d contacts are remembered", len(p.acts))
	}
}
