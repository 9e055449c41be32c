package airbyte

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"sync/atomic"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/words"
)

const (
	readAhead  = 64 << 10  // a full pipe; lines up to this size are not copied
	keepBuffer = 1 << 20   // a larger line buffer is dropped after its line
	maxLine    = 512 << 20 // longer lines are refused, so that memory is bounded
)

// Reader reads messages, one JSON object per line. It keeps no more than one
// line in memory. It is not safe for concurrent use, but for Bytes, Skipped and
// FirstSkipped.
type Reader struct {
	in    *bufio.Reader
	long  []byte // holds a line that does not fit into in
	limit int    // greatest length of a line

	line         int64
	spoken       bool         // a line was a message
	bytes        atomic.Int64 // read by others while reading goes on, as are the next
	skipped      atomic.Int64
	firstSkipped atomic.Int64
	outline      jsonscan.Outline
	streams      streamCache
	err          error // why reading ended
}

// NewReader returns a Reader of r. It reads ahead: nobody else may read r.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, readAhead), limit: maxLine}
}

// Next returns the next RECORD, STATE or TRACE STREAM_STATUS message. What it
// returns is the caller's own and stays valid. It passes over messages of other
// types, known or not, and over empty lines; it skips and counts lines that do
// not start with '{' (white space and a byte order mark apart).
//
// A line that starts with '{' and is no valid message is a *LineError; so are a
// line beyond 512 MB and JSON nested deeper than encoding/json allows. The
// Reader can be used after it, but the input has lost a message. At the end
// comes io.EOF; a last line needs no newline. Any other failure of the
// underlying reader comes as it is, but for the name of the file. Both are
// returned from then on.
func (r *Reader) Next() (Message, error) {
	for {
		line, size, err := r.nextLine()
		tooLong := errors.Is(err, errLineTooLong)
		if err != nil && !tooLong {
			return Message{}, err
		}
		line = trim(line)
		if len(line) == 0 {
			continue
		}
		if line[0] != '{' {
			r.skip()
			continue
		}
		if tooLong {
			return Message{}, &LineError{Line: r.line, Reason: err.Error()}
		}
		message, err := r.parse(line)
		if err != nil {
			return Message{}, &LineError{Line: r.line, Reason: err.Error()}
		}
		r.spoken = true
		if message != (Message{}) {
			message.Line, message.Bytes = r.line, size
			return message, nil
		}
	}
}

// Bytes returns the length of the lines so far.
func (r *Reader) Bytes() int64 { return r.bytes.Load() }

// Spoken reports whether any line so far was a message, of whatever type.
func (r *Reader) Spoken() bool { return r.spoken }

// Skipped returns how many lines so far could not be messages.
func (r *Reader) Skipped() int64 { return r.skipped.Load() }

// FirstSkipped returns the number of the first skipped line, 0 if there is none.
func (r *Reader) FirstSkipped() int64 { return r.firstSkipped.Load() }

func (r *Reader) skip() {
	r.skipped.Add(1)
	if r.firstSkipped.Load() == 0 {
		r.firstSkipped.Store(r.line)
	}
}

var errLineTooLong = errors.New("it is too long")

// nextLine returns the next line and its length as read. The line is valid
// until the next call. With errLineTooLong it returns the line's beginning; the
// rest has been read and dropped.
func (r *Reader) nextLine() (line []byte, size int, err error) {
	if r.err != nil {
		return nil, 0, r.err
	}
	if cap(r.long) > keepBuffer {
		r.long, r.outline = nil, jsonscan.Outline{}
	}
	line, err = r.in.ReadSlice('\n')
	size = len(line)
	if errors.Is(err, bufio.ErrBufferFull) {
		line, size, err = r.longLine(line)
	}
	if err != nil && (!errors.Is(err, io.EOF) || size == 0) {
		return nil, 0, r.end(err)
	}
	r.line++
	r.bytes.Add(int64(size))
	if size > r.limit {
		return line, size, errLineTooLong
	}
	return line, size, nil
}

// longLine goes on reading a line of which the first part filled the buffer.
func (r *Reader) longLine(part []byte) (line []byte, size int, err error) {
	r.long = append(r.long[:0], part...)
	size = len(part)
	for err = bufio.ErrBufferFull; errors.Is(err, bufio.ErrBufferFull); {
		part, err = r.in.ReadSlice('\n')
		if size += len(part); size <= r.limit {
			r.long = append(r.long, part...)
		}
	}
	return r.long, size, err
}

// end remembers and returns why there will be no further line.
func (r *Reader) end(err error) error {
	r.err = io.EOF
	if !errors.Is(err, io.EOF) {
		r.err = err
		if file := (*fs.PathError)(nil); errors.As(err, &file) {
			r.err = file.Err // that it was read, and from stdin, the caller knows
		}
	}
	return r.err
}

// trim removes the white space that JSON knows, and a byte order mark.
func trim(text []byte) []byte {
	return jsonscan.Trim(words.WithoutByteOrderMark(jsonscan.Trim(text)))
}
