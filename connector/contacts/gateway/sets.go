package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// One filter can ask for a whole set of values (contains_set), for twice as many
// as an OR group is known to hold. The vendor's page does not tell of it, and a
// server that does not know it may answer that nobody is there. So each field is
// tried out first: a set is asked for together with a value that some contact is
// known to have, and believed if that contact comes back. Where it does not, the
// keys go on being asked for one by one, in an OR group.

const startSet = 200 // values of one set that were seen to be taken

// setFields are the fields that were seen to take a set.
var setFields = []string{"id", "email", "phone"}

// sets is what is known of sets by field. It is safe for concurrent use; the
// zero value knows nothing.
type sets struct {
	mu        sync.Mutex
	witnesses map[string]crm.Key // that some contact has
	tried     map[string]bool    // whether the witness came back
}

// see remembers a contact that search knows.
func (s *sets) see(c *crm.Contact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.witnesses) == len(setFields) {
		return
	}
	if s.witnesses == nil {
		s.witnesses, s.tried = map[string]crm.Key{}, map[string]bool{}
	}
	for _, k := range []crm.Key{crm.IDKey(c.ID), {Field: "email", Value: c.KeyText("email")}, {Field: "phone", Value: c.KeyText("phone")}} {
		if _, seen := s.witnesses[k.Field]; !seen && k.Value != "" && len(k.Value) <= MaxKey {
			s.witnesses[k.Field] = k
		}
	}
}

// toTry is the witness of a field that can be tried out.
func (s *sets) toTry(field string) (witness crm.Key, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	witness, ok = s.witnesses[field]
	_, tried := s.tried[field]
	return witness, ok && !tried
}

// judge enters whether a set has answered.
func (s *sets) judge(field string, answered bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried[field] = answered
}

// take tells whether keys of the field are asked for in sets.
func (s *sets) take(field string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tried[field]
}

// Batch is how many of the keys one search asks for at present.
func (c *contacts) Batch(keys []crm.Key) int { return int(c.sizeFor(keys).Load()) }

func (c *contacts) sizeFor(keys []crm.Key) *atomic.Int64 {
	if slices.ContainsFunc(keys, func(k crm.Key) bool { return !c.sets.take(k.Field) }) {
		return &c.leaves
	}
	return &c.setSize
}

// parts divides keys into those of one request each, with room for so many more.
func (c *contacts) parts(keys []crm.Key, room int) [][]crm.Key {
	var single, inSets []crm.Key
	for _, k := range keys {
		if c.sets.take(k.Field) {
			inSets = append(inSets, k)
		} else {
			single = append(single, k)
		}
	}
	var parts [][]crm.Key
	for all := append(single, inSets...); len(all) > 0; {
		n := min(max(1, c.Batch(all[:1])-room), len(all))
		parts = append(parts, all[:n])
		all = all[n:]
	}
	return parts
}

// filter matches all who have one of the keys.
func (c *contacts) filter(keys []crm.Key) ghl.Filter {
	var filters []ghl.Filter
	values := map[string][]string{}
	for _, k := range keys {
		if c.sets.take(k.Field) {
			values[k.Field] = append(values[k.Field], k.Value)
		} else {
			filters = append(filters, ghl.Eq(c.filterField(k.Field), k.Value))
		}
	}
	for _, field := range setFields {
		if len(values[field]) > 0 {
			filters = append(filters, ghl.In(field, values[field]))
		}
	}
	return ghl.Or(filters...)
}

// tryOut finds some of the keys by sets of fields that were not tried out yet, if
// there are more keys than fit into one request anyhow. It returns the others.
func (c *contacts) tryOut(ctx context.Context, keys []crm.Key, found *findings) ([]crm.Key, error) {
	for _, field := range setFields {
		witness, ok := c.sets.toTry(field)
		if !ok || len(keys) <= int(c.leaves.Load()) {
			continue
		}
		var asked, rest []crm.Key
		for _, k := range keys {
			if k.Field == field && len(asked) < startSet-1 {
				asked = append(asked, k)
			} else {
				rest = append(rest, k)
			}
		}
		if len(asked) == 0 {
			continue
		}
		answered, err := c.askSet(ctx, witness, asked, found)
		if isKind(err, ghl.Rejected) && !refusesOperator(err) { // it may be too large
			asked, rest = asked[:min(len(asked), startLeaves-1)], slices.Concat(asked[min(len(asked), startLeaves-1):], rest)
			if answered, err = c.askSet(ctx, witness, asked, found); answered {
				c.setSize.Store(startLeaves)
			}
		}
		if err != nil && !isKind(err, ghl.Rejected) {
			return nil, err
		}
		c.sets.judge(field, answered)
		if answered && !found.surely { // what is to be certain is asked for again
			keys = rest
		}
	}
	return keys, nil
}

// askSet asks for a set of one field's values with that of the witness, and tells
// whether the witness came back.
func (c *contacts) askSet(ctx context.Context, witness crm.Key, keys []crm.Key, found *findings) (answered bool, err error) {
	values := []string{witness.Value}
	for _, k := range keys {
		values = append(values, k.Value)
	}
	err = c.searchAll(ctx, []ghl.Filter{ghl.In(witness.Field, values)}, func(a *crm.Contact) {
		came := a.Carries(witness)
		answered = answered || came
		if !came || slices.ContainsFunc(keys, a.Carries) {
			found.add(a)
		}
	})
	return answered && err == nil, err
}

// refusesOperator tells whether search does not know the operator of a filter.
func refusesOperator(err error) bool {
	var e *ghl.Error
	return errors.As(err, &e) && e.Reason == ghl.OperatorRefused
}
