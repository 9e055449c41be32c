package connector

import "os"

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
