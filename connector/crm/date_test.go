package crm

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"destination-gohighlevel/connector/trouble"
)

func TestReadDate(t *testing.T) {
	for in, want := range map[string]string{
		"1990-09-25": "1990-09-25", "1990/09/25": "1990-09-25", "1990.09.25": "1990-09-25", "1990_09_25": "1990-09-25", "1990 09 25": "1990-09-25",
		"09-25-1990": "1990-09-25", "09/25/1990": "1990-09-25", "09.25.1990": "1990-09-25", "09_25_1990": "1990-09-25",
		"9/5/1990": "1990-09-05", "19900925": "1990-09-25", "1990-9-5": "1990-09-05",
		"1990. 9. 25.": "1990-09-25", "1990年9月25日": "1990-09-25", "1990년 9월 25일": "1990-09-25",

		"15 March 1990": "1990-03-15", "Mar 15, 1990": "1990-03-15", "15-Mar-1990": "1990-03-15", "March 15th, 1990": "1990-03-15",
		"the 1st of May 1990": "1990-05-01", "1990 March 15": "1990-03-15", "15MAR1990": "1990-03-15", "Sept. 3, 1990": "1990-09-03",
		"15. März 1990": "1990-03-15", "15 mars 1990": "1990-03-15", "15 de marzo de 1990": "1990-03-15", "3 août 1990": "1990-08-03",
		"Thu, 15 Mar 1990": "1990-03-15", "Thursday, March 15, 1990": "1990-03-15", "15-Mar-90": "1990-03-15", "Mar 15 '90": "1990-03-15",

		"1990-09-25T23:30:00-08:00": "1990-09-25", "1990-09-25 00:00:00": "1990-09-25", "1990-09-25 00:00:00+00": "1990-09-25",
		"1990-09-25T00:00:00.000Z": "1990-09-25", "1990-09-25Z": "1990-09-25", "1990-09-25+02:00": "1990-09-25", "19900925T000000Z": "1990-09-25",
		"9/25/1990 12:00 AM": "1990-09-25", "Mar 15, 1990 at 10:00 AM": "1990-03-15", "Thu, 15 Mar 1990 10:00:00 GMT": "1990-03-15",
		"Thu Mar 15 1990 00:00:00 GMT+0000 (Coordinated Universal Time)": "1990-03-15",

		"654220800": "1990-09-25", "654220800000": "1990-09-25", "-86400000": "1967-04-07", "654220800.0": "1990-09-25",
		"654220800.123": "1990-09-25", "6.542208E+08": "1990-09-25", "19900925.0": "1990-09-25", "-1000000000.000000000": "1938-04-24",

		"2023-02-29": "", "13/13/1990": "", "1990": "", "1990-09": "", "soon": "", "": "", "1990-09-25 noon": "", "25/12": "", "09/06": "",
		"--03-15": "", "0000-00-00": "", "1990-03-00": "", "March 1990": "", "15 Mar Apr 1990": "", "15 Juil 1990": "1990-07-15", "15 Jui 1990": "",
		"202-555-0123": "", "1990-09/25": "", "1.2.3": "", "1990-09-25t10:00:00": "1990-09-25", "1,2,1990": "", "0": "", "0.0": "", "32947": "", "-1": "", "25:61": "", "09/25/1990 10:xy": "",
		"1e1000001": "", "99999999999999999999": "", "1990-09-25-26": "", "15 March": "", "March 15 1990 16": "", "mardi 15 1990": "",
	} {
		got := dateReading{}.read(in)
		if got.date != want || (got.fault == "") != (want != "") {
			t.Errorf("%q: %+v; want %q", in, got, want)
		}
	}
}

// TestDateOrders: a date is read in one order, and what is none in it is left
// out with the setting that would read it.
func TestDateOrders(t *testing.T) {
	tests := []struct {
		in    string
		order DateOrder
		want  day
		set   string // the fault where the user named the order, if another
	}{
		{"09/06/1985", MDY, day{date: "1985-09-06", note: ruleMonthFirst}, ""},
		{"09/06/1985", DMY, day{date: "1985-06-09", note: ruleDayFirst}, ""},
		{"09/06/1985", YMD, day{fault: ruleReadsEither}, ruleNotInOrderSet},
		{"06.06.1985", MDY, day{date: "1985-06-06"}, ""},
		{"12/25/1990", MDY, day{date: "1990-12-25"}, ""},
		{"12/25/1990", DMY, day{fault: ruleReadsMDY}, ruleNotInOrderSet},
		{"12/25/1990", YMD, day{fault: ruleReadsMDY}, ruleNotInOrderSet},
		{"25/12/1990", MDY, day{fault: ruleReadsDMY}, ruleNotInOrderSet},
		{"25/12/1990", DMY, day{date: "1990-12-25"}, ""},
		{"25/12/1990 10:30", MDY, day{fault: ruleReadsDMY}, ruleNotInOrderSet},
		{"1990/12/25", DMY, day{date: "1990-12-25"}, ""},
		{"1990/25/12", DMY, day{fault: ruleNotADate}, ""},
		{"31/31/1990", MDY, day{fault: ruleNotADate}, ""},
		{"03/15/90", MDY, day{date: "1990-03-15", note: ruleCentury}, ""},
		{"03/15/90", DMY, day{fault: ruleReadsMDY}, ruleNotInOrderSet},
		{"90/03/15", YMD, day{date: "1990-03-15", note: ruleCentury}, ""},
		{"90/03/15", MDY, day{fault: ruleReadsYMD}, ruleNotInOrderSet},
		{"15-Mar-90", YMD, day{fault: ruleNotADate}, ""},
		{"90-Mar-15", YMD, day{date: "1990-03-15", note: ruleCentury}, ""},
		{"15 March 1990", YMD, day{date: "1990-03-15"}, ""},
	}
	for _, test := range tests {
		if got := (dateReading{order: test.order}).read(test.in); got != test.want {
			t.Errorf("%q in %s: %+v, want %+v", test.in, test.order, got, test.want)
		}
		got, want := dateReading{order: test.order, orderSet: true}.read(test.in), test.want.fault
		if test.set != "" {
			want = test.set
		}
		if got.date != test.want.date || got.fault != want || got.note == ruleMonthFirst || got.note == ruleDayFirst {
			t.Errorf("%q in %s, which is set: %+v, want %q", test.in, test.order, got, want)
		}
	}
}

func TestTwoDigitYears(t *testing.T) {
	for in, want := range map[string][2]string{ // any date, and a birthday
		"1/2/00": {"2000-01-02", "2000-01-02"},
		"1/2/26": {"2026-01-02", "2026-01-02"},
		"3/5/26": {"2026-03-05", "1926-03-05"},
		"1/2/68": {"2068-01-02", "1968-01-02"},
		"1/2/69": {"1969-01-02", "1969-01-02"},
		"1/2/99": {"1999-01-02", "1999-01-02"},
	} {
		if got := (dateReading{}).read(in); got.date != want[0] {
			t.Errorf("%q: %+v, want %s", in, got, want[0])
		}
		if got := (dateReading{latest: "2026-03-01"}).read(in); got.date != want[1] {
			t.Errorf("%q as a birthday: %+v, want %s", in, got, want[1])
		}
	}
}

// TestEpochsOfTwoCenturies: every day from 1900 to 2100 is right in seconds and
// in milliseconds. The first day of 1970 begins with zero, which stands for no
// date, and milliseconds around it look like seconds, unless the column says what
// they are.
func TestEpochsOfTwoCenturies(t *testing.T) {
	start := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := start; d.Year() <= 2100; d = d.AddDate(0, 0, 1) {
		want := d.Format(time.DateOnly)
		if d.Unix() == 0 {
			continue
		}
		if got := (dateReading{}).read(fmt.Sprint(d.Unix())); got.date != want {
			t.Fatalf("%d: %+v, want %s", d.Unix(), got, want)
		}
		said := dateReading{milliseconds: true}
		if got := said.read(fmt.Sprint(d.UnixMilli())); got.date != want {
			t.Fatalf("%d in a column of milliseconds: %+v, want %s", d.UnixMilli(), got, want)
		}
		if ms := d.UnixMilli(); ms > mostSeconds || ms < -mostSeconds {
			if got := (dateReading{}).read(fmt.Sprint(ms)); got.date != want {
				t.Fatalf("%d: %+v, want %s", ms, got, want)
			}
		}
	}
}

func TestColumnsThatSayMilliseconds(t *testing.T) {
	for column, want := range map[string]bool{
		"created_ms": true, "createdMs": true, "birthMillis": true, "timestamp-milliseconds": true, "MS": true, "dob_in_msec": true,
		"created": false, "items": false, "msg": false, "terms": false, "MSRP": false, "comms_at": false, "": false,
	} {
		if got := (&reader{}).origin(column, "").is(inMilliseconds); got != want {
			t.Errorf("%q: %v", column, got)
		}
	}
	for schema, want := range map[string]origin{
		`{"type":"integer","format":"epoch-millis"}`:      inMilliseconds | inNumbers,
		`{"type":"string","airbyte_type":"timestamp_ms"}`: inMilliseconds,
		`{"type":["null","number"]}`:                      inNumbers,
		`{"type":["null","number","string"]}`:             0,
		`null`:                                            0,
		`true`:                                            0,
	} {
		if got := (&reader{schemas: map[string]json.RawMessage{"x": json.RawMessage(schema)}}).origin("x", ""); got != want {
			t.Errorf("%s: %b, want %b", schema, got, want)
		}
	}
}

// TestDatesOfAPlan: the plan's notation, the column's unit and the day of the
// sync reach each date, also from memory.
func TestDatesOfAPlan(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Notation = NotationOf("GB")
		o.Today = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		o.Mappings = []Mapping{{From: "joined_ms", To: "contact.joined"}}
	})
	for record, want := range map[string]any{
		`"dob":"09/06/1985"`:                     "1985-06-09",
		`"dob":"09/06/30"`:                       "1930-06-09",
		`"dob":86400000`:                         "1972-09-27",
		`"joined_ms":86400000`:                   "1970-01-02",
		`"joined_ms":"09/06/30"`:                 "2030-06-09",
		`"dob":"12/25/1990"`:                     nil,
		`"dob":86400000,"joined_ms":86400000`:    "1972-09-27",
		`"joined_ms":31536000000,"dob":null`:     "1971-01-01",
		`"joined_ms":"31536000000.0","dob":null`: "1971-01-01",
	} {
		for range 2 {
			desired, notes := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
			got := desired.Values["dateOfBirth"].Data
			if got == nil {
				got = desired.Values["cfDate"].Data
			}
			if got != want {
				t.Errorf("%s: %v, want %v", record, got, want)
			}
			if want == nil && !hasNote(notes, trouble.Note{Field: "dateOfBirth", Rule: ruleReadsMDY, Dropped: true, Warns: true}) {
				t.Errorf("%s: %v", record, notes)
			}
		}
	}
}

// TestEightDigits without anything between them, the year last.
func TestEightDigits(t *testing.T) {
	birthday := dateReading{order: MDY, latest: "2026-11-29"}
	for s, want := range map[string]string{
		"03151990": "1990-03-15", "12251990": "1990-12-25", "19900315": "1990-03-15", "15031990": "", "02301990": "", "47779200": "1971-07-08",
	} {
		if got := birthday.read(s); want != "" && got.date != want || s[0] == '0' && got.date != want {
			t.Errorf("%s: %+v, want %s", s, got, want)
		}
	}
	if got := (dateReading{order: DMY, latest: "2026-11-29"}).read("15031990"); got.date != "1990-03-15" {
		t.Errorf("day first: %+v", got)
	}
	if got := (dateReading{order: MDY, latest: "2026-11-29", number: true}).read("12251990"); got.date != "1970-05-22" {
		t.Errorf("a number: %+v", got)
	}
}
