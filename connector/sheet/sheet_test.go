package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// rowsOf reads a file: a line for each row, in which a broken one has its fault.
func rowsOf(t *testing.T, file []byte) (form *Form, rows []string) {
	t.Helper()
	f := bytes.NewReader(file)
	form, err := Find(f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := form.Rows(f)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return form, rows
		} else if err != nil {
			t.Fatal(err)
		}
		if !json.Valid(row.Data) {
			t.Errorf("line %d: %s is not JSON", row.Line, row.Data)
		}
		text := fmt.Sprintf("%d %s", row.Line, row.Data)
		if row.Fault != "" {
			text += " " + row.Fault
		}
		rows = append(rows, text)
	}
}

func utf16(text string, order unicode.Endianness, mark unicode.BOMPolicy) string {
	out, err := unicode.UTF16(order, mark).NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

func windows(text string) string {
	out, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		panic(err)
	}
	return out
}

const zoe = "Name,Email\nZoë,zoe@example.com\n"

// TestSpreadsheets: the forms in which spreadsheets and their users save the same person.
func TestSpreadsheets(t *testing.T) {
	semicolons := strings.ReplaceAll(zoe, ",", ";")
	for name, file := range map[string]string{
		"plain":                     zoe,
		"no newline at the end":     strings.TrimSuffix(zoe, "\n"),
		"byte order mark":           "\ufeff" + zoe,
		"CRLF":                      strings.ReplaceAll(zoe, "\n", "\r\n"),
		"CR, as on old Macs":        strings.ReplaceAll(zoe, "\n", "\r"),
		"semicolons":                semicolons,
		"semicolons, named":         "sep=;\n" + semicolons,
		"tabs":                      strings.ReplaceAll(zoe, ",", "\t"),
		"pipes":                     strings.ReplaceAll(zoe, ",", "|"),
		"Windows-1252":              windows(zoe),
		"UTF-16, marked":            utf16(zoe, unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, marked big endian": utf16(zoe, unicode.BigEndian, unicode.UseBOM),
		"UTF-16, Excel's text":      utf16(strings.ReplaceAll(zoe, ",", "\t"), unicode.LittleEndian, unicode.UseBOM),
		"UTF-16, little endian":     utf16(zoe, unicode.LittleEndian, unicode.IgnoreBOM),
		"UTF-16, big endian":        utf16(zoe, unicode.BigEndian, unicode.IgnoreBOM),
		"all quoted":                "\"Name\",\"Email\"\n\"Zoë\",\"zoe@example.com\"\n",
		"blank before a quote":      "Name, Email\n\"Zoë\" , \"zoe@example.com\"\n",
		"empty cells behind":        "Name,Email,,\nZoë,zoe@example.com,,\n",
		"empty cells beyond":        "Name,Email\nZoë,zoe@example.com,, \n",
	} {
		t.Run(name, func(t *testing.T) {
			form, rows := rowsOf(t, []byte(file))
			if len(rows) != 1 {
				t.Fatalf("%s: %q", form, rows)
			}
			var got map[string]string
			if err := json.Unmarshal([]byte(rows[0][2:]), &got); err != nil || got["Name"] != "Zoë" || got["Email"] != "zoe@example.com" {
				t.Errorf("%s: %s, %v", form, rows[0], err)
			}
		})
	}
}

// TestRows: what is broken costs itself, and each row keeps the line of the file in which it begins.
func TestRows(t *testing.T) {
	for name, tt := range map[string]struct {
		file string
		want []string
	}{
		"quoted newline":          {"A,B\n\"one\ntwo\",x\ny,z\n", []string{`2 {"A":"one\ntwo","B":"x"}`, `4 {"A":"y","B":"z"}`}},
		"quoted delimiter, quote": {"A,B\n\"x, \"\"y\"\"\",z\n", []string{`2 {"A":"x, \"y\"","B":"z"}`}},
		"quotes that are text":    {"A,B\n5'10\" tall,x\n\"the \"Countess\" L\",y\n", []string{`2 {"A":"5'10\" tall","B":"x"}`, `3 {"A":"the \"Countess\" L","B":"y"}`}},
		"blank rows":              {"\nA,B\n\n,\nx,y\n , \n", []string{`5 {"A":"x","B":"y"}`}},
		"ragged rows": {"A,B\nx\nx,y,z\nx,y\n", []string{`2 ["x"] the row has 1 value, and the header 2 columns`,
			`3 ["x","y","z"] the row has 3 values, and the header 2 columns`, `4 {"A":"x","B":"y"}`}},
		"a quote left open": {"A,B\n\"x,y\nx,y\n", []string{`2 "\"x,y" a quote is opened and not closed`, `3 {"A":"x","B":"y"}`}},
		"a quote left open far from the end": {"A,B\n\"x,y\n" + strings.Repeat("x,y\n", mostLines+1),
			append([]string{`2 "\"x,y" a quote is opened and not closed`}, numbered(3, mostLines+1, `{"A":"x","B":"y"}`)...)},
		"duplicate headers": {"A,A,A 2,A\n1,2,3,4\n", []string{`2 {"A":"1","A 3":"2","A 2":"3","A 4":"4"}`}},
		"unnamed columns":   {"A,,B,\nx,y,z\nx,y,z,w\n", []string{`2 {"A":"x","column 2":"y","B":"z"}`, `3 {"A":"x","column 2":"y","B":"z","column 4":"w"}`}},
		"no text in a row":  {"A,B\nZoë,x\nZo\xeb,y\n", []string{`2 {"A":"Zoë","B":"x"}`, `3 "Zo\ufffd,y" it holds bytes that are no text in UTF-8, which the rest of the file is in`}},
		"no text in a value of two lines": {"A,B\nZoë,x\n\"Zo\n\xeb\",y\nx,y\n", []string{`2 {"A":"Zoë","B":"x"}`,
			`3 "\"Zo\n\ufffd\",y" it holds bytes that are no text in UTF-8, which the rest of the file is in`, `5 {"A":"x","B":"y"}`}},
		"one column":      {"Email\na@example.com\n", []string{`2 {"Email":"a@example.com"}`}},
		"commas in texts": {"A, or B;C\n1,5;x\n2;y\n", []string{`2 {"A, or B":"1,5","C":"x"}`, `3 {"A, or B":"2","C":"y"}`}},
		"a header alone":  {"A,B\n", nil},
		"JSONL":           {"\ufeff{\"A\":1}\r\n\n{\"B\":[2]}", []string{`1 {"A":1}`, `3 {"B":[2]}`}},
		"JSONL, broken":   {"{\"A\":1}\n{\"A\":\n[1]\n{\"A\":2}", []string{`1 {"A":1}`, `2 "{\"A\":" the line is no JSON object`, `3 "[1]" the line is no JSON object`, `4 {"A":2}`}},
		"of a rejected file": {"import_line,import_code,import_reason,import_next_step,A,B\n5,c,r,n,x,y\n6,c,r,n,x\n7,c,r,n,x,y,z\n8,c\n", []string{`2 {"A":"x","B":"y"}`,
			`3 ["6","c","r","n","x"] the row has 1 value, and the header 2 columns`, `4 ["7","c","r","n","x","y","z"] the row has 3 values, and the header 2 columns`,
			`5 ["8","c"] the row has 0 values, and the header 2 columns`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := rowsOf(t, []byte(tt.file))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func numbered(from, n int, text string) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("%d %s", from+i, text))
	}
	return out
}

func TestFormIsTold(t *testing.T) {
	for want, file := range map[string]string{
		"2 columns, delimited by comma, UTF-8":        zoe,
		"2 columns, delimited by tab, UTF-16":         utf16(strings.ReplaceAll(zoe, ",", "\t"), unicode.LittleEndian, unicode.UseBOM),
		"2 columns, delimited by comma, Windows-1252": windows(zoe),
		`2 columns, delimited by "^", UTF-8`:          "sep=^\nA^B\n",
		"1 column, delimited by comma, UTF-8":         "Email\n",
		"JSONL, UTF-8":                                `{"A":1,"B":2}`,
	} {
		if form, _ := rowsOf(t, []byte(file)); form.String() != want {
			t.Errorf("%s, want %s", form, want)
		}
	}
}

func TestNoRows(t *testing.T) {
	for want, file := range map[string]string{
		"the file is empty": " \n\n",
		"the file is a workbook; save it as CSV in the spreadsheet":                                     "PK\x03\x04…",
		"the file is a JSON list; give CSV, or JSONL: one object a line":                                `[{"A":1}]`,
		"the first line holds an email address, so it is no header; put the names of the columns there": "Ada,ada@example.com\n",
		"the file has no header": "sep=;\n",
		`the first line names "\"" as what stands between values, which nothing can be told apart by; take that line out`: "sep=\"\nA\n",
		"line 1 has more than 1 MB, so this is no file of rows":                                                           strings.Repeat("x", longestLine+1),
	} {
		if form, err := Find(strings.NewReader(file)); err == nil || err.Error() != want {
			t.Errorf("%v, %v, want %s", form, err, want)
		}
	}
}

// TestRejectedRowsAreReadAgain: what is rejected is written as it came, and what is corrected there is what is read.
func TestRejectedRowsAreReadAgain(t *testing.T) {
	for _, file := range []string{
		"A;B;A\n\"x; \"\"y\"\"\n\";1;2\n;;z\nonly one\n\"left open;1;2\n1;2;3;4\n",
		"{\"A\":1,\"B\":{\"C\":[2]}}\n{}\n{\"A\":\n",
	} {
		form, want := rowsOf(t, []byte(file))
		again := []byte(file)
		for range 2 { // also what is rejected a second time
			again = rejectAll(t, again)
		}
		formAgain, got := rowsOf(t, again)
		if diff := cmp.Diff(form.Columns(), formAgain.Columns()); diff != "" && form.delimiter != "" {
			t.Error(diff)
		}
		for i := range want {
			_, wantData, _ := strings.Cut(want[i], " ")
			if _, data, _ := strings.Cut(got[i], " "); strings.HasPrefix(wantData, "{") && data != wantData {
				t.Errorf("%s, want %s", data, wantData)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// rejectAll is a file of which all rows are rejected.
func rejectAll(t *testing.T, file []byte) []byte {
	t.Helper()
	f := bytes.NewReader(file)
	form, err := Find(f)
	if err != nil {
		t.Fatal(err)
	}
	r, err := form.Rows(f)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	rejected, err := form.NewRejected(&out)
	if err != nil {
		t.Fatal(err)
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.Bytes()
		}
		if err := errors.Join(err, rejected.Add(Rejection{Line: row.Line, Code: "code", Reason: "reason", NextStep: "step"}, row.Data)); err != nil {
			t.Fatal(err)
		}
	}
}
