package sandbox

import (
	"fmt"
	"strings"
	"time"
)

var (
	seedFirst  = []string{"Ada", "Ben", "Clara", "Diego", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Maya", "Noah", "Olga", "Pablo"}
	seedLast   = []string{"Adams", "Brown", "Castillo", "Dubois", "Evans", "Fischer", "Garcia", "Haddad", "Ivanova", "Jones", "Keller", "Lopez", "Meyer", "Nguyen", "Okafor"}
	seedCities = []struct{ city, state, postal string }{{"Austin", "TX", "78701"}, {"Boston", "MA", "02108"}, {"Chicago", "IL", "60601"},
		{"Denver", "CO", "80202"}, {"Miami", "FL", "33101"}, {"Portland", "OR", "97201"}, {"Seattle", "WA", "98101"}}
	seedTags = [][]string{nil, {"newsletter"}, {"customer"}, {"customer", "newsletter"}, {"lead"}}
)

// Seed adds n people, one a minute up to now, and others on a second call. They are those of [Person], with values in two custom fields.
func (s *Server) Seed(n int) {
	s.mu.Lock()
	first := s.seeded
	s.seeded += n
	s.mu.Unlock()
	now := time.Now()
	for i := range n {
		c := Person(first + i)
		c.DateAdded = now.Add(-time.Duration(n-i) * time.Minute)
		c.DateUpdated = c.DateAdded
		s.number(&c, first+i)
		s.Put(c)
	}
}

// SeedWork gives the people of [Server.Seed] something to do with: a note to every third contact, a task to every fourth, an
// opportunity to every fifth and, where there are calendars, an appointment to every sixth, the same ones each time.
func (s *Server) SeedWork() {
	users, pipelines, calendars := s.opts.Users, s.opts.Pipelines, s.opts.Calendars
	for i, c := range s.Contacts() {
		user := ""
		if len(users) > 0 {
			user = users[i%len(users)].ID
		}
		if i%3 == 0 {
			s.PutNote(Note{ContactID: c.ID, UserID: user, Title: "First call", Body: "Asked for an offer.", Added: c.DateAdded})
		}
		if i%4 == 0 {
			s.PutTask(Task{ContactID: c.ID, AssignedTo: user, Title: "Call back", Due: c.DateAdded.AddDate(0, 0, 7).Truncate(24 * time.Hour), Completed: i%8 == 0})
		}
		if i%5 == 0 && len(pipelines) > 0 {
			p := pipelines[i/5%len(pipelines)]
			s.PutOpportunity(Opportunity{ContactID: c.ID, Name: fmt.Sprintf("Offer %d", 1001+i), PipelineID: p.ID, StageID: p.Stages[i/10%len(p.Stages)].ID,
				Status: []string{"open", "open", "won", "abandoned"}[i/5%4], AssignedTo: user, Value: float64(250 * (1 + i%12)), Source: "seed", Created: c.DateAdded})
		}
		if i%6 == 0 && len(calendars) > 0 {
			s.PutAppointment(Appointment{ContactID: c.ID, CalendarID: calendars[i/6%len(calendars)].ID, AssignedTo: user, Title: "On site",
				Status: []string{"confirmed", "showed", "cancelled"}[i/6%3], Start: c.DateAdded.AddDate(0, 0, i/6%60-30).Truncate(time.Hour), Added: c.DateAdded, Updated: c.DateAdded})
		}
	}
}

// Person makes up number i of a population, the same one each time. All have an address at example.com; the first 80,000 have a phone of
// their own, from the numbers that belong to nobody.
func Person(i int) Contact {
	name, surname := seedFirst[i%len(seedFirst)], seedLast[i/len(seedFirst)%len(seedLast)]
	home := seedCities[i%len(seedCities)]
	c := Contact{Tags: seedTags[i%len(seedTags)], Fields: map[string]any{
		"firstName": name, "lastName": surname, "email": fmt.Sprintf("%s.%s.%d@example.com", strings.ToLower(name), strings.ToLower(surname), i),
		"city": home.city, "state": home.state, "postalCode": home.postal, "country": "US", "source": "seed"}}
	if phone := fictitious(i); phone != "" {
		c.Fields["phone"] = phone
	}
	return c
}

// number gives every second person a text, and every fourth a number, where the location has such custom fields.
func (s *Server) number(c *Contact, i int) {
	for _, f := range s.opts.CustomFields {
		switch {
		case f.Model != modelContact:
		case f.DataType == "TEXT" && i%2 == 0:
			c.CustomFields = map[string]any{f.ID: fmt.Sprintf("N-%06d", i)}
		case f.DataType == "NUMERICAL" && i%4 == 0 && c.CustomFields != nil:
			c.CustomFields[f.ID] = i % 50
		}
	}
}

// fictitious gives the i-th number that belongs to nobody: 555-0100 to 555-0199 in each area code.
func fictitious(i int) string {
	if i >= 800*100 {
		return ""
	}
	return fmt.Sprintf("+1%03d55501%02d", 200+i%800, i/800)
}
