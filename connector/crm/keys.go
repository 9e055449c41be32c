package crm

// Unfed returns the match keys, as match_on names them, that no column feeds: neither
// a declared one nor one that a record has had so far, whatever its values. Those of
// the contact are among them that a record belongs to. A column of second choice feeds none, since it identifies nobody.
func (p *Plan) Unfed() []string {
	var refs []string
	fields, all := p.finding()
	for n, i := range fields {
		if !p.isFed(i) {
			refs = append(refs, all[n])
		}
	}
	return refs
}

// IsFed reports whether a column feeds at least one match key.
func (p *Plan) IsFed() bool {
	fields, _ := p.finding()
	return len(p.Unfed()) < len(fields)
}

func (p *Plan) isFed(field int) bool {
	for _, t := range p.feeds[field] {
		if !t.fallback {
			return true
		}
	}
	return false
}

// Missing is a column that a setting names and that the stream neither declares
// nor has delivered so far: the setting has no effect there.
type Missing struct{ Setting, Column string }

// Missing returns the columns of field_mapping and deleted_when that the stream
// does not have, in the order of the settings.
func (p *Plan) Missing() []Missing {
	var missing []Missing
	for _, e := range p.entries {
		if !e.seen && e.Value == nil {
			missing = append(missing, Missing{"field_mapping", e.From})
		}
	}
	for _, d := range p.deletions {
		if !d.seen {
			missing = append(missing, Missing{"deleted_when", d.from})
		}
	}
	return missing
}
