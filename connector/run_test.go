package connector

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// TestHelp: who asks for help gets it where a pager looks, and only who asks.
func TestHelp(t *testing.T) {
	for line, asked := range map[string]bool{
		"--help": true, "-h": true, "help": true, "write --help": true, "check -h": true, "help write": true,
		"": false, "check --config help": false, "read": false, "sandbox --fault help": false,
	} {
		var stdout, stderr bytes.Buffer
		code := Run(context.Background(), IO{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}, strings.Fields(line))
		if helped := code == exitOK && strings.HasPrefix(stdout.String(), "usage: ") && stderr.Len() == 0; asked && !helped || strings.Contains(stdout.String(), "usage: ") != asked {
			t.Errorf("%q: exit code %d, stdout %q, stderr %q", line, code, stdout.String(), stderr.String())
		}
		if told := strings.Contains(stdout.String(), "  check "); asked && told == strings.Contains(line, "write") {
			t.Errorf("%q tells of check: %t", line, told)
		}
	}
}

// TestExamplesUseFlagsThatThereAre: an example is what people copy.
func TestExamplesUseFlagsThatThereAre(t *testing.T) {
	for _, v := range verbs() {
		if len(v.examples) == 0 {
			t.Errorf("%s has no example", v.name)
		}
		for _, line := range v.examples {
			for i, word := range strings.Fields(line) {
				if i == 0 && word != v.name || strings.HasPrefix(word, "--") && !strings.Contains(v.flags, word) {
					t.Errorf("%s: %q is not among %s", line, word, v.flags)
				}
			}
		}
	}
}
