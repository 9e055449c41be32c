package connector

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
)

// greetTerminal tells whoever has piped no records in what is waited for.
func greetTerminal(c IO) {
	if isTerminal(c.Stdin) && !isNothing(c.Stdin) {
		say(c.Stderr, "reading records from the terminal; Ctrl-D ends")
	}
}

// isTerminal reports whether people are at the end of a stream of the process,
// or nobody: the null device looks the same.
func isTerminal(stream any) bool {
	info := infoOf(stream)
	return info != nil && info.Mode()&os.ModeCharDevice != 0
}

func isNothing(stream any) bool {
	nothing, err := os.Stat(os.DevNull)
	return err == nil && os.SameFile(infoOf(stream), nothing)
}

// infoOf is what the system knows of a stream, nil if it is no file.
func infoOf(stream any) os.FileInfo {
	f, ok := stream.(*os.File)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		return nil
	}
	return info
}

// openTerminal opens the terminal from which the program was started, where people
// can be asked though stdin is a file. Its error says that there is none.
func openTerminal() (*os.File, error) { return os.OpenFile("/dev/tty", os.O_RDWR, 0) }

// confirm asks a question, to which only a yes is a yes.
func confirm(ctx context.Context, terminal *os.File, question string) (bool, error) {
	if _, err := fmt.Fprint(terminal, question+" [y/N] "); err != nil {
		return false, err
	}
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(terminal).ReadString('\n') // no line is no yes
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case said := <-answer:
		return said == "y" || said == "yes", nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
