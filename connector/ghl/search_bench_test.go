package ghl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
)

// searchAnswerJSON is a page of contacts with every member that the vendor's
// contract lists, most of which the client does not need.
func searchAnswerJSON(contacts int) []byte {
	var page bytes.Buffer
	page.WriteString(`{"contacts":[`)
	for i := range contacts {
		if i > 0 {
			page.WriteByte(',')
		}
		fmt.Fprintf(&page, `{"id":"contact%013d","locationId":"ve9EPM428h8vShlRW1KT","additionalEmails":[{"email":"second%[1]d@example.com","validEmail":true}],`+
			`"additionalPhones":[],"address":"%[1]d Main Street","assignedTo":"user0000000000000001","businessId":"641c094001436dbc2081e642","businessName":"Acme %[2]d",`+
			`"city":"Springfield","companyName":"Acme %[2]d","country":"US","customFields":[{"id":"cfText00000000000001","value":"K-%[1]d"},`+
			`{"id":"cfNumerical000000003","value":%[2]d},{"id":"cfCheckbox0000000006","value":["News","Offers"]},{"id":"cfDate00000000000009","value":"2024-05-%02[2]d"},`+
			`{"id":"cfMonetory0000000005","value":%[2]d.50}],"dateAdded":"2024-03-05T11:26:39.123Z","dateOfBirth":"1980-01-%02[2]dT00:00:00.000Z",`+
			`"dateUpdated":"2025-03-05T11:26:39.123Z","dnd":false,"dndSettings":{"Call":{"status":"inactive","message":"","code":""},`+
			`"Email":{"status":"inactive","message":"","code":""},"SMS":{"status":"active","message":"STOP","code":"94"},"WhatsApp":{"status":"inactive"},`+
			`"GMB":{"status":"inactive"},"FB":{"status":"inactive"}},"inboundDndSettings":{"all":{"status":"inactive","message":""}},"email":"person%[1]d@example.com",`+
			`"firstName":"Zoë","lastName":"Person%[1]d","firstNameLowerCase":"zoë","lastNameLowerCase":"person%[1]d","followers":["user0000000000000001"],`+
			`"phone":"+1202555%04[1]d","phoneLabel":null,"postalCode":"20001","source":"capitalaudience","state":"DC","tags":["heropixel","newsletter","vip"],`+
			`"type":"lead","validEmail":null,"website":"https://example.com/%[1]d","attributionSource":{"sessionSource":"Direct traffic","url":"https://example.com/?a=\"b\"",`+
			`"campaign":null,"utmSource":null,"medium":"form","mediumId":"FglfHAn30PRwsZVyQlKp","ip":"192.0.2.1","userAgent":"Mozilla/5.0 (X11; Linux x86_64)"},`+
			`"lastAttributionSource":{"sessionSource":"CRM UI","medium":"manual"},"opportunities":[{"id":"opp%[1]d","pipelineId":"p1","pipelineStageId":"s1","monetaryValue":0,`+
			`"status":"open"}],"searchAfter":[1709637999123,"contact%013[1]d"]}`, i, i%28+1)
	}
	fmt.Fprintf(&page, `],"total":%d,"traceId":"0a1b2c3d-0000-4000-8000-000000000000"}`, contacts)
	return page.Bytes()
}

func BenchmarkDecodeSearch(b *testing.B) {
	const contacts = 500
	body := searchAnswerJSON(contacts)
	if !json.Valid(body) {
		b.Fatal("the page is no JSON")
	}
	c := newTestClient(b, roundTrip(func(*http.Request) (*http.Response, error) {
		return answer(200, string(body), "x-ratelimit-max", strconv.Itoa(noLimit)), nil
	}))
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		page, err := c.SearchContacts(b.Context(), Search{PageLimit: contacts})
		if err != nil || len(page.Contacts) != contacts {
			b.Fatal(len(page.Contacts), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/contacts, "ns/contact")
}
