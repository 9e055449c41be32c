package trouble

import (
	"strings"
	"testing"
)

// TestNamesThatAreData: the names that sources give are told, what looks like a person is not.
func TestNamesThatAreData(t *testing.T) {
	for _, name := range []string{
		"Email", "First Name", "e-mail", "Téléphone", "電話", "hs_v2_date_entered_1234567", "dcf558aac1ae4e8c4f849ba5e668430d8df9be12", "cf_12345678",
		"2024", "3", "Address 1", "Spent (last 30 days)", "properties.email", "$email", "", "# of Orders", "2nd phone",
	} {
		if !Showable(name) {
			t.Errorf("%q is not told", name)
		}
	}
	for _, name := range []string{
		"ada@example.com", "mailto:ada@example.com", "(202) 555-0101", "+12025550101", "2025550101", "202-555-0101 x12", "1990-03-15", "94107", "03/15/1990",
		"https://example.com/ada", "ada%40example.com", "mobile +1 202 555 0101", "12 Main Street", "5b, High Road", "answers.ada@example.com", strings.Repeat("a long text ", 20), "two\nlines",
	} {
		if Showable(name) {
			t.Errorf("%q is told", name)
		}
	}
	if Showable("Ada", "Lovelace", "ada@example.com") {
		t.Error("a file without a header tells its first person's name")
	}
}
