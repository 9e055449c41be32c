package connector

import "destination-gohighlevel/connector/words"

// account is the table of what was exported.
func (x *exporting) account() {
	x.tally.account(x.people)
	var formulas int64
	for _, s := range x.tally.streams {
		formulas += s.formulas
	}
	if formulas > 0 {
		say(x.people, "%s as a formula does, and a spreadsheet would compute that: open the file there as text. They are written as they are, so that import takes them back unchanged.",
			words.Plural(formulas, "value begins", "values begin"))
	}
}
