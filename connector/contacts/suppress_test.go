package contacts_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// listed is a sync of people with a tag, and of a list of those who must not be
// contacted.
func listed(l load.Limits) job {
	return job{limits: l, streams: []stream{{plan: crm.PlanOptions{Tags: []string{"newsletter"}}}, {name: "stops", list: true}}}
}

// named are records of the list.
func named(data ...string) string {
	var b strings.Builder
	for _, d := range data {
		b.WriteString(record("stops", d))
	}
	return b.String()
}

// never fails the test as soon as after a request somebody with one of the emails
// has the tag, or has come to be open to contact.
type never struct {
	http.RoundTripper
	place  *place
	emails []string
	mu     sync.Mutex // guards closed: requests come side by side
	closed map[string]bool
}

func (n *never) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := n.RoundTripper.RoundTrip(r)
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.place.Contacts() {
		if email, _ := c.Fields["email"].(string); slices.Contains(n.emails, email) {
			if slices.Contains(c.Tags, "newsletter") {
				n.place.t.Errorf("%s %s: a suppressed contact is tagged", r.Method, r.URL.Path)
			}
			if n.closed[c.ID] = n.closed[c.ID] || stoppedBy(c) == "dnd"; stoppedBy(c) != "dnd" && (n.closed[c.ID] || c.Fields["city"] != "Old") {
				n.place.t.Errorf("%s %s: a suppressed contact is open", r.Method, r.URL.Path)
			}
		}
	}
	return answer, err
}

// TestSuppressionsFirst: nobody whom a list at the beginning of the input names is
// open to contact or tagged at any moment of the sync, known or new; the same
// again writes nothing.
func TestSuppressionsFirst(t *testing.T) {
	inWindowsOf(t, func(t *testing.T, l load.Limits) {
		synctest.Test(t, func(t *testing.T) {
			for _, duplicates := range []bool{false, true} {
				p := inside(t, sandbox.Options{AllowDuplicates: duplicates, IndexLag: time.Minute})
				p.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com", "phone": onePhone, "city": "Old"}, Tags: []string{"vip"}})
				p.transport = &never{RoundTripper: p.transport, place: p, emails: []string{"ann@example.com", "bob@example.com"}, closed: map[string]bool{}}
				input := named(`{"email":"ann@example.com"}`, `{"email":"bob@example.com"}`) +
					records(`{"email":"ann@example.com","city":"Boston","dnd":false}`, `{"phone":"`+onePhone+`","first_name":"Ann"}`, `{"email":"bob@example.com"}`, `{"email":"cyd@example.com"}`)
				j := listed(l)
				j.streams[0].plan.LiftsDND = true
				out := p.must(j, input)
				tags(t, p.with("ann@example.com"), "vip")
				field(t, p.with("ann@example.com"), "city", "Boston")
				for email, want := range map[string]string{"ann@example.com": "dnd", "bob@example.com": "dnd", "cyd@example.com": ""} {
					if got := stoppedBy(p.with(email)); got != want {
						t.Errorf("%s is stopped by %q, want %q", email, got, want)
					}
				}
				tags(t, p.with("bob@example.com"))
				tags(t, p.with("cyd@example.com"), "newsletter")
				if strings.Contains(out.log, "before a stream of suppressions") {
					t.Errorf("it warns:\n%s", out.log)
				}
				before := p.Writes()
				time.Sleep(2 * time.Minute) // until search knows
				p.must(j, input)
				if n := p.Writes() - before; n != 0 {
					t.Errorf("the same again writes %d times", n)
				}
			}
		})
	})
}

// TestSuppressionsLast: who was written before the list named them ends on do not
// disturb and without the tags that the sync gave them or that are the stream's
// own, and one line tells how many; other tags stay.
func TestSuppressionsLast(t *testing.T) {
	inWindowsOf(t, func(t *testing.T, l load.Limits) {
		for _, lag := range []time.Duration{0, time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{IndexLag: lag})
				p.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com"}, Tags: []string{"vip"}})
				p.Put(sandbox.Contact{Fields: map[string]any{"email": "dan@example.com"}, Tags: []string{"newsletter"}})
				input := records(`{"email":"ann@example.com"}`, `{"email":"bob@example.com","phone":"`+onePhone+`"}`, `{"email":"cyd@example.com"}`, `{"email":"dan@example.com","city":"Boston"}`) +
					named(`{"email":"ann@example.com"}`, `{"phone":"`+onePhone+`"}`, `{"email":"dan@example.com"}`)
				out := p.must(listed(l), input)
				for email, want := range map[string]string{"ann@example.com": "vip", "bob@example.com": "", "dan@example.com": ""} {
					tags(t, p.with(email), strings.Fields(want)...)
					if got := stoppedBy(p.with(email)); got != "dnd" {
						t.Errorf("%s is stopped by %q", email, got)
					}
				}
				tags(t, p.with("cyd@example.com"), "newsletter")
				if l.Records == 1 {
					out.has(t, "3 contacts were written before a stream of suppressions named them")
				}
			})
		}
	})
}

// TestWhomASuppressionMeans: all contacts that have one of its keys, by the channels
// it names, and nobody is created or loses anything.
func TestWhomASuppressionMeans(t *testing.T) {
	all := []sandbox.Contact{
		{ID: "aaaaaaaaaaaaaaaaaaaa", Fields: map[string]any{"email": "ann@example.com"}, Tags: []string{"vip"}},
		{ID: "bbbbbbbbbbbbbbbbbbbb", Fields: map[string]any{"email": "bob@example.com", "phone": onePhone}},
		{ID: "cccccccccccccccccccc", Fields: map[string]any{"email": "cyd@example.com", "dndSettings": channel("SMS", "permanent")}},
	}
	for _, test := range []struct{ record, want string }{
		{`{"email":"ann@example.com","phone":"` + onePhone + `"}`, "dnd|dnd|SMS:permanent"},
		{`{"email":"ANN@example.com ","id":"cccccccccccccccccccc"}`, "dnd||dnd SMS:permanent"},
		{`{"email":"ann@example.com","dnd_email":true,"dnd_sms":false}`, "Email:active||SMS:permanent"},
		{`{"email":"cyd@example.com","dnd_email":true,"dnd_sms":true}`, "||Email:active SMS:permanent"},
		{`{"email":"ann@example.com","dnd":false}`, "||SMS:permanent"},
		{`{"email":"ann@example.com","dnd":"perhaps"}`, "dnd||SMS:permanent"},
		{`{"email":"ann@example.com","_ab_cdc_deleted_at":"2026-01-02T03:04:05Z"}`, "||SMS:permanent"},
		{`{"email":"ann@example.com","id":17}`, "dnd||SMS:permanent"},
		{`{"phone":"(202) 555-0101","country":"United States"}`, "|dnd|SMS:permanent"},
		{`{"email":"nobody@example.com"}`, "||SMS:permanent"},
		{`{"name":"Nobody"}`, "||SMS:permanent"},
	} {
		for _, mode := range []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup} {
			t.Run(fmt.Sprint(test.record, mode), func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				for _, c := range all {
					p.Put(c)
				}
				j := listed(load.Limits{})
				j.streams = j.streams[1:]
				j.streams[0].mode, j.streams[0].cursor, j.streams[0].onDelete = mode, []string{"email"}, object.Delete
				j.streams[0].plan = crm.PlanOptions{LiftsDND: true, MatchOn: crm.Suppressions.MatchOn}
				p.must(j, named(test.record))
				var got []string
				for _, c := range all {
					now := p.with(c.Fields["email"].(string))
					got = append(got, stoppedBy(now))
					tags(t, now, c.Tags...)
				}
				if len(p.Contacts()) != len(all) || strings.Join(got, "|") != test.want {
					t.Errorf("%d contacts, stopped by %q, want %q", len(p.Contacts()), strings.Join(got, "|"), test.want)
				}
				before := p.Writes()
				if p.must(j, named(test.record)); p.Writes() != before {
					t.Error("the same again writes")
				}
			})
		}
	}
}

// TestSuppressionsWithinTheLag: who was created by others a moment ago, and whom
// search does not know, is named all the same.
func TestSuppressionsWithinTheLag(t *testing.T) {
	for _, more := range []int{0, 300} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{IndexLag: time.Minute})
			p.must(job{}, records(`{"email":"ann@example.com"}`, `{"phone":"`+onePhone+`"}`))
			input := named(`{"email":"ann@example.com","phone":"` + onePhone + `"}`)
			for i := range more {
				input += named(fmt.Sprintf(`{"email":"nobody%d@example.com"}`, i))
			}
			p.must(listed(load.Limits{}), input)
			for _, c := range p.Contacts() {
				if stoppedBy(c) != "dnd" {
					t.Errorf("open: %v", c.Fields)
				}
			}
		})
	}
}

// TestSuppressionsCost: 10,000 of whom 100 match cost their lookups and 100 writes.
func TestSuppressionsCost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := inside(t, sandbox.Options{})
		var list strings.Builder
		for i := range 10_000 {
			if i%100 == 0 {
				p.Put(sandbox.Contact{Fields: map[string]any{"email": fmt.Sprintf("a%d@example.com", i)}})
			}
			list.WriteString(named(fmt.Sprintf(`{"email":"a%d@example.com"}`, i)))
		}
		out := p.must(listed(load.Limits{}), list.String())
		if p.Writes() != 100 || out.usage.Requests > 100+2*10_000/90+10 {
			t.Errorf("%d writes, %d requests", p.Writes(), out.usage.Requests)
		}
		out = p.must(listed(load.Limits{}), list.String())
		if p.Writes() != 100 {
			t.Errorf("the same again makes %d writes", p.Writes()-100)
		}
	})
}

// TestSuppressionsDry: a dry run tells the same outcomes and writes nothing.
func TestSuppressionsDry(t *testing.T) {
	p := inside(t, sandbox.Options{})
	p.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com"}})
	j := listed(load.Limits{})
	j.dry = true
	out := p.must(j, named(`{"email":"ann@example.com"}`, `{"email":"bob@example.com"}`)+records(`{"email":"bob@example.com"}`))
	var got []string
	for _, o := range out.told {
		got = append(got, fmt.Sprint(o.Status, o.Set["dnd"], o.AddedTags))
	}
	if want := []string{"2 true []", "0 <nil> []", "1 true []"}; !slices.Equal(got, want) || p.Writes() != 0 {
		t.Errorf("%d writes, %q, want %q", p.Writes(), got, want)
	}
}

// TestSuppressionsAfterAKill: whatever write is the last of a sync, the same sync
// once more ends as one that nobody has interrupted, wherever the list comes.
func TestSuppressionsAfterAKill(t *testing.T) {
	people := records(`{"email":"ann@example.com"}`, `{"email":"bob@example.com","city":"Boston"}`, `{"email":"cyd@example.com"}`)
	list := named(`{"email":"ann@example.com"}`, `{"email":"bob@example.com"}`)
	for _, input := range []string{list + people, people + list} {
		for last := 1; last < 12; last++ {
			synctest.Test(t, func(t *testing.T) {
				p := inside(t, sandbox.Options{})
				p.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com"}, Tags: []string{"vip"}})
				ctx, kill := context.WithCancel(t.Context())
				whole := p.transport
				p.transport = killer{whole, p, last, kill}
				j := listed(load.Limits{Records: 1, Bytes: 1 << 20, Age: time.Minute, State: time.Minute})
				j.stop = ctx
				p.sync(j, input)
				p.transport, j.stop = whole, nil
				p.must(j, input)
				tags(t, p.with("ann@example.com"), "vip")
				tags(t, p.with("bob@example.com"))
				tags(t, p.with("cyd@example.com"), "newsletter")
				if a, b, c := stoppedBy(p.with("ann@example.com")), stoppedBy(p.with("bob@example.com")), stoppedBy(p.with("cyd@example.com")); a != "dnd" || b != "dnd" || c != "" {
					t.Errorf("killed after %d writes: stopped by %q, %q and %q", last, a, b, c)
				}
			})
		}
	}
}

// TestSuppressionsAfterAKillOfWhoIsNotDeliveredAgain: the state of the people has left, so that the next sync delivers the list alone. The own tags
// of the streams come off; a tag from a column that the killed sync has given stays, for nobody knows whose it is.
func TestSuppressionsAfterAKillOfWhoIsNotDeliveredAgain(t *testing.T) {
	people := records(`{"email":"ann@example.com","tags":["lead"]}`) + state("people", 1)
	for _, there := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p, want := inside(t, sandbox.Options{IndexLag: time.Minute}), []string{"lead"}
			if there {
				p.Put(sandbox.Contact{Fields: map[string]any{"email": "ann@example.com"}, Tags: []string{"vip"}})
				want = append(want, "vip")
			}
			j := listed(load.Limits{Records: 1, Bytes: 1 << 20, Age: time.Minute, State: time.Minute})
			if out := p.must(j, people); len(out.states) != 1 {
				t.Fatalf("%d states", len(out.states))
			}
			p.must(j, named(`{"email":"ann@example.com"}`))
			if tags(t, p.only(), want...); stoppedBy(p.only()) != "dnd" {
				t.Errorf("stopped by %q", stoppedBy(p.only()))
			}
			time.Sleep(time.Hour)
			if p.ResetCounts(); p.must(j, named(`{"email":"ann@example.com"}`)).err != nil || p.Writes() != 0 {
				t.Errorf("%d writes again", p.Writes())
			}
		})
	}
}

// killer lets no request through after so many writes.
type killer struct {
	http.RoundTripper
	place *place
	last  int
	kill  func()
}

func (k killer) RoundTrip(r *http.Request) (*http.Response, error) {
	if k.place.Writes() >= k.last {
		k.kill()
		return nil, context.Canceled
	}
	return k.RoundTripper.RoundTrip(r)
}

// TestSuppressedAndDeleted: a delete and a new version of somebody whom the list
// names, in either order, leave nobody who is open to contact or tagged.
func TestSuppressedAndDeleted(t *testing.T) {
	for _, onDelete := range []object.Removal{object.RemoveTags, object.Delete} {
		for _, rows := range [][]string{{`{"email":"bob@example.com","_ab_cdc_deleted_at":"2026-01-02T03:04:05Z"}`, `{"email":"bob@example.com"}`}, {`{"email":"bob@example.com"}`, `{"email":"bob@example.com","_ab_cdc_deleted_at":"2026-01-02T03:04:05Z"}`}} {
			for _, there := range []bool{false, true} {
				inWindowsOf(t, func(t *testing.T, l load.Limits) {
					p := inside(t, sandbox.Options{})
					if there {
						p.Put(sandbox.Contact{Fields: map[string]any{"email": "bob@example.com"}})
					}
					j := listed(l)
					j.streams[0].onDelete = onDelete
					p.must(j, named(`{"email":"bob@example.com"}`)+records(rows...))
					for _, c := range p.Contacts() {
						if tags(t, c); stoppedBy(c) != "dnd" {
							t.Errorf("on_delete %s: open after %q", onDelete, rows)
						}
					}
					if there && len(p.Contacts()) == 0 {
						t.Error("who must not be contacted was deleted")
					}
				})
			}
		}
	}
}
