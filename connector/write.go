package connector

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// runWrite writes the records on stdin.
func runWrite(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("write", flag.ContinueOnError)
	in := inputFlags(flags)
	backup := flags.String("backup", "", "")
	if err := parse(flags, args, "config", "catalog"); err != nil {
		return err
	}
	j, err := in.read()
	if err != nil {
		return err
	}
	j.backup = *backup
	plan := newPlanned(j)
	j.log = out.Logger().Level(zerolog.InfoLevel)
	if b := newBar(c, mixes(c, true), size(c.Stdin) > 0, counted); b != nil {
		j.progress, j.log = b.show, j.log.Hook(warner{console(IO{Stderr: b.over(c.Stderr)})})
		defer func() {
			if b.end(); j.begun {
				(&textView{out: c.Stderr}).account(plan.summary())
			}
		}()
	}
	if j.client, err = newClient(j.conf, out, clientOptions{Log: j.log, Grace: grace, Transport: c.Transport}); err != nil {
		return err
	}
	greetTerminal(c)
	work, end := stoppable(ctx, out, j.log)
	defer end()
	j.release, j.atOnce = out.State, out.AtOnce
	j.opened = plan.open
	if j.conf.DryRun {
		j.observe, j.release = plan.observe, neverRelease
		defer plan.log()
	}
	err = j.run(work, airbyte.NewReader(c.Stdin), size(c.Stdin))
	if err != nil && ctx.Err() != nil && !j.begun {
		return nil // stopped before anything was read
	}
	return during("write", j.conf, brokenOr(out, err))
}

// warner lets people at a terminal see what the log of a program warns of.
type warner struct{ people zerolog.Logger }

// Run implements [zerolog.Hook].
func (w warner) Run(_ *zerolog.Event, level zerolog.Level, message string) {
	if level >= zerolog.WarnLevel {
		w.people.WithLevel(level).Msg(message)
	}
}

func usageOf(client *ghl.Client) load.Usage {
	u := client.Usage()
	return load.Usage{Requests: u.Requests, DailyRemaining: u.DailyRemaining, Faults: u.Faults, Waiting: client.Waiting()}
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

// logStart says what the sync has found before it begins, and how far the
// day's quota will reach.
func logStart(log zerolog.Logger, in object.Location, u ghl.Usage, reserve int64) {
	enough := ""
	if in.Table().Kind() == crm.Contacts {
		enough = forecast(u, reserve, in.Facts().AllowsDuplicates)
	}
	log.Info().Msgf("writing to %q: %s.%s%s", in.Facts().LocationName, locationFacts(in), quota(u), enough)
}

// place is the location as its contacts are known, also where other objects are written;
// where nobody has asked for its contacts, as another object knows it.
func (j *job) place(streams []*object.Stream) object.Location {
	if contacts := j.locations[defaultObject]; contacts != nil {
		return contacts
	}
	return streams[0].In
}

// locationFacts are what is particular about a location.
func locationFacts(in object.Location) string {
	facts := "duplicates " + allowed(in.Facts().AllowsDuplicates)
	if in.Table().Kind() == crm.Contacts {
		facts += ", " + customFields(in.Table())
	}
	return facts
}

// customFields says how many custom fields contacts have.
func customFields(contacts *crm.Table) string {
	return words.Count(len(slices.DeleteFunc(contacts.Fields(), func(f *crm.Field) bool { return !f.Custom })), "custom field")
}

// forecast says how much can be written today: a new or changed contact costs
// one request, finding it and its tags a few hundredths. Where duplicates are
// allowed a new one may cost another, by which it is looked for.
func forecast(u ghl.Usage, reserve int64, duplicates bool) string {
	if u.DailyRemaining < 0 {
		return ""
	}
	usable := max(u.DailyRemaining-reserve, 0)
	write := words.Count(usable*97/100, "new or changed contact")
	if duplicates {
		write = words.Count(usable*97/100, "changed contact") + ", at least half as many new ones"
	}
	return fmt.Sprintf(" That is enough for about %s, or to compare %s%s.", write, words.Grouped(usable*90), besides(reserve))
}

// besides tells the reserve, if there is one.
func besides(reserve int64) string {
	if reserve == 0 {
		return ""
	}
	return fmt.Sprintf(" besides the %s of daily_request_reserve", words.Grouped(reserve))
}
