package integration_tests

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/sandbox"
)

// planCase is one way to write the same records.
type planCase struct {
	name, mode string
	duplicates bool
	settings   map[string]any
	noDeletes  bool // of rows at the source
}

// TestPreviewIsWhatIsWritten compares the plan of a preview with what the sync after it did: every field of every contact, and nothing
// besides. The preview itself writes nothing.
func TestPreviewIsWhatIsWritten(t *testing.T) {
	for _, c := range []planCase{
		{name: "append", mode: "append"},
		// A delete there may hit what the same sync has created, which no preview can show.
		{name: "append, duplicates allowed", mode: "append", duplicates: true, noDeletes: true},
		{name: "append_dedup", mode: "append_dedup"},
		{name: "append_dedup, duplicates allowed", mode: "append_dedup", duplicates: true},
		{name: "append_dedup, nulls clear", mode: "append_dedup", settings: map[string]any{"null_values": "clear"}},
		{name: "append_dedup, deletes", mode: "append_dedup", settings: map[string]any{"on_delete": "delete"}},
		{name: "append_dedup, new custom fields", mode: "append_dedup", settings: map[string]any{"create_missing_custom_fields": true}},
		{name: "overwrite", mode: "overwrite"},
		{name: "overwrite, missing lose their tags", mode: "overwrite", settings: map[string]any{"on_missing": "remove_tags", "removal_limit_percent": 90}},
		{name: "overwrite, missing are deleted", mode: "overwrite", settings: map[string]any{"on_missing": "delete", "removal_limit_percent": 90}},
		{name: "update", mode: "update"},
		{name: "update, duplicates allowed", mode: "update", duplicates: true},
		{name: "soft_delete", mode: "soft_delete"},
		{name: "soft_delete, several contacts of a person", mode: "soft_delete", duplicates: true},
		{name: "soft_delete deletes", mode: "soft_delete", settings: map[string]any{"on_delete": "delete"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, dir := planFiles(t, c)
			input := planInput(300, !c.noDeletes)
			before := picture(server)

			plan := runPreview(t, dir, input)
			if n := server.Writes(); n != 0 {
				t.Errorf("the preview made %d writes", n)
			}
			if diff := cmp.Diff(before, picture(server)); diff != "" {
				t.Errorf("the preview changed contacts (-before +after):\n%s", diff)
			}

			server.ResetCounts()
			p := startWrite(t, dir, bytes.NewReader(input), nil)
			if code := p.end(t); code != 0 {
				t.Fatalf("exit code %d\n%s", code, p.stdout)
			}
			real, requests := server.Total(), server.Requests()
			did := deeds(before, picture(server))
			if len(did) == 0 {
				t.Fatal("the sync did nothing: the test shows nothing")
			}
			if diff := cmp.Diff(plan.deeds(), did); diff != "" {
				t.Errorf("the plan is not what was done (-plan +done):\n%s", diff)
			}
			if plan.requests*10 < real*9 || plan.requests*10 > real*11 {
				t.Errorf("the plan costs %d requests, the sync made %d: %v", plan.requests, real, requests)
			}
		})
	}
}

// planFiles makes a sandbox with people in it, and the files for a case.
func planFiles(t *testing.T, c planCase) (*sandbox.Server, string) {
	t.Helper()
	server, dir := syncFiles(t, sandbox.Options{AllowDuplicates: c.duplicates})
	for i := range 200 {
		contact := sandbox.Contact{
			Fields: map[string]any{"email": personEmail(i), "firstName": "Ada", "lastName": "Abbott", "country": "US", "source": "form",
				"phone": planPhone(i), "timezone": "America/Denver"},
			CustomFields: map[string]any{"cfText00000000000001": fmt.Sprintf("N-%d", i), "cfNumerical000000003": float64(i)},
			Tags:         []string{"customer"},
		}
		if i%3 != 0 {
			contact.Tags = append(contact.Tags, "heropixel")
		}
		if i%5 == 0 {
			delete(contact.Fields, "lastName")
		}
		server.Put(contact)
		if c.duplicates && c.mode == "soft_delete" && i%10 == 1 {
			server.Put(contact)
		}
	}
	amend(t, filepath.Join(dir, "config.json"), func(doc map[string]any) {
		for key, value := range c.settings {
			doc[key] = value
		}
	})
	amend(t, filepath.Join(dir, "catalog.json"), func(doc map[string]any) {
		stream := doc["streams"].([]any)[0].(map[string]any)
		stream["destination_sync_mode"] = c.mode
		stream["stream"].(map[string]any)["json_schema"] = json.RawMessage(planSchema)
	})
	return server, dir
}

const planSchema = `{"type":"object","properties":{"email":{"type":["null","string"]},"first_name":{"type":["null","string"]},"last_name":{"type":["null","string"]},
"phone":{"type":["null","string"]},"company":{"type":["null","string"]},"timezone":{"type":["null","string"]},"gender":{"type":"string"},"tags":{"type":"array"},
"customer_number":{"type":["null","string"]},"visits":{"type":["null","integer"]},"interests":{"type":"array"},"member_since":{"type":"string"},
"favourite_colour":{"type":["null","string"]},"loyalty_points":{"type":["null","number"]}}}`

func planPhone(i int) string { return fmt.Sprintf("+1%d55501%02d", 212+i/100, i%100) }

// planInput gives n records of all kinds, the same ones each time: about people who are there and who are not, some of them twice, some
// deleted at their source, some to be rejected.
func planInput(n int, deletes bool) []byte {
	r := rand.New(rand.NewPCG(4, 2))
	pick := func(values ...any) any { return values[r.IntN(len(values))] }
	var b bytes.Buffer
	encode := json.NewEncoder(&b)
	for range n {
		i := r.IntN(380)
		data := map[string]any{"email": personEmail(i), "first_name": pick("Ada", "Grace", nil), "last_name": pick("Abbott", "Hopper")}
		maybe := func(column string, value any) {
			if r.IntN(3) == 0 {
				data[column] = value
			}
		}
		maybe("phone", planPhone(i))
		maybe("company", pick("Abbott Supplies", "Hopper Ships", nil))
		maybe("timezone", pick("America/Denver", "America/New_York"))
		maybe("gender", "female")
		maybe("tags", []string{pick("VIP", "customer", "spring").(string)})
		maybe("customer_number", fmt.Sprintf("N-%d", i))
		maybe("visits", pick(i, i+1, nil))
		maybe("interests", []string{"news", pick("Offers", "Events").(string)})
		maybe("member_since", "01/31/2026")
		maybe("favourite_colour", pick("green", nil))
		maybe("loyalty_points", 12.5)
		switch r.IntN(25) {
		case 0:
			if deletes {
				data["_ab_cdc_deleted_at"] = "2026-01-31T12:00:00Z"
			}
		case 1:
			delete(data, "email")
			delete(data, "phone")
		case 2:
			data["visits"] = "many"
		}
		_ = encode.Encode(map[string]any{"type": "RECORD", "record": map[string]any{"stream": "people", "emitted_at": 1, "data": data}})
	}
	b.WriteString(`{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"people"},"stream_state":{"through":1}}}}` + "\n")
	return b.Bytes()
}

// amend rewrites a JSON file.
func amend(t *testing.T, path string, change func(doc map[string]any)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	change(doc)
	if data, err = json.Marshal(doc); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
