package connector

import (
	"encoding/json"
	"fmt"
	"io"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
	"destination-gohighlevel/connector/words"
)

// view shows a preview, in its three parts and in this order.
type view interface {
	header(header)
	// has tells whether there is something to show of a person.
	has(previewLine) bool
	person(previewLine)
	summary(summary)
}

// header says how records would be read.
type header struct {
	Location string
	Facts    string // what is particular about it, in words
	Streams  []streamHeader
}

// streamHeader is the way of a stream, in JSON as it is printed.
type streamHeader struct {
	Stream  string   `json:"stream"`
	Object  string   `json:"object"`
	Mode    string   `json:"mode"`
	MatchOn []string `json:"match_on"` // in order of trust
	Fields  []feed   `json:"fields"`
	// NotWritten are the columns that feed no field, with what they may be meant
	// for.
	NotWritten []string `json:"not_written"`
	Tags       []string `json:"tags"` // of every contact
	Source     string   `json:"source,omitempty"`
	Country    string   `json:"default_country,omitempty"`
	late       []string // those of NotWritten that the records have brought
	counts     load.Counts
}

// feed is a field and the columns that are tried for it.
type feed struct {
	Field string   `json:"field"`
	From  []string `json:"from"`
	way   string   // in words
}

func (p *planned) header(streams []*object.Stream) header {
	p.open(streams)
	var h header
	if len(streams) > 0 {
		in := p.job.place(streams)
		h.Location, h.Facts = in.Facts().LocationName, locationFacts(in)+"."+quota(p.job.client.Usage())
	}
	for _, s := range notDerived(streams) {
		h.Streams = append(h.Streams, p.streamHeader(s))
	}
	return h
}

func (p *planned) streamHeader(s *object.Stream) streamHeader {
	h := streamHeader{Stream: s.ID.String(), Object: s.Kind, Mode: string(s.Mode), MatchOn: []string{}, Fields: []feed{}, NotWritten: []string{},
		Tags: append([]string{}, s.Tags...), Source: s.Plan.Defaults().Source, Country: s.Plan.Defaults().Country, counts: s.Counts()}
	for _, f := range s.Plan.Feeds() {
		h.Fields = append(h.Fields, feed{f.Field, f.From, f.Way()})
	}
	for _, n := range s.Nested {
		h.Fields = append(h.Fields, feed{n.Object, []string{n.Column}, n.Column})
	}
	for _, key := range s.Plan.MatchOn() {
		h.MatchOn = append(h.MatchOn, s.In.Table().Display(key))
	}
	for _, hint := range s.Plan.Unmatched() {
		h.NotWritten = append(h.NotWritten, hint.String())
	}
	for _, hint := range s.Plan.Late() {
		h.NotWritten = append(h.NotWritten, hint.String())
		h.late = append(h.late, hint.String())
	}
	return h
}

// previewLine is one thing of a preview, such as a person, in JSON as it is printed.
type previewLine struct {
	one         string                 // what it is: "contact"
	Action      string                 `json:"action"`
	Stream      string                 `json:"stream"`
	Lines       []int64                `json:"lines,omitempty"`
	ContactID   string                 `json:"contact_id,omitempty"`
	ID          string                 `json:"id,omitempty"`              // of what is no contact
	CreatedOn   int64                  `json:"created_on_line,omitempty"` // of what would be there by then
	Fields      map[string]fieldChange `json:"fields,omitempty"`
	TagsAdded   []string               `json:"tags_added,omitempty"`
	TagsRemoved []string               `json:"tags_removed,omitempty"`
	LeftOut     []leftOut              `json:"left_out,omitempty"`
	Code        string                 `json:"code,omitempty"`
	Field       string                 `json:"field,omitempty"`
	Column      string                 `json:"column,omitempty"`
	Reason      string                 `json:"reason,omitempty"`
	NextStep    string                 `json:"next_step,omitempty"`
}

// fieldChange is a field before and after; null is empty.
type fieldChange struct {
	Old any `json:"old"`
	New any `json:"new"`
}

// leftOut is a value of the records that would not be written.
type leftOut struct {
	Line   int64           `json:"line"`
	Column string          `json:"column,omitempty"`
	Field  string          `json:"field,omitempty"`
	Rule   string          `json:"rule"`
	Value  json.RawMessage `json:"value,omitempty"`
}

func (p *planned) line(o object.Outcome) previewLine {
	table := p.table(o.Stream)
	l := previewLine{one: table.Kind().One, Action: action(o), Stream: o.Stream.String(), Lines: o.Lines, TagsAdded: o.AddedTags, TagsRemoved: o.TakenTags}
	switch {
	case o.Pretended: // it has no id yet
		l.CreatedOn = p.createdOn(o)
	case table.Kind() == crm.Contacts:
		l.ContactID = o.ID
	default:
		l.ID = o.ID
	}
	for _, left := range o.LeftOut {
		l.LeftOut = append(l.LeftOut, leftOut{left.Line, left.Column, left.Field, left.Rule, left.Value})
	}
	if o.Reject != nil {
		l.Code, l.Field, l.Column, l.Reason, l.NextStep = o.Reject.Code, o.Reject.Field, o.Reject.Column, o.Reject.Reason, trouble.NextStep(o.Reject.Code)
		return l
	}
	for name, v := range o.Set {
		if l.Fields == nil {
			l.Fields = map[string]fieldChange{}
		}
		l.Fields[table.Display(name)] = fieldChange{o.Before[name], v}
	}
	return l
}

// summary is the end of a preview, in JSON as it is printed.
type summary struct {
	Action    string         `json:"action"`
	Counts    map[string]int `json:"counts"`
	Cost      cost           `json:"cost"`
	Brakes    []string       `json:"brakes,omitempty"`
	Totals    totals         `json:"totals"`
	NotShown  int            `json:"not_shown,omitempty"`
	Streams   []streamHeader `json:"streams"`
	quotaLeft string
}

// totals are what the sync would do and meet, in objects and in records.
type totals struct {
	Fields      map[string]fieldTotal `json:"fields,omitempty"`
	TagsAdded   map[string]int        `json:"tags_added,omitempty"`
	TagsRemoved map[string]int        `json:"tags_removed,omitempty"`
	LeftOut     []troubleLine         `json:"left_out,omitempty"`
	Rejected    []troubleLine         `json:"rejected,omitempty"`
	Noted       []troubleLine         `json:"noted,omitempty"` // what is read otherwise than it came
}

// troubleLine counts the records that something is wrong with.
type troubleLine struct {
	Stream string  `json:"stream"`
	Code   string  `json:"code,omitempty"`
	Column string  `json:"column,omitempty"`
	Field  string  `json:"field,omitempty"`
	Rule   string  `json:"rule"`
	Count  int64   `json:"count"`
	Lines  []int64 `json:"lines,omitempty"` // the first ones
	text   string
}

func (p *planned) summary() summary {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := summary{Action: "summary", Counts: p.counts, Cost: p.cost(), Brakes: p.brakes(), Streams: []streamHeader{}, quotaLeft: quotaLeft(p.job.client.Usage()),
		Totals: totals{Fields: map[string]fieldTotal{}, TagsAdded: p.added, TagsRemoved: p.taken}}
	for field, total := range p.fields {
		s.Totals.Fields[p.display(field)] = *total
	}
	for _, stream := range p.streams {
		if !stream.Derived || stream.Counts().Read > 0 {
			s.Streams = append(s.Streams, p.streamHeader(stream))
		}
		for _, t := range stream.Troubles() {
			line := troubleLine{stream.ID.String(), t.Code, t.Column, t.Field, t.Rule, t.Count, t.Lines, t.String()}
			list := &s.Totals.Noted
			switch {
			case t.Code != "":
				list = &s.Totals.Rejected
			case t.Dropped:
				list = &s.Totals.LeftOut
			}
			*list = append(*list, line)
		}
	}
	return s
}

// limited shows so many people at most, and all the totals.
type limited struct {
	view
	left   int
	hidden int
}

func (v *limited) person(l previewLine) {
	switch {
	case !v.has(l):
	case v.left == 0:
		v.hidden++
	default:
		v.left--
		v.view.person(l)
	}
}

func (v *limited) summary(s summary) {
	s.NotShown = v.hidden
	v.view.summary(s)
}

// jsonView is a line of JSON for each person, and one that sums up.
type jsonView struct{ out io.Writer }

func (v *jsonView) header(header)        {} // the summary has it all
func (v *jsonView) has(previewLine) bool { return true }
func (v *jsonView) person(l previewLine) { v.show(l) }
func (v *jsonView) summary(s summary)    { v.show(s) }

// show writes a line; where that fails, the pane remembers it. What a terminal
// would obey is escaped, as JSON does with the common control characters.
func (v *jsonView) show(line any) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err) // it is all plain values
	}
	_, _ = fmt.Fprintf(v.out, "%s\n", words.EscapeJSON(text))
}
