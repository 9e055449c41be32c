package connector

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// progressLine is the last line of a terminal, which says how far an import is. What
// is written over it makes it vanish until it is shown again. It needs no more of a
// terminal than the return to the beginning of the line.
type progressLine struct {
	terminal *os.File
	mu       sync.Mutex
	width    int // of what is shown
}

// newProgressLine is nil where stderr is no terminal: there the log says it.
func newProgressLine(c IO) *progressLine {
	file, ok := c.Stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progressLine{terminal: file}
}

const barWidth = 10

// show shows a bar for the share, if that is known, and as much of a text as there is
// room for.
func (p *progressLine) show(share float64, text string) {
	if share > 0 {
		done := int(share * barWidth)
		text = fmt.Sprintf("%s%s %2.0f %% · %s", strings.Repeat("█", done), strings.Repeat("░", barWidth-done), 100*share, text)
	}
	width, _, err := term.GetSize(int(p.terminal.Fd()))
	if err != nil || width == 0 {
		width = 80
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	line := []rune(text)
	line = line[:min(len(line), width-1)]
	p.print(string(line))
	p.width = len(line)
}

func (p *progressLine) clear() {
	if p.width > 0 {
		p.print("\r" + strings.Repeat(" ", p.width) + "\r")
		p.width = 0
	}
}

// print prints for people; where that fails there is nobody to tell.
func (p *progressLine) print(text string) { _, _ = io.WriteString(p.terminal, text) }

// end makes the line vanish; nothing is to be shown after it.
func (p *progressLine) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// over is a stream of which what is written does not mix with the line. A nil p
// leaves it as it is.
func (p *progressLine) over(w io.Writer) io.Writer {
	if p == nil {
		return w
	}
	return overLine{w, p}
}

type overLine struct {
	io.Writer
	line *progressLine
}

func (o overLine) Write(b []byte) (int, error) {
	o.line.mu.Lock()
	defer o.line.mu.Unlock()
	o.line.clear()
	return o.Writer.Write(b)
}
