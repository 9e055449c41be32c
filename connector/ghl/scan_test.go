package ghl

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answerDice throws answers about contacts: most are as they usually are, some in each way odd.
type answerDice struct{ *rand.Rand }

func (d answerDice) of(choices ...string) string { return choices[d.IntN(len(choices))] }

func (d answerDice) odd() bool { return d.IntN(40) == 0 }

func (d answerDice) text() string {
	return d.of(`"x"`, `"x"`, `"Zoë"`, `"a\u0041\"\ud800"`, "\"\xff\"", `""`, `null`)
}

func (d answerDice) any() string {
	return d.of(d.text(), `7`, `1.50e3`, `true`, `false`, `[]`, `{}`, `["a",{"b":1.0}]`, `{"email":"y@example.com","phone":null}`)
}

// object has members, some of them twice, in another case, or of names that nobody knows.
func (d answerDice) object(member func(name string) string, names ...string) string {
	var members []string
	for _, name := range names {
		if d.IntN(4) == 0 {
			continue
		}
		value := member(name)
		if d.odd() {
			value = d.any()
		}
		switch d.IntN(60) {
		case 0:
			name = strings.ToUpper(name)
		case 1:
			members = append(members, `"`+name+`":`+member(name))
		case 2:
			name = strings.Replace(name, "s", "ſ", 1)
		case 3:
			name = strings.Replace(name, "a", `\u0061`, 1)
		}
		members = append(members, d.of("", " ")+`"`+name+`"`+d.of(":", " : ")+value)
	}
	if d.IntN(3) == 0 {
		members = append(members, `"`+d.of("unknown", "firstNameLowerCase", strings.Repeat("long", 20), "é", "")+`":`+d.any())
	}
	d.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return `{` + strings.Join(members, ",") + `}`
}

func (d answerDice) list(element func() string) string {
	var elements []string
	for range d.IntN(4) {
		elements = append(elements, element())
	}
	return d.of("[", "[ ") + strings.Join(elements, ",") + `]`
}

func (d answerDice) setting() string {
	return d.object(func(string) string { return d.of(`"active"`, `"inactive"`, `"PERMANENT"`, `""`) }, "status", "message")
}

func (d answerDice) contact() string {
	if d.odd() {
		return d.any()
	}
	var singles []string
	for _, of := range contactNames {
		for _, known := range of {
			singles = append(singles, known.name)
		}
	}
	return d.object(func(name string) string {
		switch name {
		case "tags":
			return d.list(d.text)
		case "additionalEmails", "additionalPhones":
			return d.list(d.any)
		case "customFields":
			return d.list(func() string {
				return d.object(func(string) string { return d.any() }, "id", d.of("value", "field_value", "fieldValue"))
			})
		case "dndSettings":
			return d.object(func(string) string { return d.setting() }, "Call", "SMS", "FB")
		case "inboundDndSettings":
			return d.object(func(string) string { return d.setting() }, "all")
		case "searchAfter":
			return d.of(`[1,"a"]`, `[ 1.50 , "<" ]`, `null`)
		}
		return d.of(d.text(), d.text(), `7`, `true`)
	}, singles...)
}

func (d answerDice) envelope(name, value string) string {
	other := func(name string) string {
		switch name {
		case "new":
			return d.of("true", "false")
		case "total":
			return d.of("0", "3", "-0", `"7"`, "1e2")
		}
		return d.of("true", "false", "200", "422", `"x"`)
	}
	all := d.object(other, "new", "total", d.of("statusCode", "status"), d.of("success", "succeded", "traceId"))
	if all == "{}" {
		return d.of("", "\n") + `{"` + name + `":` + value + `}`
	}
	return `{"` + name + `":` + value + `,` + all[1:] + d.of("", " ", "x")
}

// TestScansAgreeWithTheDecoder: what is read of an answer from its text is what encoding/json makes of it, whatever the answer holds.
func TestScansAgreeWithTheDecoder(t *testing.T) {
	d := answerDice{rand.New(rand.NewPCG(1, 2))}
	rounds, scans := 3000, 0
	if testing.Short() {
		rounds = 500
	}
	for range rounds {
		compareScans(t, []byte(d.envelope("contact", d.contact())), &scans)
		compareScans(t, []byte(d.envelope("contacts", d.of(d.list(d.contact), d.list(d.contact), d.any()))), &scans)
	}
	if scans < rounds/6 {
		t.Errorf("only %d answers were scanned", scans)
	}
}

func compareScans(t *testing.T, body []byte, scans *int) {
	t.Helper()
	var one, again contactAnswer
	err, plain := decode(body, &one), decodeAll(body, &again)
	if (err == nil) != (plain == nil) || err != nil && err.Error() != plain.Error() {
		t.Fatalf("%s: %v, the decoder: %v", body, err, plain)
	}
	if diff := cmp.Diff(again, one, cmp.AllowUnexported(contactAnswer{}, optional{}, contactJSON{})); plain == nil && diff != "" {
		t.Fatalf("%s: %s", body, diff)
	}
	var total, totalAgain int
	list, listAgain := contactsFound(&total, asTold), contactsFound(&totalAgain, asTold)
	list.limit, listAgain.limit = 2, 2
	err, plain = decode(body, &list), decodeAll(body, &listAgain)
	if (err == nil) != (plain == nil) || err != nil && err.Error() != plain.Error() {
		t.Fatalf("%s: %v, the decoder: %v", body, err, plain)
	}
	if diff := cmp.Diff(listAgain.rows, list.rows, cmp.AllowUnexported(Fields{})); plain == nil && (diff != "" || total != totalAgain || (list.rows == nil) != (listAgain.rows == nil)) {
		t.Fatalf("%s: %d and %d of %s", body, totalAgain, total, diff)
	}
	if diff := cmp.Diff(listAgain.envelope, list.envelope); plain == nil && diff != "" {
		t.Fatalf("%s: %s", body, diff)
	}
	if plain == nil && scan(body, new(contactAnswer)) {
		*scans++
	}
}

// TestScanForgetsTheAttemptBefore: a total that an answer does not tell is not that of the answer before.
func TestScanForgetsTheAttemptBefore(t *testing.T) {
	var total int
	list := contactsFound(&total, asTold)
	for _, body := range []string{`{"contacts":[],"total":7,"statusCode":500}`, `{"contacts":[]}`} {
		if err := decode([]byte(body), &list); err != nil {
			t.Fatal(err)
		}
	}
	if total != 0 {
		t.Errorf("the total is %d, though none was told", total)
	}
}

func FuzzScans(f *testing.F) {
	d := answerDice{rand.New(rand.NewPCG(3, 4))}
	for range 20 {
		f.Add([]byte(d.envelope("contact", d.contact())))
		f.Add([]byte(d.envelope("contacts", d.list(d.contact))))
	}
	f.Fuzz(func(t *testing.T, body []byte) { compareScans(t, body, new(int)) })
}
