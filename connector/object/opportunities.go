package object

import (
	"cmp"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// wireNames are what the API calls the fields of opportunities that have another name
// there.
var wireNames = map[string]string{crm.FieldPipeline: "pipelineId", crm.FieldStage: "pipelineStageId", "value": "monetaryValue", "owner": "assignedTo", crm.FieldLostReason: "lostReasonId"}

// WireName is what the API calls a field of opportunities.
func WireName(field string) string { return cmp.Or(wireNames[field], field) }

// Label is what the thing with an id is told by: its name, or its id where others have
// that name too, or if there is none.
func Label(all []ghl.Named, id string) string {
	i := slices.IndexFunc(all, func(n ghl.Named) bool { return n.ID == id })
	if i < 0 || len(Called(all, all[i].Name)) > 1 {
		return id
	}
	return all[i].Name
}

// Called are the places of those that have a name, without regard to case and blanks.
func Called(all []ghl.Named, name string) (at []int) {
	for i, n := range all {
		if crm.KeyOf("name", n.Name) == crm.KeyOf("name", name) {
			at = append(at, i)
		}
	}
	return at
}
