package connector

import (
	"context"
	"flag"
	"io"
	"os"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// job is one sync, real or dry: what write and preview have in common.
type job struct {
	conf    config.Config
	catalog airbyte.Catalog
	client  *ghl.Client
	log     zerolog.Logger
	release func(s *airbyte.State, accepted, rejected int64) error
	observe func(load.Outcome)
	shows   bool                 // whoever observes shows what is wrong with records
	opened  func([]*load.Stream) // is told the streams before records are read; may be nil
	atOnce  func(func() error) error

	begun   bool // streams are open, records are being read
	targets map[string]object.Target
}

// input is where a job's files are.
type input struct{ config, catalog *string }

func inputFlags(flags *flag.FlagSet) input {
	return input{flags.String("config", "", ""), flags.String("catalog", "", "")}
}

// read reads the files.
func (in input) read() (*job, error) {
	conf, err := readConfig(*in.config)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(*in.catalog)
	if err != nil {
		return nil, &fileError{"catalog", "catalog", err}
	}
	catalog, err := airbyte.ParseCatalog(data)
	if err != nil {
		return nil, err
	}
	return &job{conf: conf, catalog: catalog, targets: map[string]object.Target{}}, nil
}

// run reads messages until they end, or ctx does, which stops it. With dry_run every target is a dry one,
// and no rejected record is stored.
func (j *job) run(ctx context.Context, records io.Reader) error {
	streams, err := j.openStreams(ctx)
	if err != nil {
		return err
	}
	if j.opened != nil {
		j.opened(streams)
	}
	store, err := openStore(j.conf, j.catalog)
	if err != nil {
		return err
	}
	j.begun = true
	c := load.Config{
		Streams: streams,
		Log:     j.log,
		Usage:   func() load.Usage { return usageOf(j.client) },
		Size:    size(records),
		Workers: j.client.Callers,
		Observe: j.observe,
		Begin:   j.introduce(streams).begin,
		Shows:   j.shows,
		Release: j.release,
		AtOnce:  j.atOnce,
		Grace:   grace,
	}
	if !j.conf.DryRun {
		c.Store, c.MaxCreates, c.MaxUpdates = store, j.conf.MaxCreatesPerSync, j.conf.MaxUpdatesPerSync
	}
	return load.Run(ctx, airbyte.NewReader(records), c)
}

// size is how many bytes there are to read; 0 if that cannot be told before.
func size(records io.Reader) int64 {
	if file, ok := records.(*os.File); ok {
		if about, err := file.Stat(); err == nil && about.Mode().IsRegular() {
			return about.Size()
		}
	}
	return 0
}

// writes is how many requests the writes of a dry run would have cost.
func (j *job) writes() (requests int64) {
	for _, t := range j.targets {
		if dry, ok := t.(*object.DryRun); ok {
			requests += dry.Requests()
		}
	}
	return requests
}
