package contacts_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// meddled lets others act before each search.
type meddled struct {
	next http.RoundTripper
	act  func()

	mu *sync.Mutex // guards what act does
}

func (m meddled) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/contacts/search") {
		m.mu.Lock()
		m.act()
		m.mu.Unlock()
	}
	return m.next.RoundTrip(r)
}

// TestNobodyIsDoubledWhileOthersWrite: a location is listed, once more when search must know all that was there before, and others create,
// change and delete all the while. Whoever is in the sync is there once in the end, unless others have deleted it; nobody else is touched.
func TestNobodyIsDoubledWhileOthersWrite(t *testing.T) {
	t.Parallel()
	for trial := range 12 {
		t.Run(fmt.Sprint(trial), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				location, fresh := 500+rand.IntN(3000), rand.IntN(40)
				p := inside(t, sandbox.Options{Burst: 100, Latency: 300 * time.Millisecond, AllowDuplicates: trial%2 == 0, IndexLag: time.Duration(trial%3) * 30 * time.Second})
				begun, gone := time.Now(), map[string]bool{}
				ids := make([]string, location)
				for i := range ids {
					ids[i] = p.Put(crowdContact(i, begun.Add(-time.Duration(rand.Int64N(int64(1000*time.Hour))))))
				}
				strangers, busy := 0, rand.IntN(6)
				p.transport = meddled{p.transport, func() {
					for range busy {
						switch i := rand.IntN(location); rand.IntN(3) {
						case 0:
							p.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("stranger%d@example.com", strangers)},
								DateAdded: begun.Add(-time.Duration(rand.Int64N(int64(1000 * time.Hour))))})
							strangers++
						case 1:
							if email := crowdEmailOf(i); !gone[email] {
								gone[email] = true
								p.Delete(ids[i])
							}
						default:
							if !gone[crowdEmailOf(i)] {
								p.Edit(ids[i], func(c *sandbox.Contact) { c.Fields["city"] = "Salem" })
							}
						}
					}
				}, &sync.Mutex{}}
				var input strings.Builder
				for from := 0; from < location+fresh; from += 400 {
					input.WriteString(crowd(from, min(400, location+fresh-from), nil))
				}
				out := p.must(job{plan: crowdPlan, pause: 50 * time.Second}, input.String())
				there := map[string]int{}
				for _, c := range p.Contacts() {
					there[fmt.Sprint(c.Fields["email"])]++
				}
				for i := range location + fresh {
					email := crowdEmailOf(i)
					if n := there[email]; n > 1 || n == 0 && !gone[email] {
						t.Errorf("%s is there %d times", email, n)
					}
					delete(there, email)
				}
				if len(there) != strangers {
					t.Errorf("%d of %d strangers are left", len(there), strangers)
				}
				out.has(t, "read the whole location")
				t.Logf("%d contacts, %d requests, %d deleted, %d others", location, out.usage.Requests, len(gone), strangers)
			})
		})
	}
}

// crowdEmailOf is the email of number i of a crowd.
func crowdEmailOf(i int) string { return fmt.Sprintf("p%d@example.com", i) }
