package connector

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
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

// runInit asks for what a configuration must have, tries it, and writes it.
func runInit(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("init", flag.ContinueOnError)
	path := flags.String("config", "config.json", "")
	url := flags.String("api-url", "", "")
	if err := parse(flags, args); err != nil {
		return err
	}
	if !isPath(*path) {
		return misuse("init: --config %v", errNoPath)
	}
	if _, err := os.Stat(*path); err == nil {
		return fmt.Errorf("%s is there already, and is not overwritten: remove it, or name another file with --config", *path)
	}
	screen, err := openTerminal()
	if err != nil {
		return &usageError{faults: []string{"init: there is no terminal to ask on; the README says what " + *path + " must have"}, known: true}
	}
	defer func() { _ = screen.Close() }()
	s := settings{APIURL: *url}
	s.Credentials.AuthType = config.PersonalAccessToken
	conf, err := s.askAccount(ctx, c, screen)
	if err == nil {
		err = s.askTaste(ctx, screen, conf)
	}
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the questions were not answered, so nothing is written")
	case err != nil:
		return err
	}
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := writeNew(*path, append(text, '\n')); err != nil {
		return err
	}
	say(c.Stdout, "%s is written; it holds the token, so only you may read it. Next: destination-gohighlevel import people.csv --dry-run", *path)
	return nil
}

// askAccount asks for the token and the location until they serve. What was given
// before needs no second typing: often only a scope had to be added.
func (s *settings) askAccount(ctx context.Context, c IO, screen *terminal) (config.Config, error) {
	say(screen, "Settings → Private Integrations → Create new integration, in the sub-account, makes the token; Settings → Business Profile shows the location id.")
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
		ok, report := diagnose(ctx, conf, nil, clientOptions{Log: console(c).Level(zerolog.WarnLevel), ReadOnly: true})
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

// writeNew writes a file that only its owner may read, and that was not there.
func writeNew(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
