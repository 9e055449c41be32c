package contacts

import (
	"fmt"
	"slices"
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
	synctest.Test(t, func(t *testing.T) {
		k := newKnown([]string{"email"})
		enter := map[string]func(*crm.Contact){"written": k.wrote, "tagged": k.tagged}
		for name, enter := range enter {
			for i := range 3 * rememberMost {
				if i%1000 == 0 {
					time.Sleep(10 * time.Second)
					k.begin()
				}
				enter(contactWith(fmt.Sprint(name, i%(2*rememberMost)), "a@example.com"))
			}
		}
		time.Sleep(indexLag + time.Second)
		k.begin()
		for name, m := range map[string]memory{"own": k.own, "tags": k.tags} {
			if len(m.order) > rememberMost || len(m.attic.boxes)+len(m.contacts) > rememberMost || len(m.at) > rememberMost || len(m.byKey) > 2*rememberMost {
				t.Errorf("%s: %d entries, %d contacts and %d keys are remembered", name, len(m.order), len(m.attic.boxes), len(m.byKey))
			}
		}
	})
}

// TestTagCallsPushNobodyOut: one call tags hundreds, and a contact that was created a moment ago is nowhere else to be found.
func TestTagCallsPushNobodyOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := newKnown([]string{"email"})
		k.wrote(contactWith("new", "new@example.com"))
		for i := range 2 * rememberMost {
			k.tagged(contactWith(fmt.Sprint(i), "a@example.com"))
		}
		k.begin()
		if len(k.with(crm.KeyOf("email", "new@example.com"))) != 1 {
			t.Error("tag calls have pushed out what was created")
		}
		for i := range 2 * rememberMost {
			k.wrote(contactWith(fmt.Sprint("w", i), "b@example.com"))
		}
		time.Sleep(indexLag - time.Second)
		k.begin()
		if len(k.with(crm.KeyOf("email", "new@example.com"))) != 1 {
			t.Error("other writes have pushed out what search cannot show yet")
		}
	})
}

// TestTagsOfWhatWasWritten: a contact that was written and then tagged is one contact, with its new tags, also when the write is forgotten.
func TestTagsOfWhatWasWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKnown([]string{"email"})
		key := crm.KeyOf("email", "a@example.com")
		k.wrote(contactWith("1", "a@example.com"))
		time.Sleep(rememberFor - time.Second)
		tagged := contactWith("1", "a@example.com")
		tagged.Tags = []string{"vip"}
		k.tagged(tagged)
		if got := k.with(key); len(got) != 1 || got[0] != tagged || !k.certainOf(tagged) {
			t.Errorf("%v", got)
		}
		time.Sleep(2 * time.Second)
		k.begin()
		k.found(contactWith("1", "a@example.com"))
		if got := k.with(key); len(got) != 1 || !slices.Equal(got[0].Tags, tagged.Tags) || k.certainOf(tagged) {
			t.Errorf("after the write is forgotten: %v", got)
		}
	})
}
