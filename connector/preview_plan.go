package connector

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// planned sums up what a dry run has found. It is safe for concurrent use.
type planned struct {
	job     *job
	streams []*object.Stream

	mu     sync.Mutex
	counts map[string]int // by action
	fields map[fieldOf]*fieldTotal
	added  map[string]int // contacts by tag
	taken  map[string]int
	lines  map[string]int64 // on which something would be created, by its made-up id
}

// mostLines bounds what is remembered of contacts that would be created.
const mostLines = 50_000

// fieldOf is a field of one kind of object, by its name in the table.
type fieldOf struct {
	kind *crm.Kind
	name string
}

// fieldTotal counts the objects on which a field would be written.
type fieldTotal struct {
	Created int `json:"created"` // with the field
	Changed int `json:"changed"`
}

func newPlanned(j *job) *planned {
	return &planned{job: j, counts: map[string]int{}, fields: map[fieldOf]*fieldTotal{}, added: map[string]int{}, taken: map[string]int{}, lines: map[string]int64{}}
}

// open is told the streams before anything is observed.
func (p *planned) open(streams []*object.Stream) { p.streams = streams }

// The actions of a preview.
const (
	actCreate    = "create"
	actUpdate    = "update"
	actUnchanged = "unchanged"
	actUntag     = "remove_tags"
	actDelete    = "delete"
	actReject    = "reject"
)

func action(o object.Outcome) string {
	switch {
	case o.Reject != nil:
		return actReject
	case o.Deleted:
		return actDelete
	case o.Status == load.Removed:
		return actUntag
	case o.Status == load.Created:
		return actCreate
	case o.Status == load.Updated:
		return actUpdate
	}
	return actUnchanged
}

func (p *planned) observe(o object.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	act := action(o)
	p.counts[act]++
	for name := range o.Set {
		field := fieldOf{p.table(o.Stream).Kind(), name}
		total := p.fields[field]
		if total == nil {
			total = &fieldTotal{}
			p.fields[field] = total
		}
		switch act {
		case actCreate:
			total.Created++
		case actUpdate:
			total.Changed++
		}
	}
	for _, t := range o.AddedTags {
		p.added[t]++
	}
	for _, t := range o.TakenTags {
		p.taken[t]++
	}
}

// createdOn is the line of an earlier record by which a contact would be created;
// 0 for that record itself.
func (p *planned) createdOn(o object.Outcome) int64 {
	if o.Status != load.Created {
		return p.lines[o.ID]
	}
	if len(p.lines) == mostLines {
		clear(p.lines)
	}
	p.lines[o.ID] = o.Lines[0]
	return 0
}

// table is the table of the object that a stream is written to.
func (p *planned) table(stream airbyte.StreamID) *crm.Table {
	i := slices.IndexFunc(p.streams, func(s *object.Stream) bool { return s.ID == stream })
	return p.streams[i].In.Table()
}

// display is the name under which users know a field: of what is no contact with
// its object, as in business.name.
func (p *planned) display(f fieldOf) string {
	name := f.name
	for _, in := range p.job.locations {
		if t := in.Table(); t.Kind() == f.kind && t.Field(name) != nil {
			name = t.Display(name)
		}
	}
	if f.kind == crm.Contacts || strings.HasPrefix(name, f.kind.One+".") {
		return name
	}
	return f.kind.One + "." + name
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

// people counts them by what would become of them.
func people(counts map[string]int) string {
	var parts []string
	for _, a := range []string{actCreate, actUpdate, actUnchanged, actUntag, actDelete, actReject} {
		if n := counts[a]; n > 0 || a == actCreate || a == actUpdate || a == actUnchanged {
			parts = append(parts, words.Grouped(n)+" "+a)
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

// changes is how many people something would be written of.
func (p *planned) changes() (n int) {
	for act, count := range p.counts {
		if act != actUnchanged && act != actReject {
			n += count
		}
	}
	return n
}

// rejected is how many records were.
func (p *planned) rejected() (n int64) {
	for _, s := range p.streams {
		n += s.Counts().Rejected
	}
	return n
}

// log sums up a dry run where no values may be shown.
func (p *planned) log() {
	p.mu.Lock()
	defer p.mu.Unlock()
	log := p.job.log
	for _, f := range slices.SortedFunc(maps.Keys(p.fields), func(a, b fieldOf) int { return strings.Compare(p.display(a), p.display(b)) }) {
		if n := p.fields[f].Changed; n > 0 {
			log.Info().Msgf("dry run: %s would change on %s", p.display(f), words.Plural(n, f.kind.One, f.kind.Name))
		}
	}
	own, others := p.ownTags(), 0
	for _, tags := range []struct {
		sign  string
		count map[string]int
	}{{"+", p.added}, {"-", p.taken}} {
		for _, tag := range slices.Sorted(maps.Keys(tags.count)) {
			if own[tag] {
				log.Info().Msgf("dry run: tag %s%s on %s", tags.sign, tag, words.Count(tags.count[tag], "contact"))
			} else {
				others++ // a tag of the records is one of their values
			}
		}
	}
	if others > 0 {
		log.Info().Msgf("dry run: changes of %s that the records bring", words.Count(others, "more tag"))
	}
	for _, b := range p.brakes() {
		log.Warn().Msg("dry run: " + b)
	}
	log.Info().Msgf("dry run: nothing was written and no state is saved. People: %s. A sync would cost %s.", people(p.counts), p.cost())
}
