// Package naive is the loop that people write first: each record is upserted, whatever the CRM holds. What the program costs is measured
// beside it.
package naive

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Workers is how many records are on their way at once.
const Workers = 8

// Config is what the loop needs of the program's configuration.
type Config struct {
	APIURL      string `json:"api_url"`
	LocationID  string `json:"location_id"`
	Credentials struct {
		AccessToken string `json:"access_token"`
	} `json:"credentials"`
	// CustomFields are the columns that are written to custom fields, with the ids of these; nil: those that the sandbox's location has.
	CustomFields map[string]string `json:"-"`
}

// fields are the columns that are written, with their names in the API.
var fields = map[string]string{"email": "email", "phone": "phone", "first_name": "firstName", "last_name": "lastName", "city": "city", "postal_code": "postalCode"}

var ownCustomFields = map[string]string{"customer_number": "cfText00000000000001"}

// Sync upserts each record of an Airbyte input. The first failure ends it.
func Sync(ctx context.Context, c Config, client *http.Client, input io.Reader) error {
	if c.CustomFields == nil {
		c.CustomFields = ownCustomFields
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(Workers)
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() && ctx.Err() == nil {
		line := bytes.Clone(lines.Bytes())
		group.Go(func() error { return upsert(ctx, c, client, line) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return lines.Err()
}

// upsert writes one record, again where the rate limit refuses it. The tags take the place of those that the contact has: a loop that
// keeps them needs a second request for each record.
func upsert(ctx context.Context, c Config, client *http.Client, line []byte) error {
	var message struct {
		Type   string
		Record struct{ Data map[string]any }
	}
	if err := json.Unmarshal(line, &message); err != nil || message.Type != "RECORD" {
		return err
	}
	contact := map[string]any{"locationId": c.LocationID, "country": "US", "source": "capitalaudience", "tags": []string{"heropixel"}}
	var custom []map[string]any
	for column, value := range message.Record.Data {
		if name := fields[column]; name != "" && value != nil {
			contact[name] = value
		} else if id := c.CustomFields[column]; id != "" {
			custom = append(custom, map[string]any{"id": id, "field_value": value})
		}
	}
	if custom != nil {
		contact["customFields"] = custom
	}
	body, err := json.Marshal(contact)
	if err != nil {
		return err
	}
	for {
		again, err := post(ctx, c, client, body)
		if err != nil || !again {
			return err
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// post sends a contact, and says whether the rate limit has refused it.
func post(ctx context.Context, c Config, client *http.Client, body []byte) (throttled bool, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.APIURL+"/contacts/upsert", bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	for name, value := range map[string]string{"Authorization": "Bearer " + c.Credentials.AccessToken, "Content-Type": "application/json",
		"Version": "2021-07-28", "User-Agent": "naive"} {
		r.Header.Set(name, value)
	}
	resp, err := client.Do(r)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	var answer struct{ Contact struct{ ID string } }
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		_, err = io.Copy(io.Discard, resp.Body)
		return true, err
	case resp.StatusCode >= http.StatusMultipleChoices:
		return false, fmt.Errorf("upsert: %s", resp.Status)
	}
	if err = json.NewDecoder(resp.Body).Decode(&answer); err == nil && answer.Contact.ID == "" {
		err = fmt.Errorf("upsert: an answer without a contact")
	}
	return false, err
}
