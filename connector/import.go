package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/words"
)

// sampleRows is how many people an import shows before it asks.
const sampleRows = 10

// runImport writes the rows of a file: it shows what would become of them, asks, and
// then goes the way of write.
func runImport(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
	f, err := readImportFlags(args)
	if err != nil {
		return err
	}
	conf, err := f.configuration()
	if err != nil {
		return err
	}
	dry := f.dryRun || conf.DryRun
	consent, err := consentFor("import", !f.yes && !dry)
	if err != nil {
		return err
	}
	defer consent.close()
	if f.file == "-" {
		greetTerminal(c)
	}
	rows, err := openRows(ctx, f.file, c.Stdin)
	if err != nil {
		return err
	}
	defer rows.close()
	if err := rows.rejectedFault(f.rejected); err != nil {
		return err
	}
	i := &importing{c, out, f, conf, rows}
	i.introduce()
	return i.run(ctx, dry, consent)
}

// run shows what the file would change, asks, and writes it.
func (i *importing) run(ctx context.Context, dry bool, consent consent) error {
	if dry || !i.yes {
		found, err := i.pass(ctx, true)
		if err != nil || dry {
			return i.end(found, err)
		}
		if found.changes() == 0 {
			say(i.Stdout, "There is nothing to write.")
			return i.end(found, nil)
		}
		if yes, err := consent.given(ctx, "Write this to HighLevel?"); err != nil || !yes {
			say(i.Stdout, "Nothing was written.")
			return err
		}
	}
	return i.end(i.pass(ctx, false))
}

// introduce says what the file is. Contacts that HighLevel has exported get no defaults.
func (i *importing) introduce() {
	say(i.Stdout, "%s: %s", i.rows.name, i.rows.form)
	if !isExported(i.rows.form.Columns()) {
		return
	}
	bare, left := withoutDefaults(i.conf, i.stream())
	if i.conf = bare; len(left) > 0 {
		say(i.Stdout, "The headings are those of HighLevel's own export, so contacts get nothing that the file does not have: %s. What the configuration says itself stays.", strings.Join(left, ", "))
	}
}

// importing is an import under way.
type importing struct {
	IO
	out *airbyte.Writer
	importFlags
	conf config.Config
	rows *rowFile
}

// pass takes all rows on their way, and shows what becomes of them: of a few by
// themselves, if nothing is written.
func (i *importing) pass(ctx context.Context, dry bool) (*planned, error) {
	conf := i.conf
	conf.DryRun = dry
	j := newJob(conf, i.catalog())
	c, end := j.watch(i.IO, false, size(i.rows.file))
	defer end()
	view := view(&writtenView{&textView{out: c.Stdout}, !i.yes})
	if dry {
		view = &limited{view: &textView{out: c.Stdout}, left: sampleRows}
	}
	j.shows, j.backup = true, i.backup
	var err error
	if j.client, err = newClient(conf, nil, signInKept(i.config, &i.conf, j.log)); err != nil {
		return nil, err
	}
	reader, err := i.rows.form.Rows(i.rows.file)
	if err != nil {
		return nil, err
	}
	kept, err := newKeptRows(i.rejected, i.rows.form)
	if err != nil {
		return nil, err
	}
	if kept != nil {
		j.keep = kept
	}
	if !dry {
		work, end := stoppable(ctx, i.out, j.log)
		defer end()
		ctx = work
	}
	plan, err := j.show(ctx, &rowInput{Reader: reader, stream: j.catalog.Streams[0].ID}, size(i.rows.file), view)
	return plan, during("import", conf, errors.Join(err, kept.close(c.Stdout)))
}

// end says what can be done about the rows that were rejected, and how the program
// ends.
func (i *importing) end(found *planned, err error) error {
	if err != nil {
		return err
	}
	n := found.rejected()
	if n > 0 && i.rejected == "" {
		say(i.Stdout, "--rejected FILE keeps rejected rows with the reason of each, to be corrected there and imported again.")
	}
	if n > 0 && i.strict {
		return fmt.Errorf("%s rejected, which --strict does not allow", words.Plural(n, "row was", "rows were"))
	}
	return nil
}

// catalog is that of a sync with one stream, whose columns are those of the file.
func (i *importing) catalog() airbyte.Catalog {
	schema := []byte(`{"type":"object","properties":{`)
	for n, name := range i.rows.form.Columns() {
		quoted, _ := json.Marshal(name) // a text can be
		if n > 0 {
			schema = append(schema, ',')
		}
		schema = append(append(schema, quoted...), ":{}"...)
	}
	return airbyte.Catalog{Streams: []airbyte.Stream{{ID: airbyte.StreamID{Name: i.stream()}, Mode: i.mode, Schema: append(schema, "}}"...)}}}
}
