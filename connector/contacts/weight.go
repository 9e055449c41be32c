package contacts

import "destination-gohighlevel/connector/crm"

// What a record takes once it is prepared, beside its text.
const (
	entryWeight = 512
	valueWeight = 120 // a slot of a map that is half full, and the value that it holds
)

// weight is how many bytes a record takes, reckoned.
func (e *entry) weight() int {
	bytes := entryWeight + len(e.Data)
	for _, v := range e.want.Values {
		text, _ := v.Data.(string)
		bytes += valueWeight + len(text)
	}
	return bytes + entryWeight*len(e.nested)
}

// letGo forgets what is needed no more of a person who is settled: of people and records
// there are lists until the window is written. What is held is needed again, and so is a
// record that others follow from: it is done when these are.
func (p *person) letGo(held int) {
	p.plan, p.result = plan{}, result{}
	for i, rec := range p.records {
		if i != held && len(rec.nested) == 0 {
			rec.Data, rec.want, rec.cursor, rec.nested = nil, crm.Desired{}, nil, nil
		}
	}
}
