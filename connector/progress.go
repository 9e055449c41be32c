package connector

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/words"
)

// bar is the last two lines of a terminal, which say how far a job is. What is
// written over it stands above. A nil bar shows nothing.
type bar struct {
	share, rest *mpb.Bar
	reached     atomic.Pointer[load.Progress]

	mu    sync.Mutex
	lines *mpb.Progress // nil once the bar has ended
}

const (
	barWidth = 20
	barSteps = 1000
)

// newBar begins a bar, with a length if the share of what is done is known, whose first line
// says what counted does. It is nil unless people look at stderr, and where it would mix with
// something else on the terminal.
func newBar(c IO, mixes, length bool, counted func(load.Progress) []string) *bar {
	if mixes || !isTerminal(c.Stderr) || os.Getenv("TERM") == "dumb" || os.Getenv("CI") != "" {
		return nil
	}
	b := &bar{lines: mpb.New(mpb.WithOutput(c.Stderr))}
	style := mpb.NopStyle()
	if length {
		style = mpb.BarStyle().Lbound("").Filler("█").Tip("█").Padding("░").Rbound(" ")
	}
	b.share = b.lines.New(0, style, mpb.BarWidth(barWidth), mpb.BarFillerTrim(), mpb.AppendDecorators(b.text(counted)))
	b.share.SetTotal(barSteps, false)
	b.rest = b.lines.New(0, mpb.NopStyle(), mpb.BarFillerTrim(), mpb.AppendDecorators(b.text(spent)))
	return b
}

// mixes tells whether a bar would mix with records that are typed, or, where stdout is
// for programs, with what they read: docker run -t gives stdout and stderr the same
// terminal, and a program may read it.
func mixes(c IO, forPrograms bool) bool {
	return isTerminal(c.Stdin) || forPrograms && isTerminal(c.Stdout)
}

func (b *bar) text(of func(load.Progress) []string) decor.Decorator {
	return decor.Any(func(decor.Statistics) string {
		p := b.reached.Load()
		if p == nil {
			return ""
		}
		return words.Printable(joinedParts(of(*p)))
	})
}

// joinedParts is one line of those parts in which something is said.
func joinedParts(parts []string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// counted begins with what matters most: a terminal may be narrow.
func counted(p load.Progress) []string {
	return []string{percent(p), words.Grouped(p.Created) + " created", words.Grouped(p.Updated) + " updated", words.Grouped(p.Rejected) + " rejected"}
}

// percent is how much of the input is settled; "" if that is not known.
func percent(p load.Progress) string {
	if p.Share == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*p.Share)
}

func spent(p load.Progress) []string {
	left := ""
	if p.DailyRemaining >= 0 {
		left = words.Count(p.DailyRemaining, "request") + " left today"
	}
	return []string{p.Waiting, p.Left(), p.Rate(), left}
}

// show shows how far a job is.
func (b *bar) show(p load.Progress) {
	b.reached.Store(&p)
	b.share.SetCurrent(min(int64(p.Share*barSteps), barSteps-1)) // at the last step it would end
}

// end makes the bar vanish, once.
func (b *bar) end() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lines == nil {
		return
	}
	for _, line := range []*mpb.Bar{b.share, b.rest} {
		line.Abort(true)
	}
	b.lines.Wait()
	b.lines = nil
}

// over is a stream of which what is written does not mix with the bar.
func (b *bar) over(w io.Writer) io.Writer {
	if b == nil || !isTerminal(w) {
		return w
	}
	return overBar{w, b}
}

type overBar struct {
	io.Writer
	bar *bar
}

func (o overBar) Write(text []byte) (int, error) {
	o.bar.mu.Lock()
	defer o.bar.mu.Unlock()
	if o.bar.lines == nil {
		return o.Writer.Write(text)
	}
	return o.bar.lines.Write(text)
}
