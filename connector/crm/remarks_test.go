package crm

import "testing"

// TestNotesBesideValues: what people write beside a number or an address goes,
// unless it says that nobody may be contacted by it.
func TestNotesBesideValues(t *testing.T) {
	for s, want := range map[string]string{
		"202-555-0101 call after 5pm": "+12025550101", "(202) 555-0101 Ada": "+12025550101", "202-555-0101 x": "+12025550101", "202-555-0101\n202-555-0102": "+12025550101",
		"202-555-0101 (do not call)": "", "DNC 202-555-0101": "", "1-800-FLOWERS": "+18003569377", "555-0101 Ada": "", "2025550101abc": "+12025550101",
	} {
		if got := readPhone(s, "US"); got.e164 != want {
			t.Errorf("%q: %+v, want %q", s, got, want)
		}
	}
	for s, want := range map[string]string{
		"smtp:a@example.com": "a@example.com", "a@example.com - personal": "a@example.com", "a@example.com (work)": "a@example.com",
		"a@example.com (do not email)": "", "a@example.com (unsubscribed)": "",
	} {
		if got, _, ok := readEmail(s); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	for record, want := range map[string]string{
		`"phone":"202-555-0101\n202-555-0102"`: `"phone":"+12025550101"`, `"birthday":"0/0/00","gender":"Unspecified"`: ``,
		`"country":"Hong Kong SAR"`: `"country":"HK"`, `"name":"ada@example.com"`: ``, `"name":"-"`: ``,
		`"timezone":"Mountain Time - Arizona"`: `"timezone":"America/Phoenix"`, `"timezone":"Eastern Time - US & Canada"`: `"timezone":"America/New_York"`,
		`"zip":"z:02101"`: `"postalCode":"02101"`,
	} {
		if want != "" {
			want = "," + want
		}
		expectValues(t, testPlan(t, nil), `{"email":"a@example.com",`+record+`}`, `{"email":"a@example.com"`+want+`}`)
	}
}
