package gateway

import (
	"sync/atomic"

	"destination-gohighlevel/connector/ghl"
)

// batches sends things to calls that take many at once. How many is nowhere
// documented: a batch that is refused is sent in halves, and if both pass, it
// was too large, and the size is remembered. A single thing that is refused is
// left to alone.
type batches[T any] struct {
	size  *atomic.Int64
	call  func(batch []T) error
	alone func(one T, refusal error) error
}

// send sends everything, in batches as large as are known to be taken.
func (b batches[T]) send(all []T) error {
	for len(all) > 0 {
		n := min(int(b.size.Load()), len(all))
		if _, err := b.one(all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// one sends one batch, and reports whether it was refused as a whole.
func (b batches[T]) one(batch []T) (refused bool, err error) {
	err = b.call(batch)
	switch {
	case !isKind(err, ghl.Rejected):
		return false, err
	case len(batch) == 1:
		return true, b.alone(batch[0], err)
	}
	half := (len(batch) + 1) / 2
	first, err := b.one(batch[:half])
	if err != nil {
		return true, err
	}
	if int(b.size.Load()) < half { // learnt meanwhile
		return true, b.send(batch[half:])
	}
	second, err := b.one(batch[half:])
	if err == nil && !first && !second {
		b.size.Store(int64(half))
	}
	return true, err
}
