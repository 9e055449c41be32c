package words

import "bytes"

// WithoutByteOrderMark is a text without the mark by which some programs say that
// what follows is UTF-8.
func WithoutByteOrderMark(text []byte) []byte {
	return bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
}

// WrongEncoding says what is wrong with the encoding of a file; "" if it can be
// read. UTF-16, which some editors and shells on Windows write, shows by its mark,
// or by a first character that is half zero.
func WrongEncoding(text []byte) string {
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) ||
		len(text) > 1 && (text[0] == 0) != (text[1] == 0) {
		return "the file is not in UTF-8, as it seems, but in UTF-16; save it as UTF-8"
	}
	return ""
}
