package connector

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"destination-gohighlevel/connector/words"
)

// greetTerminal tells whoever has piped no records in what is waited for.
func greetTerminal(c IO) {
	if isTerminal(c.Stdin) {
		say(c.Stderr, "reading records from the terminal; Ctrl-D ends")
	}
}

// isTerminal reports whether people are at the end of a stream of the process.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// inPipeline reports whether stdout leads to another process of the same job, as in
// read | write: what is shown on the terminal is up to that one. Where processes do not
// tell their jobs, any pipe is taken for such.
func inPipeline(c IO) bool {
	file, ok := c.Stdout.(*os.File)
	if !ok {
		return false
	}
	if about, err := file.Stat(); err != nil || about.Mode()&os.ModeNamedPipe == 0 {
		return false
	}
	own := jobOf("/proc/self/stat")
	processes, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is a good one
	members := 0
	for _, p := range processes {
		if jobOf(p) == own {
			members++
		}
	}
	return own == "" || members > 1
}

// jobOf is the group of a process, by what Linux tells of it; "" if that is not known.
func jobOf(stat string) string {
	text, err := os.ReadFile(stat)
	after := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // a name can hold blanks
	if err != nil || len(after) < 3 {
		return ""
	}
	return after[2]
}

// terminal is where people can be asked though stdin is a file.
type terminal struct {
	*os.File
	lines *bufio.Reader
}

// openTerminal opens the terminal from which the program was started. Its error says
// that there is none.
func openTerminal() (*terminal, error) {
	file, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return &terminal{file, bufio.NewReader(file)}, nil
}

// consent asks before something is written. Its zero value takes that for granted.
type consent struct{ screen *terminal }

// consentFor is that of a verb: on a terminal if the verb asks. The error is a misuse:
// who has no terminal says beforehand what is wanted.
func consentFor(verb string, asks bool) (consent, error) {
	if !asks {
		return consent{}, nil
	}
	screen, err := openTerminal()
	if err != nil {
		return consent{}, &usageError{faults: []string{verb + ": there is no terminal to ask on, so nothing is written: add --yes to write without a question, or --dry-run to look only"}, known: true}
	}
	return consent{screen}, nil
}

func (c consent) given(ctx context.Context, question string) (bool, error) {
	if c.screen == nil {
		return true, nil
	}
	return c.screen.confirm(ctx, question)
}

func (c consent) close() {
	if c.screen != nil {
		_ = c.screen.Close() // it was only read from
	}
}

// ask asks a question and returns the answer, without blanks around it; an empty one
// is what stands in brackets. The error is ctx's, or io.EOF if nobody answers.
func (t *terminal) ask(ctx context.Context, question, otherwise string) (string, error) {
	if otherwise != "" {
		question += " [" + otherwise + "]"
	}
	return t.answer(ctx, question+":", otherwise, t.line)
}

func (t *terminal) line() (string, error) { return t.lines.ReadString('\n') }

// askSecret is ask for an answer that is not shown.
func (t *terminal) askSecret(ctx context.Context, question, otherwise string) (string, error) {
	fd := int(t.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(fd, before) }() // also where a stop leaves the reading behind
	defer say(t, "")
	return t.answer(ctx, question+":", otherwise, func() (string, error) {
		line, err := term.ReadPassword(fd)
		return string(line), err
	})
}

func (t *terminal) answer(ctx context.Context, question, otherwise string, read func() (string, error)) (string, error) {
	if _, err := fmt.Fprint(t, words.Printable(question)+" "); err != nil {
		return "", err
	}
	var line string
	done := make(chan error, 1)
	go func() {
		var err error
		line, err = read()
		done <- err
	}()
	select {
	case err := <-done:
		return cmp.Or(strings.TrimSpace(line), otherwise), err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// confirm asks a question to which only a yes is a yes.
func (t *terminal) confirm(ctx context.Context, question string) (bool, error) {
	said, err := t.answer(ctx, question+" [y/N]", "", t.line)
	if errors.Is(err, io.EOF) {
		return false, nil
	}
	return strings.EqualFold(said, "y") || strings.EqualFold(said, "yes"), err
}
