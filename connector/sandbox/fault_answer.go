package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const jsonKind = "application/json; charset=utf-8"

// fail does to a call what a fault says.
func (s *Server) fail(w http.ResponseWriter, o *operation, c *call, f Fault) {
	switch f.Kind {
	case FaultResetAfter, FaultTruncated, FaultCut, Fault422Applied, FaultStatusApplied, FaultTimeoutApplied, FaultEmptyBody, FaultRawControls:
		s.failAfter(w, o, c, f)
	case FaultSlow:
		sleep(c.Request, f.Delay)
		s.send(w, c.Request, o.name(), s.handle(o, c))
	case FaultSkew:
		w.Header().Set("Date", time.Now().Add(orElse(f.Delay, day)).UTC().Format(http.TimeFormat))
		s.send(w, c.Request, o.name(), s.handle(o, c))
	default:
		s.failBefore(w, o.name(), c.Request, f)
	}
}

// failBefore spoils the answer of a call that is not carried out.
func (s *Server) failBefore(w http.ResponseWriter, op string, r *http.Request, f Fault) {
	switch f.Kind {
	case FaultTimeout:
		hang(r, f.Delay)
		s.reset(w, op)
	case FaultResetBefore:
		s.reset(w, op)
	case FaultHTML:
		s.sendBytes(w, r, op, orElse(f.Status, 200), "text/html; charset=UTF-8", []byte(challenge))
	case FaultGarbage:
		s.sendBytes(w, r, op, 200, jsonKind, []byte("\x00\x1f{]upstream connect error"))
	case FaultCommandTimedOut:
		s.send(w, r, op, &answer{401, object{"statusCode": 401, "message": "Command timed out"}})
	case FaultThrottle:
		s.send(w, r, op, &answer{429, throttled})
	case FaultExhausted:
		s.exhaust(orElse(f.Delay, day))
		s.send(w, r, op, &answer{429, throttled})
	default: // FaultStatus
		s.send(w, r, op, failure(orElse(f.Status, 500)))
	}
}

// failAfter carries a call out and spoils its answer.
func (s *Server) failAfter(w http.ResponseWriter, o *operation, c *call, f Fault) {
	op, r := o.name(), c.Request
	a := s.handle(o, c)
	body := encode(a.body)
	switch f.Kind {
	case FaultResetAfter:
		s.reset(w, op)
	case FaultTimeoutApplied:
		hang(r, f.Delay)
		s.reset(w, op)
	case FaultTruncated:
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		s.sendBytes(w, r, op, a.status, jsonKind, body[:len(body)/2])
	case FaultRawControls:
		s.sendBytes(w, r, op, a.status, jsonKind, []byte(unescape.Replace(string(body))))
	case FaultCut:
		s.sendBytes(w, r, op, a.status, jsonKind, body[:len(body)/2])
	case Fault422Applied:
		if a.status/100 == 2 {
			a = unprocessable("Unprocessable Entity")
		}
		s.send(w, r, op, a)
	case FaultStatusApplied:
		s.send(w, r, op, failure(orElse(f.Status, 504)))
	default: // FaultEmptyBody
		s.send(w, r, op, &answer{a.status, nil})
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
