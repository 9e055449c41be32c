package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const jsonKind = "application/json; charset=utf-8"

// fail does to a call what a fault says.
func (s *Server) fail(o *operation, c *call, f Fault) {
	switch f.Kind {
	case FaultResetAfter, FaultTruncated, FaultCut, Fault422Applied, FaultStatusApplied, FaultTimeoutApplied, FaultEmptyBody, FaultRawControls:
		s.failAfter(o, c, f)
	case FaultSlow:
		sleep(c.Request, f.Delay)
		s.send(c, s.handle(o, c))
	case FaultSkew:
		c.w.Header().Set("Date", time.Now().Add(orElse(f.Delay, day)).UTC().Format(http.TimeFormat))
		s.send(c, s.handle(o, c))
	default:
		s.failBefore(c, f)
	}
}

// failBefore spoils the answer of a call that is not carried out.
func (s *Server) failBefore(c *call, f Fault) {
	switch f.Kind {
	case FaultTimeout:
		hang(c.Request, f.Delay)
		s.reset(c)
	case FaultResetBefore:
		s.reset(c)
	case FaultHTML:
		s.sendBytes(c, orElse(f.Status, 200), "text/html; charset=UTF-8", []byte(challenge))
	case FaultGarbage:
		s.sendBytes(c, 200, jsonKind, []byte("\x00\x1f{]upstream connect error"))
	case FaultCommandTimedOut:
		s.send(c, &answer{401, object{"statusCode": 401, "message": "Command timed out"}})
	case FaultThrottle:
		s.send(c, &answer{429, throttled})
	case FaultExhausted:
		s.exhaust(orElse(f.Delay, day))
		s.send(c, &answer{429, throttled})
	default: // FaultStatus
		s.send(c, failure(orElse(f.Status, 500)))
	}
}

// failAfter carries a call out and spoils its answer.
func (s *Server) failAfter(o *operation, c *call, f Fault) {
	a := s.handle(o, c)
	body := encode(a.body)
	switch f.Kind {
	case FaultResetAfter:
		s.reset(c)
	case FaultTimeoutApplied:
		hang(c.Request, f.Delay)
		s.reset(c)
	case FaultTruncated:
		c.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		s.sendBytes(c, a.status, jsonKind, body[:len(body)/2])
	case FaultRawControls:
		s.sendBytes(c, a.status, jsonKind, []byte(unescape.Replace(string(body))))
	case FaultCut:
		s.sendBytes(c, a.status, jsonKind, body[:len(body)/2])
	case Fault422Applied:
		if a.status/100 == 2 {
			a = unprocessable("Unprocessable Entity")
		}
		s.send(c, a)
	case FaultStatusApplied:
		s.send(c, failure(orElse(f.Status, 504)))
	default: // FaultEmptyBody
		s.send(c, &answer{a.status, nil})
	}
}

// unescape leaves line ends and tabs as they are, which JSON forbids in strings.
var unescape = strings.NewReplacer(`\\`, `\\`, `\n`, "\n", `\t`, "\t")

func failure(status int) *answer {
	return &answer{status, object{"statusCode": status, "message": http.StatusText(status)}}
}

func orElse[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}
