package load

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/crm"
)

func contactWith(id, email string) *crm.Contact {
	return &crm.Contact{ID: id, Values: map[string]any{"email": email}}
}

func TestOwnWritesBeatSearchUntilTheIndexHasCaughtUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKnown([]string{"email"})
		k.begin()
		k.wrote(contactWith("1", "new@example.com"))
		old, fresh := crm.Key{Field: "email", Value: "old@example.com"}, crm.Key{Field: "email", Value: "new@example.com"}
		time.Sleep(time.Minute)
		k.begin()
		k.found(contactWith("1", "old@example.com"))
		if len(k.with(old)) != 0 || len(k.with(fresh)) != 1 {
			t.Error("search beat what the run has written")
		}
		time.Sleep(rememberFor)
		k.begin()
		if len(k.with(fresh)) != 0 {
			t.Error("a write is remembered for ever")
		}
		k.found(contactWith("1", "old@example.com"))
		if len(k.with(old)) != 1 {
			t.Error("search is not believed after the memory has faded")
		}
	})
}

func TestWhatIsKnownIsBounded(t *testing.T) {
	k := newKnown([]string{"email"})
	for i := range 3 * rememberMost {
		if i%1000 == 0 {
			k.begin()
		}
		k.wrote(contactWith(fmt.Sprint(i%(2*rememberMost)), "a@example.com"))
	}
	k.begin()
	if len(k.order) > rememberMost || len(k.own.contacts) > rememberMost || len(k.own.byKey) > 2*rememberMost {
		t.Errorf("%d writes, %d contacts and %d keys are remembered", len(k.order), len(k.own.contacts), len(k.own.byKey))
	}
}
