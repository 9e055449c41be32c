package crm

import (
	"fmt"
	"testing"
)

func BenchmarkMap(b *testing.B) {
	p := testPlan(b, nil)
	data := []byte(wideRecord)
	b.ReportAllocs()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, _, err := p.Map(data, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDiff(b *testing.B) {
	table, d := testTable(), Defaults{Country: "US"}
	want, _ := mapped(b, testPlan(b, nil), wideRecord)
	have := &Contact{Values: Initial(want, d), Tags: want.TagsFor(nil)}
	b.ReportAllocs()
	for b.Loop() {
		if c := Diff(table, want, d, have); !c.Empty() {
			b.Fatal("not empty")
		}
	}
}

// people are records of different people as a CRM sees them: who they are
// differs, where they live and what they like repeats.
func people(n int) (columns []string, records [][]byte) {
	for i := range n {
		records = append(records, fmt.Appendf(nil, `{"email":"ana%d@example.com","mobile":"202-555-%04d","first_name":"Ana%d","last_name":"Lopez%d",`+
			`"address":"%d Main St","city":"City %d","state":"S%d","zip":%d,"country":"United States","company":"Example %d",`+
			`"dob":"19%02d-%02d-%02d","tags":["VIP","wave %d"],"pincode":"p%d","age":"%d","balance":%d.5,"joined":"2024-05-06T10:%02d:00Z",`+
			`"colour":"red","colours":"red,o2","dnd":false,"gender":null}`,
			i, i%10000, i%300, i%1000, i, i%97, i%50, 10000+i%700, i, i%90, 1+i%12, 1+i%28, i%3, i, i%80, i, i%60))
	}
	return []string{"email", "mobile", "first_name", "last_name", "address", "city", "state", "zip", "country", "company",
		"dob", "tags", "pincode", "age", "balance", "joined", "colour", "colours", "dnd", "gender"}, records
}

func BenchmarkMapPeople(b *testing.B) {
	columns, records := people(20_000)
	p := testPlan(b, func(o *PlanOptions) { o.Columns, o.Tags = columns, []string{"heropixel"} })
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, _, err := p.Map(records[i%len(records)], nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPhone(b *testing.B) {
	for _, s := range []string{"(202) 555-0123", "+12025550123", "+442079460123", "020 7946 0123", "+33 1 99 00 01 23"} {
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				normalisePhone(s, "GB")
			}
		})
	}
}

func BenchmarkFingerprint(b *testing.B) {
	table := testTable()
	want, _ := mapped(b, testPlan(b, nil), wideRecord)
	b.ReportAllocs()
	for b.Loop() {
		for name, v := range want.Values {
			Fingerprint(table.Field(name), v.Data)
		}
	}
}
