package connector

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestUndoIsToldLies: answers of search that leave people out, or tell of them twice, lead to no harm: nothing is deleted and nothing
// overwritten that others have touched. The next undo, which is told the truth, takes back what is left.
func TestUndoIsToldLies(t *testing.T) {
	t.Parallel()
	undoWorlds(t, 8, 40, func(w *undoWorld) {
		w.live(cut{})
		before := pictureOf(w.Server)
		w.api = http.HandlerFunc(w.lie)
		w.undo(undoOptions{}, cut{})
		for _, harm := range w.harms(before, pictureOf(w.Server)) {
			w.t.Error(harm)
		}
		w.api = nil
		w.rest()
		w.undo(undoOptions{}, cut{})
		w.judge(before, false)
	})
}

// lie answers a search for contacts with some of them left out, or twice.
func (w *undoWorld) lie(out http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/contacts/search") {
		w.ServeHTTP(out, r)
		return
	}
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	var body map[string]any
	if json.Unmarshal(answer.Body.Bytes(), &body) == nil && answer.Code == http.StatusOK {
		told := []any{}
		for _, c := range body["contacts"].([]any) {
			for range []int{0, 1, 1, 2}[w.IntN(4)] {
				told = append(told, c)
			}
		}
		body["contacts"], body["total"] = told, len(told)
		answer.Body.Reset()
		_ = json.NewEncoder(answer.Body).Encode(body) // which came from JSON
	}
	maps.Copy(out.Header(), answer.Header())
	out.WriteHeader(answer.Code)
	_, _ = out.Write(answer.Body.Bytes())
}

// undoPeopleOf is a stream of people of a few records.
func undoPeopleOf(mode string, data ...string) givenStream {
	s := givenStream{undoStream{name: "people", object: "contacts", key: "email", columns: `"email":{},"city":{},"_ab_cdc_deleted_at":{}`}, mode, nil}
	for _, text := range data {
		s.lines = append(s.lines, sourceLine{stream: "people", data: text})
	}
	return s
}

// inUndoWorld runs a test in a world of one contact, bob@example.com of Rome.
func inUndoWorld(t *testing.T, test func(w *undoWorld, bob string)) {
	synctest.Test(t, func(t *testing.T) {
		s := sandbox.New(sandbox.Options{AllowDuplicates: true})
		bob := s.Put(sandbox.Contact{Fields: map[string]any{"email": "bob@example.com", "city": "Rome", "country": "US", "source": "web"}})
		test(undoWorldOn(t, s), bob)
	})
}

// TestUndoKeepsWhatOthersPutBack: who puts back by hand what the sync before the last one wrote has decided for it.
func TestUndoKeepsWhatOthersPutBack(t *testing.T) {
	inUndoWorld(t, func(w *undoWorld, bob string) {
		for _, city := range []string{"Oslo", "Lima"} {
			w.write(cut{}, map[string]any{}, undoPeopleOf("update", fmt.Sprintf(`{"email":"bob@example.com","city":%q}`, city)))
			time.Sleep(time.Minute)
		}
		alter(w.Server, "contacts/"+bob, "city", "Oslo")
		w.undo(undoOptions{}, cut{})
		if got := pictureOf(w.Server)["contacts/"+bob]["city"]; got != "Oslo" {
			t.Errorf("the city is %v", got)
		}
	})
}

const undoGone = `{"email":"bob@example.com","_ab_cdc_deleted_at":"2026-01-01"}`

// TestRecreateDoublesNobody: who was deleted and is there again, by whoever, is not created once more.
func TestRecreateDoublesNobody(t *testing.T) {
	inUndoWorld(t, func(w *undoWorld, _ string) {
		w.write(cut{}, map[string]any{"on_delete": "delete"}, undoPeopleOf("append_dedup", undoGone))
		time.Sleep(time.Minute)
		w.Put(sandbox.Contact{Fields: map[string]any{"email": "bob@example.com", "city": "Bonn"}})
		w.undo(undoOptions{recreate: true}, cut{})
		if n := len(w.Contacts()); n != 1 {
			t.Errorf("there are %d contacts", n)
		}
	})
}

// TestRecreateNeverOfWhoSaidStop: a contact that its journal knows as do-not-disturb, by any channel, is not created again.
func TestRecreateNeverOfWhoSaidStop(t *testing.T) {
	for stop, want := range map[string]int{"": 1, `"dnd":true,`: 0, `"dnd_sms":"active",`: 0, `"dnd_email":"permanent",`: 0} {
		inUndoWorld(t, func(w *undoWorld, _ string) {
			w.write(cut{}, map[string]any{"on_delete": "delete"}, undoPeopleOf("append_dedup", undoGone))
			time.Sleep(time.Minute)
			for name, text := range w.journals() {
				edited := strings.Replace(strings.Replace(string(text), `"dnd":false,`, "", 1), `"before":{`, `"before":{`+stop, 1)
				if err := os.WriteFile(name, []byte(edited), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			w.undo(undoOptions{recreate: true}, cut{})
			if n := len(w.Contacts()); n != want {
				t.Errorf("with %s there are %d contacts, want %d", stop, n, want)
			}
		})
	}
}
