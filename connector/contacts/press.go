package contacts

import (
	"bytes"
	"compress/flate"
	"io"
)

// looseMost is how many bytes of boxes are left as they are. That is more than any rate
// that the API allows fills while contacts are remembered, so what presses the others may
// take its time.
const looseMost = 4 << 20

// press makes boxes smaller by what they have in common with the first that it was given.
// pressLevel is the least that uses a sample.
const pressLevel = 2

type press struct {
	sample []byte
	out    bytes.Buffer
	writer *flate.Writer
}

func newPress(sample []byte) *press {
	p := &press{sample: bytes.Clone(sample[:min(len(sample), 16<<10)])}
	p.writer, _ = flate.NewWriterDict(&p.out, pressLevel, p.sample) // no level that is not there
	return p
}

func (p *press) small(data []byte) []byte {
	p.out.Reset()
	p.writer.Reset(&p.out)
	_, _ = p.writer.Write(data) // a buffer takes all
	_ = p.writer.Close()
	return bytes.Clone(p.out.Bytes())
}

// text is what is in a box.
func (p *press) text(b *box) string {
	if b.pressed == 0 {
		return string(b.data)
	}
	text := make([]byte, b.pressed)
	_, _ = io.ReadFull(flate.NewReaderDict(bytes.NewReader(b.data), p.sample), text) // it is what small has made
	return string(text)
}

// squeeze presses boxes until no more bytes are loose than may be.
func (a *attic) squeeze(most int) {
	if a.looseBytes <= most {
		return
	}
	for id, b := range a.boxes {
		if a.looseBytes <= most {
			return
		}
		if b.pressed > 0 {
			continue
		}
		if a.press == nil {
			a.press = newPress(b.data)
		}
		loose := len(b.data)
		b.data, b.pressed = a.press.small(b.data), loose
		a.boxes[id] = b
		a.looseBytes -= loose
		a.bytes += len(b.data) - loose
	}
}
