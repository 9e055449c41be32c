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
	var answer struct {
		envelope
		Pipelines []pipelineJSON `json:"pipelines"`
	}
	if err := c.do(ctx, opPipelines, request{query: url.Values{"locationId": {c.location}}}, &answer); err != nil {
		return nil, err
	}
	if answer.Pipelines == nil {
		return nil, opPipelines.fault(Bug, "the answer lists no pipelines")
	}
	var pipelines []Pipeline
	for _, p := range answer.Pipelines {
		pipeline := Pipeline{Named: Named{p.ID, p.Name}}
		slices.SortStableFunc(p.Stages, func(a, b stageJSON) int { return cmp.Compare(whole(a.Position), whole(b.Position)) })
		for _, s := range p.Stages {
			pipeline.Stages = append(pipeline.Stages, Named{s.ID, s.Name})
		}
		pipelines = append(pipelines, pipeline)
	}
	return pipelines, nil
}

const lostReasonPage = 100 // reasons of a page

// LostReasons reads why opportunities of the location can be lost, 100 a request.
// Safe to repeat.
//
//ghl:operation GET /opportunities/lost-reason
func (c *Client) LostReasons(ctx context.Context) ([]Named, error) {
	return allPages(opLostReasons, lostReasonPage, Named.id, func(_, skip int) ([]Named, int, error) {
		var answer struct {
			envelope
			LostReasons []Named `json:"lostReasons"`
		}
		query := url.Values{"locationId": {c.location}, "limit": {strconv.Itoa(lostReasonPage)}, "skip": {strconv.Itoa(skip)}}
		if err := c.do(ctx, opLostReasons, request{query: query, limit: lostReasonPage}, &answer); err != nil {
			return nil, 0, err
		}
		if answer.LostReasons == nil {
			return nil, 0, opLostReasons.fault(Bug, "the answer lists no lost reasons")
		}
		return answer.LostReasons, 0, nil
	})
}
