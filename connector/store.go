package connector

import (
	"context"
	"strconv"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/rejects"
)

// newStore opens the store of rejected records that the configuration names;
// syncID is "" where the platform gives none.
func newStore(conf config.Config, syncID string) (rejects.Store, error) {
	o := conf.ObjectStorage
	store, err := rejects.None(), error(nil)
	switch o.StorageType {
	case config.StoreS3:
		store, err = rejects.NewS3(rejects.S3Config{
			AccessKeyID: o.AccessKeyID.Reveal(), SecretAccessKey: o.SecretAccessKey.Reveal(),
			Bucket: o.Bucket, Region: o.Region, Endpoint: o.Endpoint, Path: o.Path, SyncID: syncID,
		})
	case config.StoreLocal:
		store, err = rejects.NewLocal(rejects.LocalConfig{Path: o.Folder, SyncID: syncID})
	}
	if err != nil {
		return nil, &config.Error{Faults: []string{"object_storage_config: " + err.Error()}}
	}
	return store, nil
}

// openStore opens the store for a sync.
func openStore(conf config.Config, catalog airbyte.Catalog) (load.Store, error) {
	syncID := ""
	for _, s := range catalog.Streams {
		if s.SyncID != nil {
			syncID = strconv.FormatInt(*s.SyncID, 10)
		}
	}
	store, err := newStore(conf, syncID)
	if err != nil {
		return nil, err
	}
	return keeper{store}, nil
}

// keeper hands what the engine has not written to a store.
type keeper struct{ store rejects.Store }

func (k keeper) Add(ctx context.Context, u load.Unwritten) error {
	return k.store.Add(ctx, rejects.Record{
		Kind: string(u.Kind), Stream: u.Stream.Name, Namespace: u.Stream.Namespace, Line: u.Line, Data: u.Data,
		Code: u.Code, Field: u.Field, Column: u.Column, Reason: u.Reason, NextStep: u.NextStep,
	})
}

func (k keeper) Flush(ctx context.Context) error { return k.store.Flush(ctx) }
