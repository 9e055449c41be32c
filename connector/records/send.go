package records

import (
	"context"
	"fmt"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// post makes a business of these values. An answer that was lost is Ambiguous:
// [location.renew] tells whether there is one.
func (l *location) post(ctx context.Context, set map[string]any) (*crm.Contact, error) {
	fresh := l.blank(set)
	if l.facts.DryRun {
		l.requests.Add(1)
		fresh.ID = fmt.Sprintf("%sbusiness-%d", pretended, l.created.Add(1))
		l.memory.put(fresh)
		return fresh, nil
	}
	b, err := l.api.CreateBusiness(ctx, l.body(nil, set))
	if err != nil {
		return nil, fmt.Errorf("create a business: %w", err)
	}
	return l.answered(b, fresh), nil
}

// pretended begins the ids of what a dry run has not created.
const pretended = "new-"

// blank is a business that holds these values and nothing else.
func (l *location) blank(set map[string]any) *crm.Contact {
	values := make(map[string]any, len(set))
	for _, f := range l.table.Fields() {
		if f.Type != crm.ID {
			values[f.Name] = set[f.Name]
		}
	}
	return &crm.Contact{Values: values}
}

// change writes the changed values of a business.
func (l *location) change(ctx context.Context, have *crm.Contact, set map[string]any) (*crm.Contact, error) {
	after := crm.Apply(have, crm.Change{Set: set})
	if l.facts.DryRun {
		l.requests.Add(1)
		l.memory.put(after)
		return after, nil
	}
	b, err := l.api.UpdateBusiness(ctx, have.ID, l.body(have, set))
	if isKind(err, ghl.Rejected) {
		b, err = l.afterRefusal(ctx, have.ID, set, err)
	}
	if isKind(err, ghl.Gone) {
		l.memory.forget(have.ID)
	}
	if err != nil {
		return nil, fmt.Errorf("update a business: %w", err)
	}
	return l.answered(b, after), nil
}

// afterRefusal reads a business of which an update was refused: some refusals have
// written all the same, and some mean that there is nothing to update any more. Where it
// does not hold what was sent, the error is the refusal.
func (l *location) afterRefusal(ctx context.Context, id string, set map[string]any, refusal error) (ghl.Business, error) {
	read := l.api.GetBusiness
	for name := range set {
		if _, custom := l.custom[name]; custom {
			read = l.api.GetBusinessRecord
		}
	}
	b, err := read(ctx, id)
	if err == nil && len(discarded(l.table, set, l.decode(b))) > 0 {
		err = refusal
	}
	return b, err
}

// answered remembers what an answer tells, and where it tells nothing what was sent.
func (l *location) answered(b ghl.Business, sent *crm.Contact) *crm.Contact {
	now := crm.Apply(sent, crm.Change{Set: l.decode(b).Values})
	now.ID = b.ID
	l.memory.put(now)
	return now
}

// body is what is sent to change these values; have is nil for a new business.
func (l *location) body(have *crm.Contact, set map[string]any) ghl.BusinessBody {
	if have == nil {
		have = &crm.Contact{}
	}
	body := ghl.BusinessBody{Fields: map[string]any{}}
	for _, f := range l.table.Fields() {
		to, given := set[f.Name]
		switch {
		case !given:
		case f.Custom:
			body.Custom = append(body.Custom, ghl.CustomChange{Field: l.custom[f.Name], From: have.Values[f.Name], To: to})
		default:
			body.Fields[f.Name] = to
		}
	}
	return body
}
