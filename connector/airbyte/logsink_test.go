package airbyte

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rs/zerolog"
)

func TestLogger(t *testing.T) {
	tests := map[string]struct {
		log         func(zerolog.Logger)
		level, text string
	}{
		"fields in order": {func(l zerolog.Logger) {
			l.Info().Str("z", "x y").Int("a", 1).Float64("m", .5).Bool("b", true).Msg("m")
		}, "INFO", `m · z="x y" a=1 m=0.5 b=true`},
		"no fields":   {func(l zerolog.Logger) { l.Warn().Msg("only text") }, "WARN", "only text"},
		"no message":  {func(l zerolog.Logger) { l.Debug().Int("a", 1).Send() }, "DEBUG", "a=1"},
		"nothing":     {func(l zerolog.Logger) { l.Log().Send() }, "INFO", ""},
		"trace":       {func(l zerolog.Logger) { l.Trace().Msg("m") }, "TRACE", "m"},
		"error":       {func(l zerolog.Logger) { l.Err(errors.New("no route")).Msg("m") }, "ERROR", `m · error="no route"`},
		"fatal":       {func(l zerolog.Logger) { l.WithLevel(zerolog.FatalLevel).Msg("m") }, "FATAL", "m"},
		"panic":       {func(l zerolog.Logger) { l.WithLevel(zerolog.PanicLevel).Msg("m") }, "FATAL", "m"},
		"no time":     {func(l zerolog.Logger) { l.Info().Timestamp().Msg("m") }, "INFO", "m"},
		"context":     {func(l zerolog.Logger) { l = l.With().Str("stream", "s").Logger(); l.Info().Msg("m") }, "INFO", `m · stream="s"`},
		"nested":      {func(l zerolog.Logger) { l.Info().Ints("a", []int{1, 2}).Msg("m") }, "INFO", `m · a=[1,2]`},
		"line breaks": {func(l zerolog.Logger) { l.Info().Str("a", "1\n2").Msg("3\n4") }, "INFO", "3\n4 · a=\"1\\n2\""},
		"not escaped": {func(l zerolog.Logger) { l.Info().Str("a", "<&>").Msg("<&>") }, "INFO", `<&> · a="<&>"`},
		"bad UTF-8":   {func(l zerolog.Logger) { l.Info().Str("a", "\xff").Msg("\xff") }, "INFO", "\uFFFD · a=\"\\ufffd\""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var out output
			test.log(NewWriter(&out).Logger().Level(zerolog.TraceLevel))
			var got struct {
				Type string
				Log  struct{ Level, Message string }
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil || out.writes != 1 {
				t.Fatalf("%v, %d writes: %s", err, out.writes, out.String())
			}
			if got.Type != "LOG" || got.Log.Level != test.level || got.Log.Message != test.text {
				t.Errorf("%+v, want %s %q", got, test.level, test.text)
			}
			if err := protocolFault(t, out.Bytes()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A line that grows with the input, like a list of columns, is cut, between two
// characters, and says so.
func TestALogLineIsBounded(t *testing.T) {
	for name, text := range map[string]string{
		"short":      strings.Repeat("x", maxLogText),
		"long":       strings.Repeat("x", maxLogText+1),
		"multi-byte": strings.Repeat("é", maxLogText),
		"odd":        "x" + strings.Repeat("€", maxLogText),
		"not UTF-8":  strings.Repeat("\x80", 2*maxLogText),
		"escaped":    strings.Repeat("\x01", 2*maxLogText),
	} {
		t.Run(name, func(t *testing.T) {
			var out output
			l := NewWriter(&out).Logger()
			l.Info().Str("field", "value").Msg(text)
			if err := protocolFault(t, out.Bytes()); err != nil {
				t.Error(err)
			}
			var got struct{ Log struct{ Message string } }
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			if n := len(out.Bytes()); n > 7*maxLogText {
				t.Errorf("the line has %d bytes", n)
			}
			whole := text + " · field=\"value\""
			if name == "short" {
				whole = text
				l = NewWriter(&out).Logger()
				out.Reset()
				l.Info().Msg(text)
				if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.Log.Message != whole {
					t.Errorf("%v: a line of %d bytes was changed", err, len(text))
				}
				return
			}
			kept, told, _ := strings.Cut(got.Log.Message, "… (")
			if !utf8.ValidString(kept) || len(kept) > 3*maxLogText || !strings.HasSuffix(told, " bytes more)") {
				t.Errorf("%d bytes are kept, and it says %q", len(kept), told)
			}
			if utf8.ValidString(text) && told != fmt.Sprintf("%d bytes more)", len(whole)-len(kept)) {
				t.Errorf("of %d bytes %d are kept, and it says %q", len(whole), len(kept), told)
			}
		})
	}
}

func TestLogSinkTakesWhatIsNoEvent(t *testing.T) {
	for _, text := range []string{"plain text", `{"level":"info"`, `["level"]`, "{}{}", "\xff", ""} {
		var out output
		n, err := logSink{NewWriter(&out)}.Write([]byte(text + "\n"))
		if n != len(text)+1 || err != nil {
			t.Errorf("Write(%q) = %d, %v", text, n, err)
		}
		if err := protocolFault(t, out.Bytes()); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
