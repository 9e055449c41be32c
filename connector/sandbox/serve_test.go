package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestQuota(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{Burst: 2, Interval: 10 * time.Second, Daily: 4})
		get := func() *httptest.ResponseRecorder { return c.raw("GET", "/contacts/x", "") }
		w := get()
		for name, want := range map[string]string{"x-ratelimit-max": "2", "x-ratelimit-remaining": "1", "x-ratelimit-interval-milliseconds": "10000",
			"x-ratelimit-limit-daily": "4", "x-ratelimit-daily-remaining": "3", "x-ratelimit-daily-reset": "86400000", "Retry-After": ""} {
			equal(t, name, w.Header().Get(name), want)
		}
		get()
		w = get()
		if w.Code != 429 || w.Body.String() != `{"statusCode":429,"message":"Too Many Requests"}` {
			t.Errorf("third: %d %s", w.Code, w.Body)
		}
		time.Sleep(10 * time.Second)
		get()
		get()
		time.Sleep(10 * time.Second)
		w = get()
		equal(t, "day spent", w.Code, 429)
		equal(t, "reset", w.Header().Get("x-ratelimit-daily-reset"), "86380000")
		time.Sleep(24 * time.Hour)
		equal(t, "next day", get().Code, 400)
	})
	c := newClient(t, Options{})
	for range 2 {
		w := c.raw("GET", "/contacts/x", "")
		for name, want := range map[string]string{"x-ratelimit-max": "1000000000", "x-ratelimit-remaining": "1000000000",
			"x-ratelimit-interval-milliseconds": "10000", "x-ratelimit-limit-daily": "1000000000", "x-ratelimit-daily-remaining": "1000000000"} {
			equal(t, "no limit: "+name, w.Header().Get(name), want)
		}
	}
	if page := c.raw("GET", "/", "").Body.String(); !strings.Contains(page, "There is no limit of requests.") {
		t.Error("the page tells of limits where there are none")
	}
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		fault   Fault
		status  int
		body    string
		applied bool
	}{
		{Fault{Kind: FaultStatus, Status: 503}, 503, `"statusCode":503`, false},
		{Fault{Kind: FaultStatus}, 500, `"statusCode":500`, false},
		{Fault{Kind: FaultHTML}, 200, `<!DOCTYPE html>`, false},
		{Fault{Kind: FaultHTML, Status: 502}, 502, `<!DOCTYPE html>`, false},
		{Fault{Kind: FaultTruncated}, 201, `{"contact":`, true},
		{Fault{Kind: FaultGarbage}, 200, `{]`, false},
		{Fault{Kind: FaultCommandTimedOut}, 401, `"Command timed out"`, false},
		{Fault{Kind: Fault422Applied}, 422, `"statusCode":422`, true},
		{Fault{Kind: FaultThrottle}, 429, `{"statusCode":429,"message":"Too Many Requests"}`, false},
		{Fault{Kind: FaultSlow, Delay: time.Minute}, 201, `"contact"`, true},
		{Fault{Kind: FaultEmptyBody}, 201, ``, true},
		{Fault{Kind: FaultTimeout, Delay: time.Minute}, 0, ``, false},
		{Fault{Kind: FaultTimeout}, 0, ``, false},
		{Fault{Kind: FaultResetBefore}, 0, ``, false},
		{Fault{Kind: FaultCut}, 201, `{"contact":`, true},
		{Fault{Kind: FaultStatusApplied}, 504, `"statusCode":504`, true},
		{Fault{Kind: FaultStatusApplied, Status: 502}, 502, `"statusCode":502`, true},
		{Fault{Kind: FaultTimeoutApplied, Delay: time.Minute}, 0, ``, true},
		{Fault{Kind: FaultExhausted}, 429, `"Too Many Requests"`, false},
		{Fault{Kind: FaultSkew}, 201, `"contact"`, true},
		{Fault{Kind: FaultRawControls}, 201, "A\nd\ta\\\\n", true},
		{Fault{Kind: FaultResetAfter}, 0, ``, true},
	} {
		t.Run(string(tt.fault.Kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newClient(t, Options{})
				c.Inject(tt.fault)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				r := httptest.NewRequestWithContext(ctx, "POST", "/contacts/", strings.NewReader(`{"locationId":"`+loc+`","firstName":"A\nd\ta\\n"}`))
				r.Header = c.header
				w := httptest.NewRecorder()
				start := time.Now()
				func() {
					defer func() {
						if p := recover(); (p == http.ErrAbortHandler) != (tt.status == 0) { //nolint:errorlint // a panic value, compared as net/http does
							t.Errorf("panic %v", p)
						}
					}()
					c.ServeHTTP(w, r)
				}()
				if tt.status > 0 && (w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body)) {
					t.Errorf("got %d %s", w.Code, w.Body)
				}
				equal(t, "applied", len(c.Contacts()) == 1, tt.applied)
				equal(t, "log", c.Log()[0].Status, tt.status)
				if tt.fault.Kind == FaultCut {
					equal(t, "whole by its length", w.Header().Get("Content-Length"), strconv.Itoa(w.Body.Len()))
				}
				if d := tt.fault.Delay; d > 0 {
					equal(t, "delay", time.Since(start), d)
				}
			})
		})
	}
}

func TestFaultThatLasts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{Daily: 100})
		c.Inject(Fault{Kind: FaultExhausted, Delay: time.Hour})
		for range 2 {
			w := c.raw("GET", "/contacts/x", "")
			equal(t, "status", w.Code, 429)
			equal(t, "remaining", w.Header().Get("x-ratelimit-daily-remaining"), "0")
			equal(t, "reset", w.Header().Get("x-ratelimit-daily-reset"), "3600000")
		}
		time.Sleep(time.Hour)
		w := c.raw("GET", "/contacts/x", "")
		equal(t, "after", []any{w.Code, w.Header().Get("x-ratelimit-daily-remaining")}, []any{400, "98"})
	})
}

// A refusal that wrote is one that would have written.
func TestFaultOfARefusedCall(t *testing.T) {
	c := newClient(t, Options{})
	c.Inject(Fault{Kind: Fault422Applied})
	equal(t, "unknown id", c.raw("PUT", "/contacts/x", "{}").Code, 400)
}

func TestFaultOfTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, Options{})
		c.Inject(Fault{Kind: FaultSkew, Delay: -time.Hour})
		equal(t, "Date", c.raw("GET", "/contacts/x", "").Header().Get("Date"), time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat))
	})
}

func TestFaultOfOneRequest(t *testing.T) {
	c := newClient(t, Options{})
	c.Inject(Fault{Kind: FaultThrottle, After: 1})
	c.header.Set(FaultHeader, ":status:status=503")
	equal(t, "its own", c.raw("GET", "/contacts/x", "").Code, 503)
	c.header.Set(FaultHeader, ":fast")
	_, _, text := c.send("GET", "/contacts/x", "")
	equal(t, "unknown", strings.Contains(text, "no such kind"), true)
	c.header.Del(FaultHeader)
	equal(t, "not counted", c.raw("GET", "/contacts/x", "").Code, 400)
	equal(t, "injected", c.raw("GET", "/contacts/x", "").Code, 429)
}

func TestFaultTiming(t *testing.T) {
	c := newClient(t, Options{})
	c.Inject(Fault{Operation: "GET /contacts/{contactId}", After: 1, Times: 2, Kind: FaultThrottle})
	c.Inject(Fault{Operation: "DELETE /contacts/{contactId}", Times: -1, Kind: FaultThrottle})
	for i, want := range []int{400, 429, 429, 400} {
		equal(t, "GET", []int{i, c.raw("GET", "/contacts/x", "").Code}, []int{i, want})
		equal(t, "DELETE", c.raw("DELETE", "/contacts/x", "").Code, 429)
	}
}

func TestParseFault(t *testing.T) {
	f, err := ParseFault("POST /contacts/:reset-after:after=3:times=2:delay=2s:status=503")
	equal(t, "error", err, nil)
	equal(t, "fault", f, Fault{Operation: "POST /contacts/", Kind: FaultResetAfter, After: 3, Times: 2, Delay: 2 * time.Second, Status: 503})
	for _, text := range []string{"", "POST /contacts/", "POST /nowhere:slow", ":fast", ":slow:x=1", ":slow:after=x", ":slow:delay=1", ":status:status=999"} {
		_, err := ParseFault(text)
		if err == nil {
			t.Errorf("%q: no error", text)
		} else if text == ":fast" {
			for _, kind := range faultKinds {
				equal(t, string(kind), strings.Contains(err.Error(), string(kind)), true)
			}
		}
	}
	for _, text := range []string{":slow", "*:slow"} {
		if f, err := ParseFault(text); err != nil || f.Operation != "" {
			t.Errorf("%q: %v %v", text, f, err)
		}
	}
}

func TestCounts(t *testing.T) {
	c := newClient(t, Options{})
	id := c.create(`"firstName":"Ada"`)
	c.raw("GET", "/contacts/"+id, "")
	c.raw("PUT", "/contacts/"+id, "{}")
	c.raw("POST", "/contacts/search", "{}")
	c.raw("GET", "/nowhere", "")
	c.raw("GET", "/", "")
	equal(t, "requests", c.Requests(), map[string]int{"POST /contacts/": 1, "GET /contacts/{contactId}": 1, "PUT /contacts/{contactId}": 1,
		"POST /contacts/search": 1, "": 1})
	equal(t, "total", c.Total(), 5)
	equal(t, "writes", c.Writes(), 2)
	equal(t, "log", c.Log()[3].Status, 422)
	c.ResetCounts()
	equal(t, "reset", []int{c.Total(), len(c.Log())}, []int{0, 0})
	for i := range logSize + 5 {
		c.record(&call{}, i)
	}
	log := c.Log()
	equal(t, "bounded", []int{len(log), log[0].Status, log[logSize-1].Status}, []int{logSize, 5, logSize + 4})
}

func TestPageAndConfig(t *testing.T) {
	c := newClient(t, Options{Burst: 7, LocationName: "<b>Shop</b>"})
	c.Put(Contact{Fields: object{"firstName": "<script>alert(1)</script>"}, Tags: []string{"<i>"}})
	text := c.raw("GET", "/", "").Body.String()
	if strings.Contains(text, "<script>alert") || strings.Contains(text, "<i>") || strings.Contains(text, "<b>Shop") {
		t.Error("not escaped")
	}
	for _, want := range []string{"&lt;script&gt;", "At most 7 requests in 10 seconds: 7 left.", loc} {
		if !strings.Contains(text, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	var people []Contact
	if err := json.Unmarshal(c.raw("GET", "/_sandbox/contacts", "").Body.Bytes(), &people); err != nil || len(people) != 1 {
		t.Errorf("contacts: %v %v", people, err)
	}
	equal(t, "faults", c.raw("POST", "/_sandbox/faults", "POST /contacts/:throttle\n\n*:slow\n").Code, 204)
	equal(t, "bad fault", c.raw("POST", "/_sandbox/faults", "x").Code, 400)
	equal(t, "throttled", c.raw("POST", "/contacts/", "{}").Code, 429)
	equal(t, "reset", c.raw("POST", "/_sandbox/reset", "").Code, 204)
	equal(t, "count", c.Total(), 0)

	want := "{\n  \"credentials\": {\n    \"auth_type\": \"personal_access_token\",\n    \"access_token\": \"" + c.Options().Token +
		"\"\n  },\n  \"location_id\": \"" + loc + "\",\n  \"api_url\": \"http://localhost:1\"\n}\n"
	equal(t, "config", string(c.Config("http://localhost:1")), want)
}

func TestConcurrentUse(t *testing.T) {
	c := newClient(t, Options{IndexLag: time.Microsecond, Burst: 1000})
	c.Seed(50)
	ids := c.Contacts()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 20 {
				id := ids[(i+j)%len(ids)].ID
				c.raw("PUT", "/contacts/"+id, `{"city":"Austin","tags":["a"],"dndSettings":{"SMS":{"status":"active"}}}`)
				c.raw("POST", "/contacts/search", leaf("tags", "eq", `"a"`))
				c.raw("POST", "/locations/"+loc+"/tags", `{"name":"x"}`)
				c.Edit(id, func(p *Contact) { p.Fields["state"] = "TX" })
				c.raw("GET", "/", "")
				c.Log()
			}
		})
	}
	wg.Wait()
	equal(t, "people", len(c.Contacts()), 50)
}
