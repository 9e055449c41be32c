package connector

import (
	"cmp"
	"context"
	"io"
	"path/filepath"
	"slices"
	"time"

	"destination-gohighlevel/connector/export"
	"destination-gohighlevel/connector/object"
)

// backupTime names the folder of a backup, so that none takes the place of another.
const backupTime = "20060102T150405.000Z"

// backUp exports all there is of what the sync is about to change: the whole objects, for
// nobody knows before which of them the records will meet.
func (j *job) backUp(ctx context.Context, streams []*object.Stream) error {
	if j.backup == "" || j.conf.DryRun {
		return nil
	}
	dir := filepath.Join(j.backup, time.Now().UTC().Format(backupTime))
	said, err := j.exportTo(ctx, dir, backedUp(streams))
	if err != nil {
		return &backupError{err}
	}
	j.log.Info().Msgf("backup in %s: %s", dir, said)
	return nil
}

// exportTo exports objects as a whole into a folder, and says how much that was.
func (j *job) exportTo(ctx context.Context, dir string, objects []string) (said string, err error) {
	x := &exporting{exportFlags: exportFlags{format: export.JSONL, objects: objects, yes: true}, conf: j.conf, client: j.client, tally: &rowTally{verb: "exported", client: j.client}, people: io.Discard}
	if x.folder, err = export.OpenFolder(dir, j.conf.LocationID); err != nil {
		return "", err
	}
	sources, err := x.streams(ctx)
	if err == nil {
		err = x.run(ctx, sources)
	}
	return x.tally.said(), err
}

// backedUp are the objects that streams write to.
func backedUp(streams []*object.Stream) (names []string) {
	for _, s := range streams {
		d, _ := lookup(s.Kind)
		if name := cmp.Or(d.Of, d.Name); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// backupError is a backup that was not made. Nothing is written then.
type backupError struct{ err error }

func (e *backupError) Error() string { return "the backup failed: " + e.err.Error() }
func (e *backupError) Unwrap() error { return e.err }
