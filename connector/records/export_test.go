package records

// RememberNothing makes a sync forget what belongs to contacts after each window.
func RememberNothing() (restore func()) {
	before := mostRemembered
	mostRemembered = 0
	return func() { mostRemembered = before }
}
