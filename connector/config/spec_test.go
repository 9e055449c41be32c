package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
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
		if date := typ == reflect.TypeFor[time.Time](); date && s.Format == dateTime {
			return
		}
		if typ.Kind() != reflect.String || s.Format != "" {
			t.Errorf("%s: a string in the specification, %v here", path, typ)
		}
		if secret := typ == reflect.TypeFor[Secret](); secret != s.Secret {
			t.Errorf("%s: airbyte_secret is %v, but the type is %v", path, s.Secret, typ)
		}
	case "integer":
		if typ.Kind() != reflect.Int64 {
			t.Errorf("%s: a whole number in the specification, %v here", path, typ)
		}
	case "boolean":
		if typ.Kind() != reflect.Bool {
			t.Errorf("%s: true or false in the specification, %v here", path, typ)
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
		if !typ.Field(i).IsExported() {
			continue
		}
		key, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		property := properties[key]
		if property == nil {
			t.Errorf("%s.%s: not in the specification", path, key)
			continue
		}
		delete(properties, key)
		agree(t, path+"."+key, property, typ.Field(i).Type)
	}
	for key, property := range properties {
		if property.Hidden && len(property.Enum) == 1 && property.Enum[0] == property.Default {
			continue // a platform wants to see it, and there is nothing to choose
		}
		t.Errorf("%s.%s: in the specification, but read by nobody", path, key)
	}
}

// TestSpecAndChoicesAgree: the constants are the specification's words, all of them and no others.
func TestSpecAndChoicesAgree(t *testing.T) {
	for key, want := range map[string][]string{
		"null_values":        {Ignore, Clear},
		"schema_violations":  {Warn, Reject},
		"do_not_disturb":     {Protect, Sync},
		"identity_conflicts": {PreferFirst, Reject},
		"on_missing":         {Keep, RemoveTags, Delete},
		"on_delete":          {RemoveTags, Delete, Ignore},
		"date_order":         {Auto, "MDY", "DMY", "YMD"},
		"decimal_separator":  {Auto, ".", ","},
	} {
		if got := connection.Properties[key].Enum; !slices.Equal(got, want) {
			t.Errorf("%s: %q in the specification, %q here", key, got, want)
		}
	}
	for _, key := range []string{"field_mapping", "streams"} {
		if got, want := connection.Properties[key].Items.Properties["when"].Enum, []string{Always, IfEmpty, IfNewer}; !slices.Equal(got, want) {
			t.Errorf("%s, when: %q in the specification, %q here", key, got, want)
		}
	}
	for key, want := range map[string][]string{
		"credentials":           {PersonalAccessToken, OAuth2},
		"object_storage_config": {StoreNone, StoreS3, StoreLocal},
		"journal":               {StoreNone, StoreS3, StoreLocal},
	} {
		var got []string
		for _, option := range connection.Properties[key].OneOf {
			_, word := option.choice()
			got = append(got, word)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q in the specification, %q here", key, got, want)
		}
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
