package connector

import (
	"context"
	"flag"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

// checkPatience is how long check puts up with a host that does not answer.
const checkPatience = 15 * time.Second

// absentContact is an id that no contact has. A change to it is refused once
// the token has been found good for it, and so shows the right to write
// without writing.
const absentContact = "connectioncheck00000"

// runCheck tries a configuration and answers with exactly one
// CONNECTION_STATUS. It writes nothing. What is wrong with the configuration
// or the account is an answer, not an error.
func runCheck(ctx context.Context, _ IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	path := flags.String("config", "", "")
	if err := parse(flags, args, "config"); err != nil {
		return err
	}
	conf, err := readConfig(*path)
	if err != nil {
		return out.ConnectionStatus(false, explain(err).message)
	}
	found, err := diagnose(ctx, conf, out.Logger().Level(zerolog.InfoLevel))
	if err != nil {
		return out.ConnectionStatus(false, explain(err).message)
	}
	return out.ConnectionStatus(true, found)
}

// diagnose goes through everything a sync needs: the location, its custom
// fields, reading and writing contacts.
func diagnose(ctx context.Context, conf config.Config, log zerolog.Logger) (string, error) {
	client, err := newClient(conf, log, checkPatience)
	if err != nil {
		return "", err
	}
	target, err := object.Contacts().Open(ctx, client)
	if err != nil {
		return "", err
	}
	page, err := client.SearchContacts(ctx, ghl.Search{PageLimit: 1})
	if err != nil {
		return "", fmt.Errorf("read contacts: %w", err)
	}
	if _, err := client.UpdateContact(ctx, absentContact, ghl.ContactBody{}); err != nil {
		switch ghl.KindOf(err) {
		case ghl.Gone, ghl.Rejected: // as it should be: allowed, and nothing there
		default:
			return "", fmt.Errorf("try the right to write contacts: %w", err)
		}
	}
	facts := target.Facts()
	return fmt.Sprintf("Connected to %q: %d contacts, %d custom fields, duplicates %s.%s",
		facts.LocationName, page.Total, facts.CustomFields, allowed(facts.AllowsDuplicates), quota(client.Usage())), nil
}

func allowed(yes bool) string {
	if yes {
		return "allowed"
	}
	return "not allowed"
}

func quota(u ghl.Usage) string {
	if u.DailyRemaining < 0 {
		return ""
	}
	return fmt.Sprintf(" %d of %d requests left today.", u.DailyRemaining, u.DailyLimit)
}
