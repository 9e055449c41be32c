package contacts_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// few is a small world in which people meet in every way: they share phones,
// change addresses, are deleted and come again.
type few struct {
	*rand.Rand
	rows bool
}

func (f few) email() string { return fmt.Sprintf("p%d@example.com", f.IntN(4)) }
func (f few) phone() string { return fmt.Sprintf("+1202555010%d", f.IntN(3)) }

func (f few) somebody() map[string]any {
	data := map[string]any{"country": "US"}
	if f.IntN(4) > 0 {
		data["email"] = f.email()
	}
	if f.IntN(3) > 0 || data["email"] == nil {
		data["phone"] = f.phone()
	}
	return data
}

// record is one about anybody; number tells it from all others.
func (f few) record(number int) map[string]any {
	data := f.somebody()
	data["firstName"] = fmt.Sprintf("N%d", number)
	if f.rows {
		data["row"] = f.IntN(3)
	}
	if f.IntN(3) == 0 {
		data["city"] = fmt.Sprintf("C%d", number)
	}
	if f.IntN(8) == 0 {
		data["_ab_cdc_deleted_at"] = "2024-01-02T03:04:05Z"
	}
	return data
}

// TestTheLastWordIsKept: a record of which no later one shares a key or row is in
// the CRM in the end, under its most trusted key, wherever windows end: if it is
// where each record is written alone, it is where they are written together. In
// a world this small, keys go from one to another to a third within a window.
func TestTheLastWordIsKept(t *testing.T) {
	seeds := 2000
	if testing.Short() {
		seeds = 200
	}
	misses := 0
	for seed := range uint64(seeds) {
		func() {
			f := few{rand.New(rand.NewPCG(seed, 28)), seed%3 == 0}
			duplicates, mode := f.IntN(2) == 0, []airbyte.SyncMode{airbyte.AppendDedup, airbyte.Overwrite}[f.IntN(2)]
			order := [][]string{{"email", "phone"}, {"phone", "email"}}[f.IntN(2)]
			how := []object.Removal{object.RemoveTags, object.Delete}[f.IntN(2)]
			var there, said []map[string]any
			for range f.IntN(3) {
				there = append(there, f.somebody())
			}
			for i := range 2 + f.IntN(6) {
				said = append(said, f.record(i))
			}
			var kept []int
			for _, size := range []int{1, 2, 100} {
				synctest.Test(t, func(t *testing.T) {
					// Of several the oldest is taken: no two are made in the same second.
					p := inside(t, sandbox.Options{AllowDuplicates: duplicates, Latency: time.Second})
					for _, c := range there {
						p.human(c)
						time.Sleep(time.Second)
					}
					plan := heropixel
					plan.MatchOn = order
					s := stream{mode: mode, plan: plan, onDelete: how}
					if f.rows {
						s.rows = []string{"row"}
					}
					input := ""
					for _, r := range said {
						input += records(encode(r))
					}
					out := p.must(job{limits: small(size), streams: []stream{s}, workers: 1}, input)
					for i, r := range said {
						who := lost(p, order, r, said[i+1:])
						switch {
						case size == 1 && who == "":
							kept = append(kept, i)
						case size > 1 && who != "" && slices.Contains(kept, i):
							misses++
							t.Logf("seed %d, windows of %d, duplicates %t, %s, %v, %s, known %v: %s of record %d is lost\n%s%s%v", seed, size, duplicates, mode, order, how, there, who, i, input, out.log, p.Contacts())
						}
					}
				})
			}
		}()
	}
	if misses > 0 {
		t.Errorf("%d records are lost in %d worlds; -v tells which", misses, seeds)
	}
}

// lost names the key of a record that should be found with its values, and is
// not.
func lost(p *place, order []string, r map[string]any, later []map[string]any) string {
	if r["_ab_cdc_deleted_at"] != nil {
		return ""
	}
	for _, name := range []string{"email", "phone", "row"} {
		if slices.ContainsFunc(later, func(l map[string]any) bool { return r[name] != nil && l[name] == r[name] }) {
			return ""
		}
	}
	for _, name := range order {
		if r[name] == nil {
			continue
		}
		if !slices.ContainsFunc(p.Contacts(), func(c sandbox.Contact) bool {
			return c.Fields[name] == r[name] && c.Fields["firstName"] == r["firstName"] && slices.Contains(c.Tags, "heropixel")
		}) {
			return name
		}
		return ""
	}
	return ""
}
