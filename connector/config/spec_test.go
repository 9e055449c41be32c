package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
)

// TestSpecAndStructsAgree: the same keys, kinds and secrets on both sides, so that no setting is offered and then dropped.
func TestSpecAndStructsAgree(t *testing.T) {
	agree(t, "", connection, reflect.TypeFor[Config]())
}

func agree(t *testing.T, path string, s *schema, typ reflect.Type) {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch s.Type {
	case "string":
		if typ.Kind() != reflect.String {
			t.Errorf("%s: a string in the specification, %v here", path, typ)
		}
		if secret := typ == reflect.TypeFor[Secret](); secret != s.Secret {
			t.Errorf("%s: airbyte_secret is %v, but the type is %v", path, s.Secret, typ)
		}
	case "array":
		if typ.Kind() != reflect.Slice {
			t.Fatalf("%s: a list in the specification, %v here", path, typ)
		}
		agree(t, path+"[]", s.Items, typ.Elem())
	case "object":
		agreeFields(t, path, s, typ)
	default:
		t.Errorf("%s: type %q is not one that Parse can check", path, s.Type)
	}
}

func agreeFields(t *testing.T, path string, s *schema, typ reflect.Type) {
	properties := map[string]*schema{}
	for _, option := range append([]*schema{s}, s.OneOf...) {
		for key, property := range option.Properties {
			properties[key] = property
		}
	}
	for i := range typ.NumField() {
		key := typ.Field(i).Tag.Get("json")
		property := properties[key]
		if property == nil {
			t.Errorf("%s.%s: not in the specification", path, key)
			continue
		}
		delete(properties, key)
		agree(t, path+"."+key, property, typ.Field(i).Type)
	}
	for key := range properties {
		t.Errorf("%s.%s: in the specification, but read by nobody", path, key)
	}
}

// TestSpecAndChoicesAgree: the constants are the specification's words, all of them and no others.
func TestSpecAndChoicesAgree(t *testing.T) {
	for key, want := range map[string][]string{
		"null_values":        {Ignore, Clear},
		"schema_violations":  {Reject, Warn},
		"identity_conflicts": {PreferFirst, Reject},
	} {
		if got := connection.Properties[key].Enum; !slices.Equal(got, want) {
			t.Errorf("%s: %q in the specification, %q here", key, got, want)
		}
	}
	if got, want := connection.Properties["field_mapping"].Items.Properties["when"].Enum, []string{Always, IfEmpty}; !slices.Equal(got, want) {
		t.Errorf("when: %q in the specification, %q here", got, want)
	}
	if got := connection.Properties["credentials"].OneOf[0].Properties["auth_type"].Const; got != PersonalAccessToken {
		t.Errorf("auth_type: %q in the specification", got)
	}
}

// TestSpecDefaultsArriveUnchanged: what the form shows as a default is what holds when the key is left out.
func TestSpecDefaultsArriveUnchanged(t *testing.T) {
	c, err := Parse([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	for key, property := range connection.Properties {
		if !slices.Contains(connection.Required, key) && fmt.Sprint(got[key]) != fmt.Sprint(property.Default) {
			t.Errorf("%s: default %v became %v", key, property.Default, got[key])
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"credentials", "location_id", "tags", "source", "match_on", "null_values"}
	for key, want := range map[string]string{
		"loction_id": "location_id", "locationId": "location_id", "Tags": "tags", "tag": "tags", "match-on": "match_on",
		"nullValues": "null_values", "colour": "", "x": "", "": "", "pipeline_id": "",
	} {
		if got := nearest(key, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", key, got, want)
		}
	}
}
