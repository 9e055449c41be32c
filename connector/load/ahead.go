package load

import (
	"context"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
)

// How much is read before a window has room for it: it waits as it came, which takes
// little memory, and tells the objects what is coming.
const (
	aheadMessages = 5 << 10
	aheadBytes    = 8 << 20
)

// ahead is what was read and is not being written yet. It is safe for concurrent use.
type ahead struct {
	room  *semaphore.Weighted // for bytes that no window has taken
	bytes atomic.Int64        // that no window has taken

	mu      sync.Mutex // guards what follows
	waiting map[Object]int
	ended   bool // nothing more is read
}

// weight is what of the room a message takes: one that is too large for it takes all.
func weight(m airbyte.Message) int64 { return min(int64(m.Bytes), aheadBytes) }

// enter waits until there is room for a message, and enters it.
func (a *ahead) enter(ctx context.Context, of Object, m airbyte.Message) error {
	a.bytes.Add(int64(m.Bytes))
	if of != nil {
		a.mu.Lock()
		a.waiting[of]++
		a.mu.Unlock()
	}
	return a.room.Acquire(ctx, weight(m))
}

// taken enters that a window has taken a message.
func (a *ahead) taken(m airbyte.Message) {
	a.bytes.Add(-int64(m.Bytes))
	a.room.Release(weight(m))
}

// end enters that nothing more is read.
func (a *ahead) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ended = true
}

// written enters that records are being written.
func (a *ahead) written(records []*Record) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range records {
		a.waiting[r.Stream.Object]--
	}
}

// behind tells how many records of an object are to be written later, as far as they
// were read, and whether these are the last.
func (a *ahead) behind(of Object) (records int, last bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.waiting[of], a.ended
}

// read reads messages side by side with whoever takes them, until the input ends
// or ctx does; then the channel is closed, and the error says why.
func (r *run) read(ctx context.Context, input Input) (<-chan airbyte.Message, <-chan error) {
	messages, readErr := make(chan airbyte.Message, aheadMessages), make(chan error, 1)
	go func() {
		defer close(messages)
		defer r.ahead.end()
		for {
			var m airbyte.Message
			err := bug.Guard(func() (err error) { m, err = input.Next(); return err })
			if err != nil {
				readErr <- err
				return
			}
			if err := r.ahead.enter(ctx, r.objectOf(m), m); err != nil {
				readErr <- err
				return
			}
			select {
			case messages <- m:
			case <-ctx.Done():
				readErr <- ctx.Err()
				return
			}
		}
	}()
	return messages, readErr
}

// objectOf is the object that a message brings a record for; nil if there is none.
func (r *run) objectOf(m airbyte.Message) Object {
	if m.Record == nil || r.streams[m.Record.Stream] == nil {
		return nil
	}
	return r.streams[m.Record.Stream].Object
}
