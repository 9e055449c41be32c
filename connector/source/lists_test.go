package source

import (
	"context"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestListsAreReadByOneRequestEach, and end with a state.
func TestListsAreReadByOneRequestEach(t *testing.T) {
	server := sandbox.New(sandbox.Options{Users: []sandbox.User{{ID: "user0000000000000001", Name: "Ada", Email: "ada@example.com"}}})
	l := open(t, server)
	for _, c := range []struct {
		stream  Stream
		request string
		want    int
	}{{l.staff(), "GET /users/", 1}, {l.pipelines(), "GET /opportunities/pipelines", len(sandbox.DefaultPipelines())}} {
		got := &sink{}
		if err := c.stream.Read(context.Background(), nil, got); err != nil {
			t.Fatal(err)
		}
		if n := server.Requests()[c.request]; len(got.rows) != c.want || n != 1 || len(got.states) != 1 {
			t.Errorf("%s: %d rows by %d requests with %d states, want %d by 1 with 1", c.stream.Name, len(got.rows), n, len(got.states), c.want)
		}
		for _, row := range got.rows {
			if row["id"] == "" || row["name"] == nil {
				t.Errorf("%s: a row is %v", c.stream.Name, row)
			}
		}
	}
}

// TestTagsAndCustomFieldsAreThoseOfTheLocation, and those of businesses that cannot be written are left out.
func TestTagsAndCustomFieldsAreThoseOfTheLocation(t *testing.T) {
	server := sandbox.New(sandbox.Options{})
	server.Put(sandbox.Contact{Tags: []string{"vip", "new"}})
	l := open(t, server)
	var wantFields []string
	for _, f := range server.CustomFields() {
		if f.Model != "business" || f.DataType != "FILE_UPLOAD" {
			wantFields = append(wantFields, f.ID+" "+f.Key+" "+f.DataType)
		}
	}
	for _, c := range []struct {
		stream   Stream
		columns  []string
		want     []string
		requests int
	}{{l.tags(), []string{"name"}, server.Tags(), 1}, {l.customFields(), []string{"id", "key", "dataType"}, wantFields, 3}} {
		before, got := server.Total(), &sink{}
		if err := c.stream.Read(context.Background(), nil, got); err != nil {
			t.Fatal(err)
		}
		var rows []string
		for _, row := range got.rows {
			var cells []string
			for _, column := range c.columns {
				cells = append(cells, textOf(row[column]))
			}
			rows = append(rows, strings.Join(cells, " "))
		}
		slices.Sort(rows)
		slices.Sort(c.want)
		if n := server.Total() - before; !slices.Equal(rows, c.want) || len(c.want) == 0 || n != c.requests || len(got.states) != 1 {
			t.Errorf("%s: %q by %d requests with %d states, want %q by %d with 1", c.stream.Name, rows, n, len(got.states), c.want, c.requests)
		}
	}
}
