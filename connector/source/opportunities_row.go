package source

import (
	"context"
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

// opportunityRows turns opportunities into rows. Ids that mean nothing in another location
// become what means something there: pipelines, stages and reasons their names, custom
// fields their keys, users their emails.
type opportunityRows struct {
	at      *Location
	columns []crm.Property
}

// schema declares the columns: any of them but the id can be empty.
func (r opportunityRows) schema() json.RawMessage {
	columns := columnsOf(r.columns)
	text := map[string]any{"type": nullable("string")}
	columns["id"] = map[string]any{"type": "string"}
	columns["contact_id"], columns["contact_email"], columns["contact_phone"] = text, text, text
	columns["createdAt"], columns[opportunityCursor] = moment, moment
	return objectSchema(columns)
}

// hasCustom reports whether opportunities have custom fields.
func (r opportunityRows) hasCustom() bool {
	return slices.ContainsFunc(r.columns, func(p crm.Property) bool { return p.Field.Custom })
}

// row is an opportunity as a JSON object of its columns. What is empty is null, and what
// the answers did not tell is absent.
func (r opportunityRows) row(ctx context.Context, o ghl.Opportunity) (json.RawMessage, error) {
	row := map[string]any{"id": o.ID, "contact_id": orNull(o.ContactID), "contact_email": orNull(o.ContactEmail), "contact_phone": orNull(o.ContactPhone),
		"createdAt": orNull(o.CreatedAt), opportunityCursor: orNull(o.UpdatedAt)}
	custom := make(map[string]any, len(o.Custom))
	for _, v := range o.Custom {
		custom[v.ID] = v.Value
	}
	for _, p := range r.columns {
		if p.Field.Custom {
			if o.CustomTold {
				row[p.Name] = p.Field.Canonical(custom[p.Field.Name])
			}
			continue
		}
		v, told := o.Fields[object.WireName(p.Field.Name)]
		if !told {
			continue
		}
		named, err := r.named(ctx, o, p.Field, p.Field.Canonical(v))
		if err != nil {
			return nil, err
		}
		row[p.Name] = named
	}
	return json.Marshal(row)
}

// named is a value with the name in place of an id that it may be.
func (r opportunityRows) named(ctx context.Context, o ghl.Opportunity, f *crm.Field, v any) (any, error) {
	id := textOf(v)
	switch {
	case id == "":
		return v, nil
	case f.Type == crm.UserID:
		return r.at.owner(ctx, id)
	case f.Name == crm.FieldLostReason:
		reasons, err := r.at.lostReasons(ctx)
		return object.Label(reasons, id), err
	case f.Name != crm.FieldPipeline && f.Name != crm.FieldStage:
		return v, nil
	}
	pipelines, err := r.at.pipelineNames(ctx)
	if err != nil {
		return nil, err
	}
	var all, stages []ghl.Named
	for _, p := range pipelines {
		if all = append(all, p.Named); p.ID == textOf(o.Fields["pipelineId"]) {
			stages = p.Stages
		}
	}
	if f.Name == crm.FieldStage {
		all = stages
	}
	return object.Label(all, id), nil
}

// readOpportunityFields reads which fields opportunities have, without those by which
// their contact is found, which have columns of their own.
func (l *Location) readOpportunityFields(ctx context.Context) ([]crm.Property, error) {
	custom, err := l.client.OpportunityFields(ctx)
	if err != nil {
		return nil, err
	}
	all := object.Table(crm.Opportunities, custom).Properties()
	return slices.DeleteFunc(all, func(p crm.Property) bool { return p.Finds && !p.Key }), nil
}
