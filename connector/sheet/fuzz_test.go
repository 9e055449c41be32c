package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
)

// FuzzRows: whatever a file holds, it is read to its end, each row is JSON, and lines only go on; what is rejected can be written.
func FuzzRows(f *testing.F) {
	for _, file := range []string{zoe, "\ufeffA;A\r\n\"x\ny\";\"", "sep=|\nA|B\n\"x", "{\"A\":1}\n{", "import_line,A\n1,x\n", "\xff\xfeA\x00\n\x00x\x00", "A,B\nZo\xeb,x,y\n", "\rA\r\"\"\"\"\r", "sep=\"\nA"} {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		in := bytes.NewReader(file)
		form, err := Find(in)
		if err != nil {
			return
		}
		r, err := form.Rows(in)
		if err != nil {
			t.Fatal(err)
		}
		rejected, err := form.NewRejected(io.Discard)
		for last := int64(0); err == nil; {
			row, next := r.Next()
			if next != nil {
				if !errors.Is(next, io.EOF) {
					t.Fatal(next)
				}
				return
			}
			if row.Line <= last || !json.Valid(row.Data) || row.Fault == "" && row.Data[0] != '{' {
				t.Fatalf("line %d after %d: %s %s", row.Line, last, row.Data, row.Fault)
			}
			last = row.Line
			err = rejected.Add(Rejection{Line: row.Line}, row.Data)
		}
		t.Fatal(err)
	})
}
