package integration_tests

import (
	"fmt"
	"maps"
	"slices"

	"destination-gohighlevel/connector/sandbox"
)

// expectedContact says what a contact must be, by the keys of aspects. It is found by id, else email, else phone.
type expectedContact map[string]any

// allChannels are the ways in which a contact can be reached.
var allChannels = []string{"Call", "Email", "SMS", "WhatsApp", "GMB", "FB"}

// aspects compare one aspect of a contact with what is wanted and give the faults.
var aspects = map[string]func(p *endState, c sandbox.Contact, want any) []string{
	"email": func(_ *endState, c sandbox.Contact, want any) []string {
		return differs("email", c.Fields["email"], want)
	},
	"phone": func(_ *endState, c sandbox.Contact, want any) []string {
		return differs("phone", c.Fields["phone"], want)
	},
	"fields": standardFields,
	"custom": customFields,
	"tags":   func(_ *endState, c sandbox.Contact, want any) []string { return differs("tags", c.Tags, want) },
	"tags_contain": func(_ *endState, c sandbox.Contact, want any) []string {
		return without("tag", texts(want), func(tag string) bool { return slices.Contains(c.Tags, tag) })
	},
	"tags_without": func(_ *endState, c sandbox.Contact, want any) []string {
		return without("no tag", texts(want), func(tag string) bool { return !slices.Contains(c.Tags, tag) })
	},
	"dnd": func(_ *endState, c sandbox.Contact, want any) []string {
		return differs("dnd", c.Fields["dnd"] == true, want)
	},
	"stopped": func(_ *endState, c sandbox.Contact, want any) []string {
		return without("stop of", channelsOf(want), func(channel string) bool { return isStopped(c, channel) })
	},
	"open": func(_ *endState, c sandbox.Contact, want any) []string {
		return without("way by", channelsOf(want), func(channel string) bool { return !isStopped(c, channel) })
	},
}

// who names the contact in a fault.
func (e expectedContact) who() string {
	for _, key := range []string{"id", "email", "phone"} {
		if e[key] != nil {
			return fmt.Sprint(e[key])
		}
	}
	return "the contact"
}

// find gives the contacts that are meant.
func (e expectedContact) find(p *endState) (found []sandbox.Contact) {
	for _, c := range p.contacts {
		switch {
		case e["id"] != nil && c.ID == e["id"],
			e["id"] == nil && e["email"] != nil && c.Fields["email"] == e["email"],
			e["id"] == nil && e["email"] == nil && e["phone"] != nil && c.Fields["phone"] == e["phone"]:
			found = append(found, c)
		}
	}
	return found
}

// faults gives what is not as expected. Where it is exact, what is not named must be empty.
func (e expectedContact) faults(p *endState, exact bool) (faults []string) {
	found, want := e.find(p), 1
	if n, ok := e["how_many"].(float64); ok {
		want = int(n)
	}
	if len(found) != want && (len(found) > 0 || e["or_absent"] != true) {
		return []string{fmt.Sprintf("%s: %d contacts, want %d", e.who(), len(found), want)}
	}
	for _, c := range found {
		here := e
		if exact {
			here = e.whole(p, c)
		}
		for _, key := range slices.Sorted(maps.Keys(here)) {
			look, ok := aspects[key]
			switch {
			case ok:
				for _, fault := range look(p, c, here[key]) {
					faults = append(faults, e.who()+": "+fault)
				}
			case !slices.Contains([]string{"id", "how_many", "or_absent"}, key):
				faults = append(faults, fmt.Sprintf("%s: there is no expectation %q", e.who(), key))
			}
		}
	}
	return faults
}

// whole adds that all is empty which is not named. The type is HighLevel's own, and dnd is told by channel.
func (e expectedContact) whole(p *endState, c sandbox.Contact) expectedContact {
	out := maps.Clone(e)
	fields, custom := map[string]any{}, map[string]any{}
	for name := range c.Fields {
		if !slices.Contains([]string{"type", "email", "phone", "dnd", "dndSettings"}, name) {
			fields[name] = nil
		}
	}
	for _, f := range p.fields {
		custom[f.Key] = nil
	}
	for key, all := range map[string]map[string]any{"fields": fields, "custom": custom} {
		named, _ := e[key].(map[string]any)
		maps.Copy(all, named)
		out[key] = all
	}
	for _, key := range []string{"email", "phone"} {
		out[key] = e[key]
	}
	out["tags"] = texts(e["tags"])
	var open []any
	for _, channel := range allChannels {
		if !slices.Contains(channelsOf(e["stopped"]), channel) {
			open = append(open, channel)
		}
	}
	out["open"] = open
	return out
}

func standardFields(_ *endState, c sandbox.Contact, want any) (faults []string) {
	fields := want.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		faults = append(faults, differs(name, c.Fields[name], fields[name])...)
	}
	return faults
}

func customFields(p *endState, c sandbox.Contact, want any) (faults []string) {
	values := want.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(values)) {
		var got any
		if i := slices.IndexFunc(p.fields, func(f sandbox.CustomField) bool { return f.Key == key }); i >= 0 {
			got = c.CustomFields[p.fields[i].ID]
		}
		faults = append(faults, differs(key, got, values[key])...)
	}
	return faults
}

// isStopped tells whether a contact must not be reached by a channel.
func isStopped(c sandbox.Contact, channel string) bool {
	settings, _ := c.Fields["dndSettings"].(map[string]any)
	setting, _ := settings[channel].(map[string]any)
	return c.Fields["dnd"] == true || setting["status"] == "active" || setting["status"] == "permanent"
}

func channelsOf(want any) []string {
	if want == "all" {
		return allChannels
	}
	return texts(want)
}

// without gives a fault for each name that does not hold.
func without(what string, names []string, holds func(string) bool) (faults []string) {
	for _, name := range names {
		if !holds(name) {
			faults = append(faults, fmt.Sprintf("it has not the %s %s", what, name))
		}
	}
	return faults
}

// texts reads a list of texts; nil is an empty one.
func texts(v any) []string {
	out := []string{}
	if list, ok := v.([]any); ok {
		for _, e := range list {
			out = append(out, e.(string))
		}
	}
	return out
}
