package records

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

// decode turns an answer into canonical values. allCustom says that custom fields of
// which it does not tell are empty.
func (d *deals) decode(o ghl.Opportunity, allCustom bool) *crm.Contact {
	c := &crm.Contact{ID: o.ID, Values: map[string]any{contactField: o.ContactID}}
	for _, f := range d.table.Fields() {
		if v, told := o.Fields[object.WireName(f.Name)]; told {
			c.Values[f.Name] = f.Canonical(v)
		}
	}
	if allCustom {
		for _, f := range d.custom {
			c.Values[f.Name] = nil
		}
	}
	for _, v := range o.Custom {
		if f := d.table.Field(v.ID); f != nil {
			c.Values[f.Name] = f.Canonical(v.Value)
		}
	}
	d.places.label(c)
	return c
}

// answered remembers what an answer tells, and where it tells nothing what was sent.
// Not every answer tells custom fields.
func (d *deals) answered(o ghl.Opportunity, sent *crm.Contact) *crm.Contact {
	told := d.decode(o, len(o.Custom) > 0)
	if o.ContactID == "" {
		delete(told.Values, contactField)
	}
	now := crm.Apply(sent, crm.Change{Set: told.Values})
	now.ID = o.ID
	return now
}

// body is what gives an opportunity in a pipeline these values.
func (d *deals) body(set map[string]any, pipeline string) ghl.OpportunityBody {
	body := ghl.OpportunityBody{Fields: map[string]any{}}
	for name, v := range set {
		label, _ := v.(string)
		switch {
		case d.table.Field(name).Custom:
			body.Custom = append(body.Custom, ghl.CustomFieldValue{ID: name, Value: v})
			continue
		case name == crm.FieldPipeline:
			v = d.places.pipelines.id(label)
		case name == crm.FieldStage:
			v = d.places.stages[pipeline].id(label)
		}
		body.Fields[object.WireName(name)] = v
	}
	return body
}

// post creates an opportunity. Why it is lost takes a request of its own.
func (d *deals) post(ctx context.Context, contact string, set map[string]any) (*crm.Contact, error) {
	fresh := &crm.Contact{Values: map[string]any{contactField: contact}}
	for _, f := range d.table.Fields() {
		fresh.Values[f.Name] = set[f.Name]
	}
	fresh.Values[crm.FieldStatus] = cmp.Or(set[crm.FieldStatus], any(statusOpen))
	reason := set[crm.FieldLostReason]
	if d.facts.DryRun {
		d.pretend(reason != nil)
		fresh.ID = fmt.Sprintf("%sopportunity-%d", pretended, d.created.Add(1))
		return fresh, nil
	}
	sent := withoutReason(set)
	sent[crm.FieldStatus] = fresh.Values[crm.FieldStatus]
	o, err := d.api.CreateOpportunity(ctx, contact, d.body(sent, fresh.KeyText(crm.FieldPipeline)))
	if err != nil {
		return nil, fmt.Errorf("create an opportunity: %w", asRejected(err))
	}
	now := d.answered(o, fresh)
	if reason == nil {
		return now, nil
	}
	return d.lose(ctx, now, reason)
}

// change writes the changed values of an opportunity.
func (d *deals) change(ctx context.Context, have *crm.Contact, set map[string]any) (*crm.Contact, error) {
	after := crm.Apply(have, crm.Change{Set: set})
	if !isLost(after) {
		after.Values[crm.FieldLostReason] = nil // the API takes it away
	}
	reason, loses := set[crm.FieldLostReason]
	sent := withoutReason(set)
	if loses {
		delete(sent, crm.FieldStatus)
	}
	if d.facts.DryRun {
		d.pretend(loses && len(sent) > 0)
		return after, nil
	}
	if len(sent) > 0 {
		o, err := d.api.UpdateOpportunity(ctx, have.ID, d.body(sent, after.KeyText(crm.FieldPipeline)))
		if err = asRejected(err); isKind(err, ghl.Rejected) {
			o, err = d.afterRefusal(ctx, have, sent, err)
		}
		if err != nil {
			return nil, fmt.Errorf("update an opportunity: %w", err)
		}
		after = d.answered(o, after)
	}
	if loses {
		return d.lose(ctx, after, reason)
	}
	return after, nil
}

// lose says that an opportunity is lost, and why.
func (d *deals) lose(ctx context.Context, c *crm.Contact, reason any) (*crm.Contact, error) {
	label, _ := reason.(string)
	set := map[string]any{crm.FieldStatus: statusLost, crm.FieldLostReason: reason}
	err := d.api.SetOpportunityStatus(ctx, c.ID, statusLost, d.places.reasons.id(label))
	if isKind(err, ghl.Rejected) {
		_, err = d.afterRefusal(ctx, c, set, err)
	}
	if err != nil {
		return nil, fmt.Errorf("say why an opportunity is lost: %w", err)
	}
	return crm.Apply(c, crm.Change{Set: set}), nil
}

// afterRefusal reads an opportunity of which an update was refused: some refusals have
// written all the same, and some mean that there is nothing to update any more. Where
// it does not hold what was sent, the error is the refusal.
func (d *deals) afterRefusal(ctx context.Context, have *crm.Contact, sent map[string]any, refusal error) (ghl.Opportunity, error) {
	o, err := d.api.GetOpportunity(ctx, have.ID)
	if err != nil {
		return o, err
	}
	now := d.answered(o, have)
	d.memory.put(now)
	if len(discarded(d.table, sent, now)) > 0 {
		return o, refusal
	}
	return o, nil
}

// drop deletes an opportunity.
func (d *deals) drop(ctx context.Context, id string) error {
	if d.facts.DryRun {
		d.pretend(false)
		return nil
	}
	if err := d.api.DeleteOpportunity(ctx, id); err != nil {
		return fmt.Errorf("delete an opportunity: %w", err)
	}
	return nil
}

// pretend counts the request of a write, or the two of it.
func (d *deals) pretend(two bool) {
	if d.requests.Add(1); two {
		d.requests.Add(1)
	}
}

func withoutReason(set map[string]any) map[string]any {
	sent := maps.Clone(set)
	delete(sent, crm.FieldLostReason)
	return sent
}

// asRejected is the refusal of a second open opportunity as that of any record.
func asRejected(err error) error {
	var e *ghl.Error
	if !errors.As(err, &e) || e.Kind != ghl.Duplicate {
		return err
	}
	refused := *e
	refused.Kind = ghl.Rejected
	return &refused
}

// rival is the opportunity that stood in the way of a create; "" if none did.
func rival(err error) string {
	var e *ghl.Error
	if !errors.As(err, &e) {
		return ""
	}
	return e.ExistingID
}
