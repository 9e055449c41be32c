package gateway

import (
	"context"
	"slices"
	"strings"
	"sync"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
)

// That search finds nobody proves little: it may compare by case, not look at a field,
// or have lost what it knew. So a question whose answer is to be believed asks for
// controls as well, contacts that search has shown, one for each field that is asked for.
// Each is asked for in another form than it is stored in, if the field has several:
//
//	stored             asked for
//	Ann@Example.com    ann@example.com   as records are
//	ann@example.com    ANN@EXAMPLE.COM   where nobody is known whose email is not in lower case
//	+12025550101       +12025550101
//
// If the run has seen a contact with an additional email, it is asked for by that too. If
// they all come back, who does not come back is not there, as far as search knows. What
// has never been seen to work is not believed, and what has failed once neither.

// control is a contact that is asked for beside others.
type control struct {
	have *crm.Contact
	key  crm.Key // by which it is asked for
	odd  bool    // its email or phone is stored in another form than those of records have
}

// controls are the contacts that can serve. It is safe for concurrent use; the zero value
// has none.
type controls struct {
	mu         sync.Mutex
	own        map[string][]control // by field, odd ones first
	additional map[string]control   // by field: of an additional email or phone
	refuted    map[string]bool      // fields that search is not believed about
	sought     map[string]bool      // fields of which a contact was looked for
	lost       int                  // controls that have changed meanwhile
}

const (
	// mostControls are kept for each field: some may be asked for anyhow.
	mostControls = 4
	// mostLost is how many controls may turn out to be changed or gone.
	mostLost = 3
)

// see enters a contact that search has shown.
func (s *controls) see(a *ghl.Contact, c *crm.Contact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, field := range crm.Identifiers() {
		told, _ := a.Fields.Get(field)
		stored, _ := told.(string)
		odd := strings.TrimSpace(stored) != c.KeyText(field)
		if list := s.own[field]; len(list) < mostControls || odd && !list[len(list)-1].odd {
			s.enter(c, field, odd)
		}
	}
	s.seeAdditional(c)
}

// enter enters a contact that can be asked for by a field. It needs mu.
func (s *controls) enter(c *crm.Contact, field string, odd bool) {
	now := control{c, crm.KeyOf(field, c.KeyText(field)), odd}
	switch {
	case now.key.Value == "" || len(now.key.Value) > MaxKey:
		return
	case field == "email" && !odd:
		now.key.Value = strings.ToUpper(now.key.Value)
	}
	if s.own == nil {
		s.own = map[string][]control{}
	}
	list := slices.DeleteFunc(s.own[field], func(o control) bool { return o.have.ID == c.ID })
	if odd {
		list = slices.Insert(list, 0, now)
	} else {
		list = append(list, now)
	}
	s.own[field] = list[:min(len(list), mostControls)]
}

// alias enters a contact that the primary store has told of, for its additional emails and phones.
func (s *controls) alias(c *crm.Contact) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seeAdditional(c)
}

// seeAdditional is alias. It needs mu.
func (s *controls) seeAdditional(c *crm.Contact) {
	if len(c.OtherEmails)+len(c.OtherPhones) == 0 {
		return
	}
	for field, list := range map[string][]string{"email": c.OtherEmails, "phone": c.OtherPhones} {
		if len(list) == 0 || s.additional[field].have != nil {
			continue
		}
		if s.additional == nil {
			s.additional = map[string]control{}
		}
		s.additional[field] = control{have: c, key: crm.KeyOf(field, list[0])}
	}
}

// fieldsOf lists the fields of keys that search is asked about.
func fieldsOf(keys []crm.Key) (fields []string) {
	for _, k := range keys {
		if k.Field != "id" && !slices.Contains(fields, k.Field) {
			fields = append(fields, k.Field)
		}
	}
	return fields
}

// room is how many controls a question about such keys may need.
func (s *controls) room(keys []crm.Key) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(fieldsOf(keys)) + len(s.additional)
}

// beside chooses controls for a question; ok says that they suffice. None of them may come
// back for another reason than that its own key was asked for.
func (s *controls) beside(keys []crm.Key) (chosen []control, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, field := range fieldsOf(keys) {
		if s.refuted[field] {
			return nil, false
		}
		if chosen, ok = add(chosen, s.own[field], keys); !ok {
			return nil, false
		}
		if other := s.additional[field]; other.have != nil {
			if chosen, ok = add(chosen, []control{other}, keys); !ok {
				return nil, false
			}
		}
	}
	return chosen, true
}

// add adds the first of some controls that can be asked for beside the others.
func add(chosen, from []control, keys []crm.Key) ([]control, bool) {
	for _, c := range from {
		apart := !slices.ContainsFunc(keys, c.have.Carries) && !slices.ContainsFunc(chosen, func(o control) bool {
			return o.have.ID == c.have.ID || c.have.Carries(crm.KeyOf(o.key.Field, o.key.Value)) || o.have.Carries(crm.KeyOf(c.key.Field, c.key.Value))
		})
		if apart {
			return append(chosen, c), true
		}
	}
	return chosen, false
}

// refute notes that search is not to be believed about a field.
func (s *controls) refute(field string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuted == nil {
		s.refuted = map[string]bool{}
	}
	s.refuted[field] = true
}

// drop takes out a control that has changed, and reports whether others may be tried.
func (s *controls) drop(c control) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.has(c) {
		s.lost++
	}
	s.own[c.key.Field] = slices.DeleteFunc(s.own[c.key.Field], c.is)
	if c.is(s.additional[c.key.Field]) {
		delete(s.additional, c.key.Field)
	}
	return s.lost <= mostLost
}

// isUsed reports whether a control is still one: questions are asked side by side.
func (s *controls) isUsed(c control) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.refuted[c.key.Field] && s.has(c)
}

// has reports whether a control is among these. It needs mu.
func (s *controls) has(c control) bool {
	return slices.ContainsFunc(s.own[c.key.Field], c.is) || c.is(s.additional[c.key.Field])
}

// is reports whether two controls are the same.
func (c control) is(o control) bool { return o.have != nil && o.have.ID == c.have.ID && o.key == c.key }

// toSeek lists the fields of keys of which no contact is known, each once in a run.
func (s *controls) toSeek(keys []crm.Key) (fields []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sought == nil {
		s.sought = map[string]bool{}
	}
	for _, field := range fieldsOf(keys) {
		if len(s.own[field]) == 0 && !s.sought[field] {
			s.sought[field] = true
			fields = append(fields, field)
		}
	}
	return fields
}

// seekControls looks for contacts that can serve as controls, if none were seen.
func (c *contacts) seekControls(ctx context.Context, keys []crm.Key, found *findings) error {
	for _, field := range c.controls.toSeek(keys) {
		page, _, _, err := c.searchPage(ctx, ghl.Search{Filters: []ghl.Filter{{Field: c.filterField(field), Operator: "exists"}}})
		if isKind(err, ghl.Rejected) {
			continue
		}
		if err != nil {
			return err
		}
		for _, now := range page {
			found.add(now)
		}
		if (crm.Key{Field: field}).Identifies() {
			continue // they were entered when they were found
		}
		c.controls.mu.Lock()
		for _, now := range page {
			c.controls.enter(now, field, false)
		}
		c.controls.mu.Unlock()
	}
	return nil
}

// askFor asks search for keys that fit into one request and, where the answer is to be
// certain, for controls.
func (c *contacts) askFor(ctx context.Context, keys []crm.Key, found *findings) error {
	if !found.surely {
		return c.searchAll(ctx, []ghl.Filter{c.filter(keys)}, found.add)
	}
	controls, certain := c.controls.beside(keys)
	all := slices.Clone(keys)
	for _, o := range controls {
		all = append(all, o.key)
	}
	missing := slices.Clone(controls)
	err := c.searchAll(ctx, []ghl.Filter{c.filter(all)}, func(now *crm.Contact) {
		is := func(o control) bool { return o.have.ID == now.ID }
		missing = slices.DeleteFunc(missing, is)
		if !slices.ContainsFunc(keys, now.Carries) && !slices.ContainsFunc(controls, is) { // the question was not understood
			certain = false
		}
		found.add(now)
	})
	if err != nil {
		return err
	}
	if certain && len(missing) == 0 {
		found.believe(keys)
	}
	return c.judgeControls(ctx, missing)
}

// judgeControls asks the primary store why contacts did not come back.
func (c *contacts) judgeControls(ctx context.Context, missing []control) error {
	for _, o := range missing {
		if !c.controls.isUsed(o) {
			continue
		}
		a, err := c.api.GetContact(ctx, o.have.ID)
		switch {
		case err != nil && !isKind(err, ghl.Gone, ghl.Rejected):
			return err
		case err == nil && c.decode(&a).Carries(crm.KeyOf(o.key.Field, o.key.Value)), !c.controls.drop(o):
			c.controls.refute(o.key.Field)
		}
	}
	return nil
}
