package connector

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// grace is how long requests in flight may take once a stop was asked for;
// docker stop kills after ten seconds.
const grace = 8 * time.Second

// runWrite writes the records on stdin.
func runWrite(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("write", flag.ContinueOnError)
	configPath := flags.String("config", "", "")
	catalogPath := flags.String("catalog", "", "")
	if err := parse(flags, args, "config", "catalog"); err != nil {
		return err
	}
	conf, err := readConfig(*configPath)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(*catalogPath)
	if err != nil {
		return &fileError{"catalog", err}
	}
	catalog, err := airbyte.ParseCatalog(data)
	if err != nil {
		return err
	}
	log := out.Logger().Level(zerolog.InfoLevel)
	client, err := newClient(conf, log, 0)
	if err != nil {
		return err
	}
	work, stop, end := untilStopped(ctx, out)
	defer end()
	streams, err := openStreams(work, conf, catalog, client, log)
	if err != nil && ctx.Err() != nil {
		return nil // stopped before anything was read
	}
	if err != nil {
		return brokenOr(out, err)
	}
	err = load.Run(work, airbyte.NewReader(c.Stdin), load.Config{
		Streams: streams,
		Log:     log,
		Usage:   func() load.Usage { return usageOf(client) },
		Release: out.State,
		Stop:    stop,
	})
	return brokenOr(out, err)
}

func usageOf(client *ghl.Client) load.Usage {
	u := client.Usage()
	return load.Usage{Requests: u.Requests, DailyRemaining: u.DailyRemaining}
}

// brokenOr makes a closed stdout the error, whatever else followed from it.
func brokenOr(out *airbyte.Writer, err error) error {
	select {
	case <-out.Broken():
		return errors.Join(errStdout, err)
	default:
		return err
	}
}

// untilStopped gives a channel that closes when the process is told to stop or
// nobody reads stdout, and a context for work that ends a while after that.
func untilStopped(ctx context.Context, out *airbyte.Writer) (work context.Context, stop chan struct{}, end func()) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop = make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-out.Broken():
		case <-work.Done():
			return
		}
		close(stop)
		select {
		case <-time.After(grace):
			cancel()
		case <-work.Done():
		}
	}()
	return work, stop, cancel
}

// openStreams resolves every stream of the catalog to an object and a mapping.
// All faults are told at once.
func openStreams(ctx context.Context, conf config.Config, catalog airbyte.Catalog, client *ghl.Client, log zerolog.Logger) ([]*load.Stream, error) {
	targets := map[string]object.Target{}
	var streams []*load.Stream
	var faults []string
	for _, s := range catalog.Streams {
		settings := conf.ForStream(s.ID.Namespace, s.ID.Name)
		descriptor, fault := descriptorOf(s, settings)
		if fault != "" {
			faults = append(faults, fault)
			continue
		}
		target := targets[descriptor.Name]
		if target == nil {
			opened, err := descriptor.Open(ctx, client)
			if err != nil {
				return nil, err
			}
			targets[descriptor.Name], target = opened, opened
			logStart(log, opened.Facts(), client.Usage())
		}
		plan, err := crm.Compile(target.Table(), planOptions(conf, s, settings))
		if err != nil {
			var bad *crm.PlanError
			if !errors.As(err, &bad) {
				return nil, err
			}
			for _, f := range bad.Faults {
				faults = append(faults, fmt.Sprintf("stream %s: %s", s.ID, f))
			}
			continue
		}
		if hints := plan.Unmatched(); len(hints) > 0 {
			log.Warn().Str("stream", s.ID.String()).Msg("columns that match no field and are not written: " + load.Hints(hints))
		}
		streams = append(streams, &load.Stream{
			Stream: s, Object: descriptor.Name, Target: target, Plan: plan, Tags: settings.Tags,
			WarnOnly:        conf.SchemaViolations == config.Warn,
			RejectConflicts: conf.IdentityConflicts == config.Reject,
		})
	}
	if len(faults) > 0 {
		return nil, &setupError{faults}
	}
	warnStrangers(log, conf, catalog)
	return streams, nil
}

// warnStrangers names streams that the configuration has settings for and the
// catalog does not have: most likely a name was mistyped.
func warnStrangers(log zerolog.Logger, conf config.Config, catalog airbyte.Catalog) {
	known := map[string]bool{"": true}
	for _, s := range catalog.Streams {
		known[s.ID.Name], known[s.ID.String()] = true, true
	}
	warn := func(key, name string) {
		if !known[name] {
			known[name] = true
			log.Warn().Msgf("%s names the stream %q, which the catalog does not have: its settings have no effect", key, name)
		}
	}
	for _, s := range conf.Streams {
		warn("streams", s.Name)
	}
	for _, m := range conf.FieldMapping {
		warn("field_mapping", m.Stream)
	}
}

// descriptorOf finds the object a stream is written to: the catalog's name for
// it, else the configuration's, else the stream's own, else the default.
func descriptorOf(s airbyte.Stream, settings config.StreamSettings) (object.Descriptor, string) {
	name := s.ObjectName
	if name == "" {
		name = settings.Object
	}
	if _, ok := object.Lookup(s.ID.Name); name == "" && ok {
		name = s.ID.Name
	}
	descriptor, ok := object.Lookup(name)
	if !ok {
		return descriptor, fmt.Sprintf("stream %s: there is no object %q; choose contacts", s.ID, name)
	}
	if !descriptor.Supports(string(s.Mode)) {
		return descriptor, fmt.Sprintf("stream %s: the mode %s is not supported for %s; choose append, append_dedup or overwrite", s.ID, s.Mode, descriptor.Name)
	}
	return descriptor, ""
}

func planOptions(conf config.Config, s airbyte.Stream, settings config.StreamSettings) crm.PlanOptions {
	o := crm.PlanOptions{
		Columns:        s.Columns(),
		MatchOn:        settings.MatchOn,
		Tags:           settings.Tags,
		DefaultCountry: conf.DefaultCountry,
		DefaultSource:  conf.Source,
		ClearNulls:     conf.NullValues == config.Clear,
	}
	for _, path := range s.PrimaryKey {
		if len(path) == 1 {
			o.PrimaryKey = append(o.PrimaryKey, path[0])
		}
	}
	for _, m := range settings.Mappings {
		when := crm.Always
		if m.When == config.IfEmpty {
			when = crm.IfEmpty
		}
		o.Mappings = append(o.Mappings, crm.Mapping{From: m.From, To: m.To, When: when})
	}
	return o
}

// logStart says what the sync has found before it begins.
func logStart(log zerolog.Logger, f object.Facts, u ghl.Usage) {
	log.Info().Msgf("writing to %q: duplicates %s, %d custom fields.%s", f.LocationName, allowed(f.AllowsDuplicates), f.CustomFields, quota(u))
}
