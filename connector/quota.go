package connector

import (
	"fmt"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/words"
)

func allowed(yes bool) string {
	if yes {
		return "allowed"
	}
	return "forbidden"
}

// quota is a sentence about what is left today, after a blank; "" if nobody knows.
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
		return words.Count(u.DailyRemaining, "request") + " left today"
	}
	return fmt.Sprintf("%s of %s left today", words.Grouped(u.DailyRemaining), words.Count(u.DailyLimit, "request"))
}
