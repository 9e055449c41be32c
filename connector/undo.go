package connector

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"io/fs"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/contacts"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/records"
	"destination-gohighlevel/connector/storage"
	"destination-gohighlevel/connector/undo"
)

// undoMode is the mode of a run that takes others back, in its journal.
const undoMode = "undo"

// undoFlags are the flags of undo.
type undoFlags struct {
	from                          journalFrom
	run, since, only              *string
	recreate, yes, dryRun, asJSON bool
}

func readUndoFlags(args []string) (undoFlags, error) {
	flags := flag.NewFlagSet("undo", flag.ContinueOnError)
	f := undoFlags{from: journalFlags(flags), run: flags.String("run", "", ""), since: flags.String("since", "", ""), only: flags.String("only", "", "")}
	flags.BoolVar(&f.recreate, "recreate", false, "")
	flags.BoolVar(&f.yes, "yes", false, "")
	flags.BoolVar(&f.dryRun, "dry-run", false, "")
	format := flags.String("format", "text", "")
	if err := parse(flags, args, "config"); err != nil {
		return f, err
	}
	if f.asJSON = *format == "json"; !f.asJSON && *format != "text" {
		return f, misuse("undo: --format cannot be %s: give text or json", quoted(*format))
	}
	if *f.run != "" && *f.since != "" {
		return f, misuse("undo: --run and --since exclude each other")
	}
	return f, nil
}

// runUndo takes back what a run has changed, after a look and a question.
func runUndo(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
	f, err := readUndoFlags(args)
	if err != nil {
		return err
	}
	conf, err := readConfig(*f.from.config)
	if err != nil {
		return err
	}
	dry := f.dryRun || conf.DryRun
	consent, err := consentFor("undo", !f.yes && !dry)
	if err != nil {
		return err
	}
	defer consent.close()
	u := &undoing{conf: conf, recreate: f.recreate, log: console(c).Level(zerolog.WarnLevel)}
	if *f.only != "" {
		u.only = *listed(*f.only)
	}
	if err := u.find(ctx, f); err != nil {
		return journalFault(err)
	}
	if u.client, err = newClient(conf, nil, signInKept(*f.from.config, &u.conf, u.log)); err != nil {
		return err
	}
	work, end := stoppable(ctx, out, u.log)
	defer end()
	view := undoView{c.Stdout, f.asJSON}
	u.screen = c
	err = u.steps(work, view, dry, func() (bool, error) { return consent.given(ctx, "Take this back in HighLevel?") })
	if unknown := (*undo.FieldError)(nil); errors.As(err, &unknown) {
		return misuse("undo: --only: %s", unknown)
	}
	return during("undo", conf, journalFault(err))
}

// journalFault explains a journal that cannot be read.
func journalFault(err error) error {
	if bad := (*journal.ReadError)(nil); errors.As(err, &bad) {
		return &fileError{what: "journal", err: bad}
	}
	return err
}

// undoing takes runs back.
type undoing struct {
	conf     config.Config
	client   *ghl.Client
	files    []journal.File // of the runs, in their order
	recreate bool
	only     []string
	log      zerolog.Logger
	screen   IO // on which people see how far it is
}

// find finds the runs to take back: the newest that is no undo itself, the one that is
// named, or all since a time.
func (u *undoing) find(ctx context.Context, f undoFlags) error {
	begin, ok := sinceWhen(*f.since, time.Now())
	if !ok {
		return misuse("undo: --since cannot be %s: give a day as in 2026-08-31, a time as in 2026-08-31T14:00:00Z, or a while as in 36h", quoted(*f.since))
	}
	files, err := f.from.files(ctx)
	if err != nil {
		return err
	}
	started := map[string]time.Time{} // files are named after the second
	for _, file := range files {
		run, _, err := file.Read(ctx)
		switch {
		case err != nil:
			return err
		case run == nil, run.Location != u.conf.LocationID, *f.run != "" && run.ID != *f.run,
			run.Started.Before(begin), *f.run == "" && *f.since == "" && isUndo(run):
			continue
		}
		started[file.Name] = run.Started
		u.files = append(u.files, file)
	}
	slices.SortStableFunc(u.files, func(a, b journal.File) int { return started[a.Name].Compare(started[b.Name]) })
	if n := len(u.files); n > 1 && *f.since == "" {
		u.files = u.files[n-1:]
	}
	if len(u.files) == 0 {
		return &config.Error{Faults: []string{"journal: no run of the location " + quoted(u.conf.LocationID) + " is to be taken back: `changes` shows those that there are"}}
	}
	return nil
}

func isUndo(r *journal.Run) bool {
	return slices.ContainsFunc(r.Streams, func(s journal.Stream) bool { return s.Mode == undoMode })
}

// look finds out what is to be taken back, and writes nothing; what is written afterwards
// goes to the journal.
func (u *undoing) look(ctx context.Context, j *journal.Journal) (*undo.Undo, error) {
	var changes []journal.Recorded
	for _, f := range u.files {
		_, all, err := f.Read(ctx)
		if err != nil {
			return nil, err
		}
		changes = append(changes, all...)
	}
	target, err := gateway.Open(ctx, u.client)
	if err != nil {
		return nil, err
	}
	keep := func(ctx context.Context, name string) (object.Keeper, error) {
		return records.Keep(ctx, name, contacts.In(target), u.client, j)
	}
	last, err := u.lastChange(ctx)
	if err != nil {
		return nil, err
	}
	all := undo.Open(target, u.client, j, keep, undo.Options{Recreate: u.recreate, Only: u.only, Last: last, Waits: u.waits})
	return all, all.Look(ctx, changes)
}

// waits tells people why nothing happens for so long.
func (u *undoing) waits(left time.Duration) {
	u.log.Warn().Msgf("waiting %.0f seconds, until HighLevel's search knows what was changed last", left.Seconds())
}

// lastChange is when any run that the journal tells of, such as an undo, has changed
// something last: search may not know that yet.
func (u *undoing) lastChange(ctx context.Context) (last time.Time, err error) {
	files, err := journalsOf(ctx, u.conf.Journal)
	for _, f := range slices.Concat(files, u.files) {
		_, changes, err := f.Read(ctx)
		if err != nil {
			return last, err
		}
		for _, c := range changes {
			if c.At.After(last) {
				last = c.At
			}
		}
	}
	return last, err
}

// journalsOf are the journals at a place; none where there was no run yet.
func journalsOf(ctx context.Context, at config.Storage) (files []journal.File, err error) {
	switch at.StorageType {
	case config.StoreLocal:
		files, err = journal.FilesIn(at.Folder)
	case config.StoreS3:
		files, err = journal.FilesBelow(ctx, storage.NewBucket(bucketOf(at)), at.Path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return files, err
}

// run takes the runs back, and records that.
func (u *undoing) run(ctx context.Context) (*undo.Undo, error) {
	j := openJournal(u.conf, []journal.Stream{{Name: undoMode, Object: "contacts", Mode: undoMode}})
	done, err := u.look(ctx, j)
	if err == nil {
		err = u.write(ctx, done)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return done, cmp.Or(err, j.Close(closing))
}

// write takes back what was found, while people see how far it is.
func (u *undoing) write(ctx context.Context, found *undo.Undo) error {
	b, begun := newBar(u.screen, false, true, shareOnly), time.Now()
	defer b.end()
	defer tells(func() *load.Progress {
		return &load.Progress{Share: found.Share(), Elapsed: time.Since(begun), Usage: usageOf(u.client)}
	}, shareOnly, b, nil)()
	return found.Write(ctx)
}

// shareOnly says what part is taken back.
func shareOnly(p load.Progress) []string {
	if p.Share == 0 {
		return nil
	}
	return []string{percent(p) + " taken back"}
}

// steps shows what is to be taken back, asks, and takes it back after another look: the
// question may have stood for hours.
func (u *undoing) steps(ctx context.Context, view undoView, dry bool, sure func() (bool, error)) error {
	plan, err := u.look(ctx, nil)
	if err != nil {
		return err
	}
	view.plan(plan, dry)
	if dry || plan.Empty() {
		return nil
	}
	if yes, err := sure(); err != nil || !yes {
		view.say("Nothing was written.")
		return err
	}
	done, err := u.run(ctx)
	if done != nil {
		view.done(done, err)
	}
	return err
}
