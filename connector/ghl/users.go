package ghl

import (
	"context"
	"net/url"
)

// User is somebody who works in the location. Any part but the id may be "".
type User struct{ ID, Name, FirstName, LastName, Email string }

// Users reads who works in the client's location, which the server tells in one
// answer. Users that were deleted are left out. Safe to repeat.
//
//ghl:operation GET /users/
func (c *Client) Users(ctx context.Context) ([]User, error) {
	var answer struct {
		envelope
		Users []struct {
			ID        string `json:"id"`
			Name      string `json:"name"`
			FirstName string `json:"firstName"`
			LastName  string `json:"lastName"`
			Email     string `json:"email"`
			Deleted   any    `json:"deleted"` // true, false or null
		} `json:"users"`
	}
	query := url.Values{"locationId": {c.location}}
	if err := c.do(ctx, opUsers, request{query: query}, &answer); err != nil {
		return nil, err
	}
	if answer.Users == nil {
		return nil, opUsers.fault(Bug, "the answer lists no users")
	}
	var users []User
	for _, u := range answer.Users {
		if u.ID != "" && u.Deleted != true {
			users = append(users, User{ID: u.ID, Name: u.Name, FirstName: u.FirstName, LastName: u.LastName, Email: u.Email})
		}
	}
	return users, nil
}
