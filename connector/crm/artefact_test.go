package crm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestWholeNumber(t *testing.T) {
	for in, want := range map[string]string{
		"94107.0": "94107", "94107.000000000": "94107", "94107,0": "94107", "02134.0": "02134", "'02134": "02134", "+12025550101.0": "+12025550101",
		"1.2025550102E+10": "12025550102", "1.2e+1": "12", "1.00230E+04": "10023", "1.2345678E+09": "1234567800",
		"A-7.0": "A-7.0", "10.50": "10.50", "1.2.0": "1.2.0", "00123": "00123", "1E5": "1E5", "12E+3": "12E+3", "'t Hooft": "'t Hooft", "1.23E+1": "1.23E+1",
		"": "", ".0": ".0", "94107-1234": "94107-1234", "1e1000001": "1e1000001", "1.0e+1000001": "1.0e+1000001",
	} {
		if got, lost := wholeNumber(in); got != want || lost {
			t.Errorf("wholeNumber(%q) = %q, %v; want %q", in, got, lost, want)
		}
	}
	for _, in := range []string{"1.20256E+10", "1E+10", "9.4E+04"} {
		if _, lost := wholeNumber(in); !lost {
			t.Errorf("%q has lost no digits", in)
		}
	}
}

func TestFromCache(t *testing.T) {
	for in, want := range map[string]string{
		"12025550103.000000512": "12025550103", "442079460017.999970304": "442079460018", "4915123456788.999962624": "4915123456789",
		"1795985366123.000102912": "1795985366123", "-12025550103.000000512": "-12025550103", "1234567.890000000": "1234567.89",
		"123456789012345678.000000000": "123456789012345678.000000000", "12025550103.000000000": "12025550103.000000000", // whole numbers are copied
		"12025550103.123456789": "12025550103.123456789", "12.500000000": "12.500000000", "0.100000000": "0.100000000",
		"2025550101.0": "2025550101.0", "": "", ".123456789": ".123456789", "12025550103,000000512": "12025550103,000000512",
		"a12025550103.000000512": "a12025550103.000000512", "0012025550103.000000512": "0012025550103.000000512",
	} {
		if got := fromCache(in); got != want {
			t.Errorf("fromCache(%q) = %q, want %q", in, got, want)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		number := float64(random.Int64N(1e15)) / math.Pow10(random.IntN(8))
		want := strconv.FormatFloat(number, 'f', -1, 64)
		scaled := fmt.Sprintf("%010.0f", number*1e9)
		point := len(scaled) - cacheDecimals
		got, ok := readNumber(fromCache(scaled[:point]+"."+scaled[point:]), false)
		if !ok || got != want {
			t.Fatalf("%s came out of a table as %s", want, got)
		}
	}
}

// TestCodes: postal codes, keys and long numbers in other fields of the user's
// are what they were before a table of numbers. Other texts stay as they are.
func TestCodes(t *testing.T) {
	p := testPlan(t, func(o *PlanOptions) {
		o.MatchOn = []string{"email", "custom_field:pincode"}
		o.Schema = []byte(`{"properties":{"story":{"type":"number"}}}`)
	})
	for record, want := range map[string]struct {
		field string
		value any
	}{
		`"zip":"94107.0"`:                    {"postalCode", "94107"},
		`"zip":94107.0`:                      {"postalCode", "94107"},
		`"zip":"=\"02134\""`:                 {"postalCode", "02134"},
		`"zip":"'02134"`:                     {"postalCode", "02134"},
		`"zip":"9.4E+04"`:                    {"postalCode", nil},
		`"zip":"SW1A 1AA"`:                   {"postalCode", "SW1A 1AA"},
		`"pincode":"7.0"`:                    {"cfText", "7"},
		`"pincode":"1.00230E+04"`:            {"cfText", "10023"},
		`"pincode":"1E5"`:                    {"cfText", "1E5"},
		`"hue":"2.0"`:                        {"cfOpenOne", "2.0"},
		`"story":"3.000000000"`:              {"cfLong", "3"},
		`"pincode":"120255501028.000000512"`: {"cfText", "120255501028.000000512"},
		`"pincode":"442079460017.999970304"`: {"cfText", "442079460018"},
		`"phone":"12025550103.000000512"`:    {"phone", "+12025550103"},
		`"city":"94107.0"`:                   {"city", "94107.0"},
		`"first_name":"'t Hooft"`:            {"firstName", "'t Hooft"},
		`"age":"'12"`:                        {"cfNum", nil},
		`"joined":"'1990-03-15"`:             {"cfDate", "1990-03-15"},
		`"joined":"\"1990-03-15\""`:          {"cfDate", "1990-03-15"},
		`"country":"['Norway']"`:             {"country", "NO"},
		`"country":"['Norway','Sweden']"`:    {"country", nil},
	} {
		got, _ := mapped(t, p, `{"email":"a@example.com",`+record+`}`)
		if v := got.Values[want.field].Data; v != want.value && want.field != "cfNum" {
			t.Errorf("%s: %#v, want %#v", record, v, want.value)
		}
	}
	other := testPlan(t, nil)
	for text, want := range map[string]string{"94107.0": "94107", "2.0": "2.0", "1.2E+10": "1.2E+10"} {
		got, _ := mapped(t, other, `{"email":"a@example.com","pincode":"`+text+`"}`)
		if v := got.Values["cfText"].Data; v != want {
			t.Errorf("%s in a text field: %v, want %s", text, v, want)
		}
	}
}
