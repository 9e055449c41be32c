package rejects

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// longestSegment bounds a segment of a key, in bytes: a key may have 1024, and
// stores on a file system allow 255 for each name.
const longestSegment = 200

// syncFolder is the folder of one sync below the path that the user gave.
func syncFolder(syncID string) string {
	if syncID == "" {
		syncID = "no-sync-id-" + time.Now().UTC().Format("20060102T150405Z")
	}
	return segment(syncID)
}

// segment makes one segment of a key from a name, whatever it holds: letters
// and digits of all scripts and "-_.+=@" stay, other bytes become %XX, and so
// does a dot at the start. Names too long end in a hash of the whole instead.
// Different names give different segments, and only "" gives "".
func segment(name string) string {
	var b strings.Builder
	cut := 0 // where a long one is cut
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		part := name[i : i+size]
		i += size
		if !plain(r, size) || r == '.' && b.Len() == 0 {
			part = "%" + strings.ReplaceAll(fmt.Sprintf("% X", part), " ", "%")
		}
		b.WriteString(part)
		if b.Len() <= longestSegment-18 {
			cut = b.Len()
		}
	}
	if b.Len() <= longestSegment {
		return b.String()
	}
	hash := sha256.Sum256([]byte(name))
	return fmt.Sprintf("%s~%x", b.String()[:cut], hash[:8])
}

func plain(r rune, size int) bool {
	if r == utf8.RuneError && size == 1 {
		return false // a broken byte
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.+=@", r)
}
