package connector

import (
	"fmt"
	"strconv"

	"destination-gohighlevel/connector/ghl"
)

func allowed(yes bool) string {
	if yes {
		return "allowed"
	}
	return "forbidden"
}

// quota is a sentence about what is left today, after a blank; "" if that is
// not known.
func quota(u ghl.Usage) string {
	if left := quotaLeft(u); left != "" {
		return " " + left + "."
	}
	return ""
}

func quotaLeft(u ghl.Usage) string {
	switch {
	case u.DailyRemaining < 0:
		return ""
	case u.DailyLimit < 0:
		return count(u.DailyRemaining, "request") + " left today"
	}
	return fmt.Sprintf("%s of %s left today", grouped(u.DailyRemaining), count(u.DailyLimit, "request"))
}

// count is a number of things, as people write it.
func count(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(n) + " " + thing + "s"
}

// grouped writes a number with its thousands apart.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
