package source

import (
	"context"
	"encoding/json"
	"time"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

const (
	opportunityCursor = "updatedAt"
	// dealOverlap is far more than the lag of the index, for it costs nothing where all
	// pages are read in any case, and the clocks of both sides may differ.
	dealOverlap = 5 * time.Minute
)

// opportunities is the stream of deals. No search sorts them by their last change, so each
// read is of all pages, of which an incremental one hands over what has changed.
func (l *Location) opportunities() Stream {
	return Stream{
		Name: crm.Opportunities.Name, PrimaryKey: []string{"id"}, Cursor: opportunityCursor,
		Interrupted: func(state json.RawMessage) bool {
			s, err := readDealsState(state)
			return err != nil || s.At != nil && s.Since == 0
		},
		Schema: func(ctx context.Context) (json.RawMessage, error) {
			rows, err := l.opportunityRows(ctx)
			if err != nil {
				return nil, err
			}
			return rows.schema(), nil
		},
		Estimate: l.estimateOpportunities,
		Read: func(ctx context.Context, from json.RawMessage, to Sink) error {
			state, err := readDealsState(from)
			if err != nil {
				return err
			}
			rows, err := l.opportunityRows(ctx)
			if err != nil {
				return err
			}
			return (&dealsRead{client: l.client, rows: rows, state: state, to: to}).all(ctx)
		},
	}
}

func (l *Location) opportunityRows(ctx context.Context) (opportunityRows, error) {
	columns, err := l.opportunityFields(ctx)
	return opportunityRows{at: l, columns: columns}, err
}

// estimateOpportunities counts all, for nothing tells beforehand how many have changed.
// It needs the rights that the read needs.
func (l *Location) estimateOpportunities(ctx context.Context, _ json.RawMessage) (rows, requests int64, err error) {
	columns, err := l.opportunityRows(ctx)
	if err != nil {
		return 0, 0, err
	}
	if _, err := l.pipelineNames(ctx); err != nil {
		return 0, 0, err
	}
	total, err := l.client.CountOpportunities(ctx, ghl.OpportunityQuery{})
	pages := max(1, (total+ghl.MaxOpportunities-1)/ghl.MaxOpportunities)
	if columns.hasCustom() {
		pages *= 2
	}
	return int64(total), int64(pages), err
}

// dealsState is where a read of opportunities goes on.
type dealsState struct {
	watermark
	// At is where the pass under way is; nil once it has ended.
	At *dealsPlace `json:"at,omitempty"`
}

// dealsPlace is a place in the listing of opportunities.
type dealsPlace struct {
	ghl.OpportunityPlace
	Read int `json:"read"` // opportunities before it
}

// readDealsState reads a state that a read has given; nil is that of one who has read
// nothing.
func readDealsState(from json.RawMessage) (dealsState, error) {
	var s dealsState
	if !isBlank(from) && (json.Unmarshal(from, &s) != nil || !s.isValid() || s.At != nil && (s.At.After == "" || s.At.ID == "")) {
		return s, errForeignState
	}
	if s.Seen == nil {
		s.Seen = map[string]int64{}
	}
	return s, nil
}

// dealsRead is one read of opportunities, in the order of their creation, in which a
// change moves none: what is changed behind the place comes in the next pass, which reads
// again from when this one began.
type dealsRead struct {
	client *ghl.Client
	rows   opportunityRows
	state  dealsState
	to     Sink
	told   bool // whether the sink knows how many rows come
}

// all reads to the end.
func (r *dealsRead) all(ctx context.Context) error {
	if r.state.At == nil {
		r.state.begin(time.Now(), dealOverlap)
		r.state.At = &dealsPlace{}
	}
	for r.state.At != nil {
		if err := r.page(ctx); err != nil {
			return err
		}
	}
	return nil
}

// page hands over what is new of the next page, and then where that was.
func (r *dealsRead) page(ctx context.Context) error {
	at := r.state.At
	page, err := r.client.OpportunitiesFrom(ctx, at.OpportunityPlace)
	if err == nil {
		err = r.estimate(page.Total)
	}
	if err != nil {
		return err
	}
	fresh := r.fresh(page.Rows)
	if r.rows.hasCustom() {
		if err := r.client.TellCustom(ctx, fresh); err != nil {
			return err
		}
	}
	for _, o := range fresh {
		if r.rows.hasCustom() && !o.CustomTold { // the other search may know it later: then it comes again
			delete(r.state.Seen, o.ID)
		}
		row, err := r.rows.row(ctx, o)
		if err != nil {
			return err
		}
		if err := r.to.Row(row); err != nil {
			return err
		}
	}
	return r.turn(*at, page)
}

// fresh are those of a page that have changed since the pass before and were not handed
// over.
func (r *dealsRead) fresh(page []ghl.Opportunity) (fresh []ghl.Opportunity) {
	for _, o := range page {
		changed := milliseconds(o.UpdatedAt)
		if (changed == 0 || changed >= r.state.Since) && o.ID != r.state.At.ID && r.state.isNew(o.ID, changed) {
			fresh = append(fresh, o)
		}
	}
	return fresh
}

// turn moves the place behind a page, and hands it over.
func (r *dealsRead) turn(at dealsPlace, page ghl.OpportunityPage) error {
	next := dealsPlace{page.Next, at.Read + len(page.Rows)}
	last := len(page.Rows) < ghl.MaxOpportunities && next.Read >= page.Total
	switch {
	case last || len(page.Rows) == 0:
		r.state.At = nil
	case page.Next == ghl.OpportunityPlace{} || page.Next == at.OpportunityPlace:
		return errNoPlace
	default:
		r.state.At = &next
	}
	r.state.forget(dealOverlap, r.state.At == nil)
	state, err := json.Marshal(r.state)
	if err != nil {
		return err
	}
	return r.to.State(state)
}

// estimate tells the sink of a read of all how many rows come.
func (r *dealsRead) estimate(total int) error {
	to, wants := r.to.(Estimator)
	if !wants || r.told || r.state.Since > 0 {
		return nil
	}
	r.told = true
	return to.Estimate(int64(total - r.state.At.Read))
}
