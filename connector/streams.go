package connector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	owners owners
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
		stream.WarnOptIns(j.log)
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
	return stream, s.compile(ctx, stream)
}

// compile works out the mapping of a stream, once more with the location's users
// if it has owners of contacts.
func (s *setup) compile(ctx context.Context, stream *load.Stream) error {
	table := stream.Target.Table()
	options := planOptions(s.conf, stream.Stream, table, stream.Target.Facts().Country)
	plan, err := crm.Compile(table, options)
	if err == nil && writes(plan, ownerField) {
		if options.Users, err = s.owners.of(ctx, s.job); err != nil {
			return err
		}
		plan, err = crm.Compile(table, options)
	}
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

// writes reports whether a plan writes a standard field.
func writes(plan *crm.Plan, field string) bool {
	return slices.ContainsFunc(plan.Fields(), func(f *crm.Field) bool { return f.Name == field })
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
