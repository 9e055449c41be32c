package connector

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"destination-gohighlevel/connector/sandbox"
)

const appointmentsCatalog = `{"streams":[{"stream":{"name":"appointments","json_schema":{},"supported_sync_modes":["full_refresh"]},"sync_mode":"full_refresh","destination_sync_mode":"overwrite","primary_key":[["id"]]},
{"stream":{"name":"contacts","json_schema":{},"supported_sync_modes":["full_refresh","incremental"]},"sync_mode":"full_refresh","destination_sync_mode":"overwrite","primary_key":[["id"]]}]}`

// withAppointments are two calendars, and two appointments of each of three people.
func withAppointments(o sandbox.Options) *sandbox.Server {
	o.Calendars = sandbox.DefaultCalendars()
	server := sandbox.New(o)
	server.Seed(3)
	for i, c := range server.Contacts() {
		for j, calendar := range o.Calendars {
			server.PutAppointment(sandbox.Appointment{ContactID: c.ID, CalendarID: calendar.ID, Title: "Roof", Start: time.Now().Truncate(time.Hour).AddDate(0, 0, i-j)})
		}
	}
	return server
}

// TestReadTellsWhichCalendarFails: the rows of the others come, the stream is INCOMPLETE, and the next stream is read.
func TestReadTellsWhichCalendarFails(t *testing.T) {
	server := withAppointments(sandbox.Options{})
	fault, err := sandbox.ParseFault("GET /calendars/events:status:after=1:status=403")
	if err != nil {
		t.Fatal(err)
	}
	server.Inject(fault)
	stdout, code := ran(t, "read", server, nil, appointmentsCatalog)
	got := kinds(t, stdout)
	for kind, want := range map[string]int{"RECORD": 6, "TRACE STREAM_STATUS INCOMPLETE": 1, "TRACE STREAM_STATUS COMPLETE": 1, "TRACE ERROR": 1} {
		if got[kind] != want {
			t.Errorf("%d %s, want %d", got[kind], kind, want)
		}
	}
	for _, want := range []string{`The appointments of 1 calendar (\"Installation\") could not be read, those of 1 other were. HighLevel forbids the access`, "appointments: about 6 requests"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it does not say %s", want)
		}
	}
	if code != 1 || t.Failed() {
		t.Errorf("exit code %d\n%s", code, stdout)
	}
}

// TestCheckTellsWhatAppointmentsNeed: a token that may not read them serves for all else.
func TestCheckTellsWhatAppointmentsNeed(t *testing.T) {
	for want, scopes := range map[string][]string{
		"The stream appointments cannot be read: The token lacks the scopes calendars.readonly and calendars/events.readonly.": readScopes,
		"The stream appointments cannot be read: The token lacks the scope calendars/events.readonly.":                         append([]string{"calendars.readonly"}, readScopes...),
		"": append([]string{"calendars.readonly", "calendars/events.readonly"}, readScopes...),
	} {
		p := newPlace(t, sandbox.Options{Scopes: scopes}, nil)
		stdout, _ := p.run(t, exitOK, "check", "--read")
		if !strings.Contains(stdout, `"SUCCEEDED"`) || !strings.Contains(stdout, want) || want == "" && strings.Contains(stdout, "stream appointments") {
			t.Errorf("%q is not in %s", want, stdout)
		}
	}
}

// TestExportAppointments asks before it spends a request per calendar, and tells without a terminal what that would be.
func TestExportAppointments(t *testing.T) {
	t.Parallel()
	server := withAppointments(sandbox.Options{})
	listener := httptest.NewServer(server)
	defer listener.Close()
	p := place{server, t.TempDir()}
	p.put(t, "config.json", string(server.Config(listener.URL)))
	_, stderr := p.run(t, exitUsage, "export", "--object", "appointments")
	if !strings.Contains(stderr, "appointments: about 6 requests.") || !strings.Contains(stderr, "add --yes") || server.Requests()["GET /calendars/events"] != 0 {
		t.Errorf("requests: %v\n%s", server.Requests(), stderr)
	}
	stdout, stderr := p.run(t, exitOK, "export", "--object", "appointments", "--yes")
	var row map[string]any
	if err := json.Unmarshal([]byte(stdout[:strings.IndexByte(stdout, '\n')]), &row); err != nil || row["calendar"] != "Consultation" || row["contact_email"] == nil || strings.Count(stdout, "\n") != 6 {
		t.Errorf("%v\n%s", err, stdout)
	}
	if !strings.Contains(stderr, "6 appointments exported") {
		t.Errorf("it says\n%s", stderr)
	}
	p.run(t, exitOK, "export", "--object", "appointments", "--yes", "--format", "csv", "--to", filepath.Join(p.dir, "out"))
	if csv := p.get(t, "out/appointments.csv"); !strings.Contains(csv, "startTime") || strings.Count(csv, "\n") != 7 {
		t.Errorf("the CSV is\n%s", csv)
	}
}
