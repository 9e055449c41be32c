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
	return out
}
