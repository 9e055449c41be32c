package crm

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"destination-gohighlevel/connector/trouble"
)

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

// nobody is the rule that a value breaks which names no user.
func (d *directory) nobody() string {
	return fmt.Sprintf("not a user of the location, which has %d", len(d.ids))
}

// mustBeUser reports whether a record is rejected whose value of a field names no user:
// what belongs to a contact is not given to nobody for that. A number is a key of the
// source (user_id: 17), unless a mapping says otherwise.
func (r *record) mustBeUser(i int, c *candidate) bool {
	isKey := c.to.entry == nil && bytes.IndexFunc(c.raw, unicode.IsLetter) < 0
	return r.plan.table.fields[i].Type == UserID && r.plan.table.kind.Parent != nil && r.users != nil && !isKey
}

// unknownUser is the rejection of a record that names somebody who is no user.
func (r *record) unknownUser() *trouble.Reject {
	for i, d := range r.faults {
		f := r.plan.table.fields[i]
		if _, another := r.want.Values[f.Name]; !another && f.Type == UserID && !r.want.Deleted {
			return &trouble.Reject{Code: trouble.UnknownUser, Field: f.display(), Column: d.column, Reason: d.rule}
		}
	}
	return nil
}

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
		return "", d.nobody()
	case id == "":
		return "", ruleSeveralUsers
	default:
		return id, ""
	}
}
