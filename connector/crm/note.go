package crm

// Rules a [trouble.Note] can name, besides "country code +<number> assumed".
const (
	ruleControl     = "control characters removed"
	ruleUTF8        = "invalid UTF-8 replaced"
	ruleDisplayName = "display name removed"
	ruleMailto      = "mailto: removed"
	ruleFirstTaken  = "the first of several taken"
	ruleExtension   = "extension removed"
	ruleWords       = "words behind it removed"
	ruleMonthFirst  = "month first assumed"
	ruleDayFirst    = "day first assumed"
	ruleCentury     = "century assumed"
	ruleLetter      = "letter spelt out"

	ruleNotAnEmail    = "not an email"
	ruleNotAPhone     = "not a phone number"
	ruleNotANumber    = "not a number"
	ruleNoCallingCode = "no calling code"
	ruleNotACountry   = "not a country"
	ruleNoCountry     = "names no country"
	ruleNotADate      = "not a date"
	ruleNotInOrderSet = "not a date in the date_order that is set"
	ruleReadsMDY      = `not a date in the country's order: "date_order": "MDY" would read it`
	ruleReadsDMY      = `not a date in the country's order: "date_order": "DMY" would read it`
	ruleReadsYMD      = `not a date in the country's order: "date_order": "YMD" would read it`
	ruleReadsEither   = `not a date in the country's order: "date_order" has to say "MDY" or "DMY"`
	ruleNotABool      = "not true or false"
	ruleKept          = "kept: do not disturb"
	ruleOlder         = "kept: the contact was changed after the record"
	ruleUndated       = "kept: the record's cursor is no time"
	ruleUnclear       = "does not say whether the person may be contacted"
	ruleNotAnOption   = "not an option"
	ruleNotATimezone  = "not a time zone"
	ruleNotAnObject   = "not an object"
	ruleIsAnObject    = "is an object"
	ruleIsAList       = "is a list"
	ruleIsABool       = "is true or false: translate it with values"
	ruleDigitsLost    = "digits were rounded away"
	ruleNotAUserID    = "not the id of a user: their names and emails are not known"
	ruleSeveralUsers  = "the name of several users"
	ruleCutOff        = "a list that was cut off"
	ruleForeign       = "the number of a company or an office, not the person's"
	ruleNotAnID       = "not a HighLevel id, which has 20 letters and digits"
	ruleForeignKey    = "a key or number of the source, not a name"
	ruleAccountState  = "the state of an account, not a region"
)

// warns reports whether a value that breaks a rule is worth a warning: one
// setting is likely to read all that are like it.
func warns(rule string) bool {
	switch rule {
	case ruleReadsMDY, ruleReadsDMY, ruleReadsYMD, ruleReadsEither:
		return true
	}
	return false
}
