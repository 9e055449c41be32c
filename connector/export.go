package connector

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/export"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/source"
	"destination-gohighlevel/connector/words"
)

// runExport writes what a location holds into files for people.
func runExport(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	f, err := readExportFlags(args, time.Now())
	if err != nil {
		return err
	}
	conf, err := readConfig(f.config)
	if err != nil {
		return err
	}
	x := &exporting{exportFlags: f, conf: conf, tally: &rowTally{verb: "exported"}, asks: map[string]int64{}, out: c.Stdout, people: c.Stdout}
	if f.to == stdoutName {
		x.people = c.Stderr
	} else if x.folder, err = export.OpenFolder(f.to, conf.LocationID); err != nil {
		return err
	}
	errs := &overLater{c.Stderr}
	if x.client, err = newClient(conf, nil, signInKept(f.config, &x.conf, console(IO{Stderr: errs}).Level(zerolog.WarnLevel))); err != nil {
		return err
	}
	streams, err := x.streams(ctx)
	if err != nil {
		return during("export", conf, err)
	}
	if yes, err := x.mayExport(ctx, streams); err != nil || !yes {
		return during("export", conf, err)
	}
	b := newBar(c, f.to == stdoutName && (isTerminal(c.Stdout) || inPipeline(c)), true, x.tally.counted)
	defer b.end()
	x.tally.client = x.client
	x.out, x.people, errs.Writer = b.over(x.out), b.over(x.people), b.over(c.Stderr)
	end := x.tally.tells(b, linesUnless(b, errs))
	err = x.run(ctx, streams)
	end()
	b.end()
	x.account()
	return during("export", conf, err)
}

// overLater is a stream over which there may be a bar later.
type overLater struct{ io.Writer }

// exporting is an export under way.
type exporting struct {
	exportFlags
	conf   config.Config
	client *ghl.Client
	tally  *rowTally
	asks   map[string]int64 // by object, of those that were estimated
	table  *crm.Table       // of contacts
	folder *export.Folder   // nil: stdout
	out    io.Writer
	people io.Writer            // who is told how it went
	held   map[string]*heldRows // by object, where they are nested
}

// run exports objects one after the other. One that fails does not
// stop the others, unless they would fail, too.
func (x *exporting) run(ctx context.Context, streams []source.Stream) error {
	var failed error
	for _, s := range streams {
		err := x.export(ctx, s)
		failed = errors.Join(failed, err)
		if ctx.Err() != nil || isHopeless(err) {
			break
		}
	}
	return errors.Join(failed, x.writeNested())
}

// isHopeless reports whether what has failed for one object will fail for the next.
func isHopeless(err error) bool {
	var api *ghl.Error
	return errors.As(err, &api) && slices.Contains([]ghl.Kind{ghl.Exhausted, ghl.Throttled, ghl.Unauthorized, ghl.Canceled}, api.Kind)
}

// mayExport asks before many requests are spent: those of what has no list of its own
// can be one for each contact.
func (x *exporting) mayExport(ctx context.Context, streams []source.Stream) (bool, error) {
	var costs []string
	if x.contact != "" { // a few
		return true, nil
	}
	for _, s := range streams {
		if !s.OptIn || x.yes {
			continue
		}
		_, requests, err := s.Estimate(ctx, nil)
		if err != nil {
			return false, err
		}
		x.asks[s.Name] = requests
		costs = append(costs, s.Name+": about "+words.Count(requests, "request"))
	}
	if len(costs) == 0 {
		return true, nil
	}
	question := strings.Join(costs, ", ") + "." + quota(x.client.Usage())
	screen, err := openTerminal()
	if err != nil {
		return false, wrong("export: %s There is no terminal to ask on, so nothing is exported: add --yes to export without a question", question)
	}
	defer func() { _ = screen.Close() }()
	yes, err := screen.confirm(ctx, question+" Export this?")
	if err == nil && !yes {
		say(x.people, "Nothing was exported.")
	}
	return yes, err
}

// streams are those of the objects that are asked for, in that order.
func (x *exporting) streams(ctx context.Context) ([]source.Stream, error) {
	all := source.Open(x.client, x.filters()...).Streams()
	if x.format == export.CSV {
		var err error
		contacts, _ := lookup(defaultObject)
		if x.table, err = contacts.Table(ctx, x.client); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	var chosen []source.Stream
	for _, name := range x.objects {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, wrong("there is no object %s to export; choose %s", quoted(name), strings.Join(names, ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// filters are what contacts must satisfy that are asked for.
func (x *exporting) filters() (all []ghl.Filter) {
	switch {
	case strings.Contains(x.contact, "@"):
		all = append(all, ghl.Eq("email", x.contact))
	case x.contact != "":
		all = append(all, ghl.Eq("id", x.contact))
	case x.business != "":
		all = append(all, ghl.Eq("businessName", x.business))
	}
	if !x.since.IsZero() && !x.deleted { // who is gone shows only where all are listed
		all = append(all, ghl.From("dateUpdated", x.since.UnixMilli()))
	}
	return all
}
