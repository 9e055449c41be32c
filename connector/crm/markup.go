package crm

import (
	"html"
	"regexp"
	"strings"
)

var (
	// lineEnds are the tags that end a line where a text is shown.
	lineEnds = regexp.MustCompile(`(?i)<br\s*/?>|</(p|div|li|tr|h[1-6]|blockquote|pre)\s*>`)
	tag      = regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9]*(\s[^<>]*)?/?>`)
)

// PlainText is what of a text is read: its lines without markup, without blanks
// around them and without empty ones.
//
//	<p>Called on <b>Monday</b>.</p><p>Wants a&nbsp;quote.</p>
//	Called on Monday.
//	Wants a quote.
func PlainText(s string) string {
	for range 2 { // what is shown may look like markup, and was sent as it
		if !strings.ContainsAny(s, "<&") {
			break
		}
		s = tag.ReplaceAllString(lineEnds.ReplaceAllString(s, "\n"), "")
		s = strings.ReplaceAll(html.UnescapeString(s), "\u00a0", " ")
	}
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
