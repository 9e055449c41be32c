package connector

import (
	"bytes"
	"log"
	"strings"
	"testing"
)

// TestTheCommandLineIsNotEchoed: a configuration that stands where its path, a flag or a verb should be has its token in it.
func TestTheCommandLineIsNotEchoed(t *testing.T) {
	const token, doc = "pit-0a1b2c3d-0000-4000-8000-5e6f7a8b9c0d", `{"credentials":{"access_token":"Secret0Token"},"location_id":"l"}`
	for _, args := range [][]string{
		{"check", "--config", doc}, {"check", "--config=" + doc}, {"check", "--config", token}, {"check", "--config", "x", doc}, {"check", doc}, {doc}, {token},
		{"check", "-" + doc}, {"check", "--token=" + token}, {"check", "--" + token}, {"write", "--config", "x.json", "--catalog", doc},
		{"preview", "--config", doc, "--catalog", "c.json"}, {"preview", "--limit", token, "--config", "a", "--catalog", "b"}, {"check", "--config", "x", "credentials:access_token:Secret0Token"},
		{"preview", "--config", "a", "--catalog", "b", "--format", token}, {"sandbox", "--listen", doc}, {"sandbox", "--fault", token}, {"discover", "--config", strings.Repeat("a", 300) + "Secret0Token"},
	} {
		var stdout printed
		var stderr bytes.Buffer
		Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}, args)
		if told := stdout.String() + stderr.String(); told == "" || strings.Contains(told, "5e6f7a8b9c0d") || strings.Contains(told, "Secret0Token") {
			t.Errorf("%q: %s", args, told)
		}
	}
	var stderr bytes.Buffer
	Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: new(printed), Stderr: &stderr}, []string{"wirte", "--config", "x"})
	if !strings.Contains(stderr.String(), `"wirte"`) {
		t.Errorf("a slip is not told: %s", &stderr)
	}
}

// TestTheStandardLoggerIsSilent: packages write there what the program would not.
func TestTheStandardLoggerIsSilent(t *testing.T) {
	var told bytes.Buffer
	log.SetOutput(&told)
	Run(t.Context(), IO{Stdin: strings.NewReader(""), Stdout: new(printed), Stderr: new(printed)}, []string{"help"})
	log.Print("ann@example.com")
	if told.Len() > 0 {
		t.Errorf("it tells %s", &told)
	}
}
