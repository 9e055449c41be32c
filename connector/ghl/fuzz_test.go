package ghl

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

// FuzzSearchAnswer: whatever a search answers, it is a page or a fault, and no
// contact and no value comes from anywhere but the answer.
func FuzzSearchAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"contacts":[],"total":0}`, `{"contacts":null}`, `{"contacts":{}}`, `[]`, `7`, ` {"total": 3 , "contacts" : [ null ] } `, `{"contacts":[7]}`,
		`{"contacts":[{"id":7,"address":"x","address1":null,"firstNameRaw":null,"firstName":"ann","lastNameRaw":"L\"ee"}],"total":"7"}`,
		`{"statusCode":422,"message":["x"]}`, `{"status":200,"contacts":[{"id":"a","tags":["b",7,{"email":"x@example.com"}]}]}`,
		"{\"contacts\":[{\"id\":\"a\nb\",\"email\":\"\\u0041\\ud800\xff\"}]}", `{"contacts":[{"i\u0064":"a","searchAfter":[ 1.50 , "<" ]}]}`,
		`{"contacts":[{"id":"c","customFields":[{"id":"f","fieldValue":1,"field_value":null},{"value":2},{"id":"g"},7,[]],"dnd":false,"city":{"a":[]}}],"total":-0}`,
		`{"contacts":[{"id":"c","dndSettings":{"SMS":{"status":"PERMANENT","code":"94"},"Email":{"status":"inactive"},"SMS":{}},"inboundDndSettings":{"all":{"status":"active"}}},
			{"id":"d","dndSettings":{},"inboundDndSettings":[]},{"id":"e","dndSettings":{"FB":7,"Call":{"status":null}}}]}`,
		string(searchAnswerJSON(2)),
	} {
		f.Add([]byte(seed))
	}
	c := newTestClient(f, scripted(say(200, "")))
	f.Fuzz(func(t *testing.T, body []byte) {
		const limit = 3
		total := 0
		got := contactsFound(&total, asTold)
		got.limit = limit
		fault := c.understand(opSearchContacts, 200, body, nil, &got, nobody)
		var doc any
		if decode(escapeControls(body), &doc) != nil {
			if fault == nil {
				t.Fatal("no JSON, and no fault")
			}
			return
		}
		if fault != nil {
			return
		}
		if _, ok := doc.(map[string]any); !ok || len(got.rows) > limit {
			t.Fatalf("%d contacts of %s", len(got.rows), body)
		}
		words := map[any]bool{nil: true, "": true}
		gather(doc, words)
		for _, contact := range got.rows {
			told := []any{contact.ID, contact.DateAdded}
			for _, text := range slices.Concat(contact.Tags, contact.AdditionalEmails, contact.AdditionalPhones) {
				told = append(told, text)
			}
			for _, field := range contact.CustomFields {
				told = append(told, field.ID, field.Value)
			}
			for _, field := range contact.Fields.values {
				told = append(told, field)
			}
			for _, v := range told {
				if s, ok := v.(string); ok && !words[s] {
					t.Errorf("%q is not in the answer", s)
				}
			}
		}
	})
}

// gather enters all texts and numbers of a document.
func gather(doc any, words map[any]bool) {
	switch doc := doc.(type) {
	case []any:
		for _, item := range doc {
			gather(item, words)
		}
	case map[string]any:
		for _, member := range doc {
			gather(member, words)
		}
	default:
		words[text(doc)] = true
	}
}

// FuzzRateHeaders holds the pace to what must be true of it whatever the
// server's headers say: see sound.
func FuzzRateHeaders(f *testing.F) {
	f.Add("100", "99", "10000", "200000", "199999", "86343000", uint16(50), uint8(0))
	f.Add("25", "0", "10000", "10000", "0", "", uint16(9000), uint8(1))
	f.Add("-1", "x", "0", "", "-5", "99999999999999999999", uint16(0), uint8(2))
	f.Add("9223372036854775807", "9223372036854775807", "9223372036854775807", "1", "9223372036854775807", "9223372036854775807", uint16(1), uint8(3))
	f.Fuzz(func(t *testing.T, limit, remaining, interval, daily, dailyRemaining, dailyReset string, latency uint16, how uint8) {
		h := http.Header{}
		for name, value := range map[string]string{
			"max": limit, "remaining": remaining, "interval-milliseconds": interval,
			"limit-daily": daily, "daily-remaining": dailyRemaining, "daily-reset": dailyReset,
		} {
			h.Set("x-ratelimit-"+name, value)
		}
		r := readRate(h)
		now, p := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), newPace()
		p.reserve = int64(how)
		for range 12 {
			if held := p.hold(now); held.wait > 0 {
				if held.wait > longestInterval+longestInterval/marginShare {
					t.Fatalf("held for %s: %s", held.wait, held.why)
				}
				if p.inFlight > 0 {
					t.Fatalf("held with %d under way, which this test never leaves", p.inFlight)
				}
				now = now.Add(held.wait)
				continue
			}
			number, lasted := p.send(now), time.Duration(latency)*time.Millisecond
			now = now.Add(lasted)
			switch how % 4 {
			case 0:
				p.wrote(number, now)
				p.answered(number, now, lasted, r, 200)
			case 1:
				p.answered(number, now, lasted, r, 429)
				p.throttled(now)
			case 2:
				p.failed(number, now, lasted)
			case 3:
				p.unsent(number)
			}
			sound(t, p, r, now)
		}
	})
}

// sound fails the test where a pace is not what any pace must be.
func sound(t *testing.T, p *pace, r rate, now time.Time) {
	t.Helper()
	switch {
	case p.max < 1, p.interval < time.Millisecond, p.interval > longestInterval:
		t.Fatalf("%d requests in %s", p.max, p.interval)
	case p.inFlight != 0:
		t.Fatalf("%d under way", p.inFlight)
	case p.foreign.n < 0 || p.foreign.n > p.max:
		t.Fatalf("others took %d of %d", p.foreign.n, p.max)
	case p.maxInFlight() < leastInFlight || p.maxInFlight() > mostInFlight:
		t.Fatalf("%d may be under way", p.maxInFlight())
	case p.latency < 0 || p.dailyRemaining < -1 || p.dailyLimit < -1:
		t.Fatalf("latency %s, %d of %d left", p.latency, p.dailyRemaining, p.dailyLimit)
	case p.slots.taken() > max(p.max, startMax):
		t.Fatalf("%d slots taken of %d", p.slots.taken(), p.max)
	case p.untilReset(now) < 0 || p.untilReset(now) > longestDay:
		t.Fatalf("the day ends in %s", p.untilReset(now))
	case p.exhausted(now) != (p.dailyRemaining >= 0 && p.dailyRemaining <= p.reserve && now.Before(p.dailyReset)):
		t.Fatalf("exhausted: %t", p.exhausted(now))
	case r.remaining > r.max && r.max > 0 && p.foreign.n > 0:
		t.Fatalf("others took %d where more is left than there is", p.foreign.n)
	}
}

// FuzzListedAnswers: whatever a list of notes, tasks or opportunities answers, it is of the contact that was asked about, or a fault.
func FuzzListedAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"tasks":[]}`, `{"tasks":null}`, `{"tasks":{}}`, `[]`, `{"tasks":[{"_id":"t","contactId":"c1","title":7,"completed":"yes"}]}`, `{"tasks":[{"id":"t"}]}`,
		`{"tasks":[{"id":"t","contactId":"c2"}]}`, `{"notes":[{"id":"n","body":null}]}`, `{"success":false,"notes":[]}`, `{"statusCode":422,"notes":[]}`,
		`{"opportunities":[{"id":"o","contactId":"c1","customFields":[{"id":"f","fieldValueArray":["a",7]},{"id":{}},7]}],"meta":{"total":"x","startAfter":{}}}`,
		`{"opportunities":[{"id":"o","contactId":"c1","customFields":{"id":"f"}}],"total":-1,"searchAfter":7}`, `{"opportunities":[7]}`,
	} {
		f.Add([]byte(seed))
	}
	c := newTestClient(f, scripted(say(200, "")))
	f.Fuzz(func(t *testing.T, body []byte) {
		told := map[string]map[string]any{}
		for _, k := range []childKind{noteKind, taskKind} {
			answer := k.listed()
			if c.understand(k.list, 200, body, nil, &answer, nobody) != nil || k.check(k.list, answer.rows, []string{"c1"}) != nil {
				continue
			}
			for _, child := range answer.rows {
				if child.ID == "" || child.ContactID != "c1" {
					t.Fatalf("%+v", child)
				}
				told[k.one+child.ID] = child.Fields
			}
		}
		var deals opportunitiesTold
		answer, q := deals.rows(), OpportunityQuery{ContactID: "c1"}
		if c.understand(opOpportunities, 200, body, nil, &answer, nobody) == nil && q.check(opOpportunities, answer.rows) == nil {
			for _, o := range answer.rows {
				if o.ID == "" || o.ContactID != "c1" || slices.ContainsFunc(o.Custom, func(v CustomFieldValue) bool { return v.ID == "" || v.Value == nil }) {
					t.Fatalf("%+v", o)
				}
				told[o.ID] = o.Fields
			}
			_, _ = deals.cursor(), whole(deals.meta.Total)
		}
		words, doc := map[any]bool{nil: true, "": true}, any(nil)
		if decode(body, &doc) != nil {
			_ = decode(escapeControls(body), &doc)
		}
		gather(doc, words)
		for id, fields := range told {
			for name, v := range fields {
				if s, ok := v.(string); ok && !words[s] {
					t.Errorf("%s of %s: %q is not in the answer", name, id, s)
				}
			}
		}
	})
}
