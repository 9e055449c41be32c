package connector

import (
	"fmt"
	"os"
	"slices"
	"unicode/utf8"

	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
)

// rules are what this package knows of the values of settings.
var rules = []config.Rule{{Key: "default_country", Broken: countryFault}, {Key: "on_missing", Broken: tagFault}}

// readConfig reads and parses the configuration file.
func readConfig(path string) (config.Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return config.Config{}, &fileError{"configuration", "config", err}
	}
	return config.Parse(data, rules...)
}

// tagFault says that what is missing could not be found by its tags.
func tagFault(c config.Config) string {
	tags := slices.Clone(c.Tags)
	for _, s := range c.Streams {
		if s.Tags != nil {
			tags = append(tags, *s.Tags...)
		}
	}
	if c.OnMissing == config.Keep || !slices.ContainsFunc(tags, func(t string) bool { return utf8.RuneCountInString(t) > gateway.MaxKey }) {
		return ""
	}
	return fmt.Sprintf("must be keep where a tag has more than %d characters: HighLevel does not look for such tags", gateway.MaxKey)
}

// countryFault says what is wrong with a default country of which the right
// form alone could be told without a list of countries.
func countryFault(c config.Config) string {
	code, known := crm.CountryCode(c.DefaultCountry)
	switch short := len(c.DefaultCountry) == 2; {
	case short && !known:
		return "is no country that HighLevel knows; give a two-letter code, such as US"
	case known && !short:
		return "must be a two-letter country code; did you mean " + code + "?"
	}
	return "" // the form is the configuration's own business
}
