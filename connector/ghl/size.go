package ghl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	"golang.org/x/sync/semaphore"
)

// How long an answer may be, in bytes as unpacked: what is sent compressed can
// unpack to a thousand times as much.
const (
	maxOne      = 1 << 20  // one contact, or a token
	maxPerEntry = 32 << 10 // each entry of a page, on average
	maxList     = 8 << 20  // all custom fields, users or notes, or what became of each contact of a bulk call
	maxPage     = 16 << 20 // all entries of a page
	maxRefusal  = 64 << 10 // what is said after that is not needed
	maxHeader   = 64 << 10

	// shortAnswer is what every answer may have without asking for room.
	shortAnswer = 128 << 10
	// roomForLong is what all longer answers, while they are read and decoded,
	// may have together. It holds the longest one: a full page.
	roomForLong = 18 << 20

	// sparseBytes is how many bytes may hold any JSON. In what is longer, one byte
	// in bytesPerComma may be a comma: a comma can begin a value, and a value of two
	// bytes takes up to fifty once decoded.
	sparseBytes   = 16 << 10
	bytesPerComma = 8
)

var errTooLong = errors.New("the answer is longer or holds more than it can")

// maxAnswer is how long an answer may be. limit is how many entries a page may have.
func maxAnswer(op Operation, limit int) int64 {
	return operations[op].maxBytes + min(int64(limit)*maxPerEntry, maxPage)
}

// maxAfter is how long the answer may be that came with a status.
func (w wire) maxAfter(status int) int64 {
	if status/100 != 2 {
		return maxRefusal
	}
	return w.maxBytes
}

// room is shared by the answers that are being read and decoded.
type room struct{ free *semaphore.Weighted }

func newRoom() room { return room{semaphore.NewWeighted(roomForLong)} }

// read reads an answer of at most so many bytes into a buffer, which must outlive
// what is returned. A longer one is read no further: body is its beginning, and
// the error errTooLong. A long one waits until there is room for it, which leave
// gives back; leave is never nil.
func (r room) read(ctx context.Context, buffer *bytes.Buffer, from io.Reader, limit int64) (body []byte, leave func(), err error) {
	leave = func() {}
	short := min(limit, shortAnswer)
	n, err := buffer.ReadFrom(io.LimitReader(from, short+1))
	if err == nil && n > short && limit > short {
		if err = r.free.Acquire(ctx, limit); err != nil {
			return buffer.Bytes(), leave, err
		}
		leave = func() { r.free.Release(limit) }
		var more int64
		more, err = buffer.ReadFrom(io.LimitReader(from, limit-n+1))
		n += more
	}
	if err == nil && n > limit {
		buffer.Truncate(int(limit))
		err = errTooLong
	}
	if err == nil && n > sparseBytes && bytes.Count(buffer.Bytes(), []byte(",")) > int(n/bytesPerComma) {
		err = errTooLong
	}
	return buffer.Bytes(), leave, err
}

// bodies are buffers for answers. Nothing that is made of an answer may point
// into it: decoding copies.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// keptBody is how large a buffer, in bytes, is kept for the next answer.
const keptBody = 1 << 20

func giveBack(buffer *bytes.Buffer) {
	if buffer.Cap() <= keptBody {
		buffer.Reset()
		bodies.Put(buffer)
	}
}
