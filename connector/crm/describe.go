package crm

import (
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/words"
)

// Feed is one field and where its value comes from.
type Feed struct {
	Field string
	// From are columns and paths in the order in which they are tried, and
	// values that the configuration gives, in quotes. Those of tags are united.
	From []string
}

// feed is one way to a field that is known.
type feed struct {
	*route
	of *column // nil: a value that the configuration gives
}

// isShut reports whether nothing has come this way, nor can by the schema.
func (f feed) isShut() bool { return f.gate.isShut() || f.of != nil && f.of.isObject && f.entry == nil }

// isShut reports whether a wrapper has never counted.
func (g *gate) isShut() bool {
	return g != nil && (!g.declared && g.record == 0 || g.within.isShut())
}

// Feeds returns the fields that columns feed, in table order, as far as columns
// are declared or have been met. Names that must not be shown are left out.
func (p *Plan) Feeds() []Feed {
	var feeds []Feed
	for i, routes := range p.feeds {
		routes = slices.Clone(routes)
		slices.SortFunc(routes, func(a, b feed) int { return a.compare(b.route) })
		feed := Feed{Field: p.table.fields[i].display()}
		for _, t := range routes {
			from := t.shown
			if t.isShut() {
				continue
			}
			if t.entry != nil && t.entry.Value != nil {
				from = fmt.Sprintf("%q", *t.entry.Value)
			}
			if from != "" && !slices.Contains(feed.From, from) {
				feed.From = append(feed.From, from)
			}
		}
		if len(feed.From) > 0 {
			feeds = append(feeds, feed)
		}
	}
	return feeds
}

// String is the feed as a user reads it: "phone ← Phone, else MobilePhone".
func (f Feed) String() string { return f.Field + " ← " + f.Way() }

// Way is where the value comes from, in words: "Phone, else MobilePhone".
func (f Feed) Way() string {
	if f.Field == fieldTags {
		return words.List(f.From)
	}
	return strings.Join(f.From, ", else ")
}

// Describe is the whole mapping of a stream in one line: what feeds each field,
// what every contact gets, and what is not written.
func (p *Plan) Describe() string {
	var parts []string
	for _, f := range p.Feeds() {
		parts = append(parts, f.String())
	}
	var fixed []string
	if len(p.tags) > 0 {
		fixed = append(fixed, fmt.Sprintf("the %s %s", words.Noun(len(p.tags), "tag"), words.List(p.tags)))
	}
	if p.defaults.Source != "" {
		fixed = append(fixed, "the source "+p.defaults.Source+" if it is new and has none")
	}
	if p.defaults.Country != "" {
		fixed = append(fixed, "the country "+p.defaults.Country+" if it has none")
	}
	if len(fixed) > 0 {
		parts = append(parts, "every "+p.table.kind.One+" gets "+strings.Join(fixed, ", "))
	}
	var not []string
	for _, h := range p.Unmatched() {
		not = append(not, words.Cut(h.Column, longestHint))
	}
	for _, e := range p.entries {
		switch {
		case e.field >= 0 || p.Shown(e.From) == "":
		case e.Object != "":
			parts = append(parts, e.Object+" ← "+e.From)
		default:
			not = append(not, e.From)
		}
	}
	if len(not) > 0 {
		parts = append(parts, "not written: "+strings.Join(not, ", "))
	}
	return strings.Join(parts, " · ")
}
