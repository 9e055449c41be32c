package crm

import (
	"strings"
	"testing"
)

func TestReadPhone(t *testing.T) {
	us := func(e164 string) phone { return phone{e164: e164, assumed: 1} }
	no := phone{fault: ruleNotAPhone}
	tests := []struct {
		in, region string
		want       phone
	}{
		{"(202) 555-0123", "US", us("+12025550123")},
		{"1 202 555 0123", "US", us("+12025550123")},
		{"+1 202.555.0123", "", phone{e164: "+12025550123"}},
		{"+12025550123", "GB", phone{e164: "+12025550123"}},
		{"202-555-0123 x45", "US", phone{e164: "+12025550123", assumed: 1, extension: true}},
		{"(202) 555-0105 ext. 12", "US", phone{e164: "+12025550105", assumed: 1, extension: true}},
		{"202-555-0105, ext 12", "US", phone{e164: "+12025550105", assumed: 1, extension: true}},
		{"12025550112;ext=5", "US", phone{e164: "+12025550112", assumed: 1, extension: true}},
		{"+1 (202) 555-0113 x4", "US", phone{e164: "+12025550113", extension: true}},
		{"202-555-0105 (Ext: 12)", "US", phone{e164: "+12025550105", assumed: 1, extension: true}},
		{"tel:+1-202-555-0123", "US", phone{e164: "+12025550123"}},
		{"p:+12025550110", "US", phone{e164: "+12025550110"}},
		{"020 7946 0123", "GB", phone{e164: "+442079460123", assumed: 44}},
		{"0044 20 7946 0123", "US", phone{e164: "+442079460123"}},
		{"+44 (0)20 7946 0000", "US", phone{e164: "+442079460000"}},
		{"030/123456", "DE", phone{e164: "+4930123456", assumed: 49}},
		{"0171 / 1234567", "DE", phone{e164: "+491711234567", assumed: 49}},
		{"033203 / 12345", "DE", phone{e164: "+493320312345", assumed: 49}},
		{"030 12345 / 030 12346", "DE", phone{e164: "+493012345", assumed: 49, several: true}},
		{"+43 1 23456/0", "AT", phone{e164: "+43123456", several: true}},
		{"+49 (0) 30 123457", "US", phone{e164: "+4930123457"}},
		{"\"202-555-0108\"", "US", us("+12025550108")},
		{"1-800-FLOWERS", "US", us("+18003569377")},

		{"202.555.0106 (mobile)", "US", us("+12025550106")},
		{"Mobile: 202-555-0128", "US", us("+12025550128")},
		{"202 555 0116 home", "US", us("+12025550116")},
		{"Móvil +34 912 34 56 78", "US", phone{e164: "+34912345678"}},
		{"\u202a+1 202 555 0123\u202c", "US", phone{e164: "+12025550123"}},

		{"12025550101.0", "US", us("+12025550101")},
		{"2025550111.0", "US", us("+12025550111")},
		{"12025550120.000000000", "US", us("+12025550120")},
		{"+12025550101.0", "GB", phone{e164: "+12025550101"}},
		{"1.2025550102E+10", "US", us("+12025550102")},
		{"2.02555011E+09", "US", us("+12025550110")},
		{"1,2025550102E+10", "US", us("+12025550102")},
		{"1.20256E+10", "US", phone{fault: ruleDigitsLost}},
		{"1.202555E+10", "US", phone{fault: ruleDigitsLost}},
		{"'+12025550103", "US", phone{e164: "+12025550103"}},

		{"202-555-0101 / 202-555-0102", "US", phone{e164: "+12025550101", assumed: 1, several: true}},
		{"202-555-0101/202-555-0102", "US", phone{e164: "+12025550101", assumed: 1, several: true}},
		{"202-555-0103 or 202-555-0104", "US", phone{e164: "+12025550103", assumed: 1, several: true}},
		{"+1 202 555 0122 or 0123", "US", phone{e164: "+12025550122", several: true}},
		{"n/a / 202-555-0107", "US", us("+12025550107")},
		{"030 123456, 030 123457", "DE", phone{e164: "+4930123456", assumed: 49, several: true}},
		{"030/123456 / 030/123457", "DE", phone{e164: "+4930123456", assumed: 49, several: true}},
		{"202-555-0101\n202-555-0102", "US", phone{e164: "+12025550101", assumed: 1, several: true}},
		{"['202-555-0101', '202-555-0102']", "US", phone{e164: "+12025550101", assumed: 1, several: true}},
		{"Home: 202-555-0101; Work: 202-555-0102", "US", phone{e164: "+12025550101", assumed: 1, several: true}},

		{"555-0123", "US", no},
		{"n/a", "US", no},
		{"12", "US", no},
		{"call office", "US", no},
		{"0000000000", "US", no},
		{"+1202555019", "US", no},
		{"2025 mobile", "US", no},
		{"", "US", no},
		{";", "US", no},
		{"202 555 0123", "", phone{fault: ruleNoCallingCode}},
		{strings.Repeat("2;", 1000), "US", no},
	}
	for _, test := range tests {
		if got := readPhone(test.in, test.region); got != test.want {
			t.Errorf("readPhone(%q, %q) = %+v, want %+v", test.in, test.region, got, test.want)
		}
	}
}
