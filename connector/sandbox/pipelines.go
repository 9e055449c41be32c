package sandbox

import (
	"slices"
	"strings"
)

// Pipeline is a way that opportunities take through stages.
type Pipeline struct {
	ID, Name string  // an ID of "" is generated
	Stages   []Stage // at least one
}

// Stage is one of a pipeline's.
type Stage struct{ ID, Name string } // an ID of "" is generated

// LostReason is a reason for which an opportunity can be lost.
type LostReason struct{ ID, Name string } // an ID of "" is generated

// DefaultPipelines gives two pipelines, with the same ids each time.
func DefaultPipelines() []Pipeline {
	return []Pipeline{
		{ID: "plSales0000000000001", Name: "Sales", Stages: []Stage{{"5a1e5000-0000-4000-8000-000000000001", "New Lead"}, {"5a1e5000-0000-4000-8000-000000000002", "Contacted"},
			{"5a1e5000-0000-4000-8000-000000000003", "Proposal Sent"}, {"5a1e5000-0000-4000-8000-000000000004", "Closed"}}},
		{ID: "plOnboarding00000002", Name: "Onboarding", Stages: []Stage{{"0b0a4d00-0000-4000-8000-000000000001", "Kickoff"}, {"0b0a4d00-0000-4000-8000-000000000002", "Live"}}},
	}
}

// DefaultLostReasons gives reasons for a loss, with the same ids each time.
func DefaultLostReasons() []LostReason {
	return []LostReason{{"lrTooExpensive000001", "Too expensive"}, {"lrNoAnswer0000000002", "No answer"}, {"lrCompetitor00000003", "Went to a competitor"}}
}

// completePipelines gives pipelines and reasons whose ids are all there.
func completePipelines(pipelines []Pipeline, reasons []LostReason) ([]Pipeline, []LostReason) {
	pipelines, reasons = slices.Clone(pipelines), slices.Clone(reasons)
	for i := range pipelines {
		p := &pipelines[i]
		p.ID, p.Stages = orElse(p.ID, newID()), slices.Clone(p.Stages)
		for j := range p.Stages {
			p.Stages[j].ID = orElse(p.Stages[j].ID, newID())
		}
	}
	for i := range reasons {
		reasons[i].ID = orElse(reasons[i].ID, newID())
	}
	return pipelines, reasons
}

func (s *Server) listPipelines(*call) *answer {
	pipelines := []any{}
	for _, p := range s.opts.Pipelines {
		stages := []any{}
		for i, stage := range p.Stages {
			stages = append(stages, object{"id": stage.ID, "name": stage.Name, "position": i})
		}
		pipelines = append(pipelines, object{"id": p.ID, "name": p.Name, "stages": stages, "locationId": s.opts.LocationID, "showInFunnel": true, "showInPieChart": true})
	}
	return ok(object{"pipelines": pipelines})
}

// stage checks where an opportunity is to stand: without a stage, in the first one of the pipeline.
func (s *Server) stage(pipeline, stage string) (id string, refusal *answer) {
	i := slices.IndexFunc(s.opts.Pipelines, func(p Pipeline) bool { return p.ID == pipeline })
	if i < 0 {
		return "", refuse(400, "The pipeline id is invalid.")
	}
	stages := s.opts.Pipelines[i].Stages
	if stage == "" {
		return stages[0].ID, nil
	}
	if !slices.ContainsFunc(stages, func(of Stage) bool { return of.ID == stage }) {
		return "", refuse(400, "The pipeline stage id is invalid.")
	}
	return stage, nil
}

func (s *Server) listLostReasons(c *call) *answer {
	limit, skip, refusal := paging(c)
	if refusal != nil {
		return refusal
	}
	q := c.URL.Query()
	found := []any{}
	for _, r := range s.opts.LostReasons {
		name := strings.ToLower(r.Name)
		if (!q.Has("name") || strings.EqualFold(q.Get("name"), name)) && strings.Contains(name, strings.ToLower(q.Get("query"))) {
			found = append(found, object{"id": r.ID, "name": r.Name, "locationId": s.opts.LocationID, "createdAt": isoMillis, "updatedAt": isoMillis})
		}
	}
	from := min(skip, len(found))
	return ok(object{"lostReasons": found[from:min(from+limit, len(found))], "total": len(found)})
}
