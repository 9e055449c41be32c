package connector

import (
	"flag"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What is given on the command line by mistake can be a whole configuration
// with its token. It is told only where no secret fits into it.

var (
	plainArgument = regexp.MustCompile(`^-{0,2}[A-Za-z][A-Za-z_./-]{0,39}$`) // tokens have digits
	secretForm    = regexp.MustCompile(`(?i)pit-|eyJ|["'{}\x00-\x1f]`)
)

const longestPath = 255

// quoted is an argument in a sentence.
func quoted(arg string) string {
	if plainArgument.MatchString(arg) {
		return fmt.Sprintf("%q", arg)
	}
	return "that is not shown here, for it may hold a secret"
}

// isPath reports whether a text can be the path of a file, and nothing else.
func isPath(text string) bool {
	return utf8.RuneCountInString(text) <= longestPath && !secretForm.MatchString(text)
}

// flagFault says what is wrong with the flags of a verb.
func flagFault(flags *flag.FlagSet, args []string, err error) error {
	for _, arg := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if !plainArgument.MatchString(name) && strings.Contains(err.Error(), "-"+name) {
			return misuse("%s: there is no flag %s", flags.Name(), quoted(name))
		}
	}
	return misuse("%s: %v", flags.Name(), err)
}

// withoutSecrets are faults without the arguments that may hold a secret.
func withoutSecrets(args, faults []string) []string {
	var hidden []string
	for _, arg := range args {
		_, value, _ := strings.Cut(arg, "=")
		for _, text := range []string{arg, value} {
			if !isPath(text) {
				inside := strconv.Quote(text)
				hidden = append(hidden, inside[1:len(inside)-1], "…", text, "…")
			}
		}
	}
	out := make([]string, len(faults))
	for i, fault := range faults {
		out[i] = strings.NewReplacer(hidden...).Replace(fault)
	}
	return out
}
