package integration_tests

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

// TestExportAsks before it spends a request for each calendar, and says how many that would be.
func TestExportAsks(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		keys   string
		events int
		says   string
	}{
		"yes":           {"y\n", 4, "4 appointments exported"},
		"no":            {"n\n", 0, "Nothing was exported."},
		"a mere return": {"\n", 0, "Nothing was exported."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, dir := syncFiles(t, sandbox.Options{Calendars: sandbox.DefaultCalendars()})
			contact := server.Put(sandbox.Contact{})
			for i := range 4 {
				server.PutAppointment(sandbox.Appointment{ContactID: contact, CalendarID: sandbox.DefaultCalendars()[i%2].ID, Title: fmt.Sprint("Visit ", i), Start: time.Now()})
			}
			s := sit(t, dir, nil, "export", "--object", "appointments")
			s.sees(t, "appointments: about 6 requests. Export this?")
			if asked := server.Requests()["GET /calendars/events"]; asked > 0 {
				t.Errorf("%d requests before the question is answered", asked)
			}
			s.types(t, tt.keys)
			s.sees(t, tt.says)
			if code, rows := s.end(t), strings.Count(s.stdout.String(), `"title":"Visit`); code != 0 || rows != tt.events || server.Requests()["GET /calendars/events"] != tt.events {
				t.Errorf("exit code %d, %d rows, requests %v", code, rows, server.Requests())
			}
		})
	}
}
