package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// sizes are the parts of an input that would not stand well in a script: <letters N>, <nested N> (arrays) and <byte XX>.
var sizes = regexp.MustCompile(`<(letters|nested|byte) ([0-9a-f]+)>`)

// cmdExpand fills in the parts of files that a script cannot spell out; see sizes.
func cmdExpand(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	for _, name := range args {
		text := sizes.ReplaceAllStringFunc(ts.ReadFile(name), func(part string) string {
			m := sizes.FindStringSubmatch(part)
			base := 10
			if m[1] == "byte" {
				base = 16
			}
			n, err := strconv.ParseInt(m[2], base, 32)
			ts.Check(err)
			switch m[1] {
			case "letters":
				return strings.Repeat("a", int(n))
			case "nested":
				return strings.Repeat("[", int(n)) + strings.Repeat("]", int(n))
			}
			return string([]byte{byte(n)})
		})
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600))
	}
}

// cmdPeople writes an input of made-up people; see people.
//
//	people FILE N EVERY
func cmdPeople(ts *testscript.TestScript, neg bool, args []string) {
	never(ts, neg)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), people(number(ts, args[1]), number(ts, args[2])), 0o600))
}

// people gives the records of n people, the same ones each time, with a state after every so many and at the end. A state tells how many
// people came before it.
func people(n, every int) []byte {
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	for i := 1; i <= n; i++ {
		_ = encode.Encode(map[string]any{"type": "RECORD", "record": map[string]any{"stream": "people", "emitted_at": 1, "data": map[string]any{
			"email": personEmail(i), "first_name": "Ada", "phone": fmt.Sprintf("+1%d55501%02d", 212+i/100, i%100),
		}}})
		if i%every == 0 || i == n {
			fmt.Fprintf(&b, `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"},"stream_state":{"through":%d}}}}`+"\n", i)
		}
	}
	return b.Bytes()
}

func personEmail(i int) string { return fmt.Sprintf("person%04d@example.com", i) }

// peopleCatalog is a catalog for people.
const peopleCatalog = `{"streams":[{"stream":{"name":"people","supported_sync_modes":["full_refresh"],"json_schema":{"type":"object",
"properties":{"email":{"type":"string"},"first_name":{"type":"string"},"phone":{"type":"string"}}}},
"sync_mode":"full_refresh","destination_sync_mode":"append_dedup","primary_key":[["email"]]}]}`
