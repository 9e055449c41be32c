package source

import (
	"context"
	"testing"

	"destination-gohighlevel/connector/sandbox"
)

// TestUsersAndPipelinesAreReadByOneRequestEach.
func TestUsersAndPipelinesAreReadByOneRequestEach(t *testing.T) {
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
		if n := server.Requests()[c.request]; len(got.rows) != c.want || n != 1 {
			t.Errorf("%s: %d rows by %d requests, want %d by 1", c.stream.Name, len(got.rows), n, c.want)
		}
		for _, row := range got.rows {
			if row["id"] == "" || row["name"] == nil {
				t.Errorf("%s: a row is %v", c.stream.Name, row)
			}
		}
	}
}
