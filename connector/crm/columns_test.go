package crm

import "testing"

// TestColumnsInEverySpelling: a column is the declared one however caches,
// warehouses and people write it.
func TestColumnsInEverySpelling(t *testing.T) {
	columns := NewColumns([]string{"First Name", "State/Province", "Téléphone", "2nd Phone", "Имя", "Город", "email", "E-Mail", "b", "a"})
	for arrived, want := range map[string]string{
		"First Name": "First Name", "first_name": "First Name", "FIRST_NAME": "First Name", "firstName": "First Name", "first-name": "First Name",
		"state_province": "State/Province", "t_l_phone": "Téléphone", "Telephone": "Téléphone", "_2nd_phone": "2nd Phone",
		"___": "Имя", "_____": "Город", "email": "email", "E-Mail": "E-Mail", "EMAIL": "email", "e_mail": "email",
		"last_name": "", "": "", "__": "", "-": "",
	} {
		got, ok := columns.Declared(arrived)
		if got != want || ok != (want != "") {
			t.Errorf("%q is %q (%t), want %q", arrived, got, ok, want)
		}
	}
}

// TestColumnsFind: the declared spelling has the say, whatever the order of the
// record's members.
func TestColumnsFind(t *testing.T) {
	columns := NewColumns([]string{"First Name", "id"})
	for record, want := range map[string]string{
		`{"first_name":"a"}`:                                    `"a"`,
		`{"first_name":"a","First Name":"b"}`:                   `"b"`,
		`{"First Name":"b","first_name":"a"}`:                   `"b"`,
		`{"First Name":null,"first_name":"a"}`:                  `null`,
		`{"first_name":"a","FIRST_NAME":"c"}`:                   `"c"`,
		`{"FIRST_NAME":"c","first_name":"a"}`:                   `"c"`,
		`{"last_name":"a"}`:                                     ``,
		`{}`:                                                    ``,
		"{ \"first_name\" :\n[1, {\"First Name\":2}] ,\"x\":1}": `[1, {"First Name":2}]`,
	} {
		if got := string(columns.Find([]byte(record), "First Name")); got != want {
			t.Errorf("%s: %s, want %s", record, got, want)
		}
	}
}
