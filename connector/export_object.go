package connector

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"destination-gohighlevel/connector/export"
	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/source"
	"destination-gohighlevel/connector/words"
)

// exportFile takes the rows of one object: a file, or stdout.
type exportFile interface {
	source.Sink
	From() json.RawMessage // the state to go on from
	Seen(id string) error
	Rows() int64
	Formulas() int64
	Commit() error
	Close() error
}

// export exports one object.
func (x *exporting) export(ctx context.Context, s source.Stream) error {
	t := x.tally.begin(s.Name)
	t.asks.Store(x.asks[s.Name])
	err := x.write(ctx, s, t)
	x.tally.end(t, err)
	return err
}

func (x *exporting) write(ctx context.Context, s source.Stream, t *streamTally) error {
	plan := export.Plan{Object: s.Name, Format: x.format, Selection: x.selection(), Deleted: x.deleted}
	if x.format == export.CSV {
		schema, err := s.Schema(ctx)
		if err != nil {
			return err
		}
		plan.Columns = exportColumns(s.Name, schema, x.table, x.deleted)
	}
	file, err := x.open(plan)
	if err != nil {
		return err
	}
	from := file.From()
	t.resumed = file.Rows()
	t.rows.Store(t.resumed)
	err = s.Read(ctx, from, &exportSink{exportFile: file, since: x.since, tally: t})
	if err == nil {
		err = ctx.Err() // a stop may look like an end
	}
	if err == nil && x.deleted {
		err = x.markDeleted(file.(*export.File), t) // stdout has none
	}
	if err == nil && file.Rows() == 0 && s.Name == defaultObject && x.since.IsZero() {
		t.note = x.foundNobody()
	}
	t.rows.Store(file.Rows() - t.deleted)
	t.formulas = file.Formulas()
	if err != nil {
		return errors.Join(err, file.Close())
	}
	return file.Commit()
}

// foundNobody says why there are no contacts: of whom they were asked for; "" if of all.
func (x *exporting) foundNobody() string {
	switch {
	case x.contact != "":
		return "HighLevel finds no contact with this id or email; one that was created in the last minute may not be found yet"
	case x.business != "":
		return "HighLevel finds no contact of a business of this name"
	}
	return ""
}

func (x *exporting) open(plan export.Plan) (exportFile, error) {
	if x.nests() {
		if x.held == nil {
			x.held = map[string]*heldRows{}
		}
		x.held[plan.Object] = &heldRows{}
		return x.held[plan.Object], nil
	}
	if x.folder == nil {
		return export.NewPipe(x.out, plan)
	}
	return x.folder.Create(plan)
}

// exportSink hands the rows that are wanted to a file.
type exportSink struct {
	exportFile
	since time.Time
	tally *streamTally
}

// Estimate implements [source.Estimator].
func (k *exportSink) Estimate(rows int64) error {
	k.tally.expected.Store(rows)
	return nil
}

// Row implements [source.Sink].
func (k *exportSink) Row(data json.RawMessage) error {
	k.tally.met.Add(1)
	row := jsonscan.Map(data)
	if id, ok := jsonscan.Text(row["id"]); ok && id != "" {
		if err := k.Seen(id); err != nil {
			return err
		}
	}
	if !k.since.IsZero() && changedAt(row).Before(k.since) {
		return nil
	}
	k.tally.rows.Add(1)
	return k.exportFile.Row(data)
}

// changedAt is when a row was changed last, as far as it tells; one that does not tell is
// taken for new.
func changedAt(row map[string]json.RawMessage) time.Time {
	for _, name := range []string{"dateUpdated", "updatedAt", "dateAdded", "createdAt"} {
		text, _ := jsonscan.Text(row[name])
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			return at
		}
	}
	return time.Now()
}

// markDeleted adds the rows of what the last pass over all has seen and this one has not.
// Where that is more than a sync may remove, a fault of the listing is likelier.
func (x *exporting) markDeleted(file *export.File, t *streamTally) error {
	gone, before, ok, err := file.Gone()
	switch limit := x.conf.RemovalLimitPercent; {
	case err != nil:
		return err
	case !ok:
		t.note = "nothing to compare with yet: the next export with --deleted compares with this one"
		return nil
	case float64(len(gone)*100) > float64(limit)*float64(before):
		file.KeepsLast = true
		t.note = words.Count(len(gone), "row") + " of the last export's " + words.Grouped(before) +
			" are missing, more than removal_limit_percent allows, so none is called deleted: raise it if they are"
		return nil
	}
	t.deleted = int64(len(gone))
	return file.Delete(gone, time.Now())
}
