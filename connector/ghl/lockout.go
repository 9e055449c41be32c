package ghl

import "sync"

// lockout keeps calls from being sent with a token that the server has refused
// several times in a row, each time after it could have been renewed: they
// would only be refused too. A single refusal may be about one operation.
type lockout struct {
	mu   sync.Mutex
	row  int
	last *Error
}

const lockoutAfter = 3

// note enters how a call ended.
func (l *lockout) note(fault *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case fault == nil:
		l.row = 0
	case fault.Kind == Unauthorized && fault.Status != 0:
		l.row++
		l.last = fault
	}
}

// refuses returns the fault that keeps a call from being sent, or nil.
func (l *lockout) refuses() *Error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.row < lockoutAfter {
		return nil
	}
	fault := *l.last
	return &fault
}
