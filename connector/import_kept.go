package connector

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/sheet"
	"destination-gohighlevel/connector/words"
)

// leftOutCode is the code of a row that was written without some of its values.
const leftOutCode = "left_out"

// keptRows keeps in a file of their form the rows that are to be corrected: those
// that were rejected, and those of which values were left out.
type keptRows struct {
	mu   sync.Mutex
	file *os.File
	rows *sheet.Rejected
	// waiting are rows by line: more may be wrong with a row, and one before it may
	// follow, since a window is settled in no order.
	waiting map[int64]*keptRow
	// Of the rows that were written to the file.
	rejected, without int
}

type keptRow struct {
	sheet.Rejection
	data json.RawMessage
}

// mostWaiting bounds the rows that wait, at several windows of them.
const mostWaiting = 5000

// newKeptRows begins a file; without a path it is nil.
func newKeptRows(path string, form *sheet.Form) (*keptRows, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	rows, err := form.NewRejected(file)
	return &keptRows{file: file, rows: rows, waiting: map[int64]*keptRow{}}, err
}

// Add implements [load.Store].
func (k *keptRows) Add(_ context.Context, u load.Unwritten) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	why := sheet.Rejection{Line: u.Line, Code: cmp.Or(u.Code, leftOutCode), Reason: u.Reason, NextStep: u.NextStep}
	if column := cmp.Or(u.Column, u.Field); column != "" {
		why.Reason = column + ": " + why.Reason
	}
	if row := k.waiting[u.Line]; row != nil {
		row.Reason += "; " + why.Reason
		return nil
	}
	k.waiting[u.Line] = &keptRow{why, u.Data}
	if len(k.waiting) < mostWaiting {
		return nil
	}
	return k.write(mostWaiting / 2)
}

// write writes the first rows of those that wait.
func (k *keptRows) write(most int) error {
	lines := slices.Sorted(maps.Keys(k.waiting))
	for _, line := range lines[:min(most, len(lines))] {
		row := k.waiting[line]
		delete(k.waiting, line)
		if row.Code == leftOutCode {
			k.without++
		} else {
			k.rejected++
		}
		if err := k.rows.Add(row.Rejection, row.data); err != nil {
			return err
		}
	}
	return nil
}

// Flush implements [load.Store]: no state waits for it.
func (k *keptRows) Flush(context.Context) error { return nil }

// Pending implements [load.Store].
func (k *keptRows) Pending() bool { return false }

// close says what the file holds, and leaves none that holds nothing.
func (k *keptRows) close(out io.Writer) error {
	if k == nil {
		return nil
	}
	err := errors.Join(k.write(len(k.waiting)), k.file.Close())
	if k.rejected+k.without == 0 {
		return errors.Join(err, os.Remove(k.file.Name()))
	}
	say(out, "%s has %s, and %s without one of its values, with the reason of each: correct them there, and import that file.",
		k.file.Name(), words.Count(k.rejected, "rejected row"), words.Count(k.without, "row"))
	return err
}
