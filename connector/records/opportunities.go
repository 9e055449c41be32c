package records

import (
	"context"
	"fmt"
	"slices"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// Opportunities describes GoHighLevel's opportunities.
func Opportunities() object.Descriptor {
	return object.Descriptor{
		Name:  crm.Opportunities.Name,
		Modes: []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup, airbyte.Overwrite, airbyte.Update, airbyte.SoftDelete},
		Table: func(ctx context.Context, client *ghl.Client) (*crm.Table, error) {
			custom, err := opportunityFields(ctx, client)
			return object.Table(crm.Opportunities, custom), err
		},
		Probes: []object.Probe{mayReadPipelines, mayReadOpportunities, mayWriteOpportunities},
		Under:  opportunitiesOf,
	}
}

// opportunitiesOf opens the opportunities of the contacts of a location.
func opportunitiesOf(ctx context.Context, contacts object.Location, client *ghl.Client) (object.Location, error) {
	custom, err := opportunityFields(ctx, client)
	if err != nil {
		return nil, err
	}
	d := &deals{api: client, facts: contacts.Facts(), table: object.Table(crm.Opportunities, custom), opened: time.Now(),
		looks: newLooks(false), means: map[string]uint64{}, gone: map[string]bool{}}
	d.custom = slices.DeleteFunc(d.table.Fields(), func(f *crm.Field) bool { return !f.Custom })
	d.memory = newMemory(d.keysOf)
	return d, nil
}

func opportunityFields(ctx context.Context, client *ghl.Client) ([]ghl.CustomField, error) {
	custom, err := client.OpportunityFields(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the custom fields of opportunities: %w", err)
	}
	return custom, nil
}

// absentOpportunity is an id that no opportunity has.
const absentOpportunity = "00000000000000000000"

// mayReadPipelines shows the right to read pipelines, and what they are.
func mayReadPipelines(ctx context.Context, client *ghl.Client) (fact string, err error) {
	all, err := client.Pipelines(ctx)
	return words.Count(len(all), "pipeline"), err
}

// mayReadOpportunities shows the right to read opportunities.
func mayReadOpportunities(ctx context.Context, client *ghl.Client) (fact string, err error) {
	n, err := client.CountOpportunities(ctx, ghl.OpportunityQuery{})
	return words.Plural(n, "opportunity", "opportunities"), err
}

// mayWriteOpportunities shows the right to write opportunities.
func mayWriteOpportunities(ctx context.Context, client *ghl.Client) (fact string, err error) {
	_, err = client.UpdateOpportunity(ctx, absentOpportunity, ghl.OpportunityBody{})
	return "", unlessAbsent(err)
}
