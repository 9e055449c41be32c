package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMappings(t *testing.T) {
	type object = map[string]any
	values := func(froms ...string) object {
		var list []any
		for _, from := range froms {
			list = append(list, object{"from": from, "to": "x"})
		}
		return object{"from": "plan", "to": "tags", "values": list}
	}
	for name, tt := range map[string]struct {
		mapping []any
		want    []string
	}{
		"fallback":         {[]any{object{"from": "work", "to": "email"}, object{"from": "home", "to": "Email"}}, nil},
		"one to two":       {[]any{object{"from": "email", "to": "email"}, object{"from": "email", "to": "contact.login"}}, nil},
		"switched off":     {[]any{object{"from": "a", "to": ""}, object{"from": "b"}, object{"from": "c", "to": nil}}, nil},
		"a form's blanks":  {[]any{object{"stream": "", "from": "a", "to": "b", "value": "", "values": []any{}, "negate": false}}, nil},
		"off in a stream":  {[]any{object{"from": "a", "to": "city"}, object{"stream": "s", "from": "a", "to": ""}}, nil},
		"off and on":       {[]any{object{"from": "a", "to": "city"}, object{"from": "a"}}, []string{"field_mapping[1].to: field_mapping[0] says the opposite of the same column; take one of them out"}},
		"nothing":          {[]any{object{"to": "city"}}, []string{"field_mapping[0].from: missing; name the column, or give every record the same by value"}},
		"both":             {[]any{object{"from": "a", "value": "b", "to": "city"}}, []string{"field_mapping[0].value: stands in place of a column; take from or value out"}},
		"value nowhere":    {[]any{object{"value": "b"}}, []string{"field_mapping[0].to: missing; name the field that gets the value"}},
		"negated nowhere":  {[]any{object{"from": "a", "negate": true}}, []string{"field_mapping[0].to: missing; name the field that gets the value"}},
		"value reversed":   {[]any{object{"value": "true", "to": "dnd", "negate": true}}, []string{"field_mapping[0].value: is written as it is; take values and negate out"}},
		"value as number":  {[]any{object{"value": 5, "to": "city"}}, []string{"field_mapping[0].value: must be a string"}},
		"translated":       {[]any{values("Gold", "*")}, nil},
		"translated twice": {[]any{values("Gold", "*", " gold")}, []string{"field_mapping[0].values[2].from: the same as field_mapping[0].values[0].from"}},
		"of nothing":       {[]any{values(" ")}, []string{"field_mapping[0].values[0].from: empty; name the value, or put * for all others"}},
		"of a missing one": {[]any{object{"from": "a", "to": "b", "values": []any{object{"to": "x"}}}}, []string{"field_mapping[0].values[0].from: missing"}},
		"misspelt":         {[]any{object{"from": "a", "to": "b", "translations": []any{}, "negated": true}}, []string{"field_mapping[0].negated: unknown; did you mean negate?", "field_mapping[0].translations: unknown; known are stream, from, to, when, value, values, negate"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, faults(t, with(t, object{"field_mapping": tt.mapping}))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNames(t *testing.T) {
	for country, want := range map[any]bool{nil: false, "US": true, "": true} {
		c, err := Parse(with(t, map[string]any{"default_country": country}))
		if err != nil || c.Names("default_country") != want {
			t.Errorf("%v: named %v, %v", country, !want, err)
		}
	}
	c, err := Parse([]byte(minimal[:len(minimal)-1] + `,"default_country": null}`))
	if err != nil || c.Names("default_country") || (Config{}).Names("tags") {
		t.Errorf("a null names its key, or no configuration does: %v", err)
	}
}
