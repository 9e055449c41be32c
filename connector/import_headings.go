package connector

import (
	"slices"
	"strings"

	"destination-gohighlevel/connector/config"
)

// isExported reports whether a file has the headings of HighLevel's own list of
// contacts, or of the one that export writes. Hardly anything else has them together.
func isExported(columns []string) bool {
	has := func(heading string) bool {
		return slices.ContainsFunc(columns, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), heading) })
	}
	return has("Contact Id") && has("Created") && (has("Last Activity") || has("Updated"))
}

// withoutDefaults is a configuration that gives the contacts of a stream nothing which
// their records do not have, but for what it says itself: who comes out of HighLevel has
// been given that there. left names what it does not give.
func withoutDefaults(conf config.Config, stream string) (bare config.Config, left []string) {
	bare = conf
	if !conf.Names("tags") && slices.Equal(conf.ForStream("", stream).Tags, conf.Tags) {
		bare.Tags, left = nil, append(left, "tags is []")
	}
	if !conf.Names("source") {
		bare.Source, left = "", append(left, `source is ""`)
	}
	if !conf.Names("default_country") {
		bare.DefaultCountry, left = "", append(left, `default_country is ""`)
	}
	return bare, left
}
