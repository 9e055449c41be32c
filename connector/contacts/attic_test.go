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
			for i := range d.IntN(5) {
				c.Prints.Names = append(c.Prints.Names, fmt.Sprint("print", 2*i+d.IntN(2)))
				c.Prints.Marks = append(c.Prints.Marks, crm.Print(d.Uint64()))
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
		if d.IntN(500) == 0 {
			a.squeeze(1 << 20)
		}
	}
	size, loose, pressed := 0, 0, 0
	for id, want := range put {
		if got := a.get(id); !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nis not\n%+v", got, want)
		}
		size += len(a.boxes[id].data)
		if a.boxes[id].pressed > 0 {
			pressed++
		} else {
			loose += len(a.boxes[id].data)
		}
	}
	if pressed == 0 || a.looseBytes != loose {
		t.Errorf("%d contacts are pressed, %d bytes are not, by their count %d", pressed, loose, a.looseBytes)
	}
	if len(a.boxes) != len(put) || a.bytes != size || a.get("nobody") != nil {
		t.Errorf("%d contacts of %d bytes, want %d of %d", len(a.boxes), a.bytes, len(put), size)
	}
}

// TestManyWideContactsArePressed: of contacts that have most of their text in common, many take little.
func TestManyWideContactsArePressed(t *testing.T) {
	a, bytes := newAttic(), 0
	for i := range 3000 {
		c := contactWith(fmt.Sprint(i), fmt.Sprintf("person%d@example.com", i))
		for n := range 140 {
			c.Values[fmt.Sprint("answer", n)] = fmt.Sprintf("answer %d of person %d", n, i)
		}
		a.put(c)
		bytes += len(a.boxes[c.ID].data)
		if i%500 == 499 {
			a.squeeze(looseMost)
		}
	}
	if a.bytes > looseMost+(bytes-looseMost)/3 || a.looseBytes > looseMost {
		t.Errorf("%d bytes became %d, %d of them not pressed", bytes, a.bytes, a.looseBytes)
	}
}

// TestWhatWasWrittenIsBoundedInBytes: of contacts that are large, fewer are remembered for longer than search lags.
func TestWhatWasWrittenIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newKnown([]string{"email"})
		text := make([]byte, 100_000)
		for i, d := 0, rand.New(rand.NewPCG(1, 2)); i < len(text); i++ {
			text[i] = byte(d.IntN(256)) // nothing can press it
		}
		large := string(text)
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
