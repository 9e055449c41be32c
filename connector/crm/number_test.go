package crm

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestReadNumber(t *testing.T) {
	for in, want := range map[string]string{
		"1e3": "1000", "$1,234.50": "1234.5", "1,00,000": "100000", "€ 5": "5", "(12.30)": "-12.3", "-0": "0",
		"007": "7", ".5": "0.5", "5.": "5", "+3": "3", "12345678901234567890.123456789": "12345678901234567890.123456789",
		"1.5e-3": "0.0015", "12.500000000": "12.5", "1,5": "1.5", "99,90": "99.9", "0,125": "0.125", "1234,567": "1234.567", ",5": "0.5",
		"1.234,56 €": "1234.56", "USD 1,234.50": "1234.5", "1,234,567": "1234567", "1.234.567": "1234567", "1.234.567,8": "1234567.8",
		"1 234,56": "1234.56", "1 234 567": "1234567", "1'234.50": "1234.5", "1’234’567": "1234567", "1\u202f234,5": "1234.5", "1,2E+10": "12000000000",
		"(500)": "-500", "($500)": "-500", "$(500)": "-500", "-$500": "-500", "$-500": "-500", "500-": "-500", "−500": "-500", "(USD 500)": "-500",
		"US$5": "5", "R$ 99,90": "99.9", "5 kr.": "5", "Rs.500": "500", "500 zł": "500", "CHF 1'000.00": "1000", "5 euros": "5", "1.234,56 eur": "1234.56", "usd 5": "5", "₹1,00,000": "100000", "¥1,234": "1234", "1.234 ": "1.234",
		"1,23,4": "", "": "", "-": "", "abc": "", "1e999": "", "1.2.3": "", "--1": "", "1,": "", "1.2k": "", "12%": "", "5 apples": "", "1/2": "",
		"(-500)": "", "+-5": "", "12:30": "", "1 2": "", "5 cup": "", "$": "", "()": "", "1,234.5,6": "", "1,2345,678": "", "1e1000001": "", "1.5m": "",
		"0x1F": "", "NaN": "", "Infinity": "", "1_000": "", "$$5": "5", "12,34.5": "", "1.": "1", "€": "", "USD": "",
		strings.Repeat("9", 100): "", strings.Repeat("1,234", 1000): "",
	} {
		got, ok := readNumber(in, false)
		if ok != (want != "") || got != want {
			t.Errorf("readNumber(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

// TestDecimalComma decides only what can be read in two ways.
func TestDecimalComma(t *testing.T) {
	for in, want := range map[string]string{
		"$1,234.50": "1234.5", "1.234,56 €": "1234.56", "1.234": "1234", "1234,5": "1234.5", "USD 1,234.50": "1234.5", "R$ 99,90": "99.9",
		"1 234,56": "1234.56", "1,234": "1.234", "-1.234": "-1234", "12.345.678": "12345678", "1.5": "1.5", "0.125": "0.125", "1234.567": "1234.567",
		"12": "12", "1.234E+02": "123.4", "(1.500)": "-1500",
	} {
		if got, _ := readNumber(in, true); got != want {
			t.Errorf("readNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestNumbersOfAPlan: JSON numbers and columns that are declared as numbers have
// a decimal point, wherever the text was written.
func TestNumbersOfAPlan(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.Notation = NotationOf("DE")
		o.Columns = []string{"email", "age", "balance"}
		o.Schema = json.RawMessage(`{"properties":{"age":{"type":["null","number"]},"balance":{"type":["null","string"]}}}`)
	})
	for record, want := range map[string]json.Number{
		`"age":"1.234"`:                       "1.234",
		`"age":"12.500000000"`:                "12.5",
		`"age":1.234`:                         "1.234",
		`"balance":1.234`:                     "1.234",
		`"balance":"1.234"`:                   "1234",
		`"balance":"1.234,5 €"`:               "1234.5",
		`"balance":"` + "1.234" + `","age":1`: "1",
	} {
		for range 2 {
			desired, _ := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
			got := desired.Values["cfNum"].Data
			if got == nil {
				got = desired.Values["cfMoney"].Data
			}
			if got != want {
				t.Errorf("%s: %v, want %v", record, got, want)
			}
		}
	}
}
