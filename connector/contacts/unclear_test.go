package contacts_test

import (
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/sandbox"
)

// TestUnclearConsent: a column that should say whether a person may be contacted
// and cannot be read never makes a contact; one that is there keeps what it has,
// and gets the rest.
func TestUnclearConsent(t *testing.T) {
	const unclear, clear = `{"email":"ana@example.com","city":"Oslo","do_not_contact":"qwerty"}`, `{"email":"ana@example.com","state":"TX","do_not_contact":"no"}`
	const mixed = `{"email":"ana@example.com","city":"Oslo","do_not_contact":"qwerty","dnd_sms":true}`
	const stopped = `{"email":"ana@example.com","city":"Oslo","sms_opt_out":"qwerty","dnd":true}`
	for name, tt := range map[string]struct {
		mode               airbyte.SyncMode
		lines              []string
		there, blind, many bool // somebody is there; search does not know it; duplicates are allowed
		accepted, rejected int
		code               string
		contacts           int
		end                string // by what the contact is stopped
	}{
		"nobody":                {lines: []string{unclear}, rejected: 1, code: "consent_unclear"},
		"nobody, then clear":    {lines: []string{unclear, clear}, accepted: 1, rejected: 1, code: "consent_unclear", contacts: 1},
		"clear first":           {lines: []string{clear, unclear}, accepted: 2, contacts: 1},
		"twice":                 {lines: []string{unclear, unclear}, rejected: 2, code: "consent_unclear"},
		"somebody":              {lines: []string{unclear}, there: true, accepted: 1, contacts: 1, end: "Email:active"},
		"search does not know":  {lines: []string{unclear}, there: true, blind: true, accepted: 1, contacts: 1, end: "Email:active"},
		"duplicates, somebody":  {lines: []string{unclear}, there: true, many: true, accepted: 1, contacts: 1, end: "Email:active"},
		"duplicates, nobody":    {lines: []string{unclear}, many: true, rejected: 1, code: "consent_unclear"},
		"append":                {mode: airbyte.Append, lines: []string{unclear}, there: true, many: true, rejected: 1, code: "consent_unclear", contacts: 1, end: "Email:active"},
		"update":                {mode: airbyte.Update, lines: []string{unclear}, rejected: 1, code: "no_match"},
		"a stop can be read":    {lines: []string{mixed}, there: true, accepted: 1, contacts: 1, end: "Email:active SMS:active"},
		"but makes no contact":  {lines: []string{mixed}, rejected: 1, code: "consent_unclear"},
		"all is stopped anyway": {lines: []string{stopped}, accepted: 1, contacts: 1, end: "dnd"},
		"a delete":              {lines: []string{`{"email":"ana@example.com","do_not_contact":"qwerty","_ab_cdc_deleted_at":"2024-01-02"}`}, there: true, accepted: 1, contacts: 1, end: "Email:active"},
	} {
		for how, limits := range windows {
			for _, dry := range []bool{false, true} {
				t.Run(name+", "+how+map[bool]string{true: ", dry"}[dry], func(t *testing.T) {
					p := inside(t, sandbox.Options{AllowDuplicates: tt.many})
					if tt.there {
						p.human(map[string]any{"email": anaEmail, "country": "US", "dndSettings": channel("Email", "active")})
					}
					if tt.blind {
						p.human(map[string]any{"email": benEmail, "country": "US"})
						p.blind()
					}
					before := len(p.Contacts())
					out := p.must(job{mode: tt.mode, limits: limits, plan: heropixel, dry: dry}, records(tt.lines...)+state("people", 1))
					out.counts(t, tt.accepted, tt.rejected)
					if tt.code != "" {
						out.has(t, tt.code)
					}
					if dry {
						if got := len(p.Contacts()); got != before || p.Writes() != 0 {
							t.Errorf("%d contacts, %d writes", got, p.Writes())
						}
						return
					}
					want := tt.contacts
					if tt.blind {
						want++ // Ben
					}
					if got := len(p.Contacts()); got != want {
						t.Fatalf("%d contacts, want %d", got, want)
					}
					if tt.contacts == 0 {
						return
					}
					if got := stoppedBy(p.with(anaEmail)); got != tt.end {
						t.Errorf("stopped by %q, want %q", got, tt.end)
					}
					if tt.there && tt.rejected == 0 && !strings.Contains(tt.lines[0], "deleted") {
						field(t, p.with(anaEmail), "city", "Oslo")
					}
				})
			}
		}
	}
}
