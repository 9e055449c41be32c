package crm

import (
	"testing"
	"time"
	_ "time/tzdata" // what the names are held to
)

func TestZones(t *testing.T) {
	for in, want := range map[string]string{
		"America/New_York": "America/New_York", "america/new_york": "America/New_York", "AMERICA/NEW_YORK": "America/New_York", "America/New York": "America/New_York",
		"America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires", "Etc/GMT+5": "Etc/GMT+5", "UTC": "UTC", "utc": "UTC", "Etc/UTC": "Etc/UTC",
		"Europe/Kyiv": "Europe/Kyiv", "Europe/Kiev": "Europe/Kiev", "US/Eastern": "US/Eastern", " Europe/Berlin ": "Europe/Berlin",
		"america_slash_new_york": "America/New_York", "us_slash_pacific": "US/Pacific",
		"Eastern Time (US & Canada)": "America/New_York", "Eastern Time": "America/New_York", "London": "Europe/London", "Hong Kong": "Asia/Hong_Kong", "New Delhi": "Asia/Kolkata",
		"Pacific Standard Time": "America/Los_Angeles", "Pacific Daylight Time": "America/Los_Angeles", "W. Europe Standard Time": "Europe/Berlin",
		"tokyo standard time": "Asia/Tokyo", "Central Standard Time (Mexico)": "America/Mexico_City", "Israel": "Asia/Jerusalem", "PST8PDT": "America/Los_Angeles",
		"GMT-05:00 America/New_York (EST)": "America/New_York", "(GMT-05:00) Eastern Time (US & Canada)": "America/New_York", "America/New_York (EST)": "America/New_York",
		"(UTC-08:00) Pacific Time (US & Canada)": "America/Los_Angeles", "UTC+1 Europe/Paris": "Europe/Paris", "GMT+0530 (India Standard Time)": "Asia/Kolkata", "GMT-0500 (EST)": "",
		"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna": "Europe/Amsterdam", "(GMT) London": "Europe/London", "Pacific Standard Time (PST)": "America/Los_Angeles",
		"EST": "", "PST": "", "CET": "", "MST": "", "GMT-05:00": "", "UTC-5": "", "+05:00": "", "Not/AZone": "", "America/": "", "new york": "", "Mars": "", "": "", "Middle Earth": "",
		"London, Paris": "", "America/New_York, America/Chicago": "",
	} {
		got, ok := zone(in)
		if got != want || ok != (want != "") {
			t.Errorf("zone(%q) = %q, want %q", in, got, want)
		}
		if again, _ := zone(got); ok && again != got {
			t.Errorf("%q becomes %q", got, again)
		}
	}
}

// TestZonesExist holds every name of the table to the time zone data.
func TestZonesExist(t *testing.T) {
	for key, name := range zoneNames {
		if _, err := time.LoadLocation(name); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if own, ok := zoneNames[zoneKey(name)]; !ok || own != name {
			t.Errorf("%s: %s is called %s", key, name, own)
		}
	}
}
