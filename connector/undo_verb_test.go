package connector

import (
	"path/filepath"
	"slices"
	"strings"

	"destination-gohighlevel/connector/journal"
)

// undoOptions say how much an undo takes back.
type undoOptions struct {
	recreate bool
	run      string // "" is all
}

// runs are the names of those that have a journal.
func (w *undoWorld) runs() (runs []string) {
	for name := range w.journals() {
		runs = append(runs, strings.TrimSuffix(filepath.Base(name), ".jsonl"))
	}
	slices.Sort(runs)
	return runs
}

// undo takes the runs back, or one of them. One that is cut short leaves of its journal what was durable then.
func (w *undoWorld) undo(o undoOptions, c cut) {
	w.t.Helper()
	p := &platform{Server: w.Server, t: w.t, settings: map[string]any{"journal": w.recording()}, api: w.api}
	defer w.killing(p)()
	ctx, conf, client, wire := p.open(c)
	defer wire.stop()
	u := &undoing{conf: conf, client: client, files: w.filesOf(o.run), recreate: o.recreate, log: wire.log}
	if len(u.files) == 0 {
		return
	}
	if _, err := u.run(ctx); err != nil && !wire.dead {
		w.t.Errorf("undo: %v\n%s", err, wire.said.String())
	}
	w.said = wire.said.String()
}

// filesOf are the journals of a run, "" is all that are no undo.
func (w *undoWorld) filesOf(run string) (files []journal.File) {
	if len(w.journals()) == 0 {
		return nil
	}
	for _, f := range must(journal.FilesIn(w.journal)) {
		of, _, err := f.Read(w.t.Context())
		if err != nil {
			w.t.Fatal(err)
		}
		if of != nil && (of.ID == run || run == "" && !isUndo(of)) {
			files = append(files, f)
		}
	}
	return files
}
