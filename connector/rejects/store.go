package rejects

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"destination-gohighlevel/connector/storage"
)

const (
	maxBuffered = 8 << 20 // bytes of lines, over all streams; a greater record stands alone
	uploads     = 4       // batches at a time
)

// batch is a number of lines that are stored together. Once that was tried it
// never changes: an attempt whose answer was lost may still arrive, and must
// then bring what the later one brought.
type batch struct {
	folder string // of its stream, below that of the sync
	name   string // unique; names sort by the time of the first line
	lines  []byte
}

// place is where batches are stored: below a path of a bucket, or of a folder.
type place interface {
	// put makes a batch durable. It has tried several times if it fails. A batch
	// that failed may be put again: its lines are there once all the same.
	put(ctx context.Context, b *batch) error
	// check shows that batches can be put, and leaves nothing behind.
	check(ctx context.Context) error
}

// store buffers lines by folder and puts them into their place when they are many, or
// asked for. Whoever does that holds up the others, which bounds the memory.
type store struct {
	place place

	turn   chan struct{} // holds one token while somebody uses what follows
	open   map[string]*batch
	sealed []*batch     // to be put again, or for the first time
	size   atomic.Int64 // bytes in open and sealed; Pending reads it without the turn
}

func buffered(p place) *store {
	return &store{place: p, turn: make(chan struct{}, 1), open: make(map[string]*batch)}
}

// Add implements [Store].
func (s *store) Add(ctx context.Context, r Record) error {
	line, err := encode(r)
	if err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	if s.Pending() && s.size.Load()+int64(len(line)) > maxBuffered {
		if err := s.upload(ctx); err != nil {
			return err
		}
	}
	folder := storage.Join(segment(r.Namespace), segment(r.Stream))
	b := s.open[folder]
	if b == nil {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("naming a file for rejected records: %w", err)
		}
		b = &batch{folder: folder, name: id.String() + ".jsonl"}
		s.open[folder] = b
	}
	b.lines = append(b.lines, line...)
	s.size.Add(int64(len(line)))
	return nil
}

// Flush implements [Store].
func (s *store) Flush(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	defer s.end()
	return s.upload(ctx)
}

// Pending implements [Store].
func (s *store) Pending() bool { return s.size.Load() > 0 }

// Check implements [Store].
func (s *store) Check(ctx context.Context) error { return s.place.check(ctx) }

// begin waits for the turn, or for the end of the context.
func (s *store) begin(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("storing rejected records was stopped: %w", ctx.Err())
	}
}

func (s *store) end() { <-s.turn }

// upload puts everything into its place and keeps what it could not put.
func (s *store) upload(ctx context.Context) error {
	for _, b := range s.open {
		s.sealed = append(s.sealed, b)
	}
	clear(s.open)
	done := make([]bool, len(s.sealed))
	// The first failure ends the others: one batch less makes no difference then.
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(uploads)
	for i, b := range s.sealed {
		group.Go(func() error {
			err := s.place.put(ctx, b)
			done[i] = err == nil
			return err
		})
	}
	err := group.Wait()
	var kept []*batch
	size := 0
	for i, b := range s.sealed {
		if !done[i] {
			kept = append(kept, b)
			size += len(b.lines)
		}
	}
	s.size.Store(int64(size))
	s.sealed = kept
	return err
}

// encode is the record as one line. Its data is copied as it is: numbers keep
// their digits and keys their order.
func encode(r Record) ([]byte, error) {
	if r.RejectedAt.IsZero() {
		r.RejectedAt = time.Now()
	}
	r.RejectedAt = r.RejectedAt.UTC()
	if len(r.Data) == 0 {
		r.Data = json.RawMessage("null")
	} else if !json.Valid(r.Data) {
		r.Data, _ = json.Marshal(string(r.Data))
	}
	var b bytes.Buffer
	b.Grow(len(r.Data) + 512)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		return nil, errors.New("a rejected record cannot be written as JSON") // the cause could hold a value
	}
	return b.Bytes(), nil
}
