package records

import (
	"encoding/json"
	"strings"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

// What an opportunity's status can be, as far as it matters.
const (
	statusOpen = "open"
	statusLost = "lost"
)

func isOpen(c *crm.Contact) bool { return c.KeyText(crm.FieldStatus) == statusOpen }
func isLost(c *crm.Contact) bool { return c.KeyText(crm.FieldStatus) == statusLost }

// closes reports whether a record says that its opportunity is won, lost or
// abandoned.
func closes(want crm.Desired) bool {
	status := want.Values[crm.FieldStatus].Data
	return status != nil && status != statusOpen
}

// withoutKey is the opportunity that a record means to which none of its keys leads,
// of those that its contact has in the pipeline and that bear no other key; nil is a
// new one.
//
//	there are           the record         means
//	"A" open            "A"                it
//	"A" open            "B"                it, by a new name
//	"A" open            "B", won           nobody knows: it, or one of another year
//	"A" open            "B", won, a key    a new one
//	"A" won             "A", open          it, but does not reopen it
//	"A" won             "A", open, a key   a new one
//	"A" won             "B"                a new one
//	"A" won, "A" open   "A"                the open one
//	"A" won, "B" open   "A"                the won one
//	"A" open, "B" open  "C"                nobody knows
func withoutKey(want crm.Desired, of []*crm.Contact) (*crm.Contact, *trouble.Reject) {
	var all [openOther + 1][]*crm.Contact
	for _, c := range of {
		how := likenessOf(c, want)
		all[how] = append(all[how], c)
	}
	for _, how := range []likeness{openNamed, closedNamed, openOther} {
		switch could := all[how]; {
		case len(could) == 0:
			continue
		case len(could) == 1 && (how != openOther || !closes(want)):
			return could[0], nil
		}
		return nil, &trouble.Reject{Code: trouble.AmbiguousOpportunity, Reason: "without a key nobody can tell which opportunity of its contact in the pipeline it is"}
	}
	return nil, nil
}

// likeness is how an opportunity is like what a record wants.
type likeness int

const (
	unlike      likeness = iota
	openNamed            // it is open and has the name
	closedNamed          // it has the name, but is not open
	openOther            // it is open, but has another name
)

// likenessOf tells how an opportunity is like what is wanted. What has a key reopens
// none that another way leads to, and closes none of another name.
func likenessOf(c *crm.Contact, want crm.Desired) likeness {
	name, _ := want.Values[nameField].Data.(string)
	isNamed := crm.KeyOf(nameField, c.KeyText(nameField)) == crm.KeyOf(nameField, name)
	keyed := len(want.Keys) > 0
	switch {
	case isNamed && isOpen(c):
		return openNamed
	case isNamed && (!keyed || closes(want)):
		return closedNamed
	case isOpen(c) && (!keyed || !closes(want)):
		return openOther
	}
	return unlike
}

// places are the names by which opportunities say where they are.
type places struct {
	pipelines names
	stages    map[string]names // by the pipeline's label, in their order
	reasons   names            // for which one is lost
}

func placesOf(all []ghl.Pipeline) *places {
	p := &places{stages: make(map[string]names, len(all))}
	for _, of := range all {
		p.pipelines = append(p.pipelines, of.Named)
	}
	for _, of := range all {
		p.stages[p.pipelines.label(of.ID)] = of.Stages
	}
	return p
}

// label turns the ids of places in what an opportunity holds into their labels.
func (p *places) label(c *crm.Contact) {
	if id := c.KeyText(crm.FieldPipeline); id != "" {
		in := p.pipelines.label(id)
		c.Values[crm.FieldPipeline], c.Values[crm.FieldStage] = in, p.stages[in].label(c.KeyText(crm.FieldStage))
	}
	p.labelReason(c)
}

func (p *places) labelReason(c *crm.Contact) {
	if id := c.KeyText(crm.FieldLostReason); id != "" {
		c.Values[crm.FieldLostReason] = p.reasons.label(id)
	}
}

// enter gives a record the labels of its pipeline and stage, in place of what it says.
// A record may do without a contact if a key leads to its opportunity.
func (p *places) enter(e *entry) *trouble.Reject {
	v := e.want.Values[crm.FieldPipeline]
	switch {
	case e.parent.Reject != nil && len(e.want.Keys) == 0:
		return e.parent.Reject
	case v.Data == nil || e.want.Deleted:
		return nil
	}
	label, why := p.pipelines.find(e.pipeline(), "pipeline")
	if why != "" {
		return &trouble.Reject{Code: trouble.UnknownPipeline, Field: crm.FieldPipeline, Reason: why}
	}
	v.Data = label
	e.want.Values[crm.FieldPipeline] = v
	return p.stage(&e.want, label)
}

// stage gives what is wanted the label of its stage in a pipeline.
func (p *places) stage(want *crm.Desired, in string) *trouble.Reject {
	v := want.Values[crm.FieldStage]
	ref, given := v.Data.(string)
	if !given {
		return nil
	}
	label, why := p.stages[in].find(ref, "stage of the pipeline "+in)
	if why != "" {
		return &trouble.Reject{Code: trouble.UnknownStage, Field: crm.FieldStage, Reason: why}
	}
	v.Data = label
	want.Values[crm.FieldStage] = v
	return nil
}

// fit brings what is wanted of an opportunity, nil for a new one, into the words of
// the location, and leaves out what must not be written over what it has. byKey says
// that a key has led to it.
func (p *places) fit(want *crm.Desired, have *crm.Contact, byKey, forward bool) (notes []trouble.Note, reject *trouble.Reject) {
	if have == nil {
		have = &crm.Contact{}
	}
	drop := func(field, rule string) {
		delete(want.Values, field)
		if rule != "" {
			notes = append(notes, trouble.Note{Field: field, Rule: rule, Dropped: !strings.HasPrefix(rule, kept)})
		}
	}
	for _, field := range []string{crm.FieldStage, crm.FieldStatus} {
		if v, given := want.Values[field]; given && v.Data == nil {
			drop(field, "cannot be cleared")
		}
	}
	if v, given := want.Values[valueField]; given && v.Data == nil {
		want.Values[valueField] = crm.Value{Data: json.Number("0"), When: v.When} // the CRM knows no opportunity without one
	}
	if reject := p.fitStage(want, have, forward, drop); reject != nil {
		return notes, reject
	}
	if !byKey && have.ID != "" && !isOpen(have) && want.Values[crm.FieldStatus].Data == statusOpen {
		drop(crm.FieldStatus, kept+"only a key reopens")
	}
	p.fitReason(want, have, drop)
	return notes, nil
}

// kept begins the rules of values that are not written because they must not be.
const kept = "kept: "

const valueField = "value"

func (p *places) fitStage(want *crm.Desired, have *crm.Contact, forward bool, drop func(field, rule string)) *trouble.Reject {
	was := have.KeyText(crm.FieldPipeline)
	in := was
	if to, ok := want.Values[crm.FieldPipeline].Data.(string); ok {
		in = to
	}
	if in == "" {
		return nil
	}
	if reject := p.stage(want, in); reject != nil {
		return reject
	}
	to, given := want.Values[crm.FieldStage].Data.(string)
	if stages := p.stages[in]; given && forward && in == was && stages.at(to) < stages.at(have.KeyText(crm.FieldStage)) {
		drop(crm.FieldStage, kept+"stage_moves lets none move back")
	}
	return nil
}

// fitReason leaves out a reason that does not exist, and one of what is not lost.
func (p *places) fitReason(want *crm.Desired, have *crm.Contact, drop func(field, rule string)) {
	v, given := want.Values[crm.FieldLostReason]
	ref, named := v.Data.(string)
	status, says := want.Values[crm.FieldStatus].Data.(string)
	if !says {
		status = have.KeyText(crm.FieldStatus)
	}
	switch label, why := p.reasons.find(ref, "lost reason"); {
	case !given:
	case named && status != statusLost:
		drop(crm.FieldLostReason, "only what is lost has a reason")
	case !named && have.KeyText(crm.FieldLostReason) != "":
		drop(crm.FieldLostReason, "cannot be cleared")
	case !named:
		drop(crm.FieldLostReason, "")
	case why != "":
		drop(crm.FieldLostReason, why)
	default:
		v.Data = label
		want.Values[crm.FieldLostReason] = v
	}
}
