package connector

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// runPreview shows, record by record and field by field, what write would do
// with the records on stdin. It goes the same way as write, but writes nothing,
// and it never renews a token. As text it is for people, and so are its errors.
func runPreview(ctx context.Context, c IO, _ *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("preview", flag.ContinueOnError)
	in := inputFlags(flags)
	format := flags.String("format", "", "")
	limit := flags.Int("limit", math.MaxInt, "")
	if err := parse(flags, args, "config", "catalog"); err != nil {
		return err
	}
	if *format == "" {
		*format = "json"
		if isTerminal(c.Stdout) {
			*format = "text"
		}
	}
	if *format != "text" && *format != "json" {
		return &usageError{faults: []string{fmt.Sprintf("preview: --format cannot be %q: give text or json", *format)}, known: true}
	}
	if *limit < 0 {
		return &usageError{faults: []string{"preview: --limit cannot be negative: give the number of people to show"}, known: true}
	}
	show := func() error { return preview(ctx, c, in, *format, *limit) }
	if *format == "text" {
		return spoken(show)
	}
	return show()
}

// preview is runPreview, once the command line is read.
func preview(ctx context.Context, c IO, in input, format string, limit int) error {
	j, err := in.read()
	if err != nil {
		return err
	}
	greetTerminal(c)
	j.conf.DryRun = true
	bytes := size(c.Stdin)
	c, end := j.watch(c, mixes(c, format == "json"), bytes)
	defer end()
	if j.client, err = newClient(j.conf, nil, clientOptions{Log: j.log, ReadOnly: true}); err != nil {
		return err
	}
	shown := &pane{Writer: c.Stdout}
	var view view = &textView{out: shown}
	if format == "json" {
		view = &jsonView{shown}
	}
	j.shows = format == "text"
	_, err = j.show(ctx, airbyte.NewReader(c.Stdin), bytes, &limited{view: view, left: limit})
	if err == nil {
		err = shown.err
	}
	return during("preview", j.conf, err)
}

// console is a log for people.
func console(c IO) zerolog.Logger {
	return zerolog.New(zerolog.ConsoleWriter{Out: c.Stderr, NoColor: true, PartsExclude: []string{zerolog.TimestampFieldName},
		FormatMessage: func(message any) string { return words.Printable(fmt.Sprint(message)) }})
}

// watch lets people see on stderr what goes wrong, and how far the job is: a bar, or
// else a line now and then. What it returns does not mix with the bar.
func (j *job) watch(c IO, mixes bool, bytes int64) (_ IO, end func()) {
	b := newBar(c, mixes, bytes > 0, counted)
	c.Stdout, c.Stderr = b.over(c.Stdout), b.over(c.Stderr)
	j.log = console(c).Level(zerolog.WarnLevel)
	seconds := 0
	j.progress = func(p load.Progress) {
		if seconds++; b != nil {
			b.show(p)
		} else if seconds%10 == 0 {
			say(c.Stderr, "so far: %s", p)
		}
	}
	return c, b.end
}

// show runs the job, shows in a view what becomes of its records, and sums that up.
func (j *job) show(ctx context.Context, messages load.Input, bytes int64, v view) (*planned, error) {
	plan := newPlanned(j)
	j.opened = func(streams []*object.Stream) { v.header(plan.header(streams)) }
	j.observe = func(o object.Outcome) {
		plan.observe(o)
		v.person(plan.line(o))
	}
	err := j.run(ctx, messages, bytes)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	v.summary(plan.summary())
	return plan, nil
}

// pane is where a preview is shown. It remembers the first failure.
type pane struct {
	io.Writer
	err error
}

func (p *pane) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("it cannot be shown: %w", err)
	}
	return n, err
}
