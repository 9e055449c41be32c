package crm

import "strings"

// directory finds the users of a location.
type directory struct {
	ids    map[string]bool
	others map[string]string // ids by email and name in small letters; "" for a name that several users have
}

// newDirectory returns nil if the users are not known.
func newDirectory(users []User) *directory {
	if users == nil {
		return nil
	}
	d := &directory{ids: make(map[string]bool, len(users)), others: make(map[string]string, 3*len(users))}
	for _, u := range users {
		d.ids[u.ID] = true
		d.add(u.Email, u.ID)
		d.add(u.Name, u.ID)
		d.add(u.FirstName+" "+u.LastName, u.ID)
	}
	return d
}

func (d *directory) add(name, id string) {
	name = userKey(name)
	if known, taken := d.others[name]; taken && known != id {
		id = ""
	}
	d.others[name] = id
}

func userKey(name string) string { return strings.ToLower(collapseSpaces(name)) }

// user finds the id of a user who is given by it, by email or by full name. A nil
// directory takes whatever has the form of an id.
func (d *directory) user(s string) (id, fault string) {
	switch {
	case d == nil && isID(s):
		return s, ""
	case d == nil:
		return "", ruleNotAUserID
	case d.ids[s]:
		return s, ""
	}
	if email, _, ok := normaliseEmail(s); ok {
		s = email
	}
	switch id, known := d.others[userKey(s)]; {
	case !known || userKey(s) == "":
		return "", ruleNotAUser
	case id == "":
		return "", ruleSeveralUsers
	default:
		return id, ""
	}
}
