package ghl

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
)

// Named is something of a location by its id and name.
type Named struct{ ID, Name string }

func (n Named) id() string { return n.ID }

// Pipeline is a way that opportunities go, with its stages in their order.
type Pipeline struct {
	Named
	Stages []Named
}

// pipelineJSON is a pipeline as the server tells it.
type pipelineJSON struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Stages []stageJSON `json:"stages"`
}

type stageJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Position any    `json:"position"`
}

// Pipelines reads all pipelines of the location, which the server gives in one
// answer. Safe to repeat.
//
//ghl:operation GET /opportunities/pipelines
func (c *Client) Pipelines(ctx context.Context) ([]Pipeline, error) {
	r := request{query: url.Values{"locationId": {c.location}}}
	return readList(ctx, c, opPipelines, r, list[pipelineJSON, Pipeline]{name: "pipelines", entry: func(p *pipelineJSON) (Pipeline, bool) {
		pipeline := Pipeline{Named: Named{p.ID, p.Name}}
		slices.SortStableFunc(p.Stages, func(a, b stageJSON) int { return cmp.Compare(whole(a.Position), whole(b.Position)) })
		for _, s := range p.Stages {
			pipeline.Stages = append(pipeline.Stages, Named{s.ID, s.Name})
		}
		return pipeline, true
	}})
}

const lostReasonPage = 100 // reasons of a page

// LostReasons reads why opportunities of the location can be lost, 100 a request.
// Safe to repeat.
//
//ghl:operation GET /opportunities/lost-reason
func (c *Client) LostReasons(ctx context.Context) ([]Named, error) {
	return allPages(opLostReasons, lostReasonPage, Named.id, func(_, skip int) ([]Named, int, error) {
		query := url.Values{"locationId": {c.location}, "limit": {strconv.Itoa(lostReasonPage)}, "skip": {strconv.Itoa(skip)}}
		page, err := readList(ctx, c, opLostReasons, request{query: query, limit: lostReasonPage}, list[Named, Named]{name: "lostReasons",
			entry: func(told *Named) (Named, bool) { return *told, true }})
		return page, 0, err
	})
}
