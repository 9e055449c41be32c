package integration_tests

import (
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// openTerminal gives the two ends of a pseudo terminal: what people see, and what a program writes to.
func openTerminal(t *testing.T) (screen, terminal *os.File) {
	t.Helper()
	screen, terminal, err := pty.Open()
	if err != nil {
		t.Skipf("there are no pseudo terminals: %v", err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	if err := pty.Setsize(screen, &pty.Winsize{Rows: 40, Cols: 100}); err != nil {
		t.Fatal(err)
	}
	return screen, terminal
}

// session is the program on a terminal of its own, and what is seen there.
type session struct {
	*process
	screen *os.File
	seen   *buffer
	all    chan struct{} // closed when all is seen
}

// sit starts the program on a terminal. stdin, where given, takes the place of the keyboard, but for questions.
func sit(t *testing.T, dir string, stdin io.Reader, args ...string) *session {
	t.Helper()
	p := prepare(t, dir, stdin, nil, args...)
	return p.on(t, p.stdout)
}

// sitPiped is sit with stdout in a pipe: what is seen comes by stderr.
func sitPiped(t *testing.T, dir string, stdin io.Reader, args ...string) *session {
	t.Helper()
	p := prepare(t, dir, stdin, nil, args...)
	return p.on(t, p.stderr)
}

// on starts the process on a terminal, of which what is seen goes to a buffer of its own, or to that of stdout, if stdout is the terminal too.
func (p *process) on(t *testing.T, seen *buffer) *session {
	t.Helper()
	screen, terminal := openTerminal(t)
	defer func() { _ = terminal.Close() }()
	p.Env = slices.Concat(os.Environ(), []string{"TERM=xterm", "CI="}, p.Env) // whatever runs the tests
	if p.Stderr = terminal; seen == p.stdout {
		p.Stdout = terminal
	}
	if p.Stdin == nil {
		p.Stdin = terminal
	}
	p.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	p.run(t)
	s := &session{p, screen, seen, make(chan struct{})}
	go func() {
		defer close(s.all)
		_, _ = io.Copy(seen, screen) // fails when nobody has the terminal any more
	}()
	return s
}

// end waits for the process, and for all that it has shown.
func (s *session) end(t *testing.T) int {
	t.Helper()
	code := s.process.end(t)
	<-s.all
	return code
}

// sees waits for a text.
func (s *session) sees(t *testing.T, text string) {
	t.Helper()
	until(t, text, func() bool { return strings.Contains(s.seen.String(), text) })
}

func (s *session) types(t *testing.T, keys string) {
	t.Helper()
	if _, err := s.screen.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

// echoes tells whether the terminal shows what is typed.
func (s *session) echoes(t *testing.T) bool {
	t.Helper()
	is, err := unix.IoctlGetTermios(int(s.screen.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return is.Lflag&unix.ECHO != 0
}

// hides waits until the terminal does not show what is typed.
func (s *session) hides(t *testing.T) {
	t.Helper()
	until(t, "a hidden question", func() bool { return !s.echoes(t) })
}
