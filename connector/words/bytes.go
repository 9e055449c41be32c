package words

import "bytes"

// WithoutByteOrderMark is a text without the mark by which some programs say that
// what follows is UTF-8.
func WithoutByteOrderMark(text []byte) []byte {
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
}

// IsUTF16 reports whether a text seems to be in UTF-16: by the mark that it begins
// with, or because one byte of its first character is none.
func IsUTF16(text []byte) bool {
	return bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) ||
		len(text) > 1 && (text[0] == 0) != (text[1] == 0)
}
