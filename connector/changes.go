package connector

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/journal"
)

// runChanges tells what journals hold: who was changed, which field, when, from what to
// what, and from which line of which stream. It asks HighLevel nothing.
func runChanges(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("changes", flag.ContinueOnError)
	from := journalFlags(flags)
	contact := flags.String("contact", "", "")
	field := flags.String("field", "", "")
	since := flags.String("since", "", "")
	format := flags.String("format", "text", "")
	if err := parse(flags, args); err != nil {
		return err
	}
	begin, ok := sinceWhen(*since, time.Now())
	if !ok {
		return misuse("changes: --since cannot be %s: give a day as in 2026-08-31, a time as in 2026-08-31T14:00:00Z, or a while as in 36h", quoted(*since))
	}
	if *format != "text" && *format != "json" {
		return misuse("changes: --format cannot be %s: give text or json", quoted(*format))
	}
	shown := &pane{Writer: c.Stdout}
	view := &changesView{out: shown, json: *format == "json"}
	err := showChanges(ctx, from, changeFilter{field: *field, since: begin}, *contact, view)
	if bad := (*journal.ReadError)(nil); errors.As(err, &bad) {
		return &fileError{what: "journal", err: bad}
	}
	return cmp.Or(err, shown.err)
}

// showChanges shows the changes of the journals that are asked for, of one contact if
// there is one.
func showChanges(ctx context.Context, from journalFrom, wanted changeFilter, contact string, view *changesView) error {
	files, err := from.files(ctx)
	if err != nil {
		return err
	}
	if contact != "" {
		if wanted.contacts, err = whois(ctx, files, contact); err != nil {
			return err
		}
	}
	for _, f := range files {
		run, all, err := f.Read(ctx)
		if err != nil {
			return err
		}
		for _, r := range all {
			if fields, ok := wanted.of(r); ok {
				view.change(run, r, fields)
			}
		}
	}
	view.end()
	return nil
}

// journalFrom says where journals are read from.
type journalFrom struct{ journal, config *string }

func journalFlags(flags *flag.FlagSet) journalFrom {
	return journalFrom{flags.String("journal", "", ""), flags.String("config", "", "")}
}

const bucketScheme = "s3://"

// files finds the journals that the flags name: by themselves, or as the setting of the
// configuration, which also has the keys of a bucket.
func (from journalFrom) files(ctx context.Context) ([]journal.File, error) {
	at := *from.journal
	if at != "" && !strings.HasPrefix(at, bucketScheme) {
		return journal.FilesIn(at)
	}
	if *from.config == "" && at == "" {
		return nil, misuse("changes: --journal is missing: give the path of a journal, or --config for the one of the configuration")
	}
	if *from.config == "" {
		return nil, misuse("changes: --config is missing: the keys of a bucket are those of the journal of a configuration")
	}
	conf, err := readConfig(*from.config)
	if err != nil {
		return nil, err
	}
	to := conf.Journal
	switch {
	case at != "" && to.StorageType != config.StoreS3:
		return nil, &config.Error{Faults: []string{"journal: names no bucket whose keys could be used to read " + quoted(at)}}
	case to.StorageType == config.StoreNone:
		return nil, &config.Error{Faults: []string{`journal: is not set, so no change was recorded; with "journal": {"storage_type": "Local", "path": "journal"} those of the next sync are`}}
	case at != "":
		to.Bucket, to.Path, _ = strings.Cut(strings.TrimPrefix(at, bucketScheme), "/")
	}
	return journalsIn(ctx, to)
}

// sinceWhen reads a day, a time or a while before now; the zero time is all of time.
func sinceWhen(text string, now time.Time) (begin time.Time, ok bool) {
	if text == "" {
		return time.Time{}, true
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	ago, err := time.ParseDuration(text)
	return now.Add(-ago), err == nil && ago > 0
}

// changeFilter picks changes.
type changeFilter struct {
	contacts []string // ids; nil: all
	field    string   // "": all
	since    time.Time
}

// of is what a change does to the fields that are asked for, and whether it is one that
// is.
func (w changeFilter) of(r journal.Recorded) (fields []recordedField, ok bool) {
	if r.At.Before(w.since) || w.contacts != nil && !slices.ContainsFunc(w.contacts, func(id string) bool { return isAbout(r, id) }) {
		return nil, false
	}
	fields = recordedFields(r)
	if w.field == "" {
		return fields, true
	}
	fields = slices.DeleteFunc(fields, func(f recordedField) bool {
		return !strings.EqualFold(f.Field, w.field) && !strings.EqualFold(f.Field, "contact."+w.field)
	})
	return fields, len(fields) > 0
}

// isAbout reports whether a change is of a thing, or of what belongs to it.
func isAbout(r journal.Recorded, id string) bool {
	return r.ID == id || r.Outcome.ID == id || r.Contact == id
}

// whois are the ids of contacts that have ever had an id, an email or a phone, as far as
// journals tell.
func whois(ctx context.Context, files []journal.File, who string) ([]string, error) {
	ids := []string{who}
	for _, f := range files {
		_, all, err := f.Read(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			if id := idOf(r); id != "" && r.Object == defaultObject && names(r, who) && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids, nil
}

// idOf is the id of what was changed; "" if nobody knows.
func idOf(r journal.Recorded) string {
	if r.ID != "" {
		return r.ID
	}
	return r.Outcome.ID
}

// names reports whether a change has a text as a key, an email or a phone.
func names(r journal.Recorded, who string) bool {
	for _, key := range r.Keys {
		if strings.EqualFold(key, who) {
			return true
		}
	}
	for _, values := range []map[string]any{r.Before, r.Set, r.Outcome.After} {
		for _, field := range []string{"email", "phone"} {
			if v, _ := values[field].(string); strings.EqualFold(v, who) {
				return true
			}
		}
	}
	return false
}

// recordedField is what a change did to one field. A nil From is not known; what it
// leads to may be nil, which is empty. Of tags it is those that were Added or Removed.
type recordedField struct {
	Field   string   `json:"field"`
	From    *any     `json:"from,omitempty"`
	To      *any     `json:"to,omitempty"`
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
}

// recordedFields are what a change did, field by field: with what the CRM says it holds
// since, or what was sent to it where it has not said. Of a delete it is all that was lost.
func recordedFields(r journal.Recorded) []recordedField {
	fields := map[string]*recordedField{}
	for name, v := range r.Set {
		if after, told := r.Outcome.After[name]; told {
			v = after
		}
		fields[name] = &recordedField{Field: name, To: &v}
	}
	for name, v := range r.Before {
		if f := fields[name]; f != nil {
			f.From = &v
		} else if r.Op == journal.Delete {
			fields[name] = &recordedField{Field: name, From: &v}
		}
	}
	tags := r.Tags
	if r.Outcome.Tags != nil {
		tags = r.Outcome.Tags
	}
	switch {
	case len(tags) == 0:
	case r.Op == journal.RemoveTags:
		fields["tags"] = &recordedField{Field: "tags", Removed: tags}
	default:
		fields["tags"] = &recordedField{Field: "tags", Added: tags}
	}
	var out []recordedField
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, *fields[name])
	}
	return out
}

// whoIs is by what people know a thing: the email, phone or name of a contact, the name
// of anything else, as far as told.
func whoIs(r journal.Recorded) string {
	fields := []string{"name", "title"}
	if r.Object == defaultObject {
		fields = []string{"email", "phone", "name"}
	}
	for _, field := range fields {
		for _, values := range []map[string]any{r.Outcome.After, r.Set, r.Before} {
			if v, _ := values[field].(string); v != "" {
				return v
			}
		}
		if key := r.Keys[field]; key != "" {
			return cmp.Or(r.Name, key) // a key is in small letters
		}
	}
	return r.Name
}

// whence is where the records of a change came from.
func whence(r journal.Recorded) string {
	switch {
	case r.Stream == "":
		return ""
	case len(r.Lines) == 0:
		return r.Stream
	}
	return fmt.Sprintf("%s, line %s", r.Stream, joined(r.Lines))
}
