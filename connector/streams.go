package connector

import (
	"cmp"
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
func (j *job) openStreams(ctx context.Context) ([]*object.Stream, error) {
	s := &setup{job: j}
	var streams []*object.Stream
	for _, configured := range j.catalog.Streams {
		stream, err := s.stream(ctx, configured)
		if err != nil {
			return nil, err
		}
		if stream == nil {
			continue
		}
		if err := s.nest(ctx, stream); err != nil {
			return nil, err
		}
		streams = append(streams, stream.WithNested()...)
	}
	s.faults = append(s.faults, namesakes(notDerived(streams))...)
	if len(s.faults) > 0 {
		return nil, &setupError{s.faults}
	}
	if !j.shows && len(streams) > 0 {
		logStart(j.log, j.place(streams), j.client.Usage(), j.conf.DailyRequestReserve)
	}
	if j.conf.CreateMissingCustomFields {
		if err := s.createMissing(ctx, streams); err != nil {
			return nil, err
		}
	}
	for _, stream := range notDerived(streams) {
		stream.WarnOptIns(j.log)
		if !j.shows {
			stream.WarnUnmatched(j.log, "columns that match no field and are not written", stream.Plan.Unmatched())
		}
	}
	warnStrangers(j.log, j.conf, streams)
	return streams, nil
}

// namesakes tells which streams would write over each other, since what they write is
// known by the row that it comes from, with the name of the stream but no namespace.
func namesakes(streams []*object.Stream) (faults []string) {
	for i, s := range streams {
		kind := s.In.Table().Kind()
		known := slices.IndexFunc(streams[:i], func(o *object.Stream) bool { return o.In == s.In && o.ID.Name == s.ID.Name && len(o.PrimaryKey) > 0 })
		if kind.ByRow && known >= 0 && len(s.PrimaryKey) > 0 {
			faults = append(faults, fmt.Sprintf("streams %s and %s have one name, by which the %s of both are known: write them by two connections, one with a stream prefix", streams[known].ID, s.ID, kind.Name))
		}
	}
	return faults
}

// stream prepares one stream; nil if it has faults.
func (s *setup) stream(ctx context.Context, configured airbyte.Stream) (*object.Stream, error) {
	settings := s.conf.ForStream(configured.ID.Namespace, configured.ID.Name)
	descriptor, fault := objectOf(configured, settings)
	if fault == "" && !descriptor.Supports(configured.Mode) {
		fault = fmt.Sprintf("the mode %s is not supported for %s; choose %s", configured.Mode, descriptor.Name, modes(descriptor))
	}
	if fault != "" {
		s.faults = append(s.faults, fmt.Sprintf("stream %s: %s", configured.ID, fault))
		return nil, nil
	}
	in, err := s.open(ctx, descriptor)
	if err != nil {
		return nil, err
	}
	if parent := in.Table().Kind().Parent; parent != nil { // it is looked for, also if no stream is written to it
		whole, _ := lookup(parent.Name)
		if _, err := s.open(ctx, whole); err != nil {
			return nil, err
		}
	}
	stream := &object.Stream{
		Stream:          load.Stream{Stream: configured, Kind: descriptor.Name},
		In:              in,
		WarnOnly:        s.conf.SchemaViolations == config.Warn,
		RejectConflicts: s.conf.IdentityConflicts == config.Reject,
		OnDelete:        removal(s.conf.OnDelete),
		OnMissing:       removal(s.conf.OnMissing),
		RemovalLimit:    int(s.conf.RemovalLimitPercent),
		ForwardOnly:     settings.StageMoves == config.Forward,
	}
	if in.Table().Field("tags") != nil {
		stream.Tags = settings.Tags
	}
	return stream, s.compile(ctx, stream)
}

// open prepares an object in the location, once for all its streams.
func (s *setup) open(ctx context.Context, d object.Descriptor) (object.Location, error) {
	in := s.locations[d.Name]
	switch whole, _ := lookup(d.Of); {
	case in != nil:
		return in, nil
	case d.Of != "":
		of, err := s.open(ctx, whole)
		if err != nil {
			return nil, err
		}
		in = d.As(of)
	case d.Under != nil:
		whole, _ := lookup(crm.Contacts.Name)
		contacts, err := s.open(ctx, whole)
		if err != nil {
			return nil, err
		}
		if in, err = d.Under(ctx, contacts, s.client); err != nil {
			return nil, err
		}
	default:
		var err error
		if in, err = d.Open(ctx, s.client, s.conf.DryRun); err != nil {
			return nil, err
		}
	}
	s.locations[d.Name] = in
	return in, nil
}

// modes lists the modes of an object.
func modes(d object.Descriptor) string {
	names := make([]string, len(d.Modes))
	for i, m := range d.Modes {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}

// compile works out the mapping of a stream, once more with the location's users
// if it has owners of contacts.
func (s *setup) compile(ctx context.Context, stream *object.Stream) error {
	table := stream.In.Table()
	if parent := table.Kind().Parent; parent != nil {
		table = table.OfContact(s.locations[parent.Name].Table(), s.conf.MatchOn)
	}
	options := planOptions(s.conf, stream.Stream.Stream, table, stream.In.Facts().Country)
	plan, err := crm.Compile(table, options)
	if err == nil && writesOwners(plan) {
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
	s.dated(stream, plan)
	stream.Plan = plan
	return err
}

// dated reports a stream that cannot do what its settings want of the time of its records.
func (s *setup) dated(stream *object.Stream, plan *crm.Plan) {
	settings := s.conf.ForStream(stream.ID.Namespace, stream.ID.Name)
	own := settings.When == config.IfNewer || slices.ContainsFunc(settings.Mappings, func(m config.FieldMapping) bool { return m.Stream != "" && m.When == config.IfNewer })
	switch kind := stream.In.Table().Kind(); {
	case own && kind != crm.Contacts:
		s.faults = append(s.faults, fmt.Sprintf("stream %s: if_newer is for contacts alone: of %s nobody tells when others have changed them", stream.ID, kind.Name))
	case plan != nil && plan.AsksForTime() && len(stream.CursorField) == 0:
		s.faults = append(s.faults, fmt.Sprintf("stream %s: if_newer needs to know when a record was changed: choose the column that tells it as the stream's cursor field", stream.ID))
	}
}

// writesOwners reports whether a plan writes a field that holds one of the
// location's users.
func writesOwners(plan *crm.Plan) bool {
	return slices.ContainsFunc(plan.Fields(), func(f *crm.Field) bool { return f.Type == crm.UserID })
}

// removal translates the configuration's word; keep and ignore are none.
func removal(word string) object.Removal {
	switch word {
	case config.RemoveTags:
		return object.RemoveTags
	case config.Delete:
		return object.Delete
	}
	return object.Keep
}

// warnStrangers names streams that the configuration has settings for and the
// catalog does not have: most likely a name was mistyped.
func warnStrangers(log zerolog.Logger, conf config.Config, streams []*object.Stream) {
	known := map[string]bool{"": true}
	for _, s := range streams {
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

// objectOf finds the object a stream is written to: the catalog's name for it,
// else the configuration's, else the stream's own, else the first one.
func objectOf(s airbyte.Stream, settings config.StreamSettings) (d object.Descriptor, fault string) {
	name := cmp.Or(s.ObjectName, settings.Object)
	if _, ok := lookup(s.ID.Name); name == "" && ok {
		name = s.ID.Name
	}
	d, ok := lookup(name)
	if !ok {
		return d, noObject(name)
	}
	return d, ""
}

// noObject names the objects there are.
func noObject(name string) string {
	var names []string
	for _, d := range objects {
		names = append(names, d.Name)
	}
	return fmt.Sprintf("there is no object %q; choose %s", name, strings.Join(names, ", "))
}
