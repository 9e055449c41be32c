package contacts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// windows are a window for everything, and one for each record.
var windows = map[string]load.Limits{
	"one window":       {},
	"record by record": {Records: 1, Bytes: 1 << 20, Age: time.Minute, State: time.Minute},
}

// stoppedBy are the channels by which a contact must not be reached; "dnd" is all.
func stoppedBy(c sandbox.Contact) string {
	var out []string
	if c.Fields["dnd"] == true {
		out = append(out, "dnd")
	}
	settings, _ := c.Fields["dndSettings"].(map[string]any)
	for _, channel := range slices.Sorted(maps.Keys(settings)) {
		if status := settings[channel].(map[string]any)["status"]; status != "inactive" {
			out = append(out, fmt.Sprintf("%s:%s", channel, status))
		}
	}
	return strings.Join(out, " ")
}

// channel is the setting of one channel, as the sandbox holds it.
func channel(name, status string) map[string]any {
	return map[string]any{name: map[string]any{"status": status}}
}

// TestASyncOnlyTightens: what people have stopped in HighLevel, no record opens;
// what records stop is stopped; the same again writes nothing.
func TestASyncOnlyTightens(t *testing.T) {
	for name, limits := range windows {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			p.human(map[string]any{"email": anaEmail, "country": "US", "dnd": true, "dndSettings": channel("SMS", "permanent")}, "heropixel")
			p.human(map[string]any{"email": benEmail, "country": "US", "dndSettings": channel("SMS", "active")}, "heropixel")
			p.human(map[string]any{"email": "cyd@example.com", "country": "US"}, "heropixel")
			p.human(map[string]any{"email": "dan@example.com", "country": "US", "dndSettings": channel("Email", "permanent")}, "heropixel")
			input := records(
				`{"email":"ana@example.com","dnd":false}`, `{"email":"ana@example.com","dnd":"No","dnd_sms":false}`,
				`{"email":"ben@example.com","dnd_sms":"no","dnd_email":true}`,
				`{"email":"cyd@example.com","dnd":true}`, `{"email":"cyd@example.com","dnd":false}`, `{"email":"cyd@example.com","dnd_call":true,"dnd":null}`,
				`{"email":"dan@example.com","dnd_email":true,"dnd_sms":true}`, `{"email":"dan@example.com","dnd_email":false,"dnd_sms":false}`)
			for range 2 {
				out := p.must(job{limits: limits, plan: heropixel}, input)
				out.has(t, "kept: do not disturb")
				for email, want := range map[string]string{anaEmail: "dnd SMS:permanent", benEmail: "Email:active SMS:active",
					"cyd@example.com": "dnd Call:active", "dan@example.com": "Email:permanent SMS:active"} {
					if got := stoppedBy(p.with(email)); got != want {
						t.Errorf("%s is stopped by %q, want %q", email, got, want)
					}
				}
			}
			p.ResetCounts()
			p.must(job{limits: limits, plan: heropixel}, input)
			if p.Writes() != 0 {
				t.Errorf("the same again made %d writes: %v", p.Writes(), p.Requests())
			}
		})
	}
}

// TestASyncThatLifts: with do_not_disturb "sync" a record opens too, but never
// what is permanent.
func TestASyncThatLifts(t *testing.T) {
	for name, limits := range windows {
		t.Run(name, func(t *testing.T) {
			p := inside(t, sandbox.Options{})
			p.human(map[string]any{"email": anaEmail, "country": "US", "dnd": true, "dndSettings": channel("SMS", "permanent")})
			p.human(map[string]any{"email": benEmail, "country": "US", "dndSettings": channel("SMS", "active")})
			input := records(`{"email":"ana@example.com","dnd":true,"dnd_sms":true}`, `{"email":"ana@example.com","dnd":false,"dnd_sms":false,"city":"Oslo"}`,
				`{"email":"ben@example.com","dnd_sms":false,"dnd_email":true}`)
			j := job{limits: limits, plan: crm.PlanOptions{LiftsDND: true}}
			p.must(j, input).has(t, "kept: do not disturb")
			ana, ben := p.with(anaEmail), p.with(benEmail)
			field(t, ana, "city", "Oslo")
			if stoppedBy(ana) != "SMS:permanent" || stoppedBy(ben) != "Email:active" {
				t.Errorf("stopped by %q and %q", stoppedBy(ana), stoppedBy(ben))
			}
		})
	}
}

// TestChannelsTravelInTheCreate: nobody can be contacted for a moment, and a
// create costs one request.
func TestChannelsTravelInTheCreate(t *testing.T) {
	for _, duplicates := range []bool{false, true} {
		p := inside(t, sandbox.Options{AllowDuplicates: duplicates})
		out := p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","dnd_sms":true,"dnd_email":"yes","dnd_call":false}`, `{"email":"ben@example.com","dnd":true}`))
		out.has(t, "2 created")
		if stoppedBy(p.with(anaEmail)) != "Email:active SMS:active" || stoppedBy(p.with(benEmail)) != "dnd" {
			t.Errorf("stopped by %q and %q", stoppedBy(p.with(anaEmail)), stoppedBy(p.with(benEmail)))
		}
		if p.Requests()["POST /contacts/"] != 2 || p.Writes() != 2 {
			t.Errorf("%v", p.Requests())
		}
	}
}

// deaf is a transport on whose way creates lose what they say of do-not-disturb.
type deaf struct{ next http.RoundTripper }

func (d deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || r.URL.Path != "/contacts/" {
		return d.next.RoundTrip(r)
	}
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	delete(body, "dnd")
	delete(body, "dndSettings")
	b, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return d.next.RoundTrip(r)
}

// TestAStopThatACreateHasLost is written at once.
func TestAStopThatACreateHasLost(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.transport = deaf{p.transport}
	out := p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","dnd":true,"dnd_sms":true,"city":"Oslo"}`)+state("people", 1))
	out.has(t, "1 created")
	out.counts(t, 1, 0)
	if got := stoppedBy(p.only()); got != "dnd" && got != "dnd SMS:active" || strings.Contains(out.log, "discarded") {
		t.Errorf("stopped by %q\n%s", got, out.log)
	}
}

// TestACreateThatIsRefusedForAChannel: a channel that turns out to be permanent
// costs only itself; where the refusal does not say which, or is about anything
// else of do-not-disturb, nobody is created without it.
func TestACreateThatIsRefusedForAChannel(t *testing.T) {
	for message, want := range map[string]string{
		"Not authorized to update permanent dnd setting for SMS": "Email:active",
		"Not authorized to update permanent dnd setting":         "refused_by_api",
		"dnd must be a boolean value":                            "refused_by_api",
	} {
		p := inside(t, sandbox.Options{})
		p.refuse("/contacts/", `"SMS"`, 400, message)
		out := p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","dnd_sms":true,"dnd_email":true}`)+state("people", 1))
		if want == "refused_by_api" {
			out.counts(t, 0, 1)
			out.has(t, want)
			if len(p.Contacts()) != 0 {
				t.Errorf("%s: created all the same", message)
			}
			continue
		}
		out.counts(t, 1, 0)
		if got := stoppedBy(p.only()); got != want {
			t.Errorf("%s: stopped by %q", message, got)
		}
	}
}

// tellings are how much search may tell of do-not-disturb.
var tellings = []sandbox.Variant{0, sandbox.DNDEmptied, sandbox.DNDUntold}

// TestAPermanentChannelCostsOnlyItself: a body that names one is refused as a
// whole; what else it has is written.
func TestAPermanentChannelCostsOnlyItself(t *testing.T) {
	for _, tells := range tellings {
		for _, all := range []bool{false, true} {
			t.Run(fmt.Sprintf("tells %q, all %t", tells, all), func(t *testing.T) {
				p := inside(t, sandbox.Options{IndexLag: time.Hour, Variant: tells})
				settings := map[string]any{}
				p.human(map[string]any{"email": anaEmail, "country": "US"})
				stop := []string{"SMS"}
				if all {
					stop = []string{"Call", "Email", "SMS", "WhatsApp", "GMB", "FB"}
				}
				for _, c := range stop {
					settings[c] = map[string]any{"status": "permanent"}
				}
				p.before("PUT", "/contacts/", func() { p.api("PUT", "/contacts/"+p.only().ID, map[string]any{"dndSettings": settings}) })
				record := records(`{"email":"ana@example.com","city":"Oslo","dnd":true,"dnd_sms":true,"dnd_email":true,"dnd_call":true,"dnd_whatsapp":true,"dnd_gmb":true,"dnd_fb":true}`)
				p.must(job{plan: heropixel}, record).has(t, "1 updated")
				field(t, p.only(), "city", "Oslo")
				want := "dnd Call:active Email:active FB:active GMB:active SMS:permanent WhatsApp:active"
				if all {
					want = strings.ReplaceAll(want, ":active", ":permanent")
				}
				if got := stoppedBy(p.only()); got != want {
					t.Errorf("stopped by %q, want %q", got, want)
				}
			})
		}
	}
}

// TestAPermanentChannelAlone: where nothing else is left to write, nothing is.
func TestAPermanentChannelAlone(t *testing.T) {
	for _, status := range []int{400, 401, 403, 422} {
		p := inside(t, sandbox.Options{})
		p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel")
		p.refuse("/contacts/", `"SMS"`, status, "Not authorized to update permanent dnd setting for SMS")
		out := p.must(job{plan: heropixel}, records(`{"email":"ana@example.com","dnd_sms":true}`)+state("people", 1))
		out.has(t, "1 unchanged")
		out.counts(t, 1, 0)
	}
}

// TestSearchThatTellsNothing: where search does not tell the channels, a second
// sync writes nothing all the same, and where it may, not everybody is read.
func TestSearchThatTellsNothing(t *testing.T) {
	const n = 30
	for _, tells := range tellings {
		t.Run(tells.String(), func(t *testing.T) {
			p := inside(t, sandbox.Options{Variant: tells})
			input := ""
			for i := range n {
				p.human(map[string]any{"email": crowdEmail(i), "country": "US"}, "heropixel")
				input += records(fmt.Sprintf(`{"email":%q,"dnd_sms":%t}`, crowdEmail(i), i%3 > 0))
			}
			p.must(job{plan: heropixel}, input).has(t, "20 updated")
			if reads := p.Requests()["GET /contacts/{contactId}"]; reads > 1 && tells != sandbox.DNDUntold {
				t.Errorf("%d contacts were read", reads)
			}
			p.ResetCounts()
			p.must(job{plan: heropixel}, input)
			if p.Writes() != 0 {
				t.Errorf("the same again made %d writes: %v", p.Writes(), p.Requests())
			}
		})
	}
}

// stops are the ways in which a person has said "stop".
var stops = map[string]map[string]any{
	"dnd":              {"dnd": true},
	"an active one":    {"dndSettings": channel("Email", "active")},
	"a permanent one":  {"dndSettings": channel("SMS", "permanent")},
	"from their side":  {"inboundDndSettings": channel("all", "active")},
	"among inactive":   {"dndSettings": map[string]any{"Call": map[string]any{"status": "inactive"}, "FB": map[string]any{"status": "active"}}},
	"dnd without tags": {"dnd": true, "tagless": true},
}

// TestWhoSaidStopIsNotDeleted: in no way to delete, whatever search tells, and a
// dry run shows it.
func TestWhoSaidStopIsNotDeleted(t *testing.T) {
	ways := map[string]struct {
		stream stream
		input  string
	}{
		"on_delete":   {stream{mode: airbyte.AppendDedup, onDelete: object.Delete, plan: heropixel}, records(deleted(anaEmail), deleted(benEmail))},
		"soft_delete": {stream{mode: airbyte.SoftDelete, onDelete: object.Delete, plan: heropixel}, records(`{"email":"ana@example.com"}`, `{"email":"ben@example.com"}`)},
		"on_missing": {stream{mode: airbyte.Overwrite, onMissing: object.Delete, limit: 90, plan: heropixel},
			records(`{"email":"cyd@example.com"}`) + complete},
	}
	for way, how := range ways {
		for said, fields := range stops {
			for _, tells := range tellings {
				t.Run(fmt.Sprintf("%s, %s, tells %q", way, said, tells), func(t *testing.T) {
					p := inside(t, sandbox.Options{Variant: tells})
					ana := maps.Clone(fields)
					ana["email"] = anaEmail
					tagged := []string{"heropixel", "hand-made"}
					if ana["tagless"] != nil {
						tagged = []string{"hand-made"}
					}
					delete(ana, "tagless")
					id := p.human(ana, tagged...)
					p.human(map[string]any{"email": benEmail}, "heropixel")
					p.human(map[string]any{"email": "cyd@example.com", "country": "US"}, "heropixel")
					p.human(map[string]any{"email": "dan@example.com", "country": "US"}, "hand-made")
					p.sameDry(t, one(how.stream), how.input, false)
					tags(t, p.id(id), "hand-made")
					if got := len(p.Contacts()); got != 3 {
						t.Errorf("%d contacts, want 3", got)
					}
				})
			}
		}
	}
}

// TestADeleteThatIsKeptIsTold: in the log, with the number of contacts.
func TestADeleteThatIsKeptIsTold(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.human(map[string]any{"email": anaEmail, "dnd": true}, "heropixel")
	out := p.must(one(stream{onDelete: object.Delete, plan: heropixel}), records(deleted(anaEmail)))
	out.has(t, "not deleted: do not disturb; it loses the stream's tags instead")
	out.has(t, "1 removed")

	p.human(map[string]any{"email": benEmail}, "heropixel")
	p.human(map[string]any{"email": "cyd@example.com", "dndSettings": channel("SMS", "active")}, "heropixel")
	out = p.must(one(stream{mode: airbyte.Overwrite, onMissing: object.Delete, limit: 90, plan: heropixel}), records(`{"email":"dan@example.com"}`)+complete)
	out.has(t, "of 3 contacts with the stream's tags, 2 were not in the sync: 1 were deleted, 1 is on do not disturb and lost the tags instead")
	out.has(t, "2 missing ones removed")
}

// TestAStopOutlivesItsDelete: a record that says stop and is deleted, in one
// window or several, by itself or after another that says it.
func TestAStopOutlivesItsDelete(t *testing.T) {
	for name, lines := range map[string][]string{
		"in the delete":                {`{"email":"ana@example.com","dnd_sms":true,"_ab_cdc_deleted_at":"2024-01-02T03:04:05Z"}`},
		"before the delete":            {`{"email":"ana@example.com","dnd_sms":true}`, deleted(anaEmail)},
		"before the delete, then back": {`{"email":"ana@example.com","dnd_sms":true}`, deleted(anaEmail), `{"email":"ana@example.com","dnd_sms":false}`},
		"before it is false and gone":  {`{"email":"ana@example.com","dnd_sms":true}`, `{"email":"ana@example.com","dnd_sms":false}`, deleted(anaEmail)},
	} {
		for how, limits := range windows {
			for _, onDelete := range []object.Removal{object.Keep, object.RemoveTags, object.Delete} {
				for _, tells := range tellings {
					t.Run(fmt.Sprintf("%s, %s, %s, tells %q", name, how, onDelete, tells), func(t *testing.T) {
						p := inside(t, sandbox.Options{Variant: tells})
						p.human(map[string]any{"email": anaEmail, "country": "US"}, "heropixel", "hand-made")
						p.must(job{limits: limits, streams: []stream{{onDelete: onDelete, ignore: onDelete == object.Keep, plan: heropixel}}}, records(lines...))
						want := []string{"hand-made"}
						if strings.HasSuffix(name, "back") || onDelete == object.Keep {
							want = append(want, "heropixel")
						}
						tags(t, p.only(), want...)
						if got := stoppedBy(p.only()); got != "SMS:active" {
							t.Errorf("stopped by %q", got)
						}
					})
				}
			}
		}
	}
}

// TestAStopOutlivesALaterCursor: one that arrives late counts, although a newer
// version of the row has said otherwise: had it come in time, it would not have
// been lifted.
func TestAStopOutlivesALaterCursor(t *testing.T) {
	for name, lines := range map[string][]string{
		"newer first": {`{"email":"ana@example.com","at":5,"dnd":false,"city":"Oslo"}`, `{"email":"ana@example.com","at":3,"dnd":true,"city":"Bergen"}`},
		"in order":    {`{"email":"ana@example.com","at":3,"dnd":true,"city":"Bergen"}`, `{"email":"ana@example.com","at":5,"dnd":false,"city":"Oslo"}`},
	} {
		for how, limits := range windows {
			for _, known := range []bool{false, true} {
				t.Run(fmt.Sprint(name, ", ", how, ", known ", known), func(t *testing.T) {
					p := inside(t, sandbox.Options{})
					if known {
						p.human(map[string]any{"email": anaEmail})
					}
					p.must(job{limits: limits, streams: []stream{{cursor: []string{"at"}, plan: heropixel}}}, records(lines...))
					field(t, p.only(), "city", "Oslo")
					if stoppedBy(p.only()) != "dnd" {
						t.Error("the stop is lost")
					}
				})
			}
		}
	}
}
