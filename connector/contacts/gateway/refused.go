package gateway

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/trouble"
)

// A refused value costs the value: the write is repeated without it. Where the
// refusal names no value, it is repeated without those that it may be about.

// suspects are the fields whose form the API checks, those first whose values
// are trusted least: a phone is only known to be possible, and the API names an
// email that it refuses.
var suspects = []string{"phone", "assignedTo", "website", "timezone", "dateOfBirth", "country", "email"}

// mostRepeats is how often a write is repeated because of refusals that name
// no value.
const mostRepeats = 2

// mostInVain is after how many records in a row that could not be written anyhow
// a refusal of the same words ends the attempts.
const mostInVain = 3

// unnamed is what a run has learnt of refusals that name no value, by their
// words. It is safe for concurrent use; the zero value knows nothing.
type unnamed struct {
	mu     sync.Mutex
	helped map[string][]string // what was left out when the rest was taken
	inVain map[string]int      // how many records in a row nothing has helped
}

// mostWords bounds how many refusals are remembered.
const mostWords = 100

// learn enters what was left out when a write was taken; nothing helped if out
// is nil.
func (u *unnamed) learn(words string, out []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.helped == nil {
		u.helped, u.inVain = map[string][]string{}, map[string]int{}
	}
	if out == nil && (u.inVain[words] > 0 || len(u.inVain) < mostWords) {
		u.inVain[words]++
	}
	if out != nil && (u.helped[words] != nil || len(u.helped) < mostWords) {
		u.helped[words] = out
		delete(u.inVain, words)
	}
}

// steps are the sets of fields to leave out, to be tried in turn.
func (u *unnamed) steps(words string, values map[string]any, writable func(without []string) bool) [][]string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.inVain[words] >= mostInVain {
		return nil
	}
	sent := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return values[name] == nil })
	}
	last := len(suspects) - 1
	var steps [][]string
	for _, names := range [][]string{u.helped[words], suspects[:1], suspects[1:], suspects[1:last]} {
		out := sent(names)
		known := slices.ContainsFunc(steps, func(step []string) bool { return slices.Equal(step, out) })
		if len(out) > 0 && len(steps) < mostRepeats && !known && writable(out) {
			steps = append(steps, out)
		}
	}
	return steps
}

// omissions are what one write leaves out because of refusals.
type omissions struct {
	named []string // by the refusals

	words string         // of a refusal that names nothing, "" if there was none
	steps [][]string     // to leave out in turn
	out   []string       // what is left out now
	held  map[string]any // and its values
}

// omit takes out of values what a refusal is about, or may be about. It reports
// false if there is nothing to be tried any more; writable tells what can be
// written without.
func (c *contacts) omit(o *omissions, err error, values map[string]any, writable func(without []string) bool) bool {
	var e *ghl.Error
	if !errors.As(err, &e) {
		return false
	}
	if field := c.refusedField(err, values); field != "" {
		if !writable([]string{field}) {
			return false
		}
		delete(values, field)
		o.named = append(o.named, field)
		return true
	}
	if e.Field != "" || e.Reason != ghl.NoReason || len(e.Messages) == 0 {
		return false
	}
	if o.words == "" {
		o.words = fmt.Sprint(e.Status, strings.Join(e.Messages, "; "))
		o.steps = c.unnamed.steps(o.words, values, writable)
	}
	if len(o.steps) == 0 {
		c.unnamed.learn(o.words, nil)
		return false
	}
	maps.Copy(values, o.held) // what the last step left out is not to blame
	o.out, o.held, o.steps = o.steps[0], map[string]any{}, o.steps[1:]
	for _, name := range o.out {
		o.held[name] = values[name]
		delete(values, name)
	}
	return true
}

// taken learns from a write that was taken what it left out, and notes it.
func (c *contacts) taken(o *omissions) []trouble.Note {
	if o.out != nil {
		c.unnamed.learn(o.words, o.out)
	}
	return c.omitted(o)
}

// omitted notes what a write has left out.
func (c *contacts) omitted(o *omissions) []trouble.Note {
	var notes []trouble.Note
	for _, name := range o.named {
		notes = append(notes, trouble.Note{Field: c.table.Display(name), Rule: "refused by the API", Dropped: true})
	}
	for _, name := range o.out {
		notes = append(notes, trouble.Note{Field: c.table.Display(name), Rule: "the API refused the record and named no value", Dropped: true})
	}
	return notes
}
