package connector

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/object"
)

// runDiscover answers with exactly one DESTINATION_CATALOG: what can be written
// into the location, for a user to map columns to. It writes nothing, and the
// same location gives the same bytes, because the platform keeps them. As a source it answers with a CATALOG of
// what can be read. It never
// prints CONTROL, which the platform would apply to the wrong kind of actor
// here; for the same reason it renews no token.
func runDiscover(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("discover", flag.ContinueOnError)
	path := flags.String("config", "", "")
	asSource := flags.Bool("source", c.AsSource, "")
	if err := parse(flags, args, "config"); err != nil {
		return err
	}
	conf, err := readConfig(*path)
	if err != nil {
		return err
	}
	if *asSource {
		return during("discover", conf, discoverSource(ctx, conf, out))
	}
	catalog, err := discover(ctx, conf, out)
	if err != nil {
		return during("discover", conf, err)
	}
	return out.DestinationCatalog(catalog)
}

// discover builds the destination catalog of a location from all objects.
func discover(ctx context.Context, conf config.Config, out *airbyte.Writer) (json.RawMessage, error) {
	// Somebody waits for the answer, as in check.
	client, err := newClient(conf, out, clientOptions{
		Patience: checkPatience, ReadOnly: true, Log: out.Logger().Level(zerolog.InfoLevel),
	})
	if err != nil {
		return nil, err
	}
	operations := []object.Operation{}
	tables := map[string]*crm.Table{}
	for _, d := range objects {
		table, err := d.Table(ctx, client)
		if err != nil {
			return nil, fmt.Errorf("read the fields of %s: %w", d.Name, err)
		}
		tables[d.Name] = table
		operations = append(operations, d.Operations(table.OfContact(tables[crm.Contacts.Name], conf.MatchOn))...)
	}
	slices.SortFunc(operations, func(a, b object.Operation) int {
		return strings.Compare(a.ObjectName+" "+a.SyncMode, b.ObjectName+" "+b.SyncMode)
	})
	catalog, err := json.Marshal(map[string]any{"operations": operations})
	if err != nil {
		return nil, fmt.Errorf("the destination catalog: %w", err)
	}
	return catalog, nil
}
