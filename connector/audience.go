package connector

import (
	"fmt"

	"destination-gohighlevel/connector/sandbox"
)

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

// audience is the first n of the sandbox's made-up people, as a source says them.
func audience(n int) []member {
	people := make([]member, n)
	for i := range people {
		of := func(field string) string {
			text, _ := sandbox.Person(i).Fields[field].(string)
			return text
		}
		phone := of("phone")
		people[i] = member{
			Email: of("email"), FirstName: of("firstName"), LastName: of("lastName"),
			Phone: fmt.Sprintf("(%s) %s-%s", phone[2:5], phone[5:8], phone[8:]),
			City:  of("city"), State: of("state"), Zip: of("postalCode"),
		}
		if i%4 == 0 {
			people[i].Company = of("lastName") + " Supplies"
		}
	}
	return people
}
