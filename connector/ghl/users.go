package ghl

import (
	"context"
	"net/url"
)

// User is somebody who works in the location. Any part but the id may be "".
type User struct{ ID, Name, FirstName, LastName, Email string }

// userJSON is a user as the server tells it.
type userJSON struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	FirstName string `json:"firstName"`
	LastName  string `json:"lastName"`
	Email     string `json:"email"`
	Deleted   any    `json:"deleted"` // true, false or null
}

// Users reads who works in the client's location, which the server tells in one
// answer. Users that were deleted are left out. Safe to repeat.
//
//ghl:operation GET /users/
func (c *Client) Users(ctx context.Context) ([]User, error) {
	r := request{query: url.Values{"locationId": {c.location}}}
	return readList(ctx, c, opUsers, r, list[userJSON, User]{name: "users", entry: func(u *userJSON) (User, bool) {
		return User{ID: u.ID, Name: u.Name, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email}, u.ID != "" && u.Deleted != true
	}})
}
