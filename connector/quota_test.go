package connector

import (
	"testing"

	"destination-gohighlevel/connector/ghl"
)

// TestQuotaIsTold holds numbers to grammar, and large ones to be readable.
func TestQuotaIsTold(t *testing.T) {
	for want, u := range map[string]ghl.Usage{
		"1 request left today":             {DailyRemaining: 1, DailyLimit: -1},
		"1,200 requests left today":        {DailyRemaining: 1200, DailyLimit: -1},
		"1 of 200,000 requests left today": {DailyRemaining: 1, DailyLimit: 200000},
		"0 of 1 request left today":        {DailyRemaining: 0, DailyLimit: 1},
		"":                                 {DailyRemaining: -1, DailyLimit: -1},
	} {
		if got := quotaLeft(u); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestForecast: the numbers of the first log line are written alike.
func TestForecast(t *testing.T) {
	for want, c := range map[string]struct {
		left, reserve int64
		duplicates    bool
	}{
		"": {left: -1},
		" That is enough for about 194,000 new or changed contacts, or to compare 18,000,000.":                                       {left: 200000},
		" That is enough for about 1,940 new or changed contacts, or to compare 180,000 besides the 1,500 of daily_request_reserve.": {left: 3500, reserve: 1500},
		" That is enough for about 1 new or changed contact, or to compare 180.":                                                     {left: 2},
		" That is enough for about 97 changed contacts, at least half as many new ones, or to compare 9,000.":                        {left: 100, duplicates: true},
	} {
		if got := forecast(ghl.Usage{DailyRemaining: c.left}, c.reserve, c.duplicates); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestReserveIsTold(t *testing.T) {
	for want, n := range map[string][2]int64{"1 is left, and 1 is reserved": {1, 1}, "5 are left, and 1,500 are reserved": {5, 1500}} {
		if got := keptBack(n[0], n[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
