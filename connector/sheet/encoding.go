package sheet

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// encoding is how the text of a file is written.
type encoding struct {
	name    string
	decoder func() transform.Transformer
}

var (
	inUTF8    = encoding{"UTF-8", func() transform.Transformer { return transform.Nop }}
	inUTF16LE = encoding{"UTF-16", func() transform.Transformer { return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder() }}
	inUTF16BE = encoding{"UTF-16", func() transform.Transformer { return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder() }}
	inWindows = encoding{"Windows-1252", func() transform.Transformer { return charmap.Windows1252.NewDecoder() }}
)

// workbooks are what the files of spreadsheets themselves begin with.
var workbooks = []string{"PK\x03\x04", "\xd0\xcf\x11\xe0"}

// encodingOf finds the encoding of a file.
func encodingOf(in *bufio.Reader) (encoding, error) {
	begin, err := in.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return encoding{}, err
	}
	start := string(begin)
	utf16 := len(start) > 1 && (start[0] == 0) != (start[1] == 0)
	switch {
	case slices.Contains(workbooks, start):
		return encoding{}, errors.New("the file is a workbook; save it as CSV in the spreadsheet")
	case strings.HasPrefix(start, "\xff\xfe"), utf16 && start[1] == 0:
		return inUTF16LE, nil
	case strings.HasPrefix(start, "\xfe\xff"), utf16:
		return inUTF16BE, nil
	}
	return encodingOfBytes(in)
}

// encodingOfBytes tells UTF-8 from Windows-1252. Where most of a text is UTF-8, the rest
// is broken rows.
func encodingOfBytes(in *bufio.Reader) (encoding, error) {
	var beyondASCII, broken int
	for {
		sign, size, err := in.ReadRune()
		switch {
		case errors.Is(err, io.EOF) && broken > beyondASCII:
			return inWindows, nil
		case errors.Is(err, io.EOF):
			return inUTF8, nil
		case err != nil:
			return encoding{}, err
		case sign == utf8.RuneError && size == 1:
			broken++
		case size > 1:
			beyondASCII++
		}
	}
}
