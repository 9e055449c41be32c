package connector

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/config"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/words"
)

// checkPatience is how long check puts up with a host that does not answer.
const checkPatience = 15 * time.Second

// runCheck tries a configuration and answers with exactly one
// CONNECTION_STATUS that names every fault. It writes nothing, but may renew an
// OAuth sign-in, which CONTROL tells first. What is wrong with the
// configuration or the account is an answer, not an error, unless --strict makes
// it one. On a terminal the answer is in words.
func runCheck(ctx context.Context, c IO, out *airbyte.Writer, args []string) error {
	flags := flag.NewFlagSet("check", flag.ContinueOnError)
	path := flags.String("config", "", "")
	strict := flags.Bool("strict", false, "")
	reads := flags.Bool("read", c.AsSource, "")
	flags.BoolVar(reads, "source", c.AsSource, "")
	if err := parse(flags, args, "config"); err != nil {
		return err
	}
	inWords, log := isTerminal(c.Stdout), out.Logger()
	if inWords {
		log = console(c)
	}
	conf, err := readConfig(*path)
	ok, text := false, ""
	if err != nil {
		text = explain(err).message
	} else {
		ok, text = diagnose(ctx, conf, out, clientOptions{Log: log.Level(zerolog.InfoLevel)}, *reads)
	}
	if inWords {
		say(c.Stdout, "%s", text)
	} else if err := out.ConnectionStatus(ok, text); err != nil {
		return err
	}
	if *strict && !ok {
		return errAnswered
	}
	return nil
}

// diagnose tries a configuration, and says whether it serves and what was found.
func diagnose(ctx context.Context, conf config.Config, out *airbyte.Writer, o clientOptions, reads bool) (ok bool, text string) {
	// The reserve must not keep a fault from being seen; see leaveQuota.
	unreserved := conf
	unreserved.DailyRequestReserve = 0
	o.Patience = checkPatience
	client, err := newClient(unreserved, out, o)
	if err != nil {
		return false, explain(during("check", conf, err)).message
	}
	d := &doctor{conf: conf, client: client, tables: map[string]*crm.Table{}, reads: reads}
	d.examine(ctx)
	return len(d.faults) == 0, d.report()
}

// doctor tries everything that a sync needs, and remembers what it found.
type doctor struct {
	conf   config.Config
	client *ghl.Client
	reads  bool // only what reading needs is tried

	location ghl.Location
	tables   map[string]*crm.Table // by name of the object
	facts    []string              // what the probes have found
	faults   []error
	remarks  []string // what a sync does without
}

// examine makes all probes, so that no fault hides another. Only where the API
// gives no answer, or no more today, the rest of its probes would not either.
func (d *doctor) examine(ctx context.Context) {
	probes, stores := d.writing(), []func(context.Context) error{d.writeStore, d.writeJournal}
	if d.reads {
		probes, stores = []func(context.Context) error{d.seeLocation, d.seeStreams, d.seeCalendars}, nil
	}
	for _, probe := range append(probes, d.leaveQuota) {
		err := probe(ctx)
		if err == nil {
			continue
		}
		d.faults = append(d.faults, err)
		if isOneOf(err, ghl.Transient, ghl.Ambiguous, ghl.Throttled, ghl.Exhausted, ghl.Canceled) {
			break
		}
	}
	for _, probe := range stores {
		if err := probe(ctx); err != nil {
			d.faults = append(d.faults, err)
		}
	}
}

// writing are the probes of what a sync needs.
func (d *doctor) writing() []func(context.Context) error {
	probes := []func(context.Context) error{d.seeLocation}
	for _, o := range objectsOf(d.conf) {
		probes = append(probes, func(ctx context.Context) error { return d.seeFields(ctx, o) })
	}
	probes = append(probes, d.judgeSettings)
	for _, o := range objectsOf(d.conf) {
		for _, p := range o.Probes {
			probes = append(probes, func(ctx context.Context) error { return d.probe(ctx, p) })
		}
	}
	if d.conf.CreateMissingCustomFields {
		probes = append(probes, d.createFields)
	}
	return probes
}

// objectsOf are the objects that the settings name, and the one that a stream is
// written to which names none.
func objectsOf(conf config.Config) []object.Descriptor {
	names := []string{defaultObject}
	for _, s := range conf.Streams {
		names = append(names, cmp.Or(s.Object, s.Name))
	}
	for _, m := range conf.FieldMapping { // of a nested column
		names = append(names, m.To)
	}
	if conf.CreateMissingBusinesses {
		names = append(names, crm.Businesses.Name)
	}
	return slices.DeleteFunc(slices.Clone(objects), func(d object.Descriptor) bool { return !slices.Contains(names, d.Name) })
}

func isOneOf(err error, kinds ...ghl.Kind) bool { return slices.Contains(kinds, ghl.KindOf(err)) }

func (d *doctor) seeLocation(ctx context.Context) (err error) {
	d.location, err = d.client.Location(ctx)
	return err
}

func (d *doctor) seeFields(ctx context.Context, o object.Descriptor) error {
	table, err := o.Table(ctx, d.client)
	if err == nil {
		d.tables[o.Name] = table
	}
	return err
}

// judgeSettings looks at the settings in the light of the fields that there are.
func (d *doctor) judgeSettings(ctx context.Context) error {
	if faults := settingsFaults(d.conf, d.tables); len(faults) > 0 {
		return &setupError{faults}
	}
	for _, table := range d.tables {
		if mapsOwners(d.conf, table) {
			return d.seeUsers(ctx)
		}
	}
	return nil
}

func (d *doctor) probe(ctx context.Context, p object.Probe) error {
	fact, err := p(ctx, d.client)
	if err == nil && fact != "" {
		d.facts = append(d.facts, fact)
	}
	return err
}

// seeUsers shows the right to read the location's users. Owners can be given by
// id without it.
func (d *doctor) seeUsers(ctx context.Context) error {
	_, err := d.client.Users(ctx)
	if isUntold(err) {
		d.remarks = append(d.remarks, ownersByID(err))
		return nil
	}
	return err
}

// settingsFaults finds what in the settings of streams no catalog could make
// right: objects, fields and keys that do not exist. tables are those of the
// objects of which the fields are known.
func settingsFaults(conf config.Config, tables map[string]*crm.Table) []string {
	var faults []string
	compile := func(namespace, name, object string, mappings ...config.FieldMapping) {
		table := tables[object]
		if table == nil || table.Kind().Parent != nil && tables[table.Kind().Parent.Name] == nil {
			return
		}
		table = table.OfContact(tables[crm.Contacts.Name], conf.MatchOn)
		o := crm.PlanOptions{MatchOn: matchOn(conf.ForStream(namespace, name), table.Kind()), ParentOn: conf.MatchOn}
		for _, m := range mappings {
			o.Mappings = append(o.Mappings, mapping(m, table))
		}
		var bad *crm.PlanError
		if _, err := crm.Compile(table, o); errors.As(err, &bad) {
			for _, f := range bad.Faults {
				if !slices.Contains(faults, f) {
					faults = append(faults, f)
				}
			}
		}
	}
	of := func(namespace, name string) (object string) {
		d, fault := objectOf(airbyte.Stream{ID: airbyte.StreamID{Namespace: namespace, Name: name}}, conf.ForStream(namespace, name))
		if fault != "" && !slices.Contains(faults, fault) {
			faults = append(faults, fault)
		}
		return d.Name
	}
	for _, s := range append([]config.Stream{{}}, conf.Streams...) {
		compile(s.Namespace, s.Name, of(s.Namespace, s.Name))
	}
	for _, m := range conf.FieldMapping { // one by one: which of them meet is for a catalog to say
		compile("", m.Stream, of("", m.Stream), m)
	}
	return faults
}

// createFields shows the right to create custom fields by one without a name
// and a type, both of which the API wants: it is refused once the token has
// been found good for it.
func (d *doctor) createFields(ctx context.Context) error {
	field, err := d.client.CreateCustomField(ctx, ghl.NewCustomField{})
	if err == nil {
		return &setupError{[]string{fmt.Sprintf("HighLevel was asked whether custom fields may be created, by one without name and type, which it should refuse, and has created it: delete the custom field with the id %q", field.ID)}}
	}
	if isOneOf(err, ghl.Rejected, ghl.Duplicate) {
		return nil
	}
	return err
}

// leaveQuota shows that the day has requests left beyond the reserve, out of
// which check's own few may have been taken.
func (d *doctor) leaveQuota(context.Context) error {
	u := d.client.Usage()
	if u.DailyRemaining < 0 || u.DailyRemaining > d.conf.DailyRequestReserve {
		return nil
	}
	e := &ghl.Error{Kind: ghl.Exhausted, Reset: u.DailyReset}
	if u.DailyRemaining > 0 {
		e.Messages = []string{keptBack(u.DailyRemaining, d.conf.DailyRequestReserve)}
	}
	return e
}

// keptBack says why requests that are left may not be used.
func keptBack(left, reserved int64) string {
	return fmt.Sprintf("%s left, and %s reserved", words.Plural(left, "is", "are"), words.Plural(reserved, "is", "are"))
}

// writeStore shows that rejected records can be stored, if that is configured.
func (d *doctor) writeStore(ctx context.Context) error {
	return newStore(d.conf, "").Check(ctx)
}

// writeJournal shows that changes can be recorded, if that is configured.
func (d *doctor) writeJournal(ctx context.Context) error {
	return openJournal(d.conf, nil).Check(ctx)
}

// report is what the user reads: one line, whatever was found.
func (d *doctor) report() string {
	who := ""
	if d.location.ID != "" {
		who = fmt.Sprintf("%q (%s)", d.location.Name, signInName(d.conf))
	}
	texts := d.texts()
	switch len(texts) {
	case 0:
		told := []string{fmt.Sprintf("Connected to %s: %s.%s", who, strings.Join(d.found(), ", "), d.storeFact())}
		return strings.Join(append(told, d.remarks...), " ")
	case 1:
		if who != "" {
			who += ": "
		}
		return who + texts[0]
	}
	for i := range texts {
		texts[i] = fmt.Sprintf("(%d) %s", i+1, texts[i])
	}
	if who != "" {
		who += " has "
	}
	return fmt.Sprintf("%s%d faults: %s", who, len(texts), strings.Join(texts, " "))
}

// texts explains the faults. Missing scopes are told together; of other kinds
// of the API's faults the first, because one cause meets several probes.
func (d *doctor) texts() []string {
	var texts, scopes []string
	seen := map[ghl.Kind]bool{}
	at := -1 // where the missing scopes are told
	for _, err := range d.faults {
		placed := during("check", d.conf, err)
		var api *ghl.Error
		if errors.As(err, &api) {
			scope := api.Operation.Scope()
			if api.Kind == ghl.ScopeMissing && !api.Operation.OfToken() && !slices.Contains(scopes, scope) {
				scopes = append(scopes, scope)
			}
			if seen[api.Kind] {
				continue
			}
			seen[api.Kind] = true
			if len(scopes) > 0 && at < 0 {
				at = len(texts)
			}
		}
		texts = append(texts, explain(placed).message)
	}
	if at >= 0 {
		texts[at] = missingScopes(sceneOf("check", d.conf), scopes...)
	}
	return texts
}

// found is what a user may want to compare with what they expect.
func (d *doctor) found() []string {
	duplicates := "duplicates " + allowed(d.location.AllowDuplicates)
	if !d.location.AllowDuplicatesKnown {
		duplicates = "the setting for duplicates is not told"
	}
	facts := append(slices.Clone(d.facts), duplicates)
	if table := d.tables[defaultObject]; table != nil {
		facts = append(facts, customFields(table))
	}
	if left := quotaLeft(d.client.Usage()); left != "" {
		if d.conf.DailyRequestReserve > 0 {
			left += fmt.Sprintf(" (%s of them reserved)", words.Grouped(d.conf.DailyRequestReserve))
		}
		facts = append(facts, left)
	}
	return facts
}

func (d *doctor) storeFact() string {
	return placeFact(" Rejected records and left-out values are kept", d.conf.ObjectStorage) + placeFact(" Every change is recorded", d.conf.Journal)
}

func placeFact(what string, o config.Storage) string {
	switch o.StorageType {
	case config.StoreS3:
		return fmt.Sprintf("%s in the bucket %q.", what, o.Bucket)
	case config.StoreLocal:
		return fmt.Sprintf("%s in the folder %q.", what, o.Folder)
	}
	return ""
}

func signInName(c config.Config) string {
	if c.Credentials.AuthType == config.OAuth2 {
		return "OAuth"
	}
	return "private integration token"
}
