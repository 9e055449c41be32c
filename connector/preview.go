package connector

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// runPreview shows, record by record and field by field, what write would do
// with the records on stdin. It goes the same way as write, but writes nothing,
// and it never renews a token. As text it is for people, and so are its errors.
func runPreview(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("preview", flag.ContinueOnError)
	in := inputFlags(flags)
	format := flags.String("format", "", "")
	if err := parse(flags, args, "config", "catalog"); err != nil {
		return err
	}
	if *format == "" {
		*format = "json"
		if isTerminal(c.Stdout) {
			*format = "text"
		}
	}
	if *format != "text" && *format != "json" {
		return &usageError{faults: []string{fmt.Sprintf("preview: --format cannot be %q: give text or json", *format)}, known: true}
	}
	show := func() error { return preview(ctx, c, in, *format) }
	if *format == "text" {
		return spoken(show)
	}
	return show()
}

// preview is runPreview, once the command line is read.
func preview(ctx context.Context, c IO, in input, format string) error {
	j, err := in.read()
	if err != nil {
		return err
	}
	j.conf.DryRun = true
	j.log = zerolog.New(zerolog.ConsoleWriter{Out: c.Stderr, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName}}).Level(zerolog.WarnLevel)
	if j.client, err = newClient(j.conf, nil, clientOptions{Log: j.log, ReadOnly: true}); err != nil {
		return err
	}
	greetTerminal(c)
	plan := newPlanned(j)
	shown := &pane{Writer: c.Stdout}
	show := plan.text
	if format == "json" {
		show = plan.json
	}
	j.observe = func(o load.Outcome) {
		plan.observe(o)
		show(shown, plan.line(o))
	}
	j.release = neverRelease
	if err := j.run(ctx, c.Stdin); err != nil {
		return during("preview", j.conf, err)
	}
	if ctx.Err() != nil {
		return during("preview", j.conf, ctx.Err())
	}
	plan.summary(shown, format)
	return during("preview", j.conf, shown.err)
}

// pane is where a preview is shown. It remembers the first failure.
type pane struct {
	io.Writer
	err error
}

func (p *pane) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("it cannot be shown: %w", err)
	}
	return n, err
}

// planned sums up what a dry run has found. It is safe for concurrent use.
type planned struct {
	job *job

	mu     sync.Mutex
	counts map[string]int // by action
	fields map[string]int // contacts whose field would change
	tags   map[string]int // "+name" and "-name"
}

func newPlanned(j *job) *planned {
	return &planned{job: j, counts: map[string]int{}, fields: map[string]int{}, tags: map[string]int{}}
}

// The actions of a preview.
const (
	actCreate    = "create"
	actUpdate    = "update"
	actUnchanged = "unchanged"
	actUntag     = "remove_tags"
	actDelete    = "delete"
	actReject    = "reject"
)

func action(o load.Outcome) string {
	switch {
	case o.Reject != nil:
		return actReject
	case o.Deleted:
		return actDelete
	case o.Removed:
		return actUntag
	case o.Status == object.Created:
		return actCreate
	case o.Status == object.Updated:
		return actUpdate
	}
	return actUnchanged
}

func (p *planned) observe(o load.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[action(o)]++
	if o.Status == object.Updated {
		for field := range o.Set {
			p.fields[field]++
		}
	}
	for _, t := range o.AddedTags {
		p.tags["+"+t]++
	}
	for _, t := range o.TakenTags {
		p.tags["-"+t]++
	}
}

// previewLine is one person of a preview, in JSON as it is printed.
type previewLine struct {
	Action      string                 `json:"action"`
	Stream      string                 `json:"stream"`
	Lines       []int64                `json:"lines,omitempty"`
	ContactID   string                 `json:"contact_id,omitempty"`
	Fields      map[string]fieldChange `json:"fields,omitempty"`
	TagsAdded   []string               `json:"tags_added,omitempty"`
	TagsRemoved []string               `json:"tags_removed,omitempty"`
	Code        string                 `json:"code,omitempty"`
	Field       string                 `json:"field,omitempty"`
	Reason      string                 `json:"reason,omitempty"`
	NextStep    string                 `json:"next_step,omitempty"`
}

// fieldChange is a field before and after; null is empty.
type fieldChange struct {
	Old any `json:"old"`
	New any `json:"new"`
}

func (p *planned) line(o load.Outcome) previewLine {
	l := previewLine{Action: action(o), Stream: o.Stream.String(), Lines: o.Lines, ContactID: o.ContactID,
		TagsAdded: o.AddedTags, TagsRemoved: o.TakenTags}
	if object.Pretended(l.ContactID) {
		l.ContactID = "" // it has none yet
	}
	if o.Reject != nil {
		l.Code, l.Field, l.Reason, l.NextStep = o.Reject.Code, o.Reject.Field, o.Reject.Reason, load.NextStep(o.Reject.Code)
		return l
	}
	for name, v := range o.Set {
		if l.Fields == nil {
			l.Fields = map[string]fieldChange{}
		}
		l.Fields[p.display(name)] = fieldChange{o.Before[name], v}
	}
	return l
}

// display is the name under which users know a field.
func (p *planned) display(name string) string {
	for _, t := range p.job.targets {
		if t.Table().Field(name) != nil {
			return t.Table().Display(name)
		}
	}
	return name
}

func (p *planned) json(w io.Writer, l previewLine) { _ = json.NewEncoder(w).Encode(l) }

// text prints a person for people; those without a change are only counted.
func (p *planned) text(w io.Writer, l previewLine) {
	if l.Action == actUnchanged {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-11s", l.Action)
	if len(l.Lines) > 0 {
		fmt.Fprintf(&b, " line %s", joined(l.Lines))
	}
	if l.ContactID != "" {
		fmt.Fprintf(&b, " contact %s", l.ContactID)
	}
	if l.Code != "" {
		fmt.Fprintf(&b, " %s: %s; %s", l.Code, l.Reason, l.NextStep)
	}
	for _, name := range slices.Sorted(maps.Keys(l.Fields)) {
		change := l.Fields[name]
		if l.Action == actCreate {
			fmt.Fprintf(&b, "\n  %-20s %s", name, shown(change.New))
		} else {
			fmt.Fprintf(&b, "\n  %-20s %s → %s", name, shown(change.Old), shown(change.New))
		}
	}
	var tags []string
	for _, t := range l.TagsAdded {
		tags = append(tags, "+"+t)
	}
	for _, t := range l.TagsRemoved {
		tags = append(tags, "-"+t)
	}
	if len(tags) > 0 {
		fmt.Fprintf(&b, "\n  %-20s %s", "tags", strings.Join(tags, " "))
	}
	say(w, "%s", b.String())
}

func joined(lines []int64) string {
	parts := make([]string, len(lines))
	for i, n := range lines {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, ", ")
}

// shown is a value for people.
func shown(v any) string {
	if v == nil {
		return "(empty)"
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// cost is what the sync would ask of the API.
type cost struct {
	Requests int64 `json:"requests"`
	// Minutes at the rate that the API allows, and the percentage of what is
	// left of today's quota; nil where the API has not told.
	Minutes    *float64 `json:"minutes"`
	QuotaShare *float64 `json:"percent_of_quota_left"`
}

func (p *planned) cost() cost {
	u := p.job.client.Usage()
	c := cost{Requests: u.Requests + p.job.writes()}
	if u.Rate > 0 {
		c.Minutes = round(float64(c.Requests) / u.Rate / time.Minute.Seconds())
	}
	if u.DailyRemaining > 0 {
		c.QuotaShare = round(100 * float64(c.Requests) / float64(u.DailyRemaining+u.Requests))
	}
	return c
}

// round keeps what people look at, and lets nothing that is there be none.
func round(x float64) *float64 {
	x = math.Ceil(x*10) / 10
	return &x
}

func (c cost) String() string {
	s := words.Count(c.Requests, "request")
	if c.Minutes != nil {
		s += fmt.Sprintf(", about %.1f minutes", *c.Minutes)
	}
	if c.QuotaShare != nil {
		s += fmt.Sprintf(", %.1f %% of what is left of today's quota", *c.QuotaShare)
	}
	return s
}

// summary ends a preview.
func (p *planned) summary(w io.Writer, format string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if format == "json" {
		_ = json.NewEncoder(w).Encode(struct {
			Action string         `json:"action"`
			Counts map[string]int `json:"counts"`
			Cost   cost           `json:"cost"`
			Brakes []string       `json:"brakes,omitempty"`
		}{"summary", p.counts, p.cost(), p.brakes()})
		return
	}
	say(w, "%s: %s", p.totals(), p.cost())
	for _, b := range p.brakes() {
		say(w, "%s", b)
	}
}

func (p *planned) totals() string {
	var parts []string
	for _, a := range []string{actCreate, actUpdate, actUnchanged, actUntag, actDelete, actReject} {
		if n := p.counts[a]; n > 0 || a == actCreate || a == actUpdate || a == actUnchanged {
			parts = append(parts, words.Grouped(int64(n))+" "+a)
		}
	}
	return strings.Join(parts, " · ")
}

// brakes says which limits of the configuration would end the sync early.
func (p *planned) brakes() []string {
	var out []string
	for _, b := range []struct {
		setting string
		limit   *int64
		n       int
	}{
		{"max_creates_per_sync", p.job.conf.MaxCreatesPerSync, p.counts[actCreate]},
		{"max_updates_per_sync", p.job.conf.MaxUpdatesPerSync, p.counts[actUpdate]},
	} {
		if b.limit != nil && int64(b.n) > *b.limit {
			out = append(out, fmt.Sprintf("the sync would stop: %s is %d", b.setting, *b.limit))
		}
	}
	u, reserve := p.job.client.Usage(), p.job.conf.DailyRequestReserve
	if left := max(0, u.DailyRemaining+u.Requests-reserve); u.DailyRemaining >= 0 && p.cost().Requests > left {
		out = append(out, fmt.Sprintf("the sync would stop when it has used what it may of today's quota: %s", words.Count(left, "request")+besides(reserve)))
	}
	return out
}

// ownTags are the tags that the configuration names.
func (p *planned) ownTags() map[string]bool {
	own := map[string]bool{}
	for _, s := range p.job.catalog.Streams {
		for _, tag := range p.job.conf.ForStream(s.ID.Namespace, s.ID.Name).Tags {
			own[strings.ToLower(strings.TrimSpace(tag))] = true
		}
	}
	return own
}

// log sums up a dry run where no values may be shown.
func (p *planned) log() {
	p.mu.Lock()
	defer p.mu.Unlock()
	log := p.job.log
	for _, name := range slices.Sorted(maps.Keys(p.fields)) {
		log.Info().Msgf("dry run: %s would change on %s", p.display(name), words.Count(p.fields[name], "contact"))
	}
	own := p.ownTags()
	others := 0
	for _, tag := range slices.Sorted(maps.Keys(p.tags)) {
		if own[tag[1:]] {
			log.Info().Msgf("dry run: tag %s on %s", tag, words.Count(p.tags[tag], "contact"))
		} else {
			others++ // a tag of the records is one of their values
		}
	}
	if others > 0 {
		log.Info().Msgf("dry run: changes of %s that the records bring", words.Count(others, "more tag"))
	}
	for _, b := range p.brakes() {
		log.Warn().Msg("dry run: " + b)
	}
	log.Info().Msgf("dry run: nothing was written and no state is saved. People: %s. A sync would cost %s.", p.totals(), p.cost())
}
