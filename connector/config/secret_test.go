package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// canary is a secret that must come out nowhere.
const canary = "pit-9b1c-canary"

func TestSecretIsNeverPrinted(t *testing.T) {
	// A canary in every secret, and in keys that nobody knows: the configuration keeps them for the platform.
	c, err := Parse([]byte(strings.ReplaceAll(everything, "canary", canary)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v", "%10s", "%t"} {
		fmt.Fprintf(&out, verb+"\n", c.Credentials.AccessToken)
		fmt.Fprintf(&out, verb+"\n", c)
		fmt.Fprintf(&out, verb+"\n", &c.Credentials)
		fmt.Fprintf(&out, verb+"\n", []Secret{c.Credentials.AccessToken})
	}
	fmt.Fprintln(&out, c.Credentials.AccessToken, c, fmt.Errorf("x: %w", fmt.Errorf("%v", c)))
	for _, v := range []any{c, &c, map[string]Secret{"s": canary}} {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(data)
	}
	log := zerolog.New(&out)
	log.Info().Interface("c", c).Any("s", c.Credentials.AccessToken).Stringer("t", c.Credentials.AccessToken).
		Object("o", c.Credentials.AccessToken).Msg("")
	slog.New(slog.NewJSONHandler(&out, nil)).Info("", "c", c, "s", c.Credentials.AccessToken)
	slog.New(slog.NewTextHandler(&out, nil)).Info("", "c", c, "s", c.Credentials.AccessToken)

	type inside struct{ hidden Config } // fmt asks what it cannot reach no questions
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		given := &inside{hidden: Config{given: c.given}}
		fmt.Fprintf(&out, verb+"\n", given)
		fmt.Fprintf(&out, verb+"\n", *given)
	}
	printed := out.String()
	decimal := strings.Trim(fmt.Sprintf("%d", []byte(canary)), "[]")
	if strings.Contains(printed, canary) || strings.Contains(printed, decimal) ||
		strings.Contains(printed, fmt.Sprintf("%x", canary)) || strings.Contains(printed, fmt.Sprintf("%X", canary)) {
		t.Errorf("the secret was printed:\n%s", printed)
	}
	if got := c.Credentials.AccessToken.Reveal(); got != canary {
		t.Errorf("Reveal gave %d bytes, want the secret", len(got))
	}
}

func TestSecretIsZero(t *testing.T) {
	if !Secret("").IsZero() || Secret(canary).IsZero() {
		t.Error("IsZero is wrong")
	}
}
