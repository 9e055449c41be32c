package object

import (
	"context"
	"errors"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
)

// OriginOf is for what records of a stream something is changed, in a journal.
func OriginOf(stream airbyte.StreamID, keys []crm.Key, lines ...int64) journal.Origin {
	o := journal.Origin{Stream: stream.String(), Lines: lines}
	for _, k := range keys {
		if o.Keys == nil {
			o.Keys = make(map[string]string, len(keys))
		}
		o.Keys[k.Field] = k.Value
	}
	return o
}

// Recorded are values, as a journal has them: by what users call a field, which does not
// change when the field's label does.
func Recorded(t *crm.Table, values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		out[t.Display(name)] = v
	}
	return out
}

// Held is what something holds of the values that are to be written over, as far as it
// is known.
func Held(t *crm.Table, have *crm.Contact, set map[string]any) map[string]any {
	held := make(map[string]any, len(set))
	if have == nil {
		return held
	}
	for name := range set {
		if v, told := have.Held(name); told {
			held[t.Display(name)] = v
		}
	}
	return held
}

// Send sends a request that makes changes, once the journal has taken them down; that it
// went wrong is taken down too. What became of the others the caller tells the entry. An
// error of the journal is one of [ghl.Bug] to who asks for its kind.
func Send[T any](ctx context.Context, j *journal.Journal, send func() (T, error), changes ...journal.Change) (answer T, entry *journal.Entry, err error) {
	if entry, err = j.Begin(ctx, changes...); err != nil {
		return answer, nil, err
	}
	if answer, err = send(); err != nil {
		f := Failed(err)
		if changes[0].Op == journal.Delete && ghl.KindOf(err) == ghl.Gone {
			f.Unknown = true // a try of this request whose answer was lost may have deleted it
		}
		entry.Fail(f)
	}
	return answer, entry, err
}

// Failed is what a journal says of a request that went wrong. Some refusals have written
// all the same: who has looked says [Refusal].
func Failed(err error) journal.Failure {
	f := Refusal(err)
	switch ghl.KindOf(err) {
	case ghl.Duplicate, ghl.Gone, ghl.Exhausted, ghl.Throttled, ghl.Unauthorized, ghl.Forbidden, ghl.ScopeMissing:
	default:
		f.Unknown = true
	}
	return f
}

// Refusal is what a journal says of a request that has changed nothing.
func Refusal(err error) journal.Failure {
	f := journal.Failure{Message: ghl.KindOf(err).String()}
	if api := (*ghl.Error)(nil); errors.As(err, &api) {
		f.Status = api.Status
	}
	return f
}
