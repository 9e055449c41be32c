package object

import (
	"encoding/json"
	"strings"
	"testing"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/schema"
)

func TestCursorAtFollowsThePath(t *testing.T) {
	const data = `{"at":5,"none":null,"meta":{"at":"x"}}`
	for path, want := range map[string]string{"at": "5", "none": "", "gone": "", "meta.at": `"x"`, "at.deeper": "", "": ""} {
		steps := strings.Split(path, ".")
		if path == "" {
			steps = nil
		}
		if got := string((&columns{data: json.RawMessage(data), names: newSpellings(crm.NewColumns(nil))}).at(steps)); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}

const stagesSchema = `{"type":"object","required":["email"],"properties":{"email":{"type":"string"},"phone":{"type":["null","string"]},
"first_name":{"type":["null","string"]},"last_name":{"type":["null","string"]},"city":{"type":["null","string"]},"visits":{"type":["null","integer"]},
"member_since":{"type":["null","string"],"format":"date"},"topics":{"type":["null","array"],"items":{"type":"string"}}}}`

const stagesRecord = `{"email":"ana@example.com","phone":"+12025550123","first_name":"Ana","last_name":"Lopez","city":null,"visits":7,
"member_since":"2024-03-04","topics":["News","Offers"]}`

func BenchmarkValidate(b *testing.B) {
	s := schema.Compile(json.RawMessage(stagesSchema), func(_, reason string) { b.Fatal(reason) })
	names := newSpellings(crm.NewColumns([]string{"email", "phone", "first_name", "last_name", "city", "visits", "member_since", "topics"}))
	b.ReportAllocs()
	for b.Loop() {
		values := &columns{data: []byte(stagesRecord), names: names}
		if broken := s.Check(values.all(), func(string) bool { return false }); broken != nil {
			b.Fatal(broken)
		}
	}
}
