package load

import "fmt"

// brake keeps a sync that would do more than the user expects from doing it.
type brake struct{ creates, updates bound }

// bound is one limit of the user's.
type bound struct {
	verb, setting string
	limit         *int64 // nil: none
	begun         int64
}

// LimitError ends a sync before the first write over a limit that the user has
// set. What was written before is acknowledged.
type LimitError struct {
	// Verb is create or update; Setting is the key of the configuration that
	// says Limit.
	Verb, Setting string
	Limit         int64
	// Further is how many more of the records read so far asked for it.
	Further int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s is %d, and the records read so far ask to %s at least %d more contacts", e.Setting, e.Limit, e.Verb, e.Further)
}

// begin enters that one more contact is about to be written.
func (b *bound) begin() error {
	if b.limit != nil && b.begun >= *b.limit {
		return &LimitError{Verb: b.verb, Setting: b.setting, Limit: *b.limit}
	}
	b.begun++
	return nil
}

// allow asks the brake before a person is written.
func (r *run) allow(p *person) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.creates() {
		return r.brake.creates.begin()
	}
	if p.updates() {
		return r.brake.updates.begin()
	}
	return nil
}

// creates reports whether a contact has to be created for the person.
func (p *person) creates() bool {
	return p.have == nil && p.reject == nil && !p.void && !p.want.Deleted && p.stream().creates()
}

// updates reports whether the person's contact has to be changed.
func (p *person) updates() bool {
	return p.have != nil && p.reject == nil && !p.void && !p.want.Deleted && (len(p.change.Set) > 0 || len(p.lacks(p.have)) > 0)
}

// further counts the people who ask for what a limit forbids.
func (e *LimitError) further(people []*person) {
	for _, p := range people {
		if !p.done && (e.Verb == "create" && p.creates() || e.Verb == "update" && p.updates()) {
			e.Further++
		}
	}
}
