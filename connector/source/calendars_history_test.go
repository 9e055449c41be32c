package source

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestNoAppointmentIsLostWhileOthersBook: others book, move, cancel and delete appointments while calendars are read, by a process
// that is killed now and then and goes on from its last state. What was there throughout is read; twice only if it was changed
// before the process went on. The next read has all as they are.
func TestNoAppointmentIsLostWhileOthersBook(t *testing.T) {
	t.Parallel()
	histories := 60
	if testing.Short() {
		histories = 15
	}
	for seed := range histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newBookings(t, rand.New(rand.NewPCG(uint64(seed), 1811))).run(t) })
		})
	}
}

// bookedHistory is a location with others who book, and one who reads its calendars.
type bookedHistory struct {
	random  *rand.Rand
	server  *sandbox.Server
	at      *Location
	acts    int // that the others will do
	contact string
	moved   map[string]bool
	kept    map[string]bool // there throughout
	from    json.RawMessage
	read    map[string][]string // the versions of each that were read
	kills   int
}

func newBookings(t *testing.T, random *rand.Rand) *bookedHistory {
	o := sandbox.Options{Events: sandbox.Events{Overlapping: random.IntN(2) == 0, Undated: random.IntN(4) == 0}}
	for i := range 1 + random.IntN(5) {
		o.Calendars = append(o.Calendars, sandbox.Calendar{ID: fmt.Sprint("cal", i), Name: fmt.Sprint("Calendar ", i)})
	}
	o.Events.Most = []int{0, 50, 100}[random.IntN(3)]
	h := &bookedHistory{random: random, server: sandbox.New(o), acts: random.IntN(80), moved: map[string]bool{}, kept: map[string]bool{}, read: map[string][]string{}, kills: random.IntN(3)}
	h.at = openThrough(t, h.server, othersFirst{h.server, h.others})
	h.contact = h.server.Put(sandbox.Contact{})
	before := time.Now().Add(-48 * time.Hour)
	for range 20 + random.IntN(200) {
		h.kept[h.server.PutAppointment(h.place(sandbox.Appointment{ContactID: h.contact, Added: before, Updated: before}))] = true
	}
	return h
}

// place puts an appointment somewhere.
func (h *bookedHistory) place(a sandbox.Appointment) sandbox.Appointment {
	calendars := h.server.Options().Calendars
	a.CalendarID = calendars[h.random.IntN(len(calendars))].ID
	a.Start = time.Now().Add(time.Duration(h.random.IntN(600)-300) * time.Hour)
	a.End = a.Start.Add(time.Duration(h.random.IntN(72)) * time.Hour)
	return a
}

// othersFirst leads to a server to whom others may do something before each request.
type othersFirst struct {
	server http.Handler
	act    func(*http.Request)
}

// RoundTrip implements [http.RoundTripper].
func (o othersFirst) RoundTrip(r *http.Request) (*http.Response, error) {
	o.act(r)
	return inProcess(o.server, r), nil
}

// others may act before each request.
func (h *bookedHistory) others(*http.Request) {
	for range h.random.IntN(8) {
		if h.acts--; h.acts >= 0 {
			h.act()
		}
	}
}

func (h *bookedHistory) act() {
	time.Sleep(time.Duration(h.random.IntN(10)) * time.Second)
	all := h.server.Appointments()
	a := all[h.random.IntN(len(all))]
	a.Updated = time.Time{}
	switch h.random.IntN(6) {
	case 0:
		h.server.PutAppointment(h.place(sandbox.Appointment{ContactID: h.contact}))
	case 1:
		delete(h.kept, a.ID)
		h.server.DeleteAppointment(a.ID)
	case 2:
		a.Status = "cancelled"
		h.server.PutAppointment(a)
	default:
		if !h.moved[a.ID] {
			h.moved[a.ID] = true
			h.server.PutAppointment(h.place(a))
		}
	}
}

func (h *bookedHistory) run(t *testing.T) {
	h.pass(t)
	for id := range h.kept {
		if len(h.read[id]) == 0 {
			t.Fatal("an appointment that was there throughout is not read")
		}
	}
	for _, versions := range h.read {
		if len(versions) > 1 && h.kills == 0 || len(versions) > 1 && versions[0] == versions[1] {
			t.Fatalf("an appointment is read twice: %q", versions)
		}
	}
	h.acts, h.read, h.kills = 0, map[string][]string{}, 0
	h.pass(t)
	if left := h.server.Appointments(); len(left) != len(h.read) {
		t.Fatalf("%d of %d are read when nobody books", len(h.read), len(left))
	}
}

// pass reads to the end, however often it is killed.
func (h *bookedHistory) pass(t *testing.T) {
	for kills := h.kills; ; kills-- {
		to, left := &stateKeeper{sink: &sink{}}, h.random.IntN(200)
		to.err = func() error {
			if left--; left < 0 && kills > 0 {
				return errKilled
			}
			return nil
		}
		err := h.at.appointments().Read(context.Background(), h.from, to)
		for _, row := range to.rows[:to.kept] {
			id := row["id"].(string)
			h.read[id] = append(h.read[id], fmt.Sprint(row["calendar"], row["startTime"], row["status"], row["dateUpdated"]))
		}
		if last := to.last(); last != nil {
			h.from = last
		}
		if err == nil {
			return
		}
		if !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(h.random.IntN(600)) * time.Second)
	}
}

// stateKeeper knows how many rows a state vouches for.
type stateKeeper struct {
	*sink
	kept int
}

func (k *stateKeeper) State(state json.RawMessage) error {
	k.kept = len(k.rows)
	return k.sink.State(state)
}

// TestALookThatFindsWhatWasMissedIsNotTheLast: of two appointments that are moved out of the way in the first look, one is moved so again
// in the second.
func TestALookThatFindsWhatWasMissedIsNotTheLast(t *testing.T) {
	server := withCalendars(2, 0, sandbox.Events{})
	contact, before := server.Contacts()[0].ID, time.Now().Add(-48*time.Hour)
	move := func(id string, to int, at time.Time) {
		server.PutAppointment(sandbox.Appointment{ID: id, ContactID: contact, CalendarID: fmt.Sprint("cal", to), Start: before, Added: before, Updated: at})
	}
	for _, id := range []string{"once", "always"} {
		move(id, 1, before)
	}
	asked := 0
	l := openThrough(t, server, othersFirst{server, func(r *http.Request) {
		if r.URL.Path != "/calendars/events" {
			return
		}
		switch asked++; asked {
		case 2: // cal1 in the first look
			move("once", 0, time.Now())
			move("always", 0, time.Now())
		case 3: // cal0 in the second
			move("always", 1, time.Now())
		case 4:
			move("always", 0, time.Now())
		}
	}})
	if got := read(t, l.appointments(), &sink{}); len(got.rows) != 2 || asked != 8 {
		t.Errorf("%d rows by %d requests for events", len(got.rows), asked)
	}
}
