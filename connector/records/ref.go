package records

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"destination-gohighlevel/connector/crm"
)

// The API has no place for the key of a note or a task, so it is kept as the last
// line of the text, where it survives the connector:
//
//	Wants a quote.
//	[ref:calls/n1]

// refOf is a row of a stream by its primary key, as the line has it.
func refOf(stream string, key []json.RawMessage) string {
	parts := []string{escaped(stream)}
	for _, value := range key {
		parts = append(parts, escaped(crm.RowText(value)))
	}
	return strings.Join(parts, "/")
}

// escaped is a part of a key without anything that a line or a text with markup could
// change.
func escaped(part string) string {
	var b strings.Builder
	for _, c := range []byte(part) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._-", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func refLine(ref string) string { return "[ref:" + ref + "]" }

var lastLine = regexp.MustCompile(`(?:^|\n)\[ref:([A-Za-z0-9._%-]*(?:/[A-Za-z0-9._%-]*)+)\]$`)

// cutRef takes the key off a text, which may have got markup.
func cutRef(text string) (rest, ref string) {
	m := lastLine.FindStringSubmatch(crm.PlainText(text))
	if m == nil {
		return text, ""
	}
	before, after, _ := cutLast(text, refLine(m[1]))
	return strings.TrimSpace(before + after), m[1]
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
