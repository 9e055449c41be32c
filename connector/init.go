package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
)

// settings is a configuration as init writes it.
type settings struct {
	Credentials struct {
		AuthType    string `json:"auth_type"`
		AccessToken string `json:"access_token"`
	} `json:"credentials"`
	LocationID     string    `json:"location_id"`
	Tags           *[]string `json:"tags,omitempty"`
	DefaultCountry *string   `json:"default_country,omitempty"`
	APIURL         string    `json:"api_url,omitempty"`
}

// runInit asks for what a configuration must have, tries it, and writes it; of a
// sandbox that runs it needs no more than the address.
func runInit(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("init", flag.ContinueOnError)
	path := flags.String("config", "config.json", "")
	url := flags.String("api-url", "", "")
	ofSandbox := flags.Bool("sandbox", false, "")
	if err := parse(flags, args); err != nil {
		return err
	}
	if !isPath(*path) {
		return misuse("init: --config %v", errNoPath)
	}
	if _, err := os.Stat(filepath.Dir(*path)); err != nil { // before anybody answers questions for nothing
		return err
	}
	screen, noScreen := openTerminal()
	if noScreen == nil {
		defer func() { _ = screen.Close() }()
	}
	_, err := os.Stat(*path)
	there := err == nil
	switch {
	case there && noScreen != nil:
		return fmt.Errorf("%s is there already, and is not overwritten: remove it, or name another file with --config", *path)
	case noScreen != nil && !*ofSandbox:
		return &usageError{faults: []string{"init: there is no terminal to ask on; the README says what " + *path + " must have"}, known: true}
	case there:
		if yes, err := screen.confirm(ctx, *path+" is there already. Replace it?"); err != nil || !yes {
			say(c.Stdout, "%s stays as it is.", *path)
			return err
		}
	}
	var text []byte
	if *ofSandbox {
		text, err = sandboxConfig(ctx, cmp.Or(*url, "http://"+sandboxAddress))
	} else {
		text, err = askConfig(ctx, c, screen, *url)
	}
	if err == nil {
		err = writeConfig(*path, text, there)
	}
	if err != nil {
		return err
	}
	say(c.Stdout, "%s is written; it holds the token, so only you may read it. Next: destination-gohighlevel import people.csv --dry-run", *path)
	return nil
}

// sandboxConfig is the configuration of the sandbox that runs at a URL.
func sandboxConfig(ctx context.Context, url string) ([]byte, error) {
	patient, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	none := fmt.Errorf("no sandbox answers at %s: start one with destination-gohighlevel sandbox, and name it with --api-url if it is elsewhere", url)
	req, err := http.NewRequestWithContext(patient, http.MethodGet, strings.TrimRight(url, "/")+"/_sandbox/config", nil)
	if err != nil {
		return nil, none
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, cmp.Or(ctx.Err(), none)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err == nil {
		_, err = config.Parse(text, rules...)
	}
	if err != nil {
		return nil, none
	}
	return text, nil
}

// askConfig is the configuration that somebody gives at a terminal.
func askConfig(ctx context.Context, c IO, screen *terminal, url string) ([]byte, error) {
	s := settings{APIURL: url}
	s.Credentials.AuthType = config.PersonalAccessToken
	conf, err := s.askAccount(ctx, c, screen)
	if err == nil {
		err = s.askTaste(ctx, screen, conf)
	}
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the questions were not answered, so nothing is written")
	case err != nil:
		return nil, err
	}
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// askAccount asks for the token and the location until they serve. What was given
// before needs no second typing: often only a scope had to be added.
func (s *settings) askAccount(ctx context.Context, c IO, screen *terminal) (config.Config, error) {
	say(screen, "Settings → Private Integrations → Create new integration, in the sub-account, makes the token: give it the scopes contacts.readonly, contacts.write, locations.readonly and locations/customFields.readonly. Settings → Business Profile shows the location id.")
	for {
		question := "Token, which is not shown"
		if s.Credentials.AccessToken != "" {
			question = "Token, which is not shown; return for the same"
		}
		var err error
		if s.Credentials.AccessToken, err = screen.askSecret(ctx, question, s.Credentials.AccessToken); err != nil {
			return config.Config{}, err
		}
		if s.LocationID, err = screen.ask(ctx, "Location id", s.LocationID); err != nil {
			return config.Config{}, err
		}
		conf, err := s.parse()
		if err != nil {
			say(screen, "%s", explain(err).message)
			continue
		}
		ok, report := diagnose(ctx, conf, nil, clientOptions{Log: console(c).Level(zerolog.WarnLevel), ReadOnly: true}, false)
		if ctx.Err() != nil {
			return conf, ctx.Err()
		}
		if say(screen, "%s", report); ok {
			return conf, nil
		}
	}
}

// askTaste asks for what has a default.
func (s *settings) askTaste(ctx context.Context, screen *terminal, conf config.Config) error {
	for {
		tags, err := screen.ask(ctx, "Tags that everybody gets, with commas between, or none", strings.Join(conf.Tags, ","))
		if err != nil {
			return err
		}
		country, err := screen.ask(ctx, "Country of phones without a country code, in two letters, or none", conf.DefaultCountry)
		if err != nil {
			return err
		}
		if s.Tags = listed(tags); tags == "none" {
			s.Tags = &[]string{}
		}
		if s.DefaultCountry = &country; country == "none" {
			*s.DefaultCountry = ""
		}
		if _, err = s.parse(); err == nil {
			return nil
		}
		say(screen, "%s", explain(err).message)
	}
}

func (s *settings) parse() (config.Config, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return config.Config{}, err
	}
	return config.Parse(text, rules...)
}

// writeConfig writes a file that only its owner may read, in the place of one that
// is there if that is to be replaced.
func writeConfig(path string, text []byte, replaces bool) error {
	if replaces {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
