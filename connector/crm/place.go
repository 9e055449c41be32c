package crm

import "slices"

// The parts of an address by which two of them are told apart. Regions are not
// among them: one source writes them in full, the other in short.
var comparedParts = []part{partStreet, partCity, partPostcode, partCountry}

// candidatePlace is one address that a record has parts of.
type candidatePlace struct {
	*place
	best  *route
	parts []string // by comparedParts, folded; "" where it says nothing
}

// barPlaces keeps addresses apart: of two that contradict each other only the better one
// counts, so that no street of one gets the city of another.
func (r *record) barPlaces() {
	if !r.hasPlaces() {
		return
	}
	var places []candidatePlace
	for part, of := range comparedParts {
		i := r.plan.table.places[of]
		if i < 0 || !r.plan.has(i) {
			continue
		}
		for _, c := range r.candidates(i) {
			if c.to.place != nil && c.raw != nil && r.isOpen(c.to.gate) {
				places = addPart(places, part, c)
			}
		}
	}
	slices.SortStableFunc(places, func(a, b candidatePlace) int { return a.best.compare(b.best) })
	for i := range places {
		for _, better := range places[:i] {
			if better.barred != r.plan.record && contradict(better.parts, places[i].parts) {
				places[i].barred = r.plan.record
			}
		}
	}
}

// hasPlaces reports whether the record may have parts of several addresses.
func (r *record) hasPlaces() (several bool) {
	var one *place
	for _, i := range r.plan.placeFields {
		if !r.plan.has(i) {
			continue
		}
		cell := &r.plan.cells[i]
		at := cell.first[0].to.place
		several = several || cell.several || one != nil && one != at
		one = at
	}
	return several
}

func addPart(places []candidatePlace, part int, c candidate) []candidatePlace {
	if isBlank(c.raw) {
		return places
	}
	at := slices.IndexFunc(places, func(known candidatePlace) bool { return known.place == c.to.place })
	if at < 0 {
		at = len(places)
		places = append(places, candidatePlace{place: c.to.place, best: c.to, parts: make([]string, len(comparedParts))})
	}
	p := &places[at]
	if c.to.compare(p.best) < 0 {
		p.best = c.to
	}
	if p.parts[part] == "" {
		p.parts[part] = partOf(comparedParts[part], plainText(c.raw))
	}
	return places
}

func partOf(of part, text string) string {
	if of == partCountry {
		if code, ok := englishCountry(text); ok {
			return code
		}
	}
	return fold(text)
}

func contradict(a, b []string) bool {
	for i := range a {
		if a[i] != "" && b[i] != "" && a[i] != b[i] {
			return true
		}
	}
	return false
}
