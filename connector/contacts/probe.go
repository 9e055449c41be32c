package contacts

import (
	"context"
	"slices"

	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/words"
)

// mayRead shows the right to read contacts, and tells how many there are.
func mayRead(ctx context.Context, client *ghl.Client) (fact string, err error) {
	page, err := client.SearchContacts(ctx, ghl.Search{PageLimit: 1})
	return words.Count(page.Total, "contact"), err
}

// absentContact is an id that no contact has. A change to it is refused once
// the token has been found good for it, and so shows the right to write
// without writing.
const absentContact = "connectioncheck00000"

// mayWrite shows the right to write contacts.
func mayWrite(ctx context.Context, client *ghl.Client) (fact string, err error) {
	_, err = client.UpdateContact(ctx, absentContact, ghl.ContactBody{})
	if err != nil && slices.Contains([]ghl.Kind{ghl.Gone, ghl.Rejected}, ghl.KindOf(err)) { // as it should be: allowed, and nothing there
		return "", nil
	}
	return "", err
}
