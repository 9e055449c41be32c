package crm

import (
	"maps"
	"slices"
)

// Merge returns the one contact that two records of the same person ask for,
// as if older had been written and then newer. What newer does not mention
// stays older's; an [IfEmpty] value gives way to a value of older; tags and
// keys add up, newer's keys first per field; Deleted is newer's, and of what was
// deleted before newer nothing is left but a do-not-disturb; OtherCountry and
// UnclearConsent hold only if they do for both, for else one would have been
// written without. The arguments are not changed.
//
// A do-not-disturb of older is never lost by newer, unless that lifts it. A tag
// of older is if newer manages it and does not name it.
func Merge(older, newer Desired) Desired {
	if older.Deleted && !newer.Deleted {
		newer.Values = withStops(newer.Values, older.Values)
		return newer
	}
	merged := Desired{
		Values:  maps.Clone(older.Values),
		Keys:    mergeKeys(older.Keys, newer.Keys),
		Deleted: newer.Deleted,

		OtherCountry: older.OtherCountry && newer.OtherCountry,
	}
	merged.mergeTags(older, newer)
	merged.TagsSaid, merged.ManagedTags = mergeManaged(older, newer)
	if older.UnclearConsent != nil {
		merged.UnclearConsent = newer.UnclearConsent
	}
	if merged.Values == nil {
		merged.Values = make(map[string]Value, len(newer.Values))
	}
	for name, v := range newer.Values {
		if isConsent(name) {
			if _, mentioned := older.Values[name]; !mentioned || stops(v.Data) || v.lifts() {
				merged.Values[name] = v
			}
			continue
		}
		put(merged.Values, name, v)
	}
	merged.mergeLinks(older, newer)
	merged.mergeNames(older, newer)
	merged.mergeFallbacks(older, newer)
	return merged
}

// put enters a newer value of a field.
func put(values map[string]Value, name string, v Value) {
	if before, mentioned := values[name]; mentioned && v.When == IfEmpty {
		if !isEmpty(before.Data) {
			return
		}
		v.When = before.When // older cleared it, so it will be empty
	}
	values[name] = v
}

func (d *Desired) mergeLinks(older, newer Desired) {
	d.Links = maps.Clone(older.Links)
	for name, v := range newer.Links {
		d.link(name, v)
	}
}

// link enters what an object is to be linked to.
func (d *Desired) link(name string, v Value) {
	if d.Links == nil {
		d.Links = make(map[string]Value)
	}
	put(d.Links, name, v)
}

// mergeFallbacks keeps the second choices that are still wanted. What one of the
// records has as its own identifies the person.
func (d *Desired) mergeFallbacks(older, newer Desired) {
	for _, k := range slices.Concat(older.Fallbacks, newer.Fallbacks) {
		if d.Values[k.Field].Data == k.Value && !slices.Contains(d.Keys, k) && !slices.Contains(d.Fallbacks, k) {
			d.Fallbacks = append(d.Fallbacks, k)
		}
	}
}

// withStops adds to newer values what older ones stop, unless newer lifts it.
func withStops(newer, older map[string]Value) map[string]Value {
	all := maps.Clone(newer)
	for name, v := range older {
		if !isConsent(name) || !stops(v.Data) || newer[name].lifts() {
			continue
		}
		if all == nil {
			all = make(map[string]Value)
		}
		all[name] = v
	}
	return all
}

// mergeKeys unites two lists of keys. Both follow the same order of trust, so
// a field that only one has goes after the field it follows there.
func mergeKeys(older, newer []Key) []Key {
	var fields []string
	for _, list := range [][]Key{newer, older} {
		at := 0
		for _, k := range list {
			i := slices.Index(fields, k.Field)
			if i < 0 {
				i = at
				fields = slices.Insert(fields, i, k.Field)
			}
			at = i + 1
		}
	}
	keys := make([]Key, 0, len(older)+len(newer))
	for _, field := range fields {
		for _, list := range [][]Key{newer, older} {
			for _, k := range list {
				if k.Field == field && !slices.Contains(keys, k) {
					keys = append(keys, k)
				}
			}
		}
	}
	return keys
}
