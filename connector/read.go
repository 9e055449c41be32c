package connector

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/source"
	"destination-gohighlevel/connector/words"
)

// runRead reads the streams of the catalog, one after the other, from where their states
// say. One that fails does not stop the others: what it has read so far is acknowledged by
// its last state, and the first failure is the error in the end.
func runRead(ctx context.Context, _ IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("read", flag.ContinueOnError)
	in := inputFlags(flags)
	path := flags.String("state", "", "")
	if err := parse(flags, args, "config", "catalog"); err != nil {
		return err
	}
	j, err := in.read()
	if err != nil {
		return err
	}
	states, err := readStates(*path)
	if err != nil {
		return err
	}
	log := out.Logger().Level(zerolog.InfoLevel)
	client, err := newClient(j.conf, out, clientOptions{Log: log})
	if err != nil {
		return err
	}
	r := &reading{client: client, out: out, log: log, states: states}
	err = r.all(ctx, j.catalog.Streams)
	if err != nil && ctx.Err() != nil {
		log.Warn().Msg("stopped: the next read goes on from the last state of each stream")
		return nil
	}
	return during("read", j.conf, brokenOr(out, err))
}

// readStates reads the file of states, if there is one.
func readStates(path string) (map[airbyte.StreamID]json.RawMessage, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, &fileError{"state", "state", err}
	}
	states, err := airbyte.ParseStates(data)
	if err != nil {
		return nil, &source.StateError{Why: "cannot be read: " + err.Error()}
	}
	return states, nil
}

// reading is one run of read.
type reading struct {
	client *ghl.Client
	out    *airbyte.Writer
	log    zerolog.Logger
	states map[airbyte.StreamID]json.RawMessage
}

// all reads streams, and gives the first of their failures.
func (r *reading) all(ctx context.Context, configured []airbyte.Stream) error {
	known, err := source.Open(r.client).Streams(ctx)
	if err != nil {
		return err
	}
	chosen, err := choose(known, configured)
	if err != nil {
		return err
	}
	var first error
	for i, s := range chosen {
		err := r.one(ctx, configured[i], s)
		if err != nil && (ctx.Err() != nil || isBroken(r.out)) {
			return err
		}
		if err != nil {
			f := explain(err)
			r.log.Error().Msgf("%s: %s", configured[i].ID, f.message)
		}
		if first == nil && err != nil {
			first = fmt.Errorf("stream %s: %w", configured[i].ID, err)
		}
	}
	return first
}

// choose finds the streams that a catalog names.
func choose(known []source.Stream, configured []airbyte.Stream) ([]source.Stream, error) {
	var chosen []source.Stream
	var faults []string
	for _, c := range configured {
		i := slices.IndexFunc(known, func(s source.Stream) bool { return s.Name == c.ID.Name })
		switch {
		case i < 0:
			faults = append(faults, fmt.Sprintf("there is no stream %q to read; discover --source lists those that there are", c.ID))
			continue
		case c.SourceMode == airbyte.Incremental && known[i].Cursor == "":
			faults = append(faults, fmt.Sprintf("stream %q can only be read as a whole: choose full_refresh", c.ID))
		}
		chosen = append(chosen, known[i])
	}
	if len(faults) > 0 {
		return nil, &airbyte.CatalogError{Faults: faults}
	}
	return chosen, nil
}

// one reads a stream, and tells how far it got.
func (r *reading) one(ctx context.Context, configured airbyte.Stream, s source.Stream) error {
	begun, before := time.Now(), r.client.Usage().Requests
	to := &recordSink{out: r.out, stream: configured.ID}
	if err := r.out.StreamStatus(to.stream, "STARTED"); err != nil {
		return err
	}
	from := r.from(configured, s)
	err := r.estimate(ctx, s, from, to)
	if err == nil {
		err = s.Read(ctx, from, to)
	}
	status := "COMPLETE"
	if err != nil {
		status = "INCOMPLETE"
	}
	r.log.Info().Msgf("%s: %s read by %s in %s", configured.ID, words.Count(to.rows, "record"),
		words.Count(r.client.Usage().Requests-before, "request"), time.Since(begun).Round(time.Second))
	return errors.Join(err, r.out.StreamStatus(to.stream, status))
}

// from is the state from which a stream is read. All of it is read, whatever was read
// before, unless the catalog asks for what is new or a read of all was interrupted.
func (r *reading) from(configured airbyte.Stream, s source.Stream) json.RawMessage {
	from := r.states[configured.ID]
	if s.Cursor != "" && configured.SourceMode != airbyte.Incremental && (s.Interrupted == nil || !s.Interrupted(from)) {
		return nil
	}
	return from
}

// estimate tells what a stream will cost that asks for each contact.
func (r *reading) estimate(ctx context.Context, s source.Stream, from json.RawMessage, to *recordSink) error {
	if !s.OptIn || s.Estimate == nil {
		return nil
	}
	rows, requests, err := s.Estimate(ctx, from)
	if err != nil {
		return err
	}
	r.log.Info().Msgf("%s: about %s by %s", to.stream, words.Count(rows, "record"), words.Count(requests, "request"))
	return to.Estimate(rows)
}

// recordSink prints what is read.
type recordSink struct {
	out    *airbyte.Writer
	stream airbyte.StreamID
	rows   int64 // all
	fresh  int64 // since the last state
}

// Row implements [source.Sink].
func (s *recordSink) Row(data json.RawMessage) error {
	if s.rows == 0 {
		if err := s.out.StreamStatus(s.stream, "RUNNING"); err != nil {
			return err
		}
	}
	s.rows++
	s.fresh++
	return s.out.Record(s.stream, data)
}

// State implements [source.Sink].
func (s *recordSink) State(state json.RawMessage) error {
	fresh := s.fresh
	s.fresh = 0
	return s.out.StreamState(s.stream, state, fresh)
}

// Estimate implements [source.Estimator].
func (s *recordSink) Estimate(rows int64) error { return s.out.Estimate(s.stream, rows) }

func isBroken(out *airbyte.Writer) bool {
	select {
	case <-out.Broken():
		return true
	default:
		return false
	}
}
