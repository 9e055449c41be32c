package load

import (
	"slices"

	"destination-gohighlevel/connector/crm"
)

// meets lists where a person may meet another in the CRM: its keys, the contacts
// found for it, and the emails and phones that it and these have or are to get,
// whether or not people are matched by them.
func (p *person) meets() []crm.Key {
	keys := slices.Clone(p.want.Keys)
	holders := []*crm.Contact{p.then()}
	for _, c := range append(slices.Clip(p.matches), p.have) {
		if c != nil {
			keys = append(keys, crm.IDKey(c.ID))
			holders = append(holders, c)
		}
	}
	for _, c := range holders {
		for _, name := range crm.Identifiers() {
			if v := c.KeyText(name); v != "" {
				keys = append(keys, crm.KeyOf(name, v))
			}
		}
	}
	return keys
}

// inTurn orders the people of a chain so that whoever gives an email or phone up
// is written before who gets it by a later record.
func inTurn(chain []*person) []*person {
	if len(chain) < 2 {
		return chain
	}
	givers := map[crm.Key][]*person{}
	for _, p := range chain {
		if p.have == nil || p.want.Deleted {
			continue
		}
		then := p.then()
		for _, name := range crm.Identifiers() {
			if k := crm.KeyOf(name, p.have.KeyText(name)); k.Value != "" && !then.Carries(k) {
				givers[k] = append(givers[k], p)
			}
		}
	}
	if len(givers) == 0 {
		return chain
	}
	out := make([]*person, 0, len(chain))
	seen := map[*person]bool{}
	var add func(p *person)
	add = func(p *person) {
		if seen[p] {
			return
		}
		seen[p] = true
		for _, r := range p.pieces {
			for _, name := range crm.Identifiers() {
				v, _ := r.want.Values[name].Data.(string)
				for _, giver := range givers[crm.KeyOf(name, v)] {
					if giver.givesUp(name) < r.at {
						add(giver)
					}
				}
			}
		}
		out = append(out, p)
	}
	for _, p := range chain {
		add(p)
	}
	return out
}

// givesUp is the place of the first record by which a person's contact gets
// another value of an identifier.
func (p *person) givesUp(name string) int {
	for _, r := range p.pieces {
		text, _ := r.want.Values[name].Data.(string)
		if _, ok := r.want.Values[name]; ok && !r.void && !p.have.Carries(crm.KeyOf(name, text)) {
			return r.at
		}
	}
	return p.pieces[0].at
}

// chains orders people so that those who share a key, and so may meet in the
// CRM, are written one after another; different chains may run side by side.
func chains(people []*person) [][]*person {
	chainOf := map[crm.Key]int{}
	var out [][]*person
	for _, p := range people {
		at := -1
		keys := p.meets()
		for _, key := range keys {
			i, ok := chainOf[key]
			switch {
			case !ok || i == at:
			case at < 0:
				at = i
			default: // p brings two chains together
				for _, q := range out[i] {
					for _, k := range q.meets() {
						chainOf[k] = at
					}
				}
				out[at], out[i] = append(out[at], out[i]...), nil
			}
		}
		if at < 0 {
			at = len(out)
			out = append(out, nil)
		}
		out[at] = append(out[at], p)
		for _, key := range keys {
			if _, ok := chainOf[key]; !ok {
				chainOf[key] = at
			}
		}
	}
	for i, chain := range out {
		out[i] = inTurn(chain)
	}
	return out
}
