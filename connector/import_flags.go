package connector

import (
	"cmp"
	"errors"
	"flag"
	"path/filepath"
	"slices"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/object"
)

// importFlags is what the command line of import asks for.
type importFlags struct {
	file, config, rejected string
	backup                 string // a folder; "": none is made
	object                 string // "": as configured
	mode                   airbyte.SyncMode
	tags, matchOn          *[]string // nil: as configured
	mappings               []config.FieldMapping
	yes, dryRun, strict    bool
}

func readImportFlags(args []string) (importFlags, error) {
	f := importFlags{config: "config.json", mode: airbyte.AppendDedup}
	v := values{FlagSet: flag.NewFlagSet("import", flag.ContinueOnError)}
	v.StringVar(&f.config, "config", f.config, "")
	v.StringVar(&f.rejected, "rejected", "", "")
	v.StringVar(&f.backup, "backup", "", "")
	v.value("object", func(text string) error {
		if f.object = text; !slices.ContainsFunc(objects, func(d object.Descriptor) bool { return d.Name == text }) {
			return errors.New(noObject(text))
		}
		return nil
	})
	v.value("mode", func(text string) error { f.mode = airbyte.SyncMode(text); return modeFault(f.mode) })
	v.value("tags", func(text string) error { f.tags = listed(text); return nil })
	v.value("match-on", func(text string) error { f.matchOn = listed(text); return nil })
	v.value("map", func(text string) error {
		at := strings.LastIndex(text, "=")
		if at <= 0 {
			return errors.New("give a column and the field that it is written to, such as 'Mobile no.=phone'")
		}
		f.mappings = append(f.mappings, config.FieldMapping{Stream: f.stream(), From: text[:at], To: text[at+1:], When: config.Always})
		return nil
	})
	v.yes("yes", &f.yes)
	v.yes("dry-run", &f.dryRun)
	v.yes("strict", &f.strict)
	args, f.file = withoutFile(v.FlagSet, args)
	if err := v.parse(args); err != nil {
		return f, err
	}
	if f.file == "" {
		return f, misuse("import: the FILE is missing; give - for what is piped in")
	}
	return f, nil
}

// withoutFile takes the first argument that is no flag, and no value of one, out of a
// command line: people put the file first.
func withoutFile(flags *flag.FlagSet, args []string) (rest []string, file string) {
	for i := 0; i < len(args); i++ {
		name := strings.TrimLeft(args[i], "-")
		if args[i] == "-" || !strings.HasPrefix(args[i], "-") {
			return slices.Delete(slices.Clone(args), i, i+1), args[i]
		}
		known := flags.Lookup(name)
		if known == nil {
			continue
		}
		if alone, ok := known.Value.(interface{ IsBoolFlag() bool }); !ok || !alone.IsBoolFlag() {
			i++
		}
	}
	return args, ""
}

func modeFault(mode airbyte.SyncMode) error {
	d, _ := lookup("")
	if !d.Supports(mode) {
		return errors.New("choose " + modes(d))
	}
	return nil
}

// listed reads a list with commas; nothing is an empty list.
func listed(text string) *[]string {
	list := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			list = append(list, item)
		}
	}
	return &list
}

// stream is the name of the stream that the rows make: that of the file.
func (f importFlags) stream() string {
	if f.file == "-" {
		return "stdin"
	}
	base := filepath.Base(f.file)
	return cmp.Or(strings.TrimSuffix(base, filepath.Ext(base)), base)
}

// configuration is that of the file, with what the command line says of the stream.
func (f importFlags) configuration() (config.Config, error) {
	conf, err := readConfig(f.config)
	if err != nil {
		return conf, err
	}
	return conf.With(func(c *config.Config) {
		c.FieldMapping = slices.Concat(c.FieldMapping, f.mappings)
		c.Streams = slices.Clone(c.Streams)
		i := slices.IndexFunc(c.Streams, func(s config.Stream) bool { return s.Name == f.stream() && s.Namespace == "" })
		if i < 0 {
			i, c.Streams = len(c.Streams), append(c.Streams, config.Stream{Name: f.stream()})
		}
		own := &c.Streams[i]
		own.Object = cmp.Or(f.object, own.Object)
		own.Tags, own.MatchOn = cmp.Or(f.tags, own.Tags), cmp.Or(f.matchOn, own.MatchOn)
	}, rules...)
}
