package crm

import (
	_ "embed" // zones.txt
	"strings"
)

// longestZone bounds the work spent on a text that is no time zone.
const longestZone = 120

// zones are the time zones of the IANA database, one a line, each with the names
// that Windows (from the Unicode locale data), Rails and older programs give it.
// IANA's EST, MST and their like are not there: they mean the same offset all year,
// and people do not.
//
//go:embed zones.txt
var zones string

// zoneNames finds the IANA name of a zone by the key of any of its names.
var zoneNames = indexZones()

func indexZones() map[string]string {
	index := make(map[string]string, 1000)
	for line := range strings.Lines(zones) {
		zone, _, _ := strings.Cut(strings.TrimSpace(line), " | ")
		for name := range strings.SplitSeq(strings.TrimSpace(line), " | ") {
			index[zoneKey(name)] = zone
			index[zoneKey(strings.Replace(name, " Standard Time", " Daylight Time", 1))] = zone
		}
	}
	return index
}

// zoneKey is a name of a zone without regard to case, and to how its words are
// joined. HubSpot writes "america_slash_new_york".
func zoneKey(s string) string {
	s = strings.ReplaceAll(strings.ToLower(s), "_slash_", "/")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '_' }), "_")
}

// zone finds the IANA name of a time zone that is given by it in any case, or as
// Windows or Rails name it, also with the offset before it and an abbreviation
// behind it: "GMT-05:00 America/New_York (EST)". An offset or an abbreviation
// alone is no zone: neither tells when clocks change. It is idempotent.
//
// The names are those of a table, whatever time zone data are installed.
func zone(s string) (name string, ok bool) {
	if len(s) > longestZone {
		return "", false
	}
	if name, ok = zoneNames[zoneKey(s)]; ok {
		return name, true
	}
	bare, hadOffset := cutOffset(strings.TrimSpace(s))
	undecorated, _, _ := strings.Cut(bare, "(")
	area, places, _ := strings.Cut(bare, " - ") // "Eastern Time - US & Canada", as calendars show it
	for _, candidate := range []string{bare, bare + " (US & Canada)", area + " (" + places + ")", places, undecorated, strings.Trim(bare, "()")} {
		if name, ok = zoneNames[zoneKey(candidate)]; ok {
			return name, true
		}
	}
	if !hadOffset {
		return "", false
	}
	// Windows shows "(UTC+01:00) Amsterdam, Berlin, Bern": cities of one zone.
	for city := range strings.SplitSeq(bare, ",") {
		if name, ok = zoneNames[zoneKey(city)]; ok {
			return name, true
		}
	}
	return "", false
}

// cutOffset takes an offset off the front of a zone: "(GMT-05:00) ", "UTC+1 ".
func cutOffset(s string) (rest string, cut bool) {
	bare := strings.TrimPrefix(s, "(")
	if len(bare) < len("UTC") || !strings.EqualFold(bare[:3], "GMT") && !strings.EqualFold(bare[:3], "UTC") {
		return s, false
	}
	return strings.TrimLeft(bare[3:], "+-−0123456789:) "), true
}
