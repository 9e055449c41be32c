package connector

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
)

// failure is a fatal error as the user and the platform get it.
type failure struct {
	message  string // what happened, to what, and what to do
	internal string // the chain of causes
	kind     airbyte.FailureType
}

var errStdout = errors.New("nobody reads the output any more")

// fileError is a file of the command line that cannot be read.
type fileError struct {
	what string
	err  error
}

func (e *fileError) Error() string { return fmt.Sprintf("the %s cannot be read: %v", e.what, e.err) }
func (e *fileError) Unwrap() error { return e.err }

// setupError is a fault of the catalog or the mapping that the user mends.
type setupError struct{ faults []string }

func (e *setupError) Error() string { return strings.Join(e.faults, "; ") }

// explain is the one table from errors to what the user reads, and to what the
// platform does: a config_error waits for the user, the others are retried.
func explain(err error) failure {
	f := failure{internal: err.Error(), kind: airbyte.SystemError}
	var (
		file    *fileError
		conf    *config.Error
		catalog *airbyte.CatalogError
		plan    *crm.PlanError
		setup   *setupError
		input   *load.InputError
		broken  *load.PanicError
		api     *ghl.Error
	)
	switch {
	case errors.As(err, &file):
		f.kind, f.message = airbyte.ConfigError, file.Error()
	case errors.As(err, &conf):
		f.kind, f.message = airbyte.ConfigError, conf.Error()
	case errors.As(err, &catalog):
		f.kind, f.message = airbyte.ConfigError, "The catalog cannot be used: "+catalog.Error()
	case errors.As(err, &plan):
		f.kind, f.message = airbyte.ConfigError, "The columns cannot be mapped: "+err.Error()
	case errors.As(err, &setup):
		f.kind, f.message = airbyte.ConfigError, "The sync cannot be set up: "+setup.Error()
	case errors.As(err, &input):
		f.message = "The input broke at " + input.Error() + ". Everything before it has been handled; run the sync again, and report the source if it lasts."
	case errors.As(err, &api):
		f.kind, f.message = explainAPI(api)
	case errors.Is(err, context.Canceled):
		f.kind, f.message = airbyte.TransientError, "The sync was stopped. What is acknowledged is written; the next sync goes on from there."
	case errors.Is(err, errStdout):
		f.message = "The sync ended because nobody reads its output any more."
	case errors.As(err, &broken):
		f.internal += "\n" + broken.Stack
		f.message = "The connector has a bug. What is acknowledged is written; please report the details below."
	default:
		f.message = "The sync failed: " + err.Error()
	}
	return f
}

// explainAPI says what a failure of the API means for the user.
func explainAPI(e *ghl.Error) (airbyte.FailureType, string) {
	said := ""
	if len(e.Messages) > 0 {
		said = fmt.Sprintf(" (HighLevel said: %s)", strings.TrimRight(e.Messages[0], "."))
	}
	switch e.Kind {
	case ghl.Unauthorized:
		return airbyte.ConfigError, "HighLevel does not accept the token" + said +
			". Copy it again from Settings → Private Integrations of the sub-account, or rotate it there, and put it into credentials.access_token."
	case ghl.ScopeMissing:
		return airbyte.ConfigError, fmt.Sprintf("The token lacks the scope %s, which %s needs%s. Add it in Settings → Private Integrations; the token itself stays the same.",
			scopeOf(e.Operation), e.Operation, said)
	case ghl.Forbidden:
		return airbyte.ConfigError, "HighLevel forbids the access" + said +
			". Check that location_id is the sub-account in which the token was made: a private integration token reaches exactly one."
	case ghl.Exhausted:
		return airbyte.TransientError, "The location's daily quota of API requests is used up" + resets(e.Reset) +
			". What is acknowledged is written; the next sync goes on from there."
	case ghl.Throttled:
		return airbyte.TransientError, "HighLevel kept refusing requests because of its rate limit; another tool may be using the same quota. The next sync goes on from what is acknowledged."
	case ghl.Transient, ghl.Ambiguous:
		return airbyte.TransientError, "HighLevel could not be reached or kept failing at " + e.Operation + said +
			". Check the network and api_url if it lasts; the next sync goes on from what is acknowledged."
	case ghl.Canceled:
		return airbyte.TransientError, "The sync was stopped. What is acknowledged is written; the next sync goes on from there."
	case ghl.Gone, ghl.Rejected, ghl.Duplicate:
		return airbyte.ConfigError, "HighLevel refused " + e.Operation + said + ". Check location_id and api_url."
	}
	return airbyte.SystemError, "HighLevel gave an answer to " + e.Operation + " that should not be possible" + said + "."
}

func resets(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return fmt.Sprintf("; it resets in %s, at %s", d.Round(time.Minute), time.Now().Add(d).UTC().Format("2006-01-02 15:04 MST"))
}

// scopeOf names the scope that an operation needs.
func scopeOf(operation string) string {
	switch {
	case strings.Contains(operation, "/customFields"):
		return "locations/customFields.readonly"
	case strings.Contains(operation, "/locations/"):
		return "locations.readonly"
	case strings.HasPrefix(operation, "GET "), strings.HasSuffix(operation, "/contacts/search"):
		return "contacts.readonly"
	}
	return "contacts.write"
}
