package airbyte

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/jsonscan"
)

// Logger returns a logger whose events become LOG messages: the message, then
// the fields in the order given, as in `page read · number=3 of="many"`; values
// are JSON. Times are dropped, since the platform adds its own. A failed write
// is not reported here: see Broken.
//
// Fatal and Panic events end the program or unwind it, past the caller's
// clean-up: do not use them.
func (w *Writer) Logger() zerolog.Logger { return zerolog.New(logSink{w}) }

// logSink turns zerolog's JSON events into LOG messages.
type logSink struct{ writer *Writer }

// Write prints one event. It never fails: zerolog would write each failure to
// standard error, and once the output is broken that is each event.
func (s logSink) Write(event []byte) (int, error) {
	level, message := readEvent(jsonscan.Trim(event))
	_ = s.writer.Log(level, message) // the Writer remembers the error
	return len(event), nil
}

// readEvent returns the level and the text of an event.
func readEvent(event []byte) (level, text string) {
	if jsonscan.First(event) != '{' || !json.Valid(event) {
		return "INFO", string(event)
	}
	var message string
	var fields []string
	for key, value := range jsonscan.Members(event) {
		switch string(key) {
		case zerolog.LevelFieldName:
			level, _ = jsonscan.Text(value)
		case zerolog.MessageFieldName:
			message, _ = jsonscan.Text(value)
		case zerolog.TimestampFieldName:
		default:
			fields = append(fields, string(key)+"="+string(value))
		}
	}
	switch {
	case len(fields) == 0:
		text = message
	case message == "":
		text = strings.Join(fields, " ")
	default:
		text = message + " · " + strings.Join(fields, " ")
	}
	return logLevel(level), text
}

func logLevel(level string) string {
	if level == zerolog.LevelPanicValue {
		return "FATAL"
	}
	return strings.ToUpper(level)
}

// maxLogText is how many bytes of a LOG message are printed: what it lists may
// come from the input, and platforms cut or drop long lines.
const maxLogText = 8 << 10

// cut shortens a text that is too long for a log, between two characters.
func cut(text string) string {
	if len(text) <= maxLogText {
		return text
	}
	n := maxLogText
	for n > maxLogText-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return fmt.Sprintf("%s… (%d bytes more)", text[:n], len(text)-n)
}
