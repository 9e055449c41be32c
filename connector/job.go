package connector

import (
	"cmp"
	"context"
	"flag"
	"io"
	"os"
	"slices"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/contacts"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/records"
	"destination-gohighlevel/connector/words"
)

// job is one sync, real or dry: what write and preview have in common.
type job struct {
	conf     config.Config
	catalog  airbyte.Catalog
	client   *ghl.Client
	log      zerolog.Logger
	release  func(s *airbyte.State, accepted, rejected int64) error
	observe  func(object.Outcome)
	shows    bool                   // whoever observes shows what becomes of records
	keep     load.Store             // takes the place of the configuration's; nil does not
	opened   func([]*object.Stream) // is told the streams before records are read; may be nil
	atOnce   func(func() error) error
	progress func(load.Progress) // is told how far the job is; may be nil

	backup string // a folder for a backup before the first write; "" is none

	journal   *journal.Journal           // nil: nothing is recorded
	begun     bool                       // streams are open, records are being read
	locations map[string]object.Location // by name of the object
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
	return newJob(conf, catalog), nil
}

// newJob is a job that acknowledges nothing.
func newJob(conf config.Config, catalog airbyte.Catalog) *job {
	return &job{conf: conf, catalog: catalog, release: neverRelease, locations: map[string]object.Location{}}
}

// neverRelease keeps states where nobody waits for them, or nothing is durable.
func neverRelease(*airbyte.State, int64, int64) error { return nil }

// run reads messages, of so many bytes if that is known, until they end, or ctx does,
// which stops it. With dry_run nothing is written, and neither the configuration's store
// nor its journal gets anything.
func (j *job) run(ctx context.Context, messages load.Input, bytes int64) error {
	j.openJournal()
	err := j.sync(ctx, messages, bytes)
	return cmp.Or(err, j.closeJournal(ctx))
}

// sync is run, between the beginning and the end of the journal.
func (j *job) sync(ctx context.Context, messages load.Input, bytes int64) error {
	streams, err := j.openStreams(ctx)
	if err != nil {
		return err
	}
	if j.opened != nil {
		j.opened(streams)
	}
	if err := j.backUp(ctx, notDerived(streams)); err != nil {
		return err
	}
	own, err := j.ownWrites(ctx, streams)
	if err != nil {
		return err
	}
	j.begun = true
	o := object.Options{Log: j.log, Workers: j.client.Callers, Journal: j.journal, Writes: own, Observe: j.observe}
	c := load.Config{
		Log:      j.log,
		Usage:    func() load.Usage { return usageOf(j.client) },
		Size:     bytes,
		Begin:    j.introduce(notDerived(streams)).begin,
		Shows:    j.shows,
		End:      func() { j.tellLate(streams) },
		Store:    j.keep,
		Release:  j.release,
		AtOnce:   j.atOnce,
		Progress: j.progress,
		Grace:    grace,
	}
	if !j.conf.DryRun {
		if c.Store == nil {
			c.Store = openStore(j.conf, j.catalog)
		}
		c.Store = journaled{c.Store, j.journal}
		o.Brake = load.NewBrake(j.conf.MaxCreatesPerSync, j.conf.MaxUpdatesPerSync)
	}
	c.Objects, c.What = j.writers(streams, o)
	for _, s := range streams {
		c.Streams = append(c.Streams, &s.Stream)
	}
	return load.Run(ctx, messages, c)
}

// writers are what writes the streams, in the order of the objects, and what that
// is in words.
func (j *job) writers(streams []*object.Stream, o object.Options) (writers []load.Object, what string) {
	var names []string
	j.locations[crm.Businesses.Name], o.Businesses = records.Linkable(j.locations[crm.Businesses.Name], j.client, j.conf.DryRun, j.conf.CreateMissingBusinesses, o)
	if in := j.locations[crm.Contacts.Name]; in != nil && slices.ContainsFunc(streams, belongs) {
		o.Contacts = contacts.Findable(in, j.conf.MatchOn, o)
	}
	for _, d := range objects {
		in := j.locations[d.Name]
		if in == nil || d.Of != "" {
			continue
		}
		of := slices.DeleteFunc(slices.Clone(streams), func(s *object.Stream) bool {
			as, _ := lookup(s.Kind)
			return cmp.Or(as.Of, as.Name) != d.Name
		})
		if len(of) == 0 {
			continue
		}
		w := in.Writer(of, o)
		for _, s := range of {
			if s.Object = w; !slices.Contains(names, s.Kind) {
				names = append(names, s.Kind)
			}
		}
		writers = append(writers, w)
	}
	what = cmp.Or(words.List(names), "records")
	if j.conf.DryRun {
		what = "dry run, " + what
	}
	return writers, what
}

// belongs reports whether the records of a stream belong to contacts.
func belongs(s *object.Stream) bool { return s.In.Table().Kind().Parent == crm.Contacts }

// tellLate tells at the end which columns of the records feed nothing.
func (j *job) tellLate(streams []*object.Stream) {
	if j.shows {
		return
	}
	for _, s := range streams {
		s.WarnUnmatched(j.log, "columns beyond the schema that match no field", s.Plan.Late())
		s.WarnOptIns(j.log)
	}
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
	for _, in := range j.locations {
		requests += in.Pretended()
	}
	return requests
}
