package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestForStream(t *testing.T) {
	c := Config{
		Tags: []string{"all"}, MatchOn: []string{"email", "phone"},
		FieldMapping: []FieldMapping{
			{Stream: "crm.users", From: "mobile", To: "Phone", When: Always},
			{From: "telephone", To: "phone", When: Always},
			{From: "town", To: "city", When: IfEmpty},
			{Stream: "users", From: "place", To: "city", When: Always},
			{Stream: "leads", From: "lead", To: "source", When: Always},
		},
		Streams: []Stream{
			{Name: "users", Namespace: "crm", MatchOn: &[]string{"id"}},
			{Name: "users", Object: "contacts", Tags: &[]string{"user"}},
			{Name: "silent", Tags: &[]string{}},
		},
	}
	all := []FieldMapping{{From: "telephone", To: "phone", When: Always}, {From: "town", To: "city", When: IfEmpty}}
	for name, tt := range map[string]struct {
		namespace, stream string
		want              StreamSettings
	}{
		"general": {"", "other", StreamSettings{Tags: []string{"all"}, MatchOn: []string{"email", "phone"}, Mappings: all}},
		"by name": {"shop", "users", StreamSettings{Object: "contacts", Tags: []string{"user"}, MatchOn: []string{"email", "phone"},
			Mappings: []FieldMapping{
				{From: "telephone", To: "phone", When: Always},
				{Stream: "users", From: "place", To: "city", When: Always},
			}}},
		"by namespace": {"crm", "users", StreamSettings{Object: "contacts", Tags: []string{"user"}, MatchOn: []string{"id"},
			Mappings: []FieldMapping{
				{Stream: "users", From: "place", To: "city", When: Always},
				{Stream: "crm.users", From: "mobile", To: "Phone", When: Always},
			}}},
		"no tags": {"", "silent", StreamSettings{Tags: []string{}, MatchOn: []string{"email", "phone"}, Mappings: all}},
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
