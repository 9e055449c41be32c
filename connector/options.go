package connector

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
)

// planOptions are what the configuration and the catalog say of the mapping of
// one stream. The table and the country are the location's.
func planOptions(conf config.Config, s airbyte.Stream, table *crm.Table, country string) crm.PlanOptions {
	settings := conf.ForStream(s.ID.Namespace, s.ID.Name)
	o := crm.PlanOptions{
		Columns:        s.Columns(),
		Schema:         s.Schema,
		MatchOn:        matchOn(settings, table.Kind()),
		ParentOn:       conf.MatchOn,
		Tags:           settings.Tags,
		ManagedTags:    settings.ManagedTags,
		DefaultCountry: conf.DefaultCountry,
		DefaultSource:  conf.Source,
		Notation:       notation(conf, country),
		Today:          time.Now(),
		ClearNulls:     conf.NullValues == config.Clear,
		LiftsDND:       conf.DoNotDisturb == config.Sync,
		DeletedWhen:    settings.DeletedWhen,
		When:           when(settings.When, table),
	}
	var chosen []string
	for _, path := range s.PrimaryKey {
		o.PrimaryKey = append(o.PrimaryKey, strings.Join(path, "."))
		if len(path) == 1 {
			chosen = append(chosen, path[0])
		}
	}
	if s.ObjectName != "" {
		o.MatchOn = withChosenKeys(o.MatchOn, chosen, table)
	}
	for _, m := range settings.Mappings {
		if concerns(m, table) {
			m.When = cmp.Or(m.When, settings.When)
			o.Mappings = append(o.Mappings, mapping(m, table))
		}
	}
	return o
}

// matchOn are the keys of a stream: its own, else for contacts the general ones,
// and for any other object the usual ones.
func matchOn(settings config.StreamSettings, kind *crm.Kind) []string {
	if settings.OwnKeys || kind == crm.Contacts {
		return settings.MatchOn
	}
	return kind.MatchOn
}

// concerns reports whether a mapping is about an object with these fields. One that
// names no stream and a field that only contacts have is about contacts.
func concerns(m config.FieldMapping, table *crm.Table) bool {
	return m.Stream != "" || m.To == "" || table.Kind() == crm.Contacts || table.Find(m.To) != nil
}

func mapping(m config.FieldMapping, table *crm.Table) crm.Mapping {
	if nests(m, table) {
		return crm.Mapping{From: m.From, Object: m.To}
	}
	out := crm.Mapping{From: m.From, To: m.To, Value: m.Value, Negate: m.Negate, When: when(m.When, table)}
	for _, v := range m.Values {
		out.Values = append(out.Values, crm.Translation(v))
	}
	return out
}

// when translates the configuration's word. Only of contacts it is known when others have
// changed them.
func when(word string, table *crm.Table) crm.When {
	switch {
	case word == config.IfEmpty:
		return crm.IfEmpty
	case word == config.IfNewer && table.Kind() == crm.Contacts:
		return crm.IfNewer
	}
	return crm.Always
}

// notation says how dates and numbers are read: as the user has set it, else as
// in the default country if the user has named one, else as in the location's.
func notation(conf config.Config, country string) crm.Notation {
	if conf.DefaultCountry != "" && conf.Names("default_country") {
		country = conf.DefaultCountry
	}
	n := crm.NotationOf(country)
	n.NullWords = conf.NullWords
	if conf.DateOrder != config.Auto {
		n.DateOrder, n.DateOrderSet = crm.DateOrder(conf.DateOrder), true
	}
	if conf.DecimalSeparator != config.Auto {
		n.DecimalSeparator = conf.DecimalSeparator
	}
	return n
}

// withChosenKeys puts first the matching keys that the user chose among those
// that discover offers: the platform tells them as the stream's primary key, and
// its columns bear the names of fields then.
func withChosenKeys(matchOn, chosen []string, table *crm.Table) []string {
	for _, name := range slices.Backward(chosen) {
		ref := name
		if !slices.Contains(table.Kind().Keys(), name) {
			ref = config.CustomFieldKey + name
		}
		field := table.Find(ref)
		if field == nil || slices.ContainsFunc(matchOn, func(other string) bool { return table.Find(other) == field }) {
			continue
		}
		matchOn = append([]string{ref}, matchOn...)
	}
	return matchOn
}
