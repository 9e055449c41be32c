package contacts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/errgroup"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/sandbox"
)

// upsertEach is what a connector does that compares nothing: each record is
// upserted, and its tags are added by a call of their own, since an upsert
// with tags would replace all others.
func (p *place) upsertEach(from, to int, city func(i int) string) (requests int64, err error) {
	o := p.Options()
	client, err := ghl.New(ghl.Options{URL: p.url, LocationID: o.LocationID, Transport: p.transport,
		Tokens: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: o.Token})})
	if err != nil {
		return 0, err
	}
	group, ctx := errgroup.WithContext(p.t.Context())
	group.SetLimit(32)
	for i := from; i < to; i++ {
		group.Go(func() error {
			contact, _, err := client.UpsertContact(ctx, ghl.ContactBody{"email": townEmail(i), "firstName": "Ana", "city": city(i), "country": "US"})
			if err != nil {
				return err
			}
			_, err = client.AddTags(ctx, []string{contact.ID}, []string{"heropixel"})
			return err
		})
	}
	err = group.Wait()
	return client.Usage().Requests, err
}

func townEmail(i int) string { return fmt.Sprintf("person%d@example.com", i) }

// compareEach is what this connector does with the same people.
func (p *place) compareEach(from, to int, city func(i int) string) (requests int64, err error) {
	var input strings.Builder
	for i := from; i < to; i++ {
		input.WriteString(record("people", fmt.Sprintf(`{"email":%q,"first_name":"Ana","city":%q}`, townEmail(i), city(i))))
	}
	out := p.sync(job{plan: heropixel}, input.String())
	if out.err != nil {
		return 0, errors.Join(out.err, errors.New(out.log))
	}
	return out.usage.Requests, nil
}

// TestBesideBlindUpserts holds the engine beside the naive way, under the
// API's limit of 100 requests in ten seconds, in virtual time. With -v it
// prints the table.
func TestBesideBlindUpserts(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 300
	}
	austin := func(int) string { return "Austin" }
	moved := func(i int) string {
		if i%100 == 0 {
			return "Boston"
		}
		return "Austin"
	}
	steps := []struct {
		name   string
		city   func(i int) string
		most   float64 // requests per record
		writes int
	}{
		{"new", austin, 1.03, n},
		{"identical", austin, 0.02, 0},
		{"1 % changed", moved, 0.03, n / 100},
	}
	var table strings.Builder
	fmt.Fprintf(&table, "\n| %d people | upsert + tags | takes | compare | takes |\n|---|---:|---:|---:|---:|\n", n)
	type cost struct {
		requests int64
		took     time.Duration
	}
	costs := map[string][]cost{}
	for name, way := range map[string]func(*place, int, int, func(int) string) (int64, error){"naive": (*place).upsertEach, "ours": (*place).compareEach} {
		synctest.Test(t, func(t *testing.T) {
			p := inside(t, sandbox.Options{Burst: 100, Latency: 100 * time.Millisecond})
			for _, step := range steps {
				time.Sleep(time.Minute) // the limit's window of the step before
				p.ResetCounts()
				began := time.Now()
				requests, err := way(p, 0, n, step.city)
				if err != nil {
					t.Fatalf("%s, %s: %v", name, step.name, err)
				}
				costs[name] = append(costs[name], cost{requests, time.Since(began).Round(time.Second)})
				if name == "ours" && float64(requests) > step.most*float64(n)+12 {
					t.Errorf("%s: %d requests for %d people", step.name, requests, n)
				}
				if name == "ours" && p.Writes() != step.writes {
					t.Errorf("%s: %d writes, want %d: %v", step.name, p.Writes(), step.writes, p.Requests())
				}
			}
		})
	}
	for i, step := range steps {
		naive, ours := costs["naive"][i], costs["ours"][i]
		fmt.Fprintf(&table, "| %s | %d | %s | %d | %s |\n", step.name, naive.requests, naive.took, ours.requests, ours.took)
		if ours.requests >= naive.requests || ours.took >= naive.took {
			t.Errorf("%s: %d requests in %s, upserts take %d in %s", step.name, ours.requests, ours.took, naive.requests, naive.took)
		}
	}
	t.Log(table.String())
}
