package connector

import (
	"context"
	"strconv"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/rejects"
	"destination-gohighlevel/connector/storage"
)

// newStore opens the store of rejected records that the configuration names;
// syncID is "" where the platform gives none.
func newStore(conf config.Config, syncID string) rejects.Store {
	o := conf.ObjectStorage
	switch o.StorageType {
	case config.StoreS3:
		return rejects.NewS3(rejects.S3Config{
			S3: bucketOf(o), Path: o.Path, SyncID: syncID,
		})
	case config.StoreLocal:
		return rejects.NewLocal(o.Folder, syncID)
	}
	return rejects.None()
}

// bucketOf is the bucket that a configuration names.
func bucketOf(o config.Storage) storage.S3 {
	return storage.S3{AccessKeyID: o.AccessKeyID.Reveal(), SecretAccessKey: o.SecretAccessKey.Reveal(), Bucket: o.Bucket, Region: o.Region, Endpoint: o.Endpoint}
}

// openStore opens the store for a sync.
func openStore(conf config.Config, catalog airbyte.Catalog) load.Store {
	syncID := ""
	for _, s := range catalog.Streams {
		if s.SyncID != nil {
			syncID = strconv.FormatInt(*s.SyncID, 10)
		}
	}
	return keeper{newStore(conf, syncID)}
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
func (k keeper) Pending() bool                   { return k.store.Pending() }
