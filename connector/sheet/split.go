package sheet

import (
	"bytes"
	"slices"
	"strings"
)

// split cuts a row into its values; open says that it ends within quotes, so that the
// next line belongs to it. Quotes count at the beginning of a value alone, as in
// spreadsheets: in 5'10" tall the quote is text.
func split(row, delimiter string) (cells []string, open bool) {
	for more := true; more; {
		var cell string
		if inside, ok := strings.CutPrefix(strings.TrimLeft(row, " "), `"`); ok {
			cell, row, more, open = unquote(inside, delimiter)
		} else {
			cell, row, more = strings.Cut(row, delimiter)
		}
		cells = append(cells, cell)
	}
	return cells, open
}

// unquote reads a value behind its opening quote. A quote within it is doubled; one
// that is not, and stands before no delimiter, is text too: "the "Countess"" is what
// some programs write.
func unquote(text, delimiter string) (cell, rest string, more, open bool) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, `"`)
		b.WriteString(before)
		if !found {
			return b.String(), "", false, true
		}
		end := strings.TrimLeft(after, " ")
		if end == "" {
			return b.String(), "", false, false
		}
		if rest, ok := strings.CutPrefix(end, delimiter); ok {
			return b.String(), rest, true, false
		}
		b.WriteByte('"')
		text = strings.TrimPrefix(after, `"`)
	}
}

// scanLine is a bufio.SplitFunc for the line ends of all systems.
func scanLine(data []byte, atEOF bool) (advance int, line []byte, err error) {
	end := bytes.IndexAny(data, "\r\n")
	switch {
	case end < 0 && atEOF && len(data) > 0:
		return len(data), data, nil
	case end < 0, data[end] == '\r' && end+1 == len(data) && !atEOF:
		return 0, nil, nil
	case bytes.HasPrefix(data[end:], []byte("\r\n")):
		return end + 2, data[:end], nil
	}
	return end + 1, data[:end], nil
}

func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}
