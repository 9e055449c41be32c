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

// Seed adds n plausible people, one a minute up to now: the same ones each time, but for ids and dates, and others on a second call.
// All have addresses at example.com; fictitious 555 numbers last for about 80,000, the rest have no phone.
func (s *Server) Seed(n int) {
	s.mu.Lock()
	first := s.seeded
	s.seeded += n
	s.mu.Unlock()
	now := time.Now()
	for i := range n {
		s.Put(s.invent(first+i, now.Add(-time.Duration(n-i)*time.Minute)))
	}
}

// invent makes person number i.
func (s *Server) invent(i int, added time.Time) Contact {
	name, surname := seedFirst[i%len(seedFirst)], seedLast[i/len(seedFirst)%len(seedLast)]
	home := seedCities[i%len(seedCities)]
	c := Contact{DateAdded: added, DateUpdated: added, Tags: seedTags[i%len(seedTags)], Fields: map[string]any{
		"firstName": name, "lastName": surname, "email": fmt.Sprintf("%s.%s.%d@example.com", strings.ToLower(name), strings.ToLower(surname), i),
		"city": home.city, "state": home.state, "postalCode": home.postal, "country": "US", "source": "seed"}}
	if phone := fictitious(i); phone != "" {
		c.Fields["phone"] = phone
	}
	for _, f := range s.opts.CustomFields {
		switch {
		case f.Model != modelContact:
		case f.DataType == "TEXT" && i%2 == 0:
			c.CustomFields = map[string]any{f.ID: fmt.Sprintf("N-%06d", i)}
		case f.DataType == "NUMERICAL" && i%4 == 0 && c.CustomFields != nil:
			c.CustomFields[f.ID] = i % 50
		}
	}
	return c
}

// fictitious gives the i-th number that belongs to nobody: 555-0100 to 555-0199 in each area code.
func fictitious(i int) string {
	if i >= 800*100 {
		return ""
	}
	return fmt.Sprintf("+1%03d55501%02d", 200+i%800, i/800)
}
