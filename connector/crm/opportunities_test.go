package crm

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/trouble"
)

// TestOpportunitiesOfManySources: deals arrive under the names that their sources give them, and what could do harm is left alone.
func TestOpportunitiesOfManySources(t *testing.T) {
	users := []User{{ID: "u1", Name: "Ann Archer", Email: "ann@example.com"}}
	for name, tt := range map[string]struct{ record, want string }{
		"own names": {
			`{"pipeline":"Sales","stage":"New","name":"Deal","status":"Open","value":1200.5,"owner":"ann@example.com","lost_reason":"Price","source":"Fair"}`,
			`lost_reason=Price name=Deal owner=u1 pipeline=Sales source=Fair stage=New status=open value=1200.5`},
		"HighLevel": {
			`{"pipelineId":"VDm7RPYC2GLUvdpKmBfC","pipelineStageId":"7915dedc-8f18-44d5-8bc3-77c04e994a10","name":"Deal","monetaryValue":"500","assignedTo":"Ann Archer","status":"abandoned"}`,
			`name=Deal owner=u1 pipeline=VDm7RPYC2GLUvdpKmBfC stage=7915dedc-8f18-44d5-8bc3-77c04e994a10 status=abandoned value=500`},
		"HubSpot, flattened": {
			`{"id":"7","properties_dealname":"Deal","properties_pipeline":"default","properties_dealstage":"closedwon","properties_amount":"$1,200.50","properties_hubspot_owner_id":"77","properties_closed_lost_reason":"Price"}`,
			`lost_reason=Price name=Deal pipeline=default stage=closedwon value=1200.5`},
		"HubSpot, nested": {
			`{"id":"7","properties":{"dealname":"Deal","dealstage":"contractsent","hs_is_closed_won":false}}`,
			`name=Deal stage=contractsent`},
		"Pipedrive": {
			`{"id":7,"title":"Deal","value":50,"status":"lost","lost_reason":"Too dear","pipeline_id":1,"stage_id":3,"pipeline_name":"Sales","stage_name":"25 %","owner_name":"Bob","owner_id":9,
				"person_id":{"name":"Ann","email":[{"label":"work","value":"ann@example.com","primary":true}],"phone":[{"value":"+12025550142"}],"value":5},"org_id":{"name":"Acme","value":3}}`,
			`lost_reason=Too dear name=Deal pipeline=Sales stage=25 % status=lost value=50 email:ann@example.com phone:+12025550142`},
		"Pipedrive, a deleted deal": {`{"title":"Deal","status":"deleted"}`, `name=Deal`},
		"Salesforce": {
			`{"Id":"0061U00000ABCDEQA3","Name":"2024","StageName":"Prospecting","Amount":null,"OwnerId":"0051U00000ABCDEQA3","IsWon":true,"LeadSource":"Web","Loss_Reason__c":"Budget"}`,
			`lost_reason=Budget name=2024 source=Web stage=Prospecting`},
		"a sheet": {
			`{"Deal Name":"Deal","Deal Value":"1.2e3","Deal Stage":"New","Deal Pipeline":"Sales","Deal owner":"Bob","Deal Status":"Closed Won"}`,
			`name=Deal pipeline=Sales stage=New status=won value=1200`},
		"objects with names": {`{"stage":{"id":4,"name":"New"},"pipeline":{"id":1,"name":"Sales"},"name":"Deal"}`, `name=Deal pipeline=Sales stage=New`},
		"status words":       {`{"name":"Deal","status":" closed_LOST "}`, `name=Deal status=lost`},
		"nobody's status":    {`{"name":"Deal","status":"true"}`, `name=Deal`},
		"a field of the model": {
			`{"name":"Deal","Close reason":"Done","opportunity.score":"7"}`, `cf1=Done cf2=7 name=Deal`},
	} {
		t.Run(name, func(t *testing.T) {
			table := Opportunities.Table(CustomField("cf1", "opportunity.close_reason", "Close reason", "TEXT", nil),
				CustomField("cf2", "opportunity.score", "Score", "NUMERICAL", nil), CustomField("cf3", "opportunity.external_id", "External id", "TEXT", nil))
			var columns []string
			for column := range decode([]byte(tt.record)).(map[string]any) {
				columns = append(columns, column)
			}
			key := "k"
			p, err := Compile(table, PlanOptions{Columns: columns, ParentOn: []string{"email", "phone"}, MatchOn: []string{"custom_field:external_id"}, Users: users, DefaultSource: "not of a deal", DefaultCountry: "US",
				Mappings: []Mapping{{To: "external_id", Value: &key}}})
			if err != nil {
				t.Fatal(err)
			}
			want, _ := mapped(t, p, tt.record)
			delete(want.Values, "cf3")
			var got []string
			for _, name := range slices.Sorted(maps.Keys(want.Values)) {
				got = append(got, name+"="+textOf(want.Values[name].Data))
			}
			for _, k := range want.Parent {
				got = append(got, k.Field+":"+k.Value)
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if d := p.Defaults(); d != (Defaults{}) {
				t.Errorf("a deal gets %+v", d)
			}
		})
	}
}

// TestOpportunitiesAreOffered with the words that a status can be.
func TestOpportunitiesAreOffered(t *testing.T) {
	offered, _ := json.Marshal(property(t, Opportunities.Table(), "status").Schema.Enum)
	if string(offered) != `["open","won","lost","abandoned"]` {
		t.Errorf("%s", offered)
	}
}

// TestAnUnknownOwnerRejects a deal, where it is known who works in the location.
func TestAnUnknownOwnerRejects(t *testing.T) {
	table := Opportunities.Table(CustomField("cf3", "opportunity.external_id", "External id", "TEXT", nil))
	for name, tt := range map[string]struct {
		users   []User
		record  string
		rejects bool
	}{
		"unknown":            {[]User{{ID: "u1", Name: "Ann"}}, `{"external_id":"1","owner":"Bob"}`, true},
		"known":              {[]User{{ID: "u1", Name: "Ann"}}, `{"external_id":"1","owner":"ann"}`, false},
		"known beside one":   {[]User{{ID: "u1", Name: "Ann"}}, `{"external_id":"1","owner":"Bob","assigned_to":"Ann"}`, false},
		"none":               {[]User{{ID: "u1", Name: "Ann"}}, `{"external_id":"1","owner":null}`, false},
		"deleted":            {[]User{{ID: "u1", Name: "Ann"}}, `{"external_id":"1","owner":"Bob","_ab_cdc_deleted_at":"2026-01-02"}`, false},
		"users are not told": {nil, `{"external_id":"1","owner":"Bob"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Compile(table, PlanOptions{MatchOn: []string{"custom_field:external_id"}, Users: tt.users})
			if err != nil {
				t.Fatal(err)
			}
			_, notes, reject := p.Map([]byte(tt.record), nil)
			if (reject != nil) != tt.rejects {
				t.Fatalf("%v, %v", err, notes)
			}
			if tt.rejects && *reject != (trouble.Reject{Code: "unknown_user", Field: "owner", Column: "owner", Reason: "not a user of the location, which has 1"}) {
				t.Errorf("%+v", *reject)
			}
		})
	}
}

// TestKeysOfOpportunities are custom fields of theirs, and nothing else.
func TestKeysOfOpportunities(t *testing.T) {
	_, err := Compile(Opportunities.Table(), PlanOptions{MatchOn: []string{"email"}})
	if err == nil || err.Error() != `match_on: "email" is no key of opportunities, which only custom_field:<key> is; their contact is found by the general match_on` {
		t.Error(err)
	}
}
