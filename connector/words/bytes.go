package words

import "bytes"

// WithoutByteOrderMark is a text without the mark by which some programs say that
// what follows is UTF-8.
func WithoutByteOrderMark(text []byte) []byte {
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
}
