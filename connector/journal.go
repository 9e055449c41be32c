package connector

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/storage"
)

// openJournal opens the journal that the configuration names, for a run; nil if it
// names none, or nothing is written.
func openJournal(conf config.Config, streams []journal.Stream) *journal.Journal {
	run := journal.Run{Started: time.Now().UTC(), Version: ghl.Version, Location: conf.LocationID, Streams: streams}
	switch to := conf.Journal; {
	case conf.DryRun:
		return nil
	case to.StorageType == config.StoreLocal:
		return journal.InFolder(to.Folder, run)
	case to.StorageType == config.StoreS3:
		return journal.InBucket(storage.NewBucket(bucketOf(to)), to.Path, run)
	}
	return nil
}

// openJournal opens the journal of the job, and says where it is.
func (j *job) openJournal() {
	var streams []journal.Stream
	for _, s := range j.catalog.Streams {
		d, _ := objectOf(s, j.conf.ForStream(s.ID.Namespace, s.ID.Name))
		streams = append(streams, journal.Stream{Name: s.ID.String(), Object: d.Name, Mode: string(s.Mode)})
	}
	if j.journal = openJournal(j.conf, streams); j.journal != nil {
		j.log.Info().Msgf("every change is recorded in the journal %s", j.journal.Name())
	}
}

// closeJournal ends the journal after a job, also one that has failed or was stopped.
func (j *job) closeJournal(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return j.journal.Close(ctx)
}

// journalsIn are the journals of all runs in a place.
func journalsIn(ctx context.Context, place config.Storage) ([]journal.File, error) {
	if place.StorageType == config.StoreS3 {
		return journal.FilesBelow(ctx, storage.NewBucket(bucketOf(place)), place.Path)
	}
	return journal.FilesIn(place.Folder)
}

// ownWrites are the changes that earlier runs have made of contacts, and that this one
// will; nil if nothing depends on whose a change was.
func (j *job) ownWrites(ctx context.Context, streams []*object.Stream) (*journal.Writes, error) {
	if !slices.ContainsFunc(streams, func(s *object.Stream) bool { return s.Plan.AsksForTime() }) {
		return nil, nil
	}
	own := journal.WritesOf(j.conf.LocationID, crm.Contacts.Name)
	files, err := journalsIn(ctx, j.conf.Journal)
	if errors.Is(err, fs.ErrNotExist) { // the first run
		err = nil
	}
	for i := 0; err == nil && i < len(files); i++ {
		err = own.Read(ctx, files[i])
	}
	if bad := (*journal.ReadError)(nil); errors.As(err, &bad) {
		return nil, &fileError{what: "journal", err: bad}
	}
	j.journal.Tell(own)
	return own, err
}

// journaled is a store that a state waits for, together with the journal.
type journaled struct {
	load.Store
	journal *journal.Journal
}

func (s journaled) Flush(ctx context.Context) error {
	return cmp.Or(s.journal.Flush(ctx), s.Store.Flush(ctx))
}

func (s journaled) Pending() bool { return s.journal.Pending() || s.Store.Pending() }
