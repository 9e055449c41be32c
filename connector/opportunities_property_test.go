package connector

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// aDeal is an opportunity of the oracle, and what a record wants; "" is nothing.
type aDeal struct{ contact, pipeline, name, status, stage, key, value string }

// oracle is what a location holds if one record after the other is written as the design says.
type oracle struct {
	deals    []*aDeal
	meant    map[*aDeal]int // the first record that has meant it in this sync
	twoAtOne bool
}

func (o *oracle) write(line int, r aDeal) {
	elsewhere := func(pipeline string) bool { return r.stage != "" && !strings.HasPrefix(r.stage, pipeline) }
	if r.pipeline != "" && elsewhere(r.pipeline) {
		return
	}
	have, ok := o.mean(line, r)
	if !ok || have == nil && (r.name == "" || r.pipeline == "") {
		return
	}
	now := aDeal{contact: r.contact, status: "open"}
	if have != nil {
		now = *have
	}
	byKey := have != nil && have.key != "" && have.key == r.key
	if r.status == "open" && have != nil && have.status != "open" && !byKey {
		r.status = ""
	}
	if r.pipeline != "" && r.pipeline != now.pipeline {
		now.pipeline, now.stage = r.pipeline, firstStage[r.pipeline]
	}
	if elsewhere(now.pipeline) {
		return
	}
	for _, f := range []struct{ to, from *string }{{&now.name, &r.name}, {&now.status, &r.status}, {&now.stage, &r.stage}, {&now.key, &r.key}, {&now.value, &r.value}} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	opens := have == nil || have.status != "open" || have.pipeline != now.pipeline
	rival := slices.ContainsFunc(o.deals, func(d *aDeal) bool {
		return d != have && d.contact == now.contact && d.pipeline == now.pipeline && d.status == "open"
	})
	switch {
	case opens && now.status == "open" && rival && !o.twoAtOne:
	case have == nil:
		o.deals = append(o.deals, &now)
		o.meant[&now] = line
	default:
		*have = now
	}
}

// mean is the deal that a record means, nil for a new one; not ok if nobody knows.
func (o *oracle) mean(line int, r aDeal) (d *aDeal, ok bool) {
	defer func() {
		if _, before := o.meant[d]; d != nil && !before {
			o.meant[d] = line
		}
	}()
	var named, closed, others []*aDeal
	closes := r.status != "" && r.status != "open"
	for _, d := range o.deals {
		claimed := o.meant[d] != 0 && o.meant[d] != line
		switch {
		case r.key != "" && d.key == r.key:
			return d, true
		case d.contact != r.contact || d.pipeline != r.pipeline || r.key != "" && (d.key != "" || claimed):
		case d.name == r.name && d.status == "open":
			named = append(named, d)
		case d.name == r.name && (r.key == "" || closes):
			closed = append(closed, d)
		case d.status == "open" && (r.key == "" || !closes):
			others = append(others, d)
		}
	}
	if r.pipeline == "" {
		return nil, true
	}
	for _, could := range [][]*aDeal{named, closed, others} {
		if len(could) == 0 {
			continue
		}
		if len(could) > 1 || len(named)+len(closed) == 0 && closes || o.meant[could[0]] != 0 && o.meant[could[0]] != line {
			return nil, false
		}
		return could[0], true
	}
	return nil, true
}

var firstStage = map[string]string{"Sales": "Sales/New Lead", "Onboarding": "Onboarding/Kickoff"}

func (o *oracle) holds() (all []string) {
	for _, d := range o.deals {
		text := fmt.Sprintf("%s@example.com %s %s %s", d.contact, d.stage, d.name, d.status)
		if d.value != "" {
			text += " " + d.value
		}
		if d.key != "" {
			text += " #" + d.key
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

// inWindows gives lines with pauses after which the window before is closed.
type inWindows struct {
	rand  *rand.Rand
	lines []string
}

func (r *inWindows) Read(b []byte) (int, error) {
	if len(r.lines) == 0 {
		return 0, io.EOF
	}
	if r.rand.IntN(4) == 0 {
		time.Sleep(time.Minute) // of the bubble
	}
	n := copy(b, r.lines[0])
	if r.lines[0] = r.lines[0][n:]; r.lines[0] == "" {
		r.lines = r.lines[1:]
	}
	return n, nil
}

func oneOf(r *rand.Rand, texts ...string) string { return texts[r.IntN(len(texts))] }

// TestDealsEndAsOneByOne: whatever records have to do with each other, in whatever windows they come, and also where answers are lost, a location ends
// as if each had been written alone.
func TestDealsEndAsOneByOne(t *testing.T) {
	t.Parallel()
	worlds := 1500
	if testing.Short() {
		worlds = 150
	}
	for seed := range uint64(worlds) {
		r := rand.New(rand.NewPCG(seed, 15))
		want := &oracle{twoAtOne: r.IntN(2) == 0}
		keys := []string{"", "A", "B"}
		if r.IntN(2) == 0 {
			keys = []string{""}
		}
		var wanted []aDeal
		var records []string
		for range 1 + r.IntN(12) {
			pipeline := oneOf(r, "Sales", "Sales", "Onboarding", "")
			d := aDeal{oneOf(r, "ann", "bob"), pipeline, oneOf(r, "X", "X", "Y", ""), oneOf(r, "", "", "open", "won", "lost"),
				oneOf(r, "", "", "Sales/Contacted", "Onboarding/Live"), oneOf(r, keys...), oneOf(r, "", "7", "9")}
			wanted = append(wanted, d)
			records = append(records, "deals: "+d.record())
		}
		inMarket(t, sandbox.Options{AllowDuplicateOpportunities: want.twoAtOne, Variant: []sandbox.Variant{0, sandbox.ValuesByDetail}[r.IntN(2)]}, byKey, keyedDeals, func(t *testing.T, m *market) {
			m.person("ann@example.com")
			m.person("bob@example.com")
			m.windows = r
			for range 2 {
				m.Inject(sandbox.Fault{Operation: oneOf(r, opCreateDeal, opUpdateDeal), Kind: []sandbox.FaultKind{sandbox.FaultResetAfter, sandbox.FaultResetBefore, sandbox.Fault422Applied, sandbox.FaultGarbage}[r.IntN(4)],
					After: r.IntN(4), Times: r.IntN(3)})
				m.must(records...)
				want.meant = map[*aDeal]int{}
				for i, d := range wanted {
					want.write(i+1, d)
				}
				if got, want := m.deals(), want.holds(); !slices.Equal(got, want) {
					t.Fatalf("world %d ends as\n%s\nwant\n%s\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"), strings.Join(records, "\n"))
				}
			}
		})
	}
}

// record is a record that wants a deal.
func (d aDeal) record() string {
	data := fmt.Sprintf(`"email":"%s@example.com"`, d.contact)
	_, stage, _ := strings.Cut(d.stage, "/")
	for column, text := range map[string]string{"pipeline": d.pipeline, "name": d.name, "status": d.status, "stage": stage, "deal_number": d.key, "value": d.value} {
		if text != "" {
			data += fmt.Sprintf(`,%q:%q`, column, text)
		}
	}
	return "{" + data + "}"
}
