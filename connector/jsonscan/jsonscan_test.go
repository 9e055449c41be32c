package jsonscan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// documents are JSON with something that is easily read wrongly.
var documents = []string{
	`{}`, ` { } `, `[]`, "\t[ ]\n", `""`, `null`, ` null `, `true`, `-1.5e+3`, `0`,
	`{"a":1,"b":"x","c":null,"d":{"e":[{}]},"f":[[],"]",{"g":"}"}]}`,
	"{ \"a\" :\r\n1 ,\t\"b\" : [ 1 , \"2\" , { } ] }",
	`{"a":1,"a":{"b":2}}`,
	`{"":0,"A":1,"a":2}`,
	`{"\u0061\n":"\"\\","\\":"\\\\","q\"":"{\"[,]}"}`,
	`["\\","\\\"","\"]","\u00e9\ud83d\ude00","\ud800"]`,
	"{\"caf\u00e9\":\"\u2028\",\"broken \xff\":\"\xc3(\"}",
	`"{\"a\": 1}"`, `" [1, 2] "`, `"{a}"`, `"[\"\\u0041\"]"`,
	`{"a":1`, `[1,]`, `{"a" 1}`, `"a`, `"\x"`, ``, `{"a":1}{`,
}

// checked passes to f what the functions of this package may be given, a valid document, unless it is long.
func checked(text []byte, f func(doc []byte)) {
	if len(text) < 4<<10 && json.Valid(text) {
		f(text)
	}
}

// FuzzScan holds each function to what encoding/json says of the same document.
func FuzzScan(f *testing.F) {
	for _, doc := range documents {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, want := Valid(text), json.Valid(text); got != want {
			t.Fatalf("%q is valid: %v, want %v", text, got, want)
		}
		checked(text, func(doc []byte) { compare(t, doc, 0) })
		compareOutline(t, text)
	})
}

// outline is used for all documents of this process.
var outline Outline

// compareOutline holds the outline of a text to what [Members] says.
func compareOutline(t *testing.T, text []byte) {
	t.Helper()
	got, valid := outline.Of(text)
	if valid != json.Valid(text) {
		t.Fatalf("%q is valid: %v", text, valid)
	}
	if !valid {
		return
	}
	var want []string
	for name, value := range Members(text) {
		for inner, v := range Members(value) {
			want = append(want, fmt.Sprintf("2 %q %s", inner, v))
		}
		want = append(want, fmt.Sprintf("1 %q %s", name, value))
	}
	var have []string
	for _, m := range got {
		have = append(have, fmt.Sprintf("%d %q %s", m.Depth, m.Name, m.Value))
	}
	if !slices.Equal(have, want) {
		t.Fatalf("%s has the members %q, want %q", text, have, want)
	}
}

// TestValid: texts of what JSON is made of, valid ones with a byte changed, cut short or doubled, and ones nested as deep as may be and
// deeper are what json.Valid says they are.
func TestValid(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	parts := []string{"{", "}", "[", "]", ",", ":", `"a"`, `"\u00e9\n"`, `"\ud800"`, "\"\xff\"", `"\x"`, `"\u12g4"`, "\"\x01\"", "0", "-0", "-", "01", "1.", "1.5e+3", ".5", "1e", "-1E-7",
		"true", "tru", "null", "nulls", "false", " ", "\t\r\n", "\v", "\u00a0", `"`, `\`, "\x00"}
	valid := 0
	check := func(text string) {
		t.Helper()
		want := json.Valid([]byte(text))
		if got := Valid([]byte(text)); got != want {
			t.Fatalf("%q is valid: %v, want %v", text, got, want)
		}
		compareOutline(t, []byte(text))
		if want {
			valid++
		}
	}
	var value func(depth int) string
	value = func(depth int) string {
		if depth == 0 || d.IntN(3) == 0 {
			return parts[6+d.IntN(24)]
		}
		var all []string
		for range d.IntN(4) {
			part := value(depth - 1)
			if d.IntN(2) == 0 {
				part = " " + part
			}
			all = append(all, part)
		}
		if d.IntN(2) == 0 {
			return "[" + strings.Join(all, ",") + "]"
		}
		for i := range all {
			all[i] = `"n":` + all[i]
		}
		return "{" + strings.Join(all, ", ") + "}"
	}
	for range 20_000 {
		var random strings.Builder
		for range d.IntN(6) {
			random.WriteString(parts[d.IntN(len(parts))])
		}
		check(random.String())
		text := value(3)
		check(text)
		at := d.IntN(len(text))
		check(text[:at])
		check(text[:at] + string(rune(d.IntN(256))) + text[at+1:])
		check(text[:at] + text[at:at+1] + text[at:])
	}
	for _, depth := range []int{mostNested - 1, mostNested, mostNested + 1} {
		check(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		check(strings.Repeat(`{"a":`, depth) + "1" + strings.Repeat("}", depth))
		check(strings.Repeat(`[{"a":`, depth/2) + "[]" + strings.Repeat("}]", depth/2))
	}
	if valid < 10_000 {
		t.Errorf("only %d texts are valid", valid)
	}
	doc := []byte(`{"email":"ana@example.com","tags":["VIP",{"a":[[[]]]}],"n":-12.5e3,"none":null}`)
	if n := testing.AllocsPerRun(100, func() { Valid(doc); outline.Of(doc) }); n != 0 {
		t.Errorf("%v pieces of memory, want none", n)
	}
}

func BenchmarkValid(b *testing.B) {
	doc := []byte(`{"type":"RECORD","record":{"stream":"people","data":{"id":17,"email":"person17@example.com","first_name":"Ana","visits":12,"updated_at":"2026-01-02T03:04:05Z","tags":["VIP","New"]},"emitted_at":0}}`)
	for name, f := range map[string]func([]byte) bool{"scan": Valid, "json": json.Valid} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				f(doc)
			}
		})
	}
}

// compare looks at a document and at all that is in it.
func compare(t *testing.T, doc []byte, depth int) {
	if depth > 10 {
		return
	}
	var object map[string]json.RawMessage
	isObject := json.Unmarshal(doc, &object) == nil && object != nil
	if members := Map(doc); !maps.EqualFunc(members, object, same) || (members != nil) != isObject {
		t.Fatalf("%s has the members %s, want %s", doc, members, object)
	}
	for _, value := range Members(doc) {
		if !isPart(doc, value) {
			t.Fatalf("%s: %s lies elsewhere than said", doc, value)
		}
		compare(t, value, depth+1)
	}
	for name, value := range object {
		if got := Member(doc, name); !bytes.Equal(got, value) {
			t.Fatalf("%s of %s is %s, want %s", name, doc, got, value)
		}
	}
	var array []json.RawMessage
	isArray := json.Unmarshal(doc, &array) == nil && array != nil
	var elements []json.RawMessage
	for value := range Elements(doc) {
		elements = append(elements, value)
		compare(t, value, depth+1)
	}
	if !slices.EqualFunc(elements, array, same) {
		t.Fatalf("%s has the elements %s, want %s", doc, elements, array)
	}
	value := Trim(doc)
	var text string
	isText := json.Unmarshal(value, &text) == nil
	if got, ok := Text(value); got != text || ok != isText {
		t.Fatalf("the text of %s is %q, %v, want %q, %v", doc, got, ok, text, isText)
	}
	isString := isText && !IsNull(value)
	if first := First(value); isObject != (first == '{') || isArray != (first == '[') || isString != (first == '"') {
		t.Fatalf("%s begins with %c", doc, first)
	}
	if isString {
		compareNested(t, value, text)
	}
}

func compareNested(t *testing.T, quoted []byte, text string) {
	want := Trim([]byte(text))
	if first := First(want); !json.Valid(want) || first != '{' && first != '[' {
		want = nil
	}
	if got := Nested(quoted); !bytes.Equal(got, want) && !isEscaped(quoted) {
		t.Fatalf("in %s there is %s, want %s", quoted, got, want)
	}
}

// isEscaped reports whether white space or a bracket at the beginning of a string
// is written as an escape, which nobody does: it is not looked for.
func isEscaped(quoted []byte) bool { return First(Trim(quoted[1:])) == '\\' }

func same(a, b json.RawMessage) bool { return bytes.Equal(a, b) }

func isPart(doc, value []byte) bool {
	at := Offset(doc, value)
	return at >= 0 && bytes.HasPrefix(doc[at:], value) && &doc[at] == &value[0]
}

// TestNames: whatever order names come in, each is what was entered of it, and an unknown one is nothing.
func TestNames(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	var names Names[int]
	known := map[string]int{}
	for range 2000 {
		if d.IntN(4) > 0 {
			names.Begin()
		}
		order := []string{"a", "b", "a", "", "c", "d", "e"}
		if d.IntN(2) == 0 {
			d.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		for _, name := range order[:d.IntN(len(order))] {
			got, want := names.Of([]byte(name)), 0
			if got != nil {
				want = known[name]
			}
			if _, ok := known[name]; ok != (got != nil) || ok && *got != want {
				t.Fatalf("%q is %v, want %d of %v", name, got, want, known)
			}
			if got == nil && d.IntN(20) == 0 {
				known[name] = len(known) + 1
				if *names.Know(name, known[name]) != known[name] || names.Len() != len(known) {
					t.Fatalf("%q is not what was entered", name)
				}
			}
		}
	}
	if n := testing.AllocsPerRun(100, func() { names.Begin(); names.Of([]byte("c")) }); n != 0 || len(known) < 6 {
		t.Errorf("%v pieces of memory for one of %d names", n, len(known))
	}
}

func TestLoopsEndEarly(t *testing.T) {
	n := 0
	for range Members([]byte(`{"a":1,"b":2}`)) {
		n++
		break
	}
	for range Elements([]byte(`[1,2]`)) {
		n++
		break
	}
	if n != 2 {
		t.Errorf("%d turns, want 2", n)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for range Members(nil) {
		t.Error("nothing has a member")
	}
	for range Elements(nil) {
		t.Error("nothing has an element")
	}
	if text, ok := Text(nil); text != "" || !ok || !IsNull(nil) || First(nil) != 0 || Member(nil, "a") != nil {
		t.Errorf("nothing is read as something")
	}
}

func TestScanningTakesNoMemory(t *testing.T) {
	doc := []byte(`{"email":"ana@example.com","tags":["VIP","lead"],"address":{"city":"Z\u00fcrich"},"n":12.5,"none":null}`)
	var values, bytes int
	if n := testing.AllocsPerRun(100, func() {
		for name, value := range Members(doc) {
			bytes += len(name) + len(value)
			for element := range Elements(value) {
				values += len(Unquote(element))
			}
		}
	}); n != 0 {
		t.Errorf("%v pieces of memory, want none", n)
	}
}

func BenchmarkMembers(b *testing.B) {
	doc := []byte(`{"email":"ana@example.com","first_name":"Ana","address":{"city":"Z\u00fcrich","lines":["1 Main St",""]},"n":12.5,"none":null}`)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		for range Members(doc) {
		}
	}
}
