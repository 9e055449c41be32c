package crm

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/trouble"
)

// AsksForTime reports whether a value may depend on when a record was changed.
func (p *Plan) AsksForTime() bool {
	return p.options.When == IfNewer || slices.ContainsFunc(p.entries, func(e *entry) bool { return e.field >= 0 && e.When == IfNewer })
}

// Date gives the values that are written [IfNewer] the time of their record.
func (d *Desired) Date(at time.Time) {
	var stamp int64
	if !at.IsZero() {
		stamp = at.UnixMicro()
	}
	for _, values := range []map[string]Value{d.Values, d.Links} {
		for name, v := range values {
			if v.When == IfNewer {
				v.At = stamp
				values[name] = v
			}
		}
	}
}

// Yields reports whether a value gives way to what others have changed in a contact
// since: they may have changed this very field. So it does if nobody knows when that
// was, or the record has no time.
func (v Value) Yields(have *Contact) bool {
	return v.When == IfNewer && have != nil && (have.Changed == nil || v.At == 0 || v.At <= have.Changed.UnixMicro())
}

// Mergeable reports whether [Merge] ends as the two records one after the other. It does
// not where the newer may yield to the contact as the older may not, or other than the
// older: with city = Rome of 10:00, then city = Milan of 9:00, Rome is what a contact of
// 9:30 gets.
func Mergeable(older, newer Desired) bool {
	return mergeable(older.Values, newer.Values) && mergeable(older.Links, newer.Links)
}

func mergeable(older, newer map[string]Value) bool {
	for name, v := range newer {
		before, mentioned := older[name]
		if mentioned && !isConsent(name) && (v.When == IfNewer || before.When == IfNewer) &&
			(v.When != before.When || v.At < before.At) {
			return false
		}
	}
	return true
}

// OlderNote notes a value that stays as it is since others changed the contact after the
// record.
func OlderNote(field string, v Value) trouble.Note {
	if v.At == 0 {
		return trouble.Note{Field: field, Rule: ruleUndated}
	}
	return trouble.Note{Field: field, Rule: ruleOlder}
}

// momentLayouts are the forms in which sources give points in time; a fraction of the
// second is read with each. Without a zone they are UTC.
var momentLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05Z07", "2006-01-02 15:04:05 MST", time.DateTime, time.DateOnly,
}

// Moment reads a cursor as a point in time: a text with year, month and day in this
// order, a day being its first moment, or seconds or milliseconds since 1970. It is zero
// if that is none.
func Moment(cursor json.RawMessage) time.Time {
	text := strings.TrimSpace(textOfJSON(cursor))
	for _, layout := range momentLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at
		}
	}
	number, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || number <= 0 || number > mostMilliseconds:
		return time.Time{}
	case number > mostSeconds:
		return time.UnixMilli(int64(number))
	}
	return time.UnixMilli(int64(number * 1000))
}

// textOfJSON is a JSON text or number as text.
func textOfJSON(raw json.RawMessage) string {
	if text, ok := jsonscan.Text(raw); ok {
		return text
	}
	return string(raw)
}

const mostMilliseconds = 1000 * mostSeconds
