package jsonscan

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// rewrite writes a document anew from a walk through it; every third value is taken whole or passed over, by turns.
func rewrite(w *Walk, b *bytes.Buffer, n *int) {
	*n++
	switch first := w.First(); {
	case first == '{' && *n%3 != 0:
		b.WriteByte('{')
		i := 0
		for name := range w.Members() {
			if i++; i > 1 {
				b.WriteByte(',')
			}
			b.Write(Quote(string(name)))
			b.WriteByte(':')
			rewrite(w, b, n)
		}
		b.WriteByte('}')
	case first == '[' && *n%3 != 0:
		b.WriteByte('[')
		i := 0
		for range w.Elements() {
			if i++; i > 1 {
				b.WriteByte(',')
			}
			rewrite(w, b, n)
		}
		b.WriteByte(']')
	default:
		mark := w.Mark()
		value := w.Value()
		w.Back(mark)
		if again := w.Value(); !bytes.Equal(value, again) {
			panic("going back leads elsewhere")
		}
		b.Write(value)
	}
}

// FuzzWalk: whatever a text holds, a walk says of it what json.Valid says, and yields of a valid one all that is in it.
func FuzzWalk(f *testing.F) {
	for _, doc := range documents {
		f.Add([]byte(doc))
		f.Add([]byte(`[1,{"a":` + doc + `}]`))
	}
	var w Walk
	f.Fuzz(func(t *testing.T, text []byte) {
		var b bytes.Buffer
		w.Begin(text)
		rewrite(&w, &b, new(int))
		valid := json.Valid(text)
		if w.End() != valid {
			t.Fatalf("%q is valid: %v", text, !valid)
		}
		w.Begin(text)
		switch w.First() {
		case '{':
			for range w.Members() {
			}
		case '[':
			for range w.Elements() {
			}
		default:
			w.Value()
		}
		if w.End() != valid {
			t.Fatalf("%q is valid: %v, when all is passed over", text, !valid)
		}
		if valid && compacted(b.Bytes()) != compacted(text) {
			t.Fatalf("%s, want %s", b.Bytes(), text)
		}
	})
}

// compacted is a document without white space, its names and texts written in one way.
func compacted(doc []byte) string {
	var b strings.Builder
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	for token, err := d.Token(); err == nil; token, err = d.Token() {
		text, _ := json.Marshal(token)
		if delim, ok := token.(json.Delim); ok {
			text = []byte(delim.String())
		}
		b.Write(append(text, ' '))
	}
	return b.String()
}

func TestWalkEndsEarly(t *testing.T) {
	var w Walk
	for _, doc := range []string{`{"a":1,"b":2}`, `[1,2]`} {
		w.Begin([]byte(doc))
		for range w.Members() {
			break
		}
		w.Begin([]byte(doc))
		for range w.Elements() {
			break
		}
	}
	w.Begin([]byte(`7`))
	for range w.Members() {
		t.Error("a number has no members")
	}
	if w.End() {
		t.Error("whoever takes a number for an object is not told")
	}
}

func TestWalkTakesNoMemory(t *testing.T) {
	doc := []byte(`{"email":"ana@example.com","tags":["VIP","lead"],"address":{"city":"Z\u00fcrich"},"n":12.5,"none":null}`)
	var w Walk
	if n := testing.AllocsPerRun(100, func() {
		w.Begin(doc)
		for range w.Members() {
			if w.First() == '[' {
				for range w.Elements() {
				}
			}
		}
		if !w.End() {
			t.Error("it is valid")
		}
	}); n != 0 {
		t.Errorf("%v pieces of memory, want none", n)
	}
}
