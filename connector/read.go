package connector

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/source"
	"destination-gohighlevel/connector/words"
)

// runRead reads the streams of the catalog, one after the other, from where their states
// say. One that fails does not stop the others: what it has read so far is acknowledged by
// its last state, and the first failure is the error in the end. As text it is for people,
// and so are its errors; there are no states then.
func runRead(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("read", flag.ContinueOnError)
	in := inputFlags(flags)
	path := flags.String("state", "", "")
	format := flags.String("format", "json", "")
	if err := parse(flags, args, "config", "catalog"); err != nil {
		return err
	}
	if *format != "text" && *format != "json" {
		return wrong("read: --format cannot be %s: give text, for people, or json, the protocol", quoted(*format))
	}
	r := &reading{broken: out.Broken(), tally: &rowTally{verb: "read"}}
	open := func() (j *job, err error) {
		if j, err = in.read(); err == nil {
			r.states, err = readStates(*path)
		}
		return j, err
	}
	if *format == "text" {
		return spoken(func() error { return r.forPeople(ctx, c, *in.config, open) })
	}
	return r.forPrograms(ctx, c, out, open)
}

// forPrograms speaks the protocol. Where people look on, they see on stderr how far it is.
func (r *reading) forPrograms(ctx context.Context, c IO, out *airbyte.Writer, open func() (*job, error)) error {
	j, err := open()
	if err != nil {
		return err
	}
	r.conf, r.out, r.log = j.conf, out, out.Logger().Level(zerolog.InfoLevel)
	b := newBar(c, isTerminal(c.Stdout) || inPipeline(c), true, r.tally.counted)
	defer b.end()
	if b != nil {
		r.log = r.log.Hook(warner{console(IO{Stderr: b.over(c.Stderr)})})
	}
	if r.client, err = newClient(j.conf, out, clientOptions{Log: r.log}); err != nil {
		return err
	}
	err = r.run(ctx, j.catalog.Streams, b, func(text string) { r.log.Info().Msg(text) })
	if len(r.tally.streams) > 0 {
		r.log.Info().Msg(r.tally.said() + "." + quota(r.client.Usage()))
		if b != nil {
			r.tally.account(c.Stderr)
		}
	}
	if err != nil && ctx.Err() != nil {
		r.log.Warn().Msg("stopped: the next read goes on from the last state of each stream")
		return nil
	}
	return during("read", j.conf, brokenOr(out, err))
}

// forPeople shows the rows in words.
func (r *reading) forPeople(ctx context.Context, c IO, config string, open func() (*job, error)) error {
	j, err := open()
	if err != nil {
		return err
	}
	b := newBar(c, inPipeline(c), true, r.tally.counted)
	defer b.end()
	c.Stdout, c.Stderr = b.over(c.Stdout), b.over(c.Stderr)
	r.conf, r.out, r.log = j.conf, &rowsView{pane{Writer: c.Stdout}}, console(c).Level(zerolog.WarnLevel)
	if r.client, err = newClient(j.conf, nil, signInKept(config, &j.conf, r.log)); err != nil {
		return err
	}
	err = r.run(ctx, j.catalog.Streams, b, linesUnless(b, c.Stderr))
	if len(r.tally.streams) > 0 {
		r.tally.account(c.Stdout)
	}
	at := sceneOf("read", j.conf)
	at.dry = true // there are no states to go on from
	return inScene(at, err)
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
	conf   config.Config
	client *ghl.Client
	out    readOutput
	broken <-chan struct{} // closed when stdout is
	log    zerolog.Logger
	states map[airbyte.StreamID]json.RawMessage
	tally  *rowTally
}

// readOutput takes what is read: the protocol, or people.
type readOutput interface {
	Record(airbyte.StreamID, json.RawMessage) error
	StreamState(stream airbyte.StreamID, state json.RawMessage, records int64) error
	StreamStatus(stream airbyte.StreamID, status string) error
	Estimate(stream airbyte.StreamID, rows int64) error
}

// run reads streams, gives the first of their failures, and lets people see meanwhile how
// far that is.
func (r *reading) run(ctx context.Context, configured []airbyte.Stream, b *bar, line func(string)) error {
	r.tally.client = r.client
	defer b.end()
	defer r.tally.tells(b, line)()
	chosen, err := choose(source.Open(r.client).Streams(), configured)
	if err != nil {
		return err
	}
	var first error
	for i, s := range chosen {
		err := r.one(ctx, configured[i], s)
		if err == nil {
			continue
		}
		if first == nil {
			first = fmt.Errorf("stream %s: %w", configured[i].ID, err)
		}
		if ctx.Err() != nil || r.isBroken() || errors.Is(err, errStdout) {
			break
		}
		if isHopeless(err) {
			r.notRead(configured[i+1:])
			break
		}
		r.log.Error().Msgf("%s: %s", configured[i].ID, explain(during("read", r.conf, err)).message)
	}
	return first
}

// notRead tells which streams were not begun.
func (r *reading) notRead(streams []airbyte.Stream) {
	var names []string
	for _, s := range streams {
		names = append(names, s.ID.String())
	}
	if len(names) > 0 {
		r.log.Warn().Msgf("not begun: %s", words.List(names))
	}
}

// choose finds the streams that a catalog names.
func choose(known []source.Stream, configured []airbyte.Stream) ([]source.Stream, error) {
	var chosen []source.Stream
	var faults []string
	for _, c := range configured {
		i := slices.IndexFunc(known, func(s source.Stream) bool { return s.Name == c.ID.Name })
		if i < 0 {
			faults = append(faults, fmt.Sprintf("there is no stream %q to read; discover --source lists those that there are", c.ID))
			continue
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
	t := r.tally.begin(s.Name)
	to := &recordSink{out: r.out, stream: configured.ID, tally: t}
	if err := r.out.StreamStatus(to.stream, "STARTED"); err != nil {
		return err
	}
	if configured.SourceMode == airbyte.Incremental && s.Cursor == "" { // PyAirbyte asks so for every stream
		r.log.Info().Msgf("%s: all of it is read each time, for it does not tell what is new", configured.ID)
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
	r.tally.end(t, err)
	r.log.Info().Msgf("%s: %s read by %s in %s", configured.ID, words.Count(t.rows.Load(), "record"), words.Count(t.requests, "request"), spell(t.took))
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
	about := words.Count(requests, "request")
	to.tally.asks.Store(requests)
	if rows == 0 {
		r.log.Info().Msgf("%s: about %s", to.stream, about)
		return nil
	}
	r.log.Info().Msgf("%s: about %s by %s", to.stream, words.Count(rows, "record"), about)
	return to.Estimate(rows)
}

// recordSink hands on what is read of a stream.
type recordSink struct {
	out    readOutput
	stream airbyte.StreamID
	tally  *streamTally
	fresh  int64 // rows since the last state
}

// Row implements [source.Sink].
func (s *recordSink) Row(data json.RawMessage) error {
	if s.tally.met.Add(1) == 1 {
		if err := s.out.StreamStatus(s.stream, "RUNNING"); err != nil {
			return err
		}
	}
	s.tally.rows.Add(1)
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
func (s *recordSink) Estimate(rows int64) error {
	s.tally.expected.Store(rows)
	return s.out.Estimate(s.stream, rows)
}

func (r *reading) isBroken() bool {
	select {
	case <-r.broken:
		return true
	default:
		return false
	}
}
