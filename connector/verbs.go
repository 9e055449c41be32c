package connector

import (
	"context"
	"io"
	"slices"
	"strings"

	"destination-gohighlevel/connector/airbyte"
)

// verb is one thing the program can do.
type verb struct {
	name     string
	about    string
	flags    string
	run      verbFunc
	examples []string // command lines without the program's name
}

// verbFunc does what a verb is for. Its error says how the program ends.
type verbFunc func(ctx context.Context, c IO, out *airbyte.Writer, args []string) error

// verbs are all there are, in the order in which usage lists them.
func verbs() []verb {
	return []verb{
		{"init", "ask for the token and the location, try them, and write a configuration", "[--config config.json] [--sandbox] [--api-url URL]", aloud("init", runInit), []string{
			"init", "init --sandbox", "init --sandbox --config sandbox.json --api-url http://127.0.0.1:9000"}},
		{"spec", "print the specification of the configuration", "[--source]", runSpec, []string{"spec"}},
		{"check", "try a configuration", "--config FILE [--strict] [--read]", runCheck, []string{
			"check --config config.json", "check --config config.json --strict && echo ready"}},
		{"discover", "list what can be written, for the platform to map, or as a source what can be read", "--config FILE [--source]", runDiscover, []string{
			"discover --config config.json", "discover --config config.json --source"}},
		{"read", "read the location as a source", "--config FILE --catalog FILE [--state FILE] [--format text|json]", runRead, []string{
			"read --config config.json --catalog catalog.json > records.jsonl",
			"read --config config.json --catalog catalog.json --state state.json",
			"read --config config.json --catalog catalog.json --format text"}},
		{"write", "write the records on stdin", "--config FILE --catalog FILE [--backup DIR]", runWrite, []string{
			"write --config config.json --catalog catalog.json < records.jsonl",
			"write --config config.json --catalog catalog.json --backup backups < records.jsonl"}},
		{"preview", "show what write would do, and write nothing", "--config FILE --catalog FILE [--format text|json] [--limit PEOPLE]", runPreview, []string{
			"preview --config config.json --catalog catalog.json --format text < records.jsonl",
			"preview --config config.json --catalog catalog.json --format json --limit 0 < records.jsonl"}},
		{"import", "write the rows of a CSV, TSV or JSONL file", `FILE|- [--config config.json] [--dry-run] [--yes] [--rejected FILE] [--strict] [--backup DIR]
[--object contacts] [--mode append_dedup] [--match-on KEYS] [--tags TAGS] [--map 'COLUMN=FIELD'…]`, aloud("import", runImport), []string{
			"import people.csv --dry-run",
			"import people.csv --rejected rejected.csv",
			"import rejected.csv --yes --strict",
			"import people.csv --tags 'spring fair,lead' --map 'Mobile no.=phone' --map 'Badge=contact.badge' --map 'Notes='",
			"import calls.csv --object notes",
			"import - --yes --match-on phone,email < people.jsonl"}},
		{"export", "write what a location holds into files", `[--config config.json] [--object contacts,…] [--format jsonl|csv] [--to DIR|-]
[--since DAY|TIME|WHILE] [--business NAME] [--contact ID|EMAIL] [--deleted] [--yes]`, aloud("export", runExport), []string{
			"export --format csv > contacts.csv",
			"export --to backup",
			"export --since 36h --deleted --to backup",
			"export --contact ada@example.com"}},
		{"changes", "tell what syncs have changed: who, which field, when, from what to what, from which line", `[--journal PATH|s3://BUCKET/PATH] [--config FILE]
[--contact ID|EMAIL|PHONE] [--field FIELD] [--since DAY|TIME|WHILE] [--format text|json]`, aloud("changes", runChanges), []string{
			"changes --journal journal",
			"changes --config config.json --contact ada@example.com --field city",
			"changes --config config.json --since 36h --format json",
			"changes --journal s3://crm-journal/gohighlevel/20260831T140000Z-1b2c3d4e --config config.json"}},
		{"undo", "take back what a sync has changed, where nobody else has changed it since", `--config FILE [--journal PATH|s3://BUCKET/PATH]
[--run ID | --since DAY|TIME|WHILE] [--recreate] [--only FIELDS] [--dry-run] [--yes] [--format text|json]`, aloud("undo", runUndo), []string{
			"undo --config config.json --dry-run",
			"undo --config config.json",
			"undo --config config.json --run 20260831T140000Z-1b2c3d4e --only city,tags --yes",
			"undo --config config.json --since 36h --recreate"}},
		{"version", "print the version", "", aloud("version", runVersion), []string{"version"}},
		{"demo", "watch 1,000 people land in an embedded GoHighLevel", "[--serve]", aloud("demo", runDemo), []string{"demo --serve"}},
		{"sandbox", "serve an embedded GoHighLevel", `[--listen ADDRESS] [--allow-host NAME] [--contacts N] [--allow-duplicates]
[--allow-duplicate-opportunities] [--burst N] [--daily N] [--index-lag 60s] [--latency 100ms] [--oauth] [--agency] [--token-life 24h]
[--scopes LIST] [--fault OPERATION:KIND…] [--variant NAME] [--token T] [--location ID]`, aloud("sandbox", runSandbox), []string{
			"sandbox > config.json",
			"sandbox --contacts 1000 --daily 500 --latency 100ms > config.json"}},
	}
}

// find gives the verb of that name; nil if there is none.
func find(name string) *verb {
	all := verbs()
	i := slices.IndexFunc(all, func(v verb) bool { return v.name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

// help tells what there is to know of the verb among the first arguments, with
// examples, else of all.
func help(w io.Writer, asked []string) {
	for _, name := range asked {
		if v := find(name); v != nil {
			listVerbs(w, []verb{*v})
			say(w, "\nexamples:")
			for _, line := range v.examples {
				say(w, "  destination-gohighlevel %s", line)
			}
			return
		}
	}
	listVerbs(w, verbs())
}

// listVerbs tells verbs and their flags.
func listVerbs(w io.Writer, list []verb) {
	say(w, "usage: destination-gohighlevel VERB [FLAGS]")
	for _, v := range list {
		text := v.about
		if v.flags != "" {
			text += ": " + strings.ReplaceAll(v.flags, "\n", "\n           ")
		}
		say(w, "  %-8s %s", v.name, text)
	}
}
