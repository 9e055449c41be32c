package sandbox

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// seen gives what a person sees of a page: its text without tags, each run of blanks as one.
func (c *client) seen(path string) string {
	c.t.Helper()
	_, main, _ := strings.Cut(c.raw("GET", path, "").Body.String(), "<main>")
	main, _, _ = strings.Cut(main, "</main>")
	var text strings.Builder
	for part := range strings.SplitSeq(main, "<") {
		_, after, _ := strings.Cut(part, ">")
		text.WriteString(after + " ")
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

func (c *client) shows(path string, wants ...string) {
	c.t.Helper()
	text := c.seen(path)
	for _, want := range wants {
		want, not := strings.CutPrefix(want, "!")
		if strings.Contains(text, want) == not {
			c.t.Errorf("%s: %q (unwanted %t) in %s", path, want, not, text)
		}
	}
}

func TestTheContactPage(t *testing.T) {
	c := newClient(t, Options{})
	business := c.PutBusiness(Business{Properties: object{"name": "Engines & Sons"}})
	ann := c.create(`"firstName":"Ann","email":"ann@example.com","tags":["VIP"],"dnd":true,"customFields":[{"id":"cfText00000000000001","field_value":"C-1"},
{"id":"cfCheckbox0000000006","field_value":["News","Offers"]},{"id":"cfTextboxList0000010","field_value":{"7e0c3a52-9a39-4c53-8a86-0f8d0c4f5a01":"example.com"}}]`)
	at := "/contacts/" + ann
	c.ok(201, "POST", at+"/notes", `{"title":"Call","body":"wants <b>a roof</b>","userId":"usrSvenSommer0000002"}`)
	c.ok(201, "POST", at+"/tasks", `{"title":"Call back","dueDate":"2026-12-07T09:00:00Z","completed":true,"assignedTo":"usrTaraTan0000000003"}`)
	deal := c.createDeal(ann, `,"monetaryValue":12.5,"assignedTo":"usrRosaReyes00000001","customFields":[{"key":"deal_number","field_value":"D-1"}]`)
	c.ok(200, "PUT", "/opportunities/"+deal+"/status", `{"status":"lost","lostReasonId":"lrNoAnswer0000000002"}`)
	c.ok(200, "POST", "/contacts/bulk/business", `{LOC,"businessId":"`+business+`","ids":["`+ann+`"]}`)
	c.ok(422, "PUT", at, `{"nonsense":1}`)
	page := "/_sandbox/contact/" + ann
	c.shows(page, "vip", "Do not disturb", "Customer Number C-1", "Topics News, Offers", "Links Blog: example.com", "businessName Engines &amp; Sons",
		"assignedTo Rosa Reyes", "Call wants &lt;b&gt;a roof&lt;/b&gt;", "Sven Sommer", "✓ done Call back due 2026-12-07 09:00:00 · Tara Tan",
		"Roof Ann Sales › New Lead lost: No answer 12.5 Rosa Reyes Deal Number: D-1", "422 nonsense", "POST /contacts/{contactId}/tasks")
	c.shows("/", "Ann ann@example.com vip Engines &amp; Sons 1 note, 1 task, 1 opportunity", "1 contact 1 note 1 task 1 opportunity 1 business 7 requests")
	c.Delete(ann)
	c.shows(page, "There is no such contact any more.", "422 nonsense", "!Custom fields")
	equal(t, "the status of nobody", c.raw("GET", "/_sandbox/contact/none", "").Code, 404)
	if total := c.Total(); total != 7 {
		t.Errorf("%d requests: looking is none", total)
	}
}

func TestThePageFindsContacts(t *testing.T) {
	c := newClient(t, Options{})
	c.Seed(60)
	c.Put(Contact{Fields: object{"firstName": "Zoe", "city": "Ghent"}, Tags: []string{"spring fair"}, AdditionalEmails: []string{"old@example.com"},
		CustomFields: object{"cfText00000000000001": "C-4711"}})
	c.shows("/", "61 contacts", "The newest 50 of 61; search finds the others.")
	for _, query := range []string{"zoe", "GHENT", "spring+fair", "c-4711", "old%40example"} {
		c.shows("/?q="+query, "Zoe", "!Adams", "!61")
	}
	c.shows("/?q=example.com", "The newest 50 of 61 that have it.")
	c.shows("/?q=%3Cscript%3E", "Contacts with “&lt;script&gt;”", "Nobody has this.")
}

func TestThePageCountsApart(t *testing.T) {
	c := newClient(t, Options{})
	c.Begin("1. everybody is new")
	c.create(`"email":"ann@example.com"`)
	c.Begin("2. the same again")
	c.ok(200, "GET", "/locations/"+loc, "")
	c.shows("/", "1. everybody is new: 1 request, 1 of them writes (1 of contacts)", "2. the same again: 1 request, none of them a write",
		"Operation 1. everybody is new 2. the same again", "POST /contacts/ 1", "2 requests 1 write")
}

func TestThePageTellsLimitsInWords(t *testing.T) {
	c := newClient(t, Options{Burst: 1000, Daily: 20_000, IndexLag: time.Minute, Latency: time.Nanosecond, Variant: PageOf100 | BulkTexts, AllowDuplicates: true})
	c.shows("/", "At most 1,000 requests in 10 seconds: 1,000 left.", "At most 20,000 a day: 20,000 left.", "Search finds what was written 60 seconds later.",
		"Each answer takes 1ns.", "email or phone is allowed", "a pipeline is refused", "answers by bulk-texts, page-of-100.")
	c.Inject(Fault{Kind: FaultExhausted})
	c.raw("GET", "/contacts/x", "")
	c.shows("/", "The quota of the day is used up.")
}

// TestThePageLoadsNothing holds the pages to what a browser lets them do.
func TestThePageLoadsNothing(t *testing.T) {
	c := newClient(t, Options{})
	c.create(`"email":"ann@example.com"`)
	for _, path := range []string{"/", "/?q=a", "/_sandbox/contact/none"} {
		w := c.raw("GET", path, "")
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; connect-src 'self';") || !strings.Contains(policy, "script-src 'sha256-") {
			t.Errorf("%s: %s", path, policy)
		}
		text := w.Body.String()
		for _, outside := range []string{"src=", "<link", "@import", "url("} {
			if strings.Contains(text, outside) {
				t.Errorf("%s: %s", path, outside)
			}
		}
		if n := strings.Count(text, "<script>"); n != 1 || !strings.Contains(text, "<script>"+pageScript+"</script>") {
			t.Errorf("%s: %d scripts, or another than the policy allows", path, n)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		equal(t, fmt.Sprint(n), grouped(n), want)
	}
}

func TestSeededPeopleHaveSomethingToDoWith(t *testing.T) {
	c := newClient(t, Options{})
	c.Seed(60)
	c.SeedWork()
	equal(t, "how much", []int{len(c.Notes()), len(c.Tasks()), len(c.Opportunities())}, []int{20, 15, 12})
	for _, o := range c.Opportunities() {
		if _, refusal := c.stage(o.PipelineID, o.StageID); refusal != nil {
			t.Errorf("%s stands nowhere", o.Name)
		}
	}
	c.shows("/", "20 notes 15 tasks 12 opportunities", "Onboarding › Live")
	bare := New(Options{Users: []User{}, Pipelines: []Pipeline{}})
	bare.Seed(6)
	bare.SeedWork()
	equal(t, "without users and pipelines", []int{len(bare.Notes()), len(bare.Opportunities())}, []int{2, 0})
}
