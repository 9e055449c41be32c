package schema

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// dice throws schemas and values that often fit each other.
type dice struct{ *rand.Rand }

func (d dice) of(choices ...string) string { return choices[d.IntN(len(choices))] }

// member is a name; one is written with an escape, which names the same as another.
func (d dice) member() string { return d.of(`"a"`, `"b"`, `"c"`, `"\u0061"`) }

// schema asks for types, members and items only.
func (d dice) schema(depth int) string {
	if depth == 0 || d.IntN(4) == 0 {
		return d.of(`{}`, `true`, `false`, `null`, `{"type":"string"}`, `{"type":["null","integer"]}`, `{"type":["boolean","number"]}`)
	}
	var keywords []string
	add := func(keyword, value string) {
		if d.IntN(2) == 0 {
			keywords = append(keywords, keyword+":"+value)
		}
	}
	add(`"type"`, d.of(`"object"`, `["null","object"]`, `["object","array"]`, `["array","integer"]`))
	add(`"properties"`, `{"a":`+d.schema(depth-1)+`,"b":`+d.schema(depth-1)+`}`)
	add(`"required"`, d.of(`["a"]`, `["a","c"]`, `["b","b"]`))
	add(`"additionalProperties"`, d.schema(depth-1))
	add(`"items"`, d.schema(depth-1))
	return `{` + strings.Join(keywords, ",") + `}`
}

func (d dice) value(depth int) string {
	if depth == 0 || d.IntN(3) == 0 {
		return d.of(`null`, `true`, `"x"`, `""`, `1`, `1.5`, `1.50e1`, `-0.0`, `1e1000001`, `1e-1000001`, `{}`, `[]`)
	}
	var parts []string
	list := d.IntN(3) == 0
	for range d.IntN(4) {
		part := d.value(depth - 1)
		if !list {
			part = d.member() + d.of(":", " : ") + part
		}
		parts = append(parts, part)
	}
	if list {
		return `[` + strings.Join(parts, ", ") + `]`
	}
	return `{ ` + strings.Join(parts, ",") + `}`
}

// TestShapeAgreesWithTheLibrary: what is seen from the text of a value is what the library finds, of any schema that has a shape. Only
// where an object has several members of one name a shape may be stricter, and then the library has the word.
func TestShapeAgreesWithTheLibrary(t *testing.T) {
	d := dice{rand.New(rand.NewPCG(1, 2))}
	var fitting, broken int
	for range 5000 {
		text := d.schema(3)
		doc, err := decode(json.RawMessage(text))
		if err != nil {
			t.Fatal(err)
		}
		r, err := newCompiler(doc).compile(doc)
		if err != nil {
			t.Fatal(text, err)
		}
		if r == nil || r.schema == nil {
			continue
		}
		if r.shape == nil {
			t.Fatalf("%s has no shape", text)
		}
		library := *r
		library.shape = nil
		for range 8 {
			value := json.RawMessage(d.value(3))
			found, err := library.check(value)
			if err != nil {
				t.Fatal(text, err)
			}
			fits := r.shape.fits(value)
			if fits != (found == nil) && (fits || !repeats(value)) {
				t.Fatalf("%s\n%s: fits %v, the library finds %v", text, value, fits, found)
			}
			if again, _ := r.check(value); (again == nil) != (found == nil) {
				t.Fatalf("%s\n%s: %v, the library finds %v", text, value, again, found)
			}
			if fits {
				fitting++
			} else {
				broken++
			}
		}
	}
	if fitting < 1000 || broken < 1000 {
		t.Errorf("%d values fit, %d do not: too few of one kind", fitting, broken)
	}
}

// repeats reports whether writing a value again leaves something out, as of several members with one name.
func repeats(value json.RawMessage) bool {
	decoded, _ := decode(value)
	again, _ := json.Marshal(decoded)
	return strings.Count(string(again), ":") < strings.Count(string(value), ":")
}

// TestOnlyShapesHaveAShape: a schema that asks for anything else is the library's alone.
func TestOnlyShapesHaveAShape(t *testing.T) {
	deep := strings.Repeat(`{"properties":{"n":`, deepest) + `{"type":"string"}` + strings.Repeat(`}}`, deepest)
	for _, schema := range []string{
		`{"type":"string","maxLength":3}`, `{"enum":[1]}`, `{"anyOf":[{"type":"string"}]}`, `{"items":[{"type":"string"}]}`,
		`{"properties":{"a":{"pattern":"x"}}}`, `{"items":{"minimum":1}}`, `{"additionalProperties":{"not":{}}}`, deep,
	} {
		doc, _ := decode(json.RawMessage(schema))
		c := newCompiler(doc)
		soft, err := c.softened(doc)
		if err != nil {
			continue // nothing is held against a value then
		}
		if s, ok := shapeOf(soft, 0); ok {
			t.Errorf("%s has the shape %+v", schema, s)
		}
	}
}

// BenchmarkNested is what it costs to hold a list of 30 kB against its schema, beside json.Valid.
func BenchmarkNested(b *testing.B) {
	s := Compile(json.RawMessage(`{"properties":{"orders":{"type":["null","array"],"items":{"type":"object","properties":{
		"id":{"type":"integer"},"name":{"type":["null","string"]},"paid":{"type":"boolean"}}}}}}`), func(_, reason string) { b.Fatal(reason) })
	const order = `{"id":1234567,"name":"Ana Lopez","paid":true}`
	column := s.Column("orders")
	value := json.RawMessage(`[` + strings.Repeat(order+`,`, 650) + order + `]`)
	for name, f := range map[string]func() bool{
		"check": func() bool {
			return s.Check([]Value{{column, value}}, func(string) bool { return false }) == nil
		},
		"valid": func() bool { return json.Valid(value) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !f() {
					b.Fatal("not as it should be")
				}
			}
		})
	}
}
