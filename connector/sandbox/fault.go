package sandbox

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultKind says how a request goes wrong.
type FaultKind string

// The kinds of fault. "Applied" means that the request took effect before its answer was spoilt.
const (
	FaultStatus          FaultKind = "status"            // answers Status (default 500), not applied
	FaultTimeout         FaultKind = "timeout"           // never answers; Delay, if given, bounds the wait, then the connection is reset; not applied
	FaultResetBefore     FaultKind = "reset-before"      // connection reset, not applied
	FaultResetAfter      FaultKind = "reset-after"       // applied, then connection reset
	FaultHTML            FaultKind = "html"              // an HTML page with Status (default 200), not applied
	FaultTruncated       FaultKind = "truncated"         // applied, the answer's body is cut in half
	FaultGarbage         FaultKind = "garbage"           // 200 with a body that is no JSON, not applied
	FaultCommandTimedOut FaultKind = "command-timed-out" // 401 "Command timed out", not applied
	FaultCut             FaultKind = "cut"               // applied, half the answer's body, which ends as if it were whole
	Fault422Applied      FaultKind = "422-applied"       // applied, yet answered with 422; what is refused anyway is answered properly
	FaultStatusApplied   FaultKind = "status-applied"    // applied, yet answered with Status (default 504)
	FaultTimeoutApplied  FaultKind = "timeout-applied"   // applied, then as FaultTimeout
	FaultThrottle        FaultKind = "throttle"          // 429, not applied
	FaultExhausted       FaultKind = "exhausted"         // 429 as all that follow, told to be for the day's quota, until Delay (default 24 h) is over; not applied
	FaultSlow            FaultKind = "slow"              // applied and answered properly after Delay
	FaultEmptyBody       FaultKind = "empty-body"        // applied, answered with its status and no body
	FaultRawControls     FaultKind = "raw-controls"      // applied and answered properly, but for line ends and tabs in strings: they stand there as they are
	FaultSkew            FaultKind = "skew"              // applied and answered properly by a server whose clock is Delay (default 24 h) ahead; negative is behind
)

var faultKinds = []FaultKind{FaultStatus, FaultTimeout, FaultResetBefore, FaultResetAfter, FaultHTML, FaultTruncated, FaultCut, FaultGarbage,
	FaultCommandTimedOut, Fault422Applied, FaultStatusApplied, FaultTimeoutApplied, FaultThrottle, FaultExhausted, FaultSlow, FaultEmptyBody, FaultRawControls, FaultSkew}

// Fault makes requests of an operation go wrong.
type Fault struct {
	Operation string // as in [Server.Routes], for example "PUT /contacts/{contactId}"; "" is any
	After     int    // how many matching requests pass first
	Times     int    // how many then fail: 0 is one, -1 is all
	Kind      FaultKind
	Status    int           // for FaultStatus, FaultStatusApplied and FaultHTML
	Delay     time.Duration // for FaultTimeout, FaultTimeoutApplied, FaultSlow, FaultExhausted and FaultSkew
}

// armed is a fault that counts what it has seen.
type armed struct {
	Fault
	seen, fired int
}

// Inject adds faults to those already there. Where several match a request, the one injected first strikes.
func (s *Server) Inject(f ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, fault := range f {
		s.faults = append(s.faults, &armed{Fault: fault})
	}
}

// strike gives the fault that hits this request of an operation, if any.
func (s *Server) strike(operation string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var hit *armed
	for _, a := range s.faults {
		if a.Operation != "" && a.Operation != operation {
			continue
		}
		a.seen++
		if hit == nil && a.seen > a.After && (a.Times < 0 || a.fired < max(a.Times, 1)) {
			hit = a
		}
	}
	if hit == nil {
		return Fault{}, false
	}
	hit.fired++
	return hit.Fault, true
}

// FaultHeader lets a single request go wrong: its value is a fault as for [ParseFault], without operation, after and
// times, as in ":reset-after". It goes before the faults of [Server.Inject], which do not count such a request.
const FaultHeader = "X-Sandbox-Fault"

// due gives the fault that hits this request of an operation, if any: its own, or one that was injected.
func (s *Server) due(operation string, r *http.Request) (f Fault, hit bool, err error) {
	if text := r.Header.Get(FaultHeader); text != "" {
		f, err := ParseFault(text)
		return f, err == nil, err
	}
	f, hit = s.strike(operation)
	return f, hit, nil
}

// ParseFault reads a fault from text: operation, kind, then options, separated by colons, as in
// "POST /contacts/:reset-after:after=3:times=2". An empty operation or "*" is any.
// Options are after, times, status (numbers) and delay (a Go duration). An error says what is wrong with the text and what
// would be right, but not the text itself.
func ParseFault(text string) (Fault, error) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 {
		return Fault{}, fmt.Errorf("it must be %s; the kinds are %s", faultGrammar, kindNames())
	}
	f := Fault{Operation: strings.TrimSpace(parts[0]), Kind: FaultKind(parts[1])}
	if f.Operation == "*" {
		f.Operation = ""
	}
	if f.Operation != "" && !slices.Contains(operationNames(), f.Operation) {
		return Fault{}, fmt.Errorf("no such operation %q; there are * (any), %s", f.Operation, strings.Join(operationNames(), ", "))
	}
	if !slices.Contains(faultKinds, f.Kind) {
		return Fault{}, fmt.Errorf("no such kind %q; there are %s", f.Kind, kindNames())
	}
	for _, option := range parts[2:] {
		if err := f.set(option); err != nil {
			return Fault{}, err
		}
	}
	return f, nil
}

const faultGrammar = `OPERATION:KIND[:OPTION=VALUE]..., such as "POST /contacts/:reset-after" or "*:status:status=503:after=3:times=2"`

func kindNames() string {
	names := make([]string, 0, len(faultKinds))
	for _, k := range faultKinds {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// set reads one option of a fault's text.
func (f *Fault) set(option string) error {
	name, value, _ := strings.Cut(option, "=")
	switch name {
	case "after":
		return setNumber(&f.After, option, value, 0, math.MaxInt, "0 or more")
	case "times":
		return setNumber(&f.Times, option, value, -1, math.MaxInt, "0 or more, or -1 for always")
	case "status":
		return setNumber(&f.Status, option, value, 200, 599, "between 200 and 599")
	case "delay":
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 && f.Kind != FaultSkew {
			return fmt.Errorf("%q: delay must be a number with its unit, such as 2s or 500ms", option)
		}
		f.Delay = d
		return nil
	}
	return fmt.Errorf("no such option %q; there are after=N, times=N, status=N and delay=DURATION", name)
}

func setNumber(to *int, option, value string, least, most int, what string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		name, _, _ := strings.Cut(option, "=")
		return fmt.Errorf("%q: %s must be a whole number, %s", option, name, what)
	}
	*to = n
	return nil
}
