package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestForStream(t *testing.T) {
	c := Config{
		Tags: []string{"all"}, MatchOn: []string{"email", "phone"},
		ManagedTags: []string{"plan-*"},
		FieldMapping: []FieldMapping{
			{Stream: "crm.users", From: "mobile", To: "Phone"},
			{From: "telephone", To: "phone"},
			{From: "town", To: "city", When: IfEmpty},
			{From: "site", To: ""},
			{Stream: "users", From: "place", To: "city"},
			{Stream: "users", From: "site", To: "website"},
			{Stream: "crm.users", From: "town", To: ""},
			{Stream: "leads", From: "lead", To: "source"},
		},
		Streams: []Stream{
			{Name: "users", Namespace: "crm", MatchOn: &[]string{"id"}, ManagedTags: &[]string{}},
			{Name: "users", Object: "contacts", Tags: &[]string{"user"}, DeletedWhen: []string{"gone"}, StageMoves: Forward},
			{Name: "silent", Tags: &[]string{}},
		},
	}
	managed, keys := []string{"plan-*"}, []string{"email", "phone"}
	telephone, town := FieldMapping{From: "telephone", To: "phone"}, FieldMapping{From: "town", To: "city", When: IfEmpty}
	place, site := FieldMapping{Stream: "users", From: "place", To: "city"}, FieldMapping{Stream: "users", From: "site", To: "website"}
	all := []FieldMapping{telephone, town, {From: "site"}}
	for name, tt := range map[string]struct {
		namespace, stream string
		want              StreamSettings
	}{
		"general": {"", "other", StreamSettings{Tags: []string{"all"}, ManagedTags: managed, MatchOn: keys, Mappings: all}},
		"by name": {"shop", "users", StreamSettings{Object: "contacts", Tags: []string{"user"}, ManagedTags: managed, MatchOn: keys, DeletedWhen: []string{"gone"}, StageMoves: Forward,
			Mappings: []FieldMapping{place, site, telephone, town}}},
		"by namespace": {"crm", "users", StreamSettings{Object: "contacts", Tags: []string{"user"}, ManagedTags: []string{}, MatchOn: []string{"id"}, NamesKeys: true, OwnKeys: true, DeletedWhen: []string{"gone"}, StageMoves: Forward,
			Mappings: []FieldMapping{
				{Stream: "crm.users", From: "mobile", To: "Phone"}, {Stream: "crm.users", From: "town"}, place, site, telephone,
			}}},
		"no tags": {"", "silent", StreamSettings{Tags: []string{}, ManagedTags: managed, MatchOn: keys, Mappings: all}},
	} {
		t.Run(name, func(t *testing.T) {
			got := c.ForStream(tt.namespace, tt.stream)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	c.ForStream("", "other").Tags[0] = "changed"
	if c.Tags[0] != "all" {
		t.Error("a stream's settings share memory with the configuration")
	}
}
