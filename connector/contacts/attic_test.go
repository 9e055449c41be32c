package contacts

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/crm"
)

// TestAtticGivesBackWhatWasPut: a contact of any kind, with values of all types, some of them of none that a field has, comes back as
// it was put, to the last nil.
func TestAtticGivesBackWhatWasPut(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	now, zero := time.Now(), time.Time{}
	text := func() string {
		return strings.Repeat([]string{"", "a", "Zoë", "\x00\xff", "long "}[d.IntN(5)], d.IntN(200))
	}
	texts := func() []string {
		if d.IntN(3) == 0 {
			return nil
		}
		list := make([]string, d.IntN(4))
		for i := range list {
			list[i] = text()
		}
		return list
	}
	value := func() any {
		return []any{nil, text(), text(), json.Number("1e5"), true, false, texts(), map[string]string(nil), map[string]string{}, map[string]string{"a": text(), "": "b"},
			7, 1.5, []any{"x", json.Number("2")}, map[string]any{"url": "x"}}[d.IntN(14)]
	}
	a := newAttic()
	put := map[string]*crm.Contact{}
	for range 3000 {
		c := &crm.Contact{ID: fmt.Sprint("id", d.IntN(500)), Added: text(), Tags: texts(), OtherEmails: texts(), OtherPhones: texts(),
			InboundStopped: d.IntN(2) == 0, Changed: []*time.Time{nil, &now, &zero}[d.IntN(3)]}
		if d.IntN(5) > 0 {
			c.Values = map[string]any{}
			for range d.IntN(300) {
				c.Values[fmt.Sprint("field", d.IntN(400))] = value()
			}
		}
		if d.IntN(2) == 0 {
			c.Prints = map[string]crm.Print{}
			for range d.IntN(5) {
				c.Prints[fmt.Sprint("print", d.IntN(9))] = crm.Print(d.Uint64())
			}
		}
		if d.IntN(2) == 0 {
			c.Told = map[string]bool{"email": true}
		}
		if d.IntN(10) == 0 {
			a.drop(c.ID)
			delete(put, c.ID)
			continue
		}
		a.put(c)
		put[c.ID] = c
	}
	size := 0
	for id, want := range put {
		if got := a.get(id); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nis not\n%+v", got, want)
		}
		size += len(a.boxes[id].data)
	}
	if len(a.boxes) != len(put) || a.bytes != size || a.get("nobody") != nil {
		t.Errorf("%d contacts of %d bytes, want %d of %d", len(a.boxes), a.bytes, len(put), size)
	}
}

// TestWhatWasWrittenIsBoundedInBytes: of contacts that are large, fewer are remembered for longer than search lags.
func TestWhatWasWrittenIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKnown([]string{"email"})
		large := strings.Repeat("x", 100_000)
		for i := range 3 * rememberBytes / len(large) {
			c := contactWith(fmt.Sprint(i), fmt.Sprintf("person%d@example.com", i))
			c.Values["story"] = large
			k.wrote(c)
			if i%100 == 0 {
				time.Sleep(time.Second / 2)
				k.begin()
			}
		}
		k.begin()
		if first := k.with(crm.KeyOf("email", "person0@example.com")); len(first) != 1 || first[0].Values["story"] != large {
			t.Error("what search cannot show yet is forgotten")
		}
		time.Sleep(indexLag)
		k.begin()
		last := k.with(crm.KeyOf("email", fmt.Sprintf("person%d@example.com", 3*rememberBytes/len(large)-1)))
		if a := k.own.attic; a.bytes > rememberBytes || len(last) != 1 || len(k.own.byKey) > 2*len(a.boxes) || len(k.own.order) > len(a.boxes) {
			t.Errorf("%d bytes of %d contacts with %d keys are remembered, the last of them %v", a.bytes, len(a.boxes), len(k.own.byKey), len(last))
		}
	})
}
