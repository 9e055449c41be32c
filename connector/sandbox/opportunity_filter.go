package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// askableOpportunity is what the filters of a search for opportunities can ask about each field.
var askableOpportunity = map[string]string{"id": "eq not_eq contains_set", "pipeline_id": "eq not_eq", "pipeline_stage_id": "eq not_eq", "status": "eq not_eq",
	"assigned_to": "eq not_eq", "contact_id": "eq not_eq", "date_added": "range", "monetary_value": "eq not_eq range"}

// valueOf gives a field by its name in filters.
func (o Opportunity) valueOf(field string) string {
	switch field {
	case "id":
		return o.ID
	case "pipeline_id":
		return o.PipelineID
	case "pipeline_stage_id":
		return o.StageID
	case "status":
		return o.Status
	case "assigned_to":
		return o.AssignedTo
	case "contact_id":
		return o.ContactID
	case "date_added":
		return o.Created.Format(time.RFC3339Nano)
	}
	return plain(o.Value) // monetary_value
}

// parseOpportunity checks a list of filters and gives them as one test.
func (s *Server) parseOpportunity(list []any, or bool) (matches func(Opportunity) bool, refusal *answer) {
	var all []func(Opportunity) bool
	for _, e := range list {
		o, is := e.(object)
		nested, isGroup := o["filters"].([]any)
		switch {
		case !is:
			return nil, unprocessable("each value in nested property filters must be either object or array")
		case isGroup && (o["group"] == "AND" || o["group"] == "OR"):
			matches, refusal = s.parseOpportunity(nested, o["group"] == "OR")
		default:
			matches, refusal = s.opportunityLeaf(o)
		}
		if refusal != nil {
			return nil, refusal
		}
		all = append(all, matches)
	}
	if len(all) > s.opts.MaxFilters {
		return nil, refuse(400, fmt.Sprintf("Maximum of %d filters exceeded", s.opts.MaxFilters))
	}
	return func(o Opportunity) bool {
		for _, matches := range all {
			if matches(o) == or {
				return or
			}
		}
		return !or || len(all) == 0
	}, nil
}

// opportunityLeaf makes one condition.
func (s *Server) opportunityLeaf(f object) (func(Opportunity) bool, *answer) {
	name, op := text(f, "field"), text(f, "operator")
	switch operators := askableOpportunity[name]; {
	case operators == "":
		return nil, refuse(400, "Invalid field "+name)
	case !slices.Contains(strings.Fields(operators), op):
		return nil, refuse(400, "Invalid Operator ("+op+") passed for field "+name)
	}
	if op == "range" {
		inside, ok := span(f["value"])
		return func(o Opportunity) bool { return ok && inside(o.valueOf(name)) }, nil
	}
	wanted, isList := stringList(f["value"])
	switch v := f["value"].(type) {
	case string, float64:
		wanted = []string{plain(v)}
	}
	understood := isList == (op == "contains_set") && len(wanted) > 0 && len(wanted) <= s.opts.MaxSet
	return func(o Opportunity) bool {
		return understood && slices.Contains(wanted, o.valueOf(name)) != (op == "not_eq")
	}, nil
}

// withOpportunity gives the test of nested: whether a person has an opportunity that meets all of the conditions.
func (s *Server) withOpportunity(v any) (match func(*person) bool, complaint string) {
	list, _ := v.([]any)
	names := map[string]string{"pipelineId": "pipeline_id", "pipelineStageId": "pipeline_stage_id", "status": "status"}
	conditions := map[string]string{}
	for _, e := range list {
		f, _ := e.(object)
		if names[text(f, "field")] == "" || f["operator"] != "eq" {
			return nil, invalidValue
		}
		conditions[names[text(f, "field")]] = text(f, "value")
	}
	return func(p *person) bool {
		return slices.ContainsFunc(s.opportunities.searched().of(p.id), func(o Opportunity) bool { return o.meets(conditions) })
	}, ""
}

// meets says whether fields, by their names in filters, hold what is wanted of each.
func (o Opportunity) meets(conditions map[string]string) bool {
	for name, want := range conditions {
		if o.valueOf(name) != want {
			return false
		}
	}
	return true
}
