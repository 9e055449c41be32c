package connector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/export"
	"destination-gohighlevel/connector/jsonscan"
)

// ofContact are the objects that --contact exports: the contact, and what belongs to it.
var ofContact = []string{defaultObject, crm.Notes.Name, crm.Tasks.Name, "appointments"}

// nests reports whether what belongs to a contact is written into its row: there is one
// output for all of it, and rows that can hold lists.
func (f exportFlags) nests() bool {
	return f.contact != "" && f.to == stdoutName && f.format != export.CSV && len(f.objects) > 1 && slices.Contains(f.objects, defaultObject)
}

// heldRows are the rows of one object, for those of a contact.
type heldRows struct{ rows []json.RawMessage }

func (h *heldRows) From() json.RawMessage       { return nil }
func (h *heldRows) Seen(string) error           { return nil }
func (h *heldRows) State(json.RawMessage) error { return nil }
func (h *heldRows) Rows() int64                 { return int64(len(h.rows)) }
func (h *heldRows) Formulas() int64             { return 0 }
func (h *heldRows) Commit() error               { return nil }
func (h *heldRows) Close() error                { return nil }

// Row keeps a row.
func (h *heldRows) Row(data json.RawMessage) error {
	h.rows = append(h.rows, data)
	return nil
}

// writeNested writes the contacts, each with a list of what belongs to it by object. What
// could not be read is absent.
func (x *exporting) writeNested() error {
	if x.held[defaultObject] == nil {
		return nil
	}
	for _, contact := range x.held[defaultObject].rows {
		line := bytes.NewBuffer(bytes.TrimSuffix(slices.Clone(contact), []byte("}")))
		id, _ := jsonscan.Text(jsonscan.Member(contact, "id"))
		for _, s := range x.tally.streams {
			if s.object == defaultObject || s.err != nil {
				continue
			}
			list := []json.RawMessage{}
			for _, row := range x.held[s.object].rows {
				if of, _ := jsonscan.Text(jsonscan.Member(row, "contact_id")); of == id {
					list = append(list, row)
				}
			}
			name := s.object
			if jsonscan.Member(contact, name) != nil { // a custom field has its key
				name = "contact_" + name
			}
			text, err := json.Marshal(list)
			if err != nil {
				return err
			}
			fmt.Fprintf(line, ",%s:%s", jsonscan.Quote(name), text)
		}
		line.WriteString("}\n")
		if _, err := x.out.Write(line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
