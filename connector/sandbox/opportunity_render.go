package sandbox

import (
	"maps"
	"slices"
	"time"
)

// opportunity is the vendor's SearchOpportunitiesResponseSchema, as an answer about one gives it.
func (s *Server) opportunity(o Opportunity, values bool) object {
	out := object{"id": o.ID, "name": o.Name, "monetaryValue": o.Value, "pipelineId": o.PipelineID, "pipelineStageId": o.StageID, "status": o.Status,
		"assignedTo": nil, "source": nil, "lostReasonId": nil, "contactId": o.ContactID, "locationId": s.opts.LocationID, "followers": []any{}, "customFields": []any{}}
	for name, at := range map[string]time.Time{"createdAt": o.Created, "updatedAt": o.Updated, "lastActionDate": o.Updated,
		"lastStatusChangeAt": o.LastStatusChange, "lastStageChangeAt": o.LastStageChange} {
		out[name] = at.Format(isoMillis)
	}
	addTexts(out, map[string]string{"assignedTo": o.AssignedTo, "source": o.Source, "lostReasonId": o.LostReasonID})
	if values {
		out["customFields"] = s.opportunityFields(o)
	}
	return out
}

// opportunityRow is the same as a search gives it.
func (s *Server) opportunityRow(o Opportunity, values bool) object {
	out := s.opportunity(o, values)
	out["notes"], out["tasks"], out["calendarEvents"], out["contact"] = []any{}, []any{}, []any{}, object{"id": o.ContactID}
	if p := s.primary.ids[o.ContactID]; p != nil {
		contact := object{"id": p.id, "name": p.name(), "tags": list(p.tags)}
		addTexts(contact, map[string]string{"companyName": p.get(fCompanyName), "email": p.get(fEmail), "phone": p.get(fPhone)})
		out["contact"] = contact
	}
	return out
}

// opportunityFields gives the values of custom fields, under names that differ by type, as the POST search does; elsewhere all are fieldValue.
func (s *Server) opportunityFields(o Opportunity) []any {
	out := []any{}
	for _, id := range slices.Sorted(maps.Keys(o.CustomFields)) {
		name := "fieldValue"
		if !s.is(ValuesByDetail) {
			switch o.CustomFields[id].(type) {
			case string:
				name = "fieldValueString"
			case float64:
				name = "fieldValueNumber"
			case []string:
				name = "fieldValueArray"
			}
		}
		out = append(out, object{"id": id, name: o.CustomFields[id]})
	}
	return out
}
