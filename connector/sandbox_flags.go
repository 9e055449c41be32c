package connector

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"destination-gohighlevel/connector/sandbox"
	"destination-gohighlevel/connector/words"
)

// sandboxFlags is what the command line of sandbox asks for.
type sandboxFlags struct {
	sandbox.Options
	listen   string
	hosts    []string // names beside this machine's own
	contacts int
	oauth    bool
	faults   []sandbox.Fault
}

// sandboxAddress is where a sandbox is unless it is told otherwise.
const sandboxAddress = "127.0.0.1:8080"

// mostContacts is how many people a sandbox is seeded with at most: it keeps
// them in memory.
const mostContacts = 1_000_000

// readSandboxFlags reads the command line. What is wrong with the values is told
// all at once; an unknown flag ends it, for nobody knows whether it has a value.
func readSandboxFlags(args []string) (sandboxFlags, error) {
	o := sandboxFlags{listen: sandboxAddress}
	v := values{FlagSet: flag.NewFlagSet("sandbox", flag.ContinueOnError)}
	v.value("listen", func(text string) error { o.listen = text; return addressFault(text) })
	v.value("allow-host", func(text string) error { o.hosts = append(o.hosts, text); return hostFault(text) })
	v.value("contacts", number(&o.contacts, mostContacts, "people to begin with"))
	v.value("token", func(text string) error { o.Token = text; return tokenFault(text) })
	v.value("location", func(text string) error { o.LocationID = text; return locationFault(text) })
	v.yes("allow-duplicates", &o.AllowDuplicates)
	v.yes("allow-duplicate-opportunities", &o.AllowDuplicateOpportunities)
	v.value("burst", number(&o.Burst, 0, "requests in ten seconds, 0 for no limit"))
	v.value("daily", number(&o.Daily, 0, "requests in a day, 0 for no limit"))
	v.value("index-lag", duration(&o.IndexLag, false))
	v.value("latency", duration(&o.Latency, false))
	v.yes("oauth", &o.oauth)
	v.yes("agency", &o.OAuth.Company)
	v.value("token-life", duration(&o.OAuth.TokenLife, true))
	v.value("scopes", func(text string) (err error) { o.Scopes, err = scopes(text); return err })
	v.value("variant", func(text string) error {
		variant, err := sandbox.ParseVariant(text)
		o.Variant |= variant
		return err
	})
	v.value("fault", func(text string) error {
		f, err := sandbox.ParseFault(text)
		o.faults = append(o.faults, f)
		return err
	})
	return o, v.parse(args)
}

// values are flags of which all faults are told, not the first alone.
type values struct {
	*flag.FlagSet
	faults []string
}

// value declares a flag. The error of read is what the value should be.
func (v *values) value(name string, read func(text string) error) {
	v.Func(name, "", v.collect(name, read))
}

// yes declares a flag that needs no value.
func (v *values) yes(name string, to *bool) {
	v.BoolFunc(name, "", v.collect(name, func(text string) (err error) {
		if *to, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("give --%s alone, or leave it out", name)
		}
		return nil
	}))
}

func (v *values) collect(name string, read func(text string) error) func(string) error {
	return func(text string) error {
		err := read(text)
		switch {
		case err == nil:
		case errors.Is(err, errSecret):
			v.faults = append(v.faults, fmt.Sprintf("%s: --%s %v", v.Name(), name, err))
		default:
			v.faults = append(v.faults, fmt.Sprintf("%s: --%s cannot be %q: %v", v.Name(), name, text, err))
		}
		return nil
	}
}

func (v *values) parse(args []string) error {
	err := parse(v.FlagSet, args)
	var wrong *usageError
	if errors.As(err, &wrong) {
		wrong.faults = append(v.faults, wrong.faults...)
		return wrong
	}
	if len(v.faults) > 0 {
		return &usageError{faults: v.faults, known: true}
	}
	return err
}

// number reads a whole number; a most of 0 is none.
func number(to *int, most int, what string) func(string) error {
	return func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || most > 0 && n > most {
			limit := ""
			if most > 0 {
				limit = fmt.Sprintf(", %s at most", words.Grouped(int64(most)))
			}
			return fmt.Errorf("give a whole number of %s%s", what, limit)
		}
		*to = n
		return nil
	}
}

func duration(to *time.Duration, positive bool) func(string) error {
	return func(text string) error {
		d, err := time.ParseDuration(text)
		switch {
		case err != nil || d < 0:
			return errors.New("give a number with its unit, such as 60s, 500ms or 24h")
		case positive && d == 0:
			return errors.New("give more than 0, such as 24h")
		}
		*to = d
		return nil
	}
}

func addressFault(text string) error {
	_, port, err := net.SplitHostPort(text)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return errors.New("give an address and a port, such as 127.0.0.1:8080, or 127.0.0.1:0 for any free port")
	}
	return nil
}

var hostForm = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)

func hostFault(text string) error {
	if !hostForm.MatchString(text) {
		return errors.New("give a host's name alone, such as sandbox or host.docker.internal, without a scheme and a port")
	}
	return nil
}

// errSecret is what is wrong with a value that is not shown.
var errSecret = errors.New("is empty or has blanks in it: give letters, digits and dashes, or leave it out for a new one")

func tokenFault(text string) error {
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errSecret
	}
	return nil
}

var locationForm = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func locationFault(text string) error {
	if !locationForm.MatchString(text) {
		return errors.New("give an id of letters and digits, as in ve9EPM428h8vShlRW1KT, or leave it out for a new one")
	}
	return nil
}

// scopes reads a list of scopes.
func scopes(text string) ([]string, error) {
	list := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	if len(list) == 0 {
		return nil, errors.New("it names none; leave it out for all scopes")
	}
	known := sandbox.Scopes()
	var unknown []string
	for _, scope := range list {
		if !slices.Contains(known, scope) {
			unknown = append(unknown, strconv.Quote(scope))
		}
	}
	if len(unknown) > 0 {
		return nil, fmt.Errorf("there is no %s; choose from %s", strings.Join(unknown, ", "), strings.Join(known, ", "))
	}
	return list, nil
}
