package connector

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"destination-gohighlevel/connector/sandbox"
)

// recordFields are custom fields of businesses and opportunities, with options that a list is not cut at.
func recordFields() []sandbox.CustomField {
	options := []string{"a, b", "c; d", "Plain", "e|f"}
	return []sandbox.CustomField{
		{Name: "Regions", DataType: "MULTIPLE_OPTIONS", Options: options, Model: "opportunity"}, {Name: "Plan", DataType: "SINGLE_OPTIONS", Options: options, Model: "opportunity"},
		{Name: "Seats", DataType: "NUMERICAL", Model: "opportunity"}, {Name: "Deal Number", DataType: "TEXT", Model: "opportunity"}, {Name: "Renewal", DataType: "DATE", Model: "opportunity"},
		{Name: "Account", DataType: "TEXT", Model: "business"}, {Name: "Story", DataType: "LARGE_TEXT", Model: "business"}, {Name: "Tier", DataType: "RADIO", Options: options, Model: "business"},
		{Name: "Services", DataType: "MULTIPLE_OPTIONS", Options: options, Model: "business"}, {Name: "Founded", DataType: "DATE", Model: "business"}, {Name: "Turnover", DataType: "MONETORY", Model: "business"},
	}
}

// optionKeys are what the objects API has for the options.
var optionKeys = []string{"a_b", "c_d", "plain", "ef"}

// awkwardRecords gives a location businesses and, to each of its contacts, an opportunity, with values that files are known to spoil.
func awkwardRecords(s *sandbox.Server, seed uint64) {
	r, ids, options := rand.New(rand.NewPCG(18, seed)), map[string]string{}, map[string][]string{}
	for _, f := range s.CustomFields() {
		ids[f.Key], options[f.Key] = f.ID, f.Options
	}
	oneLine := slices.DeleteFunc(slices.Clone(awkward), func(text string) bool { return strings.Contains(text, "\n") || strings.TrimSpace(text) != text })
	pipelines := sandbox.DefaultPipelines()
	for i, c := range s.Contacts() {
		p := pipelines[r.IntN(len(pipelines))]
		custom := map[string]any{ids["opportunity.deal_number"]: fmt.Sprint("00", i), ids["opportunity.seats"]: float64(r.IntN(100)) / 4, ids["opportunity.plan"]: pick(r, options["opportunity.plan"]), ids["opportunity.renewal"]: "2027-02-28"}
		if some := some(r, options["opportunity.regions"]); len(some) > 0 {
			custom[ids["opportunity.regions"]] = some
		}
		s.PutOpportunity(sandbox.Opportunity{ContactID: c.ID, Name: fmt.Sprint(pick(r, oneLine), " ", i), PipelineID: p.ID, StageID: p.Stages[r.IntN(len(p.Stages))].ID, Status: pick(r, []string{"open", "won", "abandoned"}),
			Value: float64(r.IntN(10_000)) / 100, Source: pick(r, oneLine), CustomFields: custom})
		firm := map[string]any{"name": fmt.Sprint(pick(r, oneLine), " ", i), "postalcode": pick(r, []string{"01234", "SW1A 1AA"}), "phone": fmt.Sprintf("+1202555%04d", i), "email": fmt.Sprintf("f%d@example.com", i), "description": pick(r, awkward),
			"account": pick(r, oneLine), "story": pick(r, awkward), "founded": "1985-09-06T00:00:00.000Z", "turnover": map[string]any{"currency": "default", "value": 12.5}}
		firm["tier"] = pick(r, optionKeys)
		if some := some(r, optionKeys); len(some) > 0 {
			firm["services"] = some
		}
		if r.IntN(2) == 0 {
			firm["city"] = pick(r, oneLine)
		}
		s.PutBusiness(sandbox.Business{Properties: firm})
	}
}

// byName are the rows of a CSV by name, without ids and dates.
func byName(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	return rowsBy(t, text, "name", "id", "contact_id", "createdAt", "updatedAt")
}

// TestExportedRecordsComeBack: businesses and opportunities that are exported can be imported into another location, whose export is the
// same but for ids and dates; a second import writes nothing.
func TestExportedRecordsComeBack(t *testing.T) {
	t.Parallel()
	settings := maps.Clone(asTheyAre)
	settings["field_mapping"] = copySettings["field_mapping"]
	options := sandbox.Options{CustomFields: recordFields()}
	from, to := newPlace(t, options, nil), newPlace(t, options, settings)
	from.Seed(40)
	to.Seed(40)
	awkwardRecords(from.Server, 1)
	from.run(t, exitOK, "export", "--object", "businesses,opportunities", "--format", "csv", "--to", "{DIR}/out")
	for _, object := range []string{"businesses", "opportunities"} {
		file := object + ".csv"
		to.put(t, file, from.get(t, "out/"+file))
		stdout, _ := to.run(t, exitOK, "import", "{DIR}/"+file, "--object", object, "--yes", "--strict")
		if strings.Contains(stdout, "left out:") {
			t.Errorf("%s: values are left out\n%s", object, stdout)
		}
		got, _ := to.run(t, exitOK, "export", "--object", object, "--format", "csv")
		want := byName(t, from.get(t, "out/"+file))
		if diff := cmp.Diff(want, byName(t, got)); diff != "" || len(want) != 40 {
			t.Errorf("%s: %d rows, -exported +imported\n%.3000s", object, len(want), diff)
		}
		to.ResetCounts()
		to.run(t, exitOK, "import", "{DIR}/"+file, "--object", object, "--yes", "--strict")
		if to.Writes() != 0 {
			t.Errorf("%s: a second import writes %v", object, to.WritesByKind())
		}
	}
}
