package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
)

// format is the version of the lines. A reader refuses a greater one.
const format = 1

// The types of lines.
const (
	typeRun    = "run"
	typeIntent = "intent"
	typeDone   = "done"
	typeFail   = "fail"
	typeEnd    = "end"
)

// Run is a sync, or whatever else makes changes.
type Run struct {
	ID       string    `json:"run"`
	Started  time.Time `json:"-"`       // the time of the line
	Version  string    `json:"version"` // of the program
	Location string    `json:"location"`
	Streams  []Stream  `json:"streams,omitempty"`
	// Ended says that the run has come to its end; else it is under way, or was killed.
	Ended bool `json:"-"`
}

// Stream is a stream of a run.
type Stream struct {
	Name   string `json:"name"`
	Object string `json:"object"`
	Mode   string `json:"mode"`
}

// Op is what is done to a thing.
type Op string

// What can be done. Every object is created, updated and deleted; tags and the link to a
// business are of contacts.
const (
	Create     Op = "create"
	Update     Op = "update"
	Delete     Op = "delete"
	AddTags    Op = "tag_add"
	RemoveTags Op = "tag_remove"
	Link       Op = "link"
)

// Stopped is the name in Before of a contact that is deleted by which it is told that the
// person had stopped it all from their side.
const Stopped = "inbound_stopped"

// Change is what a request is about to do to one thing.
type Change struct {
	Op     Op     `json:"op"`
	Object string `json:"object"`       // "contacts"
	ID     string `json:"id,omitempty"` // "" if it is to be created
	// Name is what a thing that is no contact is called in the CRM; "" if it is to be
	// created, or has no name.
	Name string `json:"name,omitempty"`
	// Contact is the one that it belongs to; "" for contacts, and what belongs to none.
	Contact string `json:"contact,omitempty"`
	Origin
	// Before is what the thing held of the fields that are to be written, as far as it
	// was known; of one that is to be deleted it is all that was known.
	Before map[string]any `json:"before,omitempty"`
	// Others is when others had changed the thing last, the zero time if nobody had; nil
	// if that was not known.
	Others *time.Time `json:"others,omitempty"`
	// Set is what is to be written, nil clears; Tags are those to be added or removed.
	Set  map[string]any `json:"set,omitempty"`
	Tags []string       `json:"tags,omitempty"`
}

// Origin says for what a change is made.
type Origin struct {
	Stream string `json:"stream,omitempty"`
	// Lines are those of the input; none for what a sync did not contain.
	Lines []int64 `json:"lines,omitempty"`
	// Keys are what the records identify the thing by.
	Keys map[string]string `json:"keys,omitempty"`
}

// Outcome is what became of a change.
type Outcome struct {
	ID string `json:"id,omitempty"`
	// After is what the CRM says the thing holds of what was set.
	After map[string]any `json:"after,omitempty"`
	// Tags are those that were added or removed, as the CRM reported it; nil if it did
	// not.
	Tags []string `json:"tags,omitzero"`
	// Updated is when the thing was changed, in the CRM's own words.
	Updated string `json:"updated,omitempty"`
	// Failure is set if the change was not carried out, or nobody knows; the rest is
	// empty then.
	Failure *Failure `json:"-"`
}

// Failure is what became of a change whose request went wrong.
type Failure struct {
	Status  int    `json:"status,omitempty"`
	Message string `json:"message"`
	// Unknown says that it may have been carried out all the same, Unsent that it was
	// announced and its request never sent.
	Unknown bool `json:"unknown,omitempty"`
	Unsent  bool `json:"unsent,omitempty"`
}

// line is what all lines of a journal have.
type line struct {
	Type   string    `json:"type"`
	Format int       `json:"format,omitempty"` // of the first
	Seq    int64     `json:"seq,omitempty"`    // of an intent, and of its outcomes
	At     time.Time `json:"at"`
}

type (
	runLine struct {
		line
		Run
	}
	intentLine struct {
		line
		Change
	}
	doneLine struct {
		line
		Outcome
	}
	failLine struct {
		line
		Failure
	}
)

// encode is a line of one of these types.
func encode(l any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(l) != nil {
		return nil, errors.New("a change cannot be written as JSON") // the cause could hold a value
	}
	return b.Bytes(), nil
}
