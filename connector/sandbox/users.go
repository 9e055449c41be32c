package sandbox

// User is somebody who works in the location: whom contacts are assigned to.
type User struct {
	ID        string `json:"id"` // "" is generated
	Name      string `json:"name"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
}

// DefaultUsers gives three people who work in the location, with the same ids each time.
func DefaultUsers() []User {
	return []User{
		{ID: "usrRosaReyes00000001", Name: "Rosa Reyes", FirstName: "Rosa", LastName: "Reyes", Email: "rosa.reyes@example.com"},
		{ID: "usrSvenSommer0000002", Name: "Sven Sommer", FirstName: "Sven", LastName: "Sommer", Email: "sven.sommer@example.com"},
		{ID: "usrTaraTan0000000003", Name: "Tara Tan", FirstName: "Tara", LastName: "Tan", Email: "tara.tan@example.com"},
	}
}

// listUsers gives all users of the location at once: the API has no pages of them.
func (s *Server) listUsers(*call) *answer {
	users := make([]any, 0, len(s.opts.Users))
	for _, u := range s.opts.Users {
		users = append(users, object{"id": u.ID, "name": u.Name, "firstName": u.FirstName, "lastName": u.LastName, "email": u.Email,
			"phone": "", "extension": "", "deleted": false, "permissions": object{},
			"roles": object{"type": "account", "role": "user", "locationIds": []string{s.opts.LocationID}}})
	}
	return ok(object{"users": users})
}
