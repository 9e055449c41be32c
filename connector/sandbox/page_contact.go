package sandbox

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// contactPage is all that there is about a contact.
type contactPage struct {
	frame
	Gone           bool
	Tags           []string
	Stops          []string // what the person must not get
	Fields, Custom []named
	Notes          []noteView
	Tasks          []taskView
	Appointments   []appointmentView
	Opportunities  []opportunityView
	Requests       []pageRequest
}

type noteView struct {
	Title, Body, Author, Added string
	Pinned                     bool
}

type taskView struct {
	Title, Body, Owner, Due string
	Completed               bool
}

type appointmentView struct {
	Title, Calendar, Status, Owner, Start string
}

type opportunityView struct {
	Name, Stage, Status, Tone, Value, Owner string
	Contact                                 pageRef
	Custom                                  []named
}

func (s *Server) serveContact(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	s.mu.Lock()
	data := contactPage{frame: s.frame(id), Gone: true}
	data.Back = true
	data.Requests = pageRequests(s.answered(), pageRows, func(r Request) bool { return slices.Contains(r.Contacts, id) })
	status := http.StatusNotFound
	if p := s.primary.ids[id]; p != nil {
		status = http.StatusOK
		s.describe(&data, p)
	}
	s.mu.Unlock()
	sendPage(w, status, "contact.html", data)
}

// describe fills a page with what is held of a contact.
func (s *Server) describe(page *contactPage, p *person) {
	page.Gone, page.Title, page.Tags, page.Stops = false, p.label(), p.tags, stops(p.extra())
	for _, v := range p.values {
		text := v.text
		if v.field == fAssignedTo {
			text = s.userName(text)
		}
		page.Fields = append(page.Fields, named{fieldNames[v.field], text})
	}
	if emails := p.extra().emails; len(emails) > 0 {
		page.Fields = append(page.Fields, named{"additionalEmails", strings.Join(emails, ", ")})
	}
	page.Fields = append(page.Fields, named{"id", p.id}, named{"dateAdded", iso(p.added)}, named{"dateUpdated", iso(p.updated)})
	for _, c := range p.custom {
		f, _ := s.field(c.id)
		page.Custom = append(page.Custom, named{f.Name, valueInWords(f, c.value)})
	}
	for _, n := range s.notes.stored.of(p.id) {
		page.Notes = append(page.Notes, noteView{n.Title, n.Body, s.userName(n.UserID), shown(n.Added), n.Pinned})
	}
	for _, t := range s.tasks.stored.of(p.id) {
		page.Tasks = append(page.Tasks, taskView{t.Title, t.Body, s.userName(t.AssignedTo), shown(t.Due), t.Completed})
	}
	for _, a := range s.appointments.stored.of(p.id) {
		page.Appointments = append(page.Appointments, appointmentView{a.Title, s.calendarName(a.CalendarID), a.Status, s.userName(a.AssignedTo), shown(a.Start)})
	}
	for _, o := range s.opportunities.stored.of(p.id) {
		page.Opportunities = append(page.Opportunities, s.opportunityView(o))
	}
}

// stops says what a person must not get.
func stops(x rare) []string {
	var out []string
	if x.dnd {
		out = append(out, "Do not disturb")
	}
	for _, settings := range []object{x.dndSet, x.inbound} {
		for _, channel := range slices.Sorted(maps.Keys(settings)) {
			if status := statusOf(settings, channel); status == "active" || status == "permanent" {
				out = append(out, "Do not disturb by "+channel+": "+plain(status))
			}
		}
	}
	return out
}

func (s *Server) opportunityView(o Opportunity) opportunityView {
	v := opportunityView{Name: o.Name, Status: o.Status, Value: plain(o.Value), Owner: s.userName(o.AssignedTo), Contact: s.reference(o.ContactID)}
	v.Tone = map[string]string{"won": "good", "lost": "bad", "abandoned": "bad"}[o.Status]
	for _, p := range s.opts.Pipelines {
		for _, stage := range p.Stages {
			if p.ID == o.PipelineID && stage.ID == o.StageID {
				v.Stage = p.Name + " › " + stage.Name
			}
		}
	}
	for _, r := range s.opts.LostReasons {
		if r.ID == o.LostReasonID {
			v.Status += ": " + r.Name
		}
	}
	for _, id := range slices.Sorted(maps.Keys(o.CustomFields)) {
		f, _ := s.field(id)
		v.Custom = append(v.Custom, named{f.Name, valueInWords(f, o.CustomFields[id])})
	}
	return v
}

// userName gives the name of a user, or the id where nobody has it.
func (s *Server) userName(id string) string {
	for _, u := range s.opts.Users {
		if u.ID == id && u.Name != "" {
			return u.Name
		}
	}
	return id
}

// valueInWords writes the value of a custom field, with the labels of its text boxes.
func valueInWords(f CustomField, v any) string {
	switch t := v.(type) {
	case []string:
		return strings.Join(t, ", ")
	case object:
		if len(f.TextBoxes) == 0 {
			text, _ := json.Marshal(t) // it came from JSON
			return string(text)
		}
		var lines []string
		for _, box := range f.TextBoxes {
			if text := plain(t[box.ID]); text != "" {
				lines = append(lines, box.Label+": "+text)
			}
		}
		return strings.Join(lines, "\n")
	}
	return plain(v)
}
