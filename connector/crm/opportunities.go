package crm

import "github.com/google/uuid"

// Opportunities are the deals of contacts: each is in a stage of a pipeline.
var Opportunities = newKind(Kind{
	Name: "opportunities", One: "opportunity", Parent: Contacts,
	prefix: "opportunity.", shapes: ownShapes("deal", "opportunity"), qualified: contactQualifiers,
}, ofContact(), []standard{
	{Field: Field{Name: FieldPipeline, Type: Text}, title: "Pipeline", required: true, noKeys: true,
		remark:  "A pipeline of the location, by name or id.",
		aliases: []string{"pipelinename", "dealpipeline", "pipelineid"}},
	{Field: Field{Name: FieldStage, Type: Text}, title: "Stage", noKeys: true, form: func(s string) bool { return uuid.Validate(s) == nil },
		remark:  "A stage of the pipeline, by name or id.",
		aliases: []string{"stagename", "dealstage", "pipelinestage", "pipelinestagename", "opportunitystage", "salesstage", "stageid", "pipelinestageid"}},
	{Field: Field{Name: fieldName, Type: Text}, title: "Name", required: true, loose: true,
		aliases: []string{"dealname", "dealtitle", "opportunityname", "opportunitytitle", "title"}},
	{Field: Field{Name: FieldStatus, Type: SingleOption, Options: choices("open", "won", "lost", "abandoned")}, title: "Status",
		aliases:   []string{"dealstatus", "opportunitystatus"},
		words:     map[string]string{"closedwon": "won", "closedlost": "lost"},
		elsewhere: []string{"iswon", "isclosed", "hsisclosedwon", "hsisclosedlost", "hsisclosed"}, why: "true or false: only with values it is a status"},
	{Field: Field{Name: "value", Type: Money}, title: "Value",
		aliases: []string{"amount", "dealvalue", "dealamount", "opportunityvalue", "opportunityamount", "monetaryvalue"}},
	{Field: Field{Name: "owner", Type: UserID}, title: "Owner",
		aliases:   []string{"assignedto"},
		elsewhere: []string{"ownerid", "ownername", "owneremail", "dealowner", "opportunityowner", "hubspotownerid", "assignee", "assigneeid", "userid", "salesrep"},
		why:       "somebody in the source, who need not be a HighLevel user"},
	{Field: Field{Name: FieldLostReason, Type: Text}, title: "Lost reason",
		remark:  "One of the location's reasons, by name or id. Only what is lost has one.",
		aliases: []string{"lossreason", "closedlostreason", "reasonforloss", "lostreasonname", "lostreasonid"}},
	{Field: Field{Name: fieldSource, Type: Text}, title: "Source", when: IfEmpty,
		aliases: []string{"leadsource", "dealsource", "opportunitysource"}},
})

// Names of fields of opportunities that are known by more than their row.
const (
	FieldPipeline   = "pipeline"
	FieldStage      = "stage"
	FieldStatus     = "status"
	FieldLostReason = "lost_reason"
)
