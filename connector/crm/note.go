package crm

// Rules a [Note] can name, besides "country code +<number> assumed".
const (
	ruleControl     = "control characters removed"
	ruleUTF8        = "invalid UTF-8 replaced"
	ruleDisplayName = "display name removed"
	ruleMailto      = "mailto: removed"
	ruleExtension   = "extension removed"
	ruleMonthFirst  = "month first assumed"
	ruleLetter      = "letter spelt out"

	ruleNotAnEmail    = "not an email"
	ruleNotAPhone     = "not a phone number"
	ruleNotANumber    = "not a number"
	ruleNoCallingCode = "no calling code"
	ruleNotACountry   = "not a country"
	ruleNoCountry     = "names no country"
	ruleNotADate      = "not a date"
	ruleNotABool      = "not true or false"
	ruleNotAnOption   = "not an option"
	ruleNotATimezone  = "not a time zone"
	ruleNotAnObject   = "not an object"
	ruleIsAnObject    = "is an object"
	ruleIsAList       = "is a list"
)
