package connector

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"destination-gohighlevel/connector/export"
	"destination-gohighlevel/connector/words"
)

// exportFlags is what the command line of export asks for.
type exportFlags struct {
	config            string
	objects           []string
	format            export.Format
	since             time.Time // the zero time is all of time
	sinceText         string    // as it was given
	to                string    // a directory, or stdout
	business, contact string
	deleted, yes      bool
}

// stdoutName is how the command line calls stdout.
const stdoutName = "-"

func readExportFlags(args []string, now time.Time) (exportFlags, error) {
	f := exportFlags{config: "config.json", format: export.JSONL, to: stdoutName}
	v := values{FlagSet: flag.NewFlagSet("export", flag.ContinueOnError)}
	v.StringVar(&f.config, "config", f.config, "")
	v.StringVar(&f.to, "to", f.to, "")
	v.StringVar(&f.business, "business", "", "")
	v.StringVar(&f.contact, "contact", "", "")
	v.value("object", func(text string) error { f.objects = *listed(text); return nil })
	v.value("format", func(text string) error {
		if f.format = export.Format(text); f.format != export.JSONL && f.format != export.CSV {
			return errors.New("give jsonl or csv")
		}
		return nil
	})
	v.value("since", func(text string) (err error) {
		var ok bool
		f.sinceText = text
		if f.since, ok = sinceWhen(text, now); !ok {
			err = errors.New("give a day as in 2026-08-31, a time as in 2026-08-31T14:00:00Z, or a while as in 36h")
		}
		return err
	})
	v.yes("deleted", &f.deleted)
	v.yes("yes", &f.yes)
	if err := v.parse(args); err != nil {
		return f, err
	}
	if len(f.objects) == 0 {
		f.objects = []string{defaultObject}
		if f.contact != "" {
			f.objects = ofContact
		}
	}
	return f, f.fault()
}

// fault says what of the flags does not go together.
func (f exportFlags) fault() error {
	some := f.contact != "" || f.business != ""
	switch {
	case f.contact != "" && f.business != "":
		return wrong("export: --contact and --business cannot both be given: choose one")
	case some && f.deleted:
		return wrong("export: --deleted compares whole passes: take --contact or --business away")
	case f.business != "" && !slices.Equal(f.objects, []string{defaultObject}):
		return wrong("export: --business chooses contacts: take --object away")
	case f.contact != "" && slices.ContainsFunc(f.objects, func(name string) bool { return !slices.Contains(ofContact, name) }):
		return wrong("export: --contact chooses among %s: take the rest out of --object", words.List(ofContact))
	case f.to == stdoutName && len(f.objects) > 1 && !f.nests():
		return wrong("export: %s cannot all go to standard output: give --to DIR, or one of them to --object", strings.Join(f.objects, ", "))
	case f.to == stdoutName && f.deleted:
		return wrong("export: --deleted compares with what is kept in a directory: give --to DIR")
	}
	return nil
}

// wrong is a fault of values: no list of flags helps.
func wrong(format string, args ...any) error {
	return &usageError{faults: []string{fmt.Sprintf(format, args...)}, known: true}
}

// selection says in a text which rows are wanted; "" is all.
func (f exportFlags) selection() string {
	switch {
	case f.contact != "":
		return "contact " + f.contact
	case f.business != "":
		return "business " + f.business
	case f.sinceText != "":
		return "since " + f.sinceText // an interrupted export of the last 36 hours stays that of its beginning
	}
	return ""
}
