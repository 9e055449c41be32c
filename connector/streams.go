package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
)

// setup resolves every stream of the catalog to an object and a mapping.
type setup struct {
	*job
	faults []string
}

// openStreams prepares the streams of a sync. All faults are told at once.
func (j *job) openStreams(ctx context.Context) ([]*load.Stream, error) {
	s := &setup{job: j}
	var streams []*load.Stream
	for _, configured := range j.catalog.Streams {
		stream, err := s.stream(ctx, configured)
		if err != nil {
			return nil, err
		}
		if stream != nil {
			streams = append(streams, stream)
		}
	}
	if len(s.faults) > 0 {
		return nil, &setupError{s.faults}
	}
	if j.conf.CreateMissingCustomFields {
		if err := s.createMissing(ctx, streams); err != nil {
			return nil, err
		}
	}
	for _, stream := range streams {
		if hints := stream.Plan.Unmatched(); len(hints) > 0 && !j.shows {
			j.log.Warn().Str("stream", stream.ID.String()).Msg("columns that match no field and are not written: " + load.Hints(hints))
		}
	}
	warnStrangers(j.log, j.conf, j.catalog)
	return streams, nil
}

// stream prepares one stream; nil if it has faults.
func (s *setup) stream(ctx context.Context, configured airbyte.Stream) (*load.Stream, error) {
	settings := s.conf.ForStream(configured.ID.Namespace, configured.ID.Name)
	descriptor, fault := descriptorOf(configured, settings)
	if fault != "" {
		s.faults = append(s.faults, fault)
		return nil, nil
	}
	target := s.targets[descriptor.Name]
	if target == nil {
		opened, err := descriptor.Open(ctx, s.client)
		if err != nil {
			return nil, err
		}
		target = opened
		if s.conf.DryRun {
			target = object.NewDryRun(opened)
		}
		s.targets[descriptor.Name] = target
		logStart(s.log, opened.Facts(), s.client.Usage(), s.conf.DailyRequestReserve)
	}
	stream := &load.Stream{
		Stream: configured, Object: descriptor.Name, Target: target, Tags: settings.Tags,
		WarnOnly:        s.conf.SchemaViolations == config.Warn,
		RejectConflicts: s.conf.IdentityConflicts == config.Reject,
		OnDelete:        removal(s.conf.OnDelete),
		OnMissing:       removal(s.conf.OnMissing),
		RemovalLimit:    int(s.conf.RemovalLimitPercent),
	}
	return stream, s.compile(stream)
}

// compile works out the mapping of a stream.
func (s *setup) compile(stream *load.Stream) error {
	settings := s.conf.ForStream(stream.ID.Namespace, stream.ID.Name)
	plan, err := crm.Compile(stream.Target.Table(), planOptions(s.conf, stream.Stream, settings, stream.Target.Table()))
	var bad *crm.PlanError
	if errors.As(err, &bad) {
		for _, f := range bad.Faults {
			s.faults = append(s.faults, fmt.Sprintf("stream %s: %s", stream.ID, f))
		}
		return nil
	}
	stream.Plan = plan
	return err
}

// removal translates the configuration's word; keep and ignore are none.
func removal(word string) load.Removal {
	switch word {
	case config.RemoveTags:
		return load.RemoveTags
	case config.Delete:
		return load.DeleteContacts
	}
	return load.Keep
}

// createMissing creates a custom field for each column that matches none, once
// however many streams have it, and maps the columns anew.
func (s *setup) createMissing(ctx context.Context, streams []*load.Stream) error {
	created := map[object.Target]bool{}
	for _, stream := range streams {
		columns := stream.Schema
		for _, hint := range stream.Plan.Unmatched() {
			if hint.Instead != "" || stream.Target.Table().Find(hint.Column) != nil {
				continue
			}
			dataType, _ := crm.InferType(columnSchema(columns, hint.Column))
			key, err := stream.Target.AddField(ctx, hint.Column, dataType)
			if err != nil {
				return err
			}
			created[stream.Target] = true
			s.tellCreated(stream, hint, fmt.Sprintf("created the custom field %s (%s)", key, dataType))
		}
	}
	for _, stream := range streams {
		if created[stream.Target] {
			if err := s.compile(stream); err != nil {
				return err
			}
		}
	}
	if len(s.faults) > 0 {
		return &setupError{s.faults}
	}
	return nil
}

// tellCreated logs a field that was created for a column, or would have been,
// and what its name may be a misspelling of.
func (s *setup) tellCreated(stream *load.Stream, hint crm.Hint, what string) {
	event, doubt := s.log.Info(), ""
	if hint.Nearest != "" {
		event, doubt = s.log.Warn(), fmt.Sprintf("; did you mean %s? Then add a field_mapping", hint.Nearest)
	}
	switch {
	case s.conf.DryRun:
		event, what = s.log.Warn(), "a sync would have "+what
	case doubt != "":
		doubt += ", and delete the field in HighLevel"
	}
	event.Str("stream", stream.ID.String()).Msgf("%s for the column %q%s", what, hint.Column, doubt)
}

// columnSchema is what a stream's schema says of one column, nil if nothing.
func columnSchema(schema json.RawMessage, column string) json.RawMessage {
	var s struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if json.Unmarshal(schema, &s) != nil {
		return nil
	}
	return s.Properties[column]
}

// warnStrangers names streams that the configuration has settings for and the
// catalog does not have: most likely a name was mistyped.
func warnStrangers(log zerolog.Logger, conf config.Config, catalog airbyte.Catalog) {
	known := map[string]bool{"": true}
	for _, s := range catalog.Streams {
		known[s.ID.Name], known[s.ID.String()] = true, true
	}
	warn := func(key, name string) {
		if !known[name] {
			known[name] = true
			log.Warn().Msgf("%s names the stream %q, which the catalog does not have: its settings have no effect", key, name)
		}
	}
	for _, s := range conf.Streams {
		warn("streams", s.Name)
	}
	for _, m := range conf.FieldMapping {
		warn("field_mapping", m.Stream)
	}
}

// descriptorOf finds the object a stream is written to: the catalog's name for
// it, else the configuration's, else the stream's own, else the default.
func descriptorOf(s airbyte.Stream, settings config.StreamSettings) (object.Descriptor, string) {
	name := s.ObjectName
	if name == "" {
		name = settings.Object
	}
	if _, ok := object.Lookup(s.ID.Name); name == "" && ok {
		name = s.ID.Name
	}
	descriptor, ok := object.Lookup(name)
	if !ok {
		return descriptor, fmt.Sprintf("stream %s: %s", s.ID, noObject(name))
	}
	if !descriptor.Supports(string(s.Mode)) {
		return descriptor, fmt.Sprintf("stream %s: the mode %s is not supported for %s; choose %s", s.ID, s.Mode, descriptor.Name, strings.Join(descriptor.Modes, ", "))
	}
	return descriptor, ""
}

// noObject names the objects there are.
func noObject(name string) string {
	var names []string
	for _, d := range object.All() {
		names = append(names, d.Name)
	}
	return fmt.Sprintf("there is no object %q; choose %s", name, strings.Join(names, ", "))
}

func planOptions(conf config.Config, s airbyte.Stream, settings config.StreamSettings, table *crm.Table) crm.PlanOptions {
	o := crm.PlanOptions{
		Columns:        s.Columns(),
		MatchOn:        settings.MatchOn,
		Tags:           settings.Tags,
		DefaultCountry: conf.DefaultCountry,
		DefaultSource:  conf.Source,
		ClearNulls:     conf.NullValues == config.Clear,
		Today:          time.Now(),
	}
	for _, path := range s.PrimaryKey {
		if len(path) == 1 {
			o.PrimaryKey = append(o.PrimaryKey, path[0])
		}
	}
	if s.ObjectName != "" {
		o.MatchOn = withChosenKeys(o.MatchOn, o.PrimaryKey, table)
	}
	for _, m := range settings.Mappings {
		when := crm.Always
		if m.When == config.IfEmpty {
			when = crm.IfEmpty
		}
		o.Mappings = append(o.Mappings, crm.Mapping{From: m.From, To: m.To, When: when})
	}
	return o
}

// withChosenKeys puts first the matching keys that the user chose among those
// that discover offers: the platform tells them as the stream's primary key, and
// its columns bear the names of fields then.
func withChosenKeys(matchOn, chosen []string, table *crm.Table) []string {
	for _, name := range slices.Backward(chosen) {
		ref := name
		if !slices.Contains([]string{config.MatchID, config.MatchEmail, config.MatchPhone}, name) {
			ref = config.CustomFieldKey + name
		}
		field := table.Find(ref)
		if field == nil || slices.ContainsFunc(matchOn, func(other string) bool { return table.Find(other) == field }) {
			continue
		}
		matchOn = append([]string{ref}, matchOn...)
	}
	return matchOn
}
