package connector

import "fmt"

// audienceSize is how many people the bundled audience has.
const audienceSize = 1000

// member is one person of the bundled audience.
type member struct {
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Phone     string `json:"phone"`
	City      string `json:"city"`
	State     string `json:"state"`
	Zip       string `json:"zip"`
	Company   string `json:"company,omitempty"`
}

var (
	audienceFirst = []string{"Ada", "Ben", "Carla", "Diego", "Elena", "Femi", "Grace", "Hugo", "Ines", "Jonas", "Kira", "Liam", "Mara", "Noor", "Omar", "Paula", "Quinn", "Rosa", "Sven", "Tara"}
	audienceLast  = []string{"Abbott", "Brooks", "Castillo", "Dunn", "Ellis", "Foster", "Grant", "Hayes", "Ivers", "Jensen"}
	audiencePlace = [][4]string{
		{"Austin", "TX", "78701", "512"}, {"Boise", "ID", "83702", "208"}, {"Chicago", "IL", "60601", "312"},
		{"Denver", "CO", "80202", "303"}, {"Miami", "FL", "33101", "305"}, {"New York", "NY", "10001", "212"},
		{"Phoenix", "AZ", "85001", "602"}, {"San Diego", "CA", "92101", "619"}, {"Seattle", "WA", "98101", "206"},
		{"Washington", "DC", "20001", "202"},
	}
)

// audience makes up n people, the same ones each time: addresses at
// example.com, numbers from the range that is kept for fiction.
func audience(n int) []member {
	people := make([]member, n)
	for i := range people {
		first, last := audienceFirst[i%len(audienceFirst)], audienceLast[i/len(audienceFirst)%len(audienceLast)]
		place := audiencePlace[i/100%len(audiencePlace)]
		people[i] = member{
			Email:     fmt.Sprintf("person%04d@example.com", i+1),
			FirstName: first, LastName: last,
			Phone: fmt.Sprintf("(%s) 555-%04d", place[3], 100+i%100),
			City:  place[0], State: place[1], Zip: place[2],
		}
		if i%4 == 0 {
			people[i].Company = last + " Supplies"
		}
	}
	return people
}
