package ghl

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// modelContact reads a contact the slow and obvious way.
func modelContact(j map[string]any, declared []string) Contact {
	c := Contact{Fields: map[string]any{}}
	if j == nil {
		return c
	}
	c.ID, c.DateAdded = text(j["id"]), text(j["dateAdded"])
	for _, name := range declared {
		c.Fields[name] = nil
	}
	for _, name := range fieldsOfAny {
		for _, told := range map[string][]string{"firstName": {name, name + "Raw"}, "lastName": {name, name + "Raw"}, "address1": {"address", name}}[name] {
			if v, ok := j[told]; ok && (v != nil || told == "address" || told == name) {
				c.Fields[name] = v
			}
		}
		if v, ok := j[name]; ok && name != "firstName" && name != "lastName" {
			c.Fields[name] = v
		}
	}
	custom, told := j["customFields"]
	c.CustomFieldsTold = told || declared != nil
	items, _ := custom.([]any)
	for _, item := range items {
		m, _ := item.(map[string]any)
		if text(m["id"]) == "" {
			continue
		}
		field := CustomFieldValue{ID: text(m["id"])}
		for _, name := range []string{"fieldValue", "field_value", "value"} {
			if v, ok := m[name]; ok {
				field.Value = v
			}
		}
		c.CustomFields = append(c.CustomFields, field)
	}
	c.Tags, c.AdditionalEmails, c.AdditionalPhones = modelTexts(j["tags"]), modelTexts(j["additionalEmails"]), modelTexts(j["additionalPhones"])
	c.SearchAfter, _ = json.Marshal(j["searchAfter"])
	if settings, told := j["dndSettings"]; told {
		c.Channels, c.ChannelsTold = modelChannels(settings)
	}
	inbound, _ := modelChannels(j["inboundDndSettings"])
	c.InboundStopped = inbound != nil
	return c
}

func modelChannels(v any) (stopped map[string]string, telling Telling) {
	telling = NoneNamed
	settings, _ := v.(map[string]any)
	for channel, setting := range settings {
		m, _ := setting.(map[string]any)
		status := strings.ToLower(text(m["status"]))
		if status != "" {
			telling = Told
		}
		if status == "" || status == "inactive" {
			continue
		}
		if stopped == nil {
			stopped = map[string]string{}
		}
		stopped[channel] = status
	}
	return stopped, telling
}

func modelTexts(v any) []string {
	items, _ := v.([]any)
	var list []string
	for _, item := range items {
		s := text(item)
		if m, ok := item.(map[string]any); ok {
			s = text(m["email"]) + text(m["phone"])
		}
		if s != "" {
			list = append(list, s)
		}
	}
	return list
}

// sameContact compares with the model; cursors as the JSON that they are.
func sameContact(t *testing.T, got, want Contact) {
	t.Helper()
	var cursorGot, cursorWant any
	if got.SearchAfter != nil {
		if err := decode(got.SearchAfter, &cursorGot); err != nil {
			t.Errorf("cursor %q: %v", got.SearchAfter, err)
		}
	}
	if err := decode(want.SearchAfter, &cursorWant); want.SearchAfter != nil && err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(cursorGot, cursorWant) {
		t.Errorf("cursor %q, want %q", got.SearchAfter, want.SearchAfter)
	}
	got.SearchAfter, want.SearchAfter = nil, nil
	want.ChannelsTold = max(want.ChannelsTold, got.ChannelsTold) // a channel may stand there twice, the first time with a status
	if len(got.Channels) == 0 {
		got.Channels = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %#v\nwant %#v", got, want)
	}
}

// FuzzSearchAnswer holds the reading of search answers to a model that makes
// all of the JSON first: it panics on nothing, and no contact and no value
// comes from anywhere but the answer.
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
		got := searchAnswer{limit: len(body)}
		fault := c.understand(opSearchContacts, 200, body, nil, &got, nobody)
		want, kind := modelSearch(escapeControls(body))
		switch {
		case kind >= 0 && (fault == nil || fault.Kind != kind):
			t.Fatalf("%v, want %s", fault, kind)
		case kind >= 0:
			return
		case fault != nil:
			t.Fatal(fault)
		}
		if got.listed != want.listed || got.page.Total != want.page.Total || len(got.page.Contacts) != len(want.page.Contacts) {
			t.Fatalf("listed %t, %d of %d; want %t, %d of %d", got.listed, len(got.page.Contacts), got.page.Total,
				want.listed, len(want.page.Contacts), want.page.Total)
		}
		for i, contact := range got.page.Contacts {
			sameContact(t, contact, want.page.Contacts[i])
		}
	})
}

// modelSearch reads a search answer the slow and obvious way; kind is -1 or the
// kind of fault that it is.
func modelSearch(body []byte) (a searchAnswer, kind Kind) {
	var generic any
	if !json.Valid(body) || decode(body, &generic) != nil {
		return a, Transient
	}
	object, ok := generic.(map[string]any)
	if !ok {
		return a, Bug
	}
	if toldStatus(object) >= 400 {
		return a, classify(opSearchContacts, 200, body, nobody).Kind
	}
	switch total := object["total"].(type) {
	case nil:
	case json.Number:
		n, err := strconv.Atoi(total.String())
		if err != nil {
			return a, Bug
		}
		a.page.Total = n
	default:
		return a, Bug
	}
	if object["contacts"] == nil {
		return a, -1
	}
	list, ok := object["contacts"].([]any)
	if !ok {
		return a, Bug
	}
	a.listed = true
	for _, item := range list {
		contact, ok := item.(map[string]any)
		if !ok && item != nil {
			return a, Bug
		}
		a.page.Contacts = append(a.page.Contacts, modelContact(contact, fieldsOfSearch))
	}
	return a, -1
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
			held, after := next(p, now)
			if held.wait > 0 {
				if held.wait > longestInterval+longestInterval/marginShare {
					t.Fatalf("held for %s: %s", held.wait, held.why)
				}
				if p = after; p.inFlight > 0 {
					t.Fatalf("held with %d under way, which this test never leaves", p.inFlight)
				}
				now = now.Add(held.wait)
				continue
			}
			number, lasted := after.sent, time.Duration(latency)*time.Millisecond
			now = now.Add(lasted)
			switch p = after; how % 4 {
			case 0:
				p = answered(wrote(p, number, now), number, now, lasted, r, 200)
			case 1:
				p = throttled(answered(p, number, now, lasted, r, 429), now)
			case 2:
				p = failed(p, number, now, lasted)
			case 3:
				p = unsent(p, number)
			}
			sound(t, p, r, now)
		}
	})
}

// sound fails the test where a pace is not what any pace must be.
func sound(t *testing.T, p pace, r rate, now time.Time) {
	t.Helper()
	switch {
	case p.max < 1, p.interval < time.Millisecond, p.interval > longestInterval:
		t.Fatalf("%d requests in %s", p.max, p.interval)
	case p.inFlight != 0:
		t.Fatalf("%d under way", p.inFlight)
	case p.foreign.n < 0 || p.foreign.n > p.max:
		t.Fatalf("others took %d of %d", p.foreign.n, p.max)
	case p.mayFly() < minFlight || p.mayFly() > maxFlight:
		t.Fatalf("%d may be under way", p.mayFly())
	case p.latency < 0 || p.dailyRemaining < -1 || p.dailyLimit < -1:
		t.Fatalf("latency %s, %d of %d left", p.latency, p.dailyRemaining, p.dailyLimit)
	case p.taken(now) > max(p.max, startMax):
		t.Fatalf("%d slots taken of %d", p.taken(now), p.max)
	case p.untilReset(now) < 0 || p.untilReset(now) > longestDay:
		t.Fatalf("the day ends in %s", p.untilReset(now))
	case p.exhausted(now) != (p.dailyRemaining >= 0 && p.dailyRemaining <= p.reserve && now.Before(p.dailyReset)):
		t.Fatalf("exhausted: %t", p.exhausted(now))
	case r.remaining > r.max && r.max > 0 && p.foreign.n > 0:
		t.Fatalf("others took %d where more is left than there is", p.foreign.n)
	}
}
