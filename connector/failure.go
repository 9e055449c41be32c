package connector

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/bug"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/source"
	"destination-gohighlevel/connector/storage"
	"destination-gohighlevel/connector/words"
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
	flag string // that names it; "" if none does
	err  error
}

func (e *fileError) Error() string {
	return fmt.Sprintf("the %s cannot be read: %v", e.what, e.cause())
}
func (e *fileError) Unwrap() error { return e.err }

// errNoPath is told in place of a path that may be the file's content.
var errNoPath = errors.New("what was given is no path, and is not shown here, for it may hold a secret")

func (e *fileError) cause() error {
	if file := (*fs.PathError)(nil); errors.As(e.err, &file) && !isPath(file.Path) {
		return errNoPath
	}
	return e.err
}

// explain is what a user reads of it.
func (e *fileError) explain() string {
	if e.flag == "" {
		return fmt.Sprintf("The %s cannot be read: %v.", e.what, e.cause())
	}
	hint := ""
	if file := (*fs.PathError)(nil); errors.As(e.err, &file) && file.Path == "-" {
		hint = "; standard input is /dev/stdin"
	} else if e.flag == "config" && errors.Is(e.err, fs.ErrNotExist) {
		hint = "; destination-gohighlevel init writes one"
	}
	return fmt.Sprintf("The %s cannot be read: %v. Put the path of a JSON file behind --%s%s.", e.what, e.cause(), e.flag, hint)
}

// setupError is a fault of the catalog or the mapping that the user fixes.
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
		setup   *setupError
		state   *source.StateError
		input   *load.InputError
		limit   *load.LimitError
		early   *load.EarlyError
		broken  *bug.Error
		mute    *gateway.UnsearchableError
		api     *ghl.Error
		store   *storage.Error
		placed  *sceneError
		at      scene
	)
	if errors.As(err, &placed) {
		at = placed.scene
	}
	switch {
	case errors.As(err, &file):
		f.kind, f.message = airbyte.ConfigError, file.explain()
	case errors.As(err, &conf):
		f.kind, f.message = airbyte.ConfigError, unusable("configuration", conf.Faults)
	case errors.As(err, &catalog):
		f.kind, f.message = airbyte.ConfigError, unusable("catalog", catalog.Faults)
	case errors.As(err, &state):
		f.kind, f.message = airbyte.ConfigError, "T"+strings.TrimPrefix(state.Error(), "t")+"."
	case errors.As(err, &setup):
		f.kind, f.message = airbyte.ConfigError, "The sync cannot be set up: "+setup.Error()
	case errors.As(err, &mute):
		f.kind, f.message = airbyte.ConfigError, "HighLevel does not look for contacts by the custom field "+mute.Field+": take it out of match_on, or match by a text field."
	case errors.As(err, &input):
		f.message = "The input broke at " + input.Error() + ". " + at.became() + "; fix the source or the catalog, then run the " + at.name() + " again."
	case errors.As(err, &limit):
		f.kind, f.message = airbyte.ConfigError, fmt.Sprintf("The sync stopped before it would %s more than it may: %s. What was written before is acknowledged; if this is what you want, raise or remove %s.",
			limit.Verb, limit.Error(), limit.Setting)
	case errors.As(err, &early):
		f.kind, f.message = airbyte.TransientError, explainEarly(early, at)
	case errors.Is(err, errStdout): // whatever else followed from it
		f.message = "The sync ended because its output cannot be written any more: nobody reads it, or its disk is full."
	case errors.As(err, &store):
		f.kind, f.message = explainStore(store, at, purposeOf(err, store))
	case errors.As(err, &api):
		f.kind, f.message = explainAPI(api, at)
	case errors.Is(err, context.Canceled):
		f.kind, f.message = airbyte.TransientError, "The "+at.name()+" was stopped."+at.goesOn()
	case errors.As(err, &broken):
		f.internal += "\n" + broken.Stack
		f.message = "The connector has a bug. What is acknowledged is written; please report the details below."
	default:
		f.message = "The " + at.name() + " failed: " + err.Error()
	}
	f.message = whatFailed(err) + f.message
	return f
}

// whatFailed says what the cause of an error has spoilt, where that is only a part.
func whatFailed(err error) string {
	var (
		undone *backupError
		unread *source.CalendarsError
	)
	switch {
	case errors.As(err, &undone):
		return "The backup failed, so nothing was written. "
	case errors.As(err, &unread):
		return unreadCalendars(unread)
	}
	return ""
}

// mostCalendars is how many calendars are named at most.
const mostCalendars = 5

// unreadCalendars says which calendars could not be read.
func unreadCalendars(e *source.CalendarsError) string {
	var names []string
	for _, name := range e.Names[:min(len(e.Names), mostCalendars)] {
		names = append(names, fmt.Sprintf("%q", name))
	}
	if more := len(e.Names) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("The appointments of %s could not be read, those of %s were. ",
		words.Plural(len(e.Names), "calendar", "calendars")+" ("+words.List(names)+")", words.Plural(e.Others, "other", "others"))
}

// unusable names all that is wrong with a file of the command line.
func unusable(what string, faults []string) string {
	if len(faults) == 1 {
		return "The " + what + " cannot be used: " + faults[0]
	}
	return fmt.Sprintf("The %s has %s: %s", what, words.Count(len(faults), "fault"), strings.Join(faults, "; "))
}

// explainEarly says why records are left to the next sync.
func explainEarly(e *load.EarlyError, at scene) string {
	switch text := e.Error() + ", "; {
	case at.dry:
		return text + "so what would become of them cannot be told."
	case e.Incomplete:
		return text + "and the source has not delivered everything. All others are written; run the sync again."
	default:
		return text + "more than can be held. What was in the input is there now, and all others are written; run the sync again. " +
			"If it lasts, most of them belong to nothing that there is: sync their stream in a connection of its own."
	}
}

// purpose is what a store is for: what has failed, and the key of its settings.
type purpose struct{ failed, key string }

// purposeOf is what the store is for that an error came from.
func purposeOf(err error, e *storage.Error) purpose {
	var changes *journal.Error
	switch {
	case !errors.As(err, &changes):
		return purpose{"Rejected records cannot be stored", "object_storage_config"}
	case e.Reading:
		return purpose{"The journal cannot be read", "journal"}
	}
	return purpose{"Changes cannot be recorded", "journal"}
}

// explainStore says what a failure of a store means.
func explainStore(e *storage.Error, at scene, p purpose) (airbyte.FailureType, string) {
	text, key := p.failed+": "+e.Error()+".", p.key
	switch e.Kind {
	case storage.NoFolder:
		return airbyte.ConfigError, text + " Choose another path in " + key + "."
	case storage.Denied:
		if e.Folder != "" {
			text += " Let the user who runs this write there, or choose another path."
		}
		return airbyte.ConfigError, text + " The settings are in " + key + "."
	case storage.NoBucket:
		return airbyte.ConfigError, text + " Create it, or correct s3_bucket_name, s3_bucket_region and s3_endpoint in " + key + "."
	case storage.Unreachable:
		return airbyte.TransientError, text + " Check the network, and s3_endpoint in " + key + ", if it lasts." + at.goesOn()
	}
	return airbyte.TransientError, text + " Check " + key + " if it lasts." + at.goesOn()
}
