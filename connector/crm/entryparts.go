package crm

import (
	"math"

	"destination-gohighlevel/connector/jsonscan"
)

// nameAndValue reads an entry like {"key": …, "value": …} or {"field": {"ref": …},
// "type": "email", "email": …}. A custom field may be named by its id.
func (r *record) nameAndValue(entry []byte) (name, value []byte) {
	parts := r.plan.parts(entry)
	named := parts[nameOfEntry]
	if named != nil && named[0] == '{' {
		named = pick(named, entryRefs)
	}
	if named == nil {
		named = parts[idOfEntry]
		if named == nil || named[0] != '"' || r.plan.table.findCustom(plainText(named)) == nil {
			return nil, nil
		}
	}
	if named[0] != '"' {
		return nil, nil
	}
	value = parts[valueOfEntry]
	if value == nil {
		if kind := parts[typeOfEntry]; kind != nil && kind[0] == '"' {
			value = pick(entry, []string{fold(string(jsonscan.Unquote(kind)))})
		}
	}
	return jsonscan.Unquote(named), value
}

// The parts of an entry by which it is read as a column.
const (
	nameOfEntry = iota
	idOfEntry
	valueOfEntry
	typeOfEntry
	partsOfEntry // how many there are
)

var entryParts = [partsOfEntry][]string{entryNames, entryIDs, entryValues, entryTypes}

// ranks are the places of a member's name among those of each part, none being behind
// all others.
type ranks [partsOfEntry]int

const noRank = math.MaxInt

func ranksOf(name []byte) (r ranks) {
	for part, names := range entryParts {
		if r[part] = foldedIndex(names, name); r[part] < 0 {
			r[part] = noRank
		}
	}
	return r
}

// parts are what [pick] finds of each part of an entry.
func (p *Plan) parts(entry []byte) (parts [partsOfEntry][]byte) {
	best := ranks{noRank, noRank, noRank, noRank}
	p.entryMembers.Begin()
	for name, raw := range jsonscan.Members(entry) {
		of := p.entryMembers.Of(name)
		if of == nil {
			fresh := ranksOf(name)
			if of = &fresh; p.entryMembers.Len() < mostLearnt {
				of = p.entryMembers.Know(string(name), fresh)
			}
		}
		for part, rank := range of {
			if rank < best[part] && !isBlank(raw) {
				best[part], parts[part] = rank, raw
			}
		}
	}
	return parts
}
