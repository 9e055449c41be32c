package connector

import (
	"context"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/source"
)

// sourceName is the name under which the program speaks as a source.
const sourceName = "source-gohighlevel"

// discoverSource answers with exactly one CATALOG: what can be read of the location. Like
// [runDiscover] it renews no token.
func discoverSource(ctx context.Context, conf config.Config, out *airbyte.Writer) error {
	client, err := newClient(conf, out, clientOptions{
		Patience: checkPatience, ReadOnly: true, Log: out.Logger().Level(zerolog.InfoLevel),
	})
	if err != nil {
		return err
	}
	var told []airbyte.SourceStream
	for _, s := range source.Open(client).Streams() {
		schema, err := s.Schema(ctx)
		if err != nil {
			return err
		}
		t := airbyte.SourceStream{Name: s.Name, Schema: schema, SyncModes: []string{airbyte.FullRefresh}}
		for _, key := range s.PrimaryKey {
			t.PrimaryKey = append(t.PrimaryKey, []string{key})
		}
		if s.Cursor != "" {
			t.SyncModes = append(t.SyncModes, airbyte.Incremental)
			t.DefinedCursor, t.Cursor, t.Resumable = true, []string{s.Cursor}, true
		}
		told = append(told, t)
	}
	return out.Catalog(told)
}
