package gateway

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/journal"
	"destination-gohighlevel/connector/object"
)

// contacts is the Target of one location's contacts.
type contacts struct {
	api      *ghl.Client
	journal  *journal.Journal
	writes   *journal.Writes // ours; nil: nobody asks for them
	table    *crm.Table
	channels []*crm.Field                 // of table
	told     map[coverage]map[string]bool // what the contacts of an answer share
	facts    object.Facts
	// leaves and setSize are how many keys one search may ask for, one by one and
	// in sets, learnt from refusals.
	leaves, setSize atomic.Int64
	// sets is for which fields search takes a set.
	sets sets
	// controls show whether search can be believed that nobody is there.
	controls controls
	// bulk is how many contacts one tag call may name, learnt from refusals.
	bulk atomic.Int64
	// page is how many contacts one page of a search may hold.
	page atomic.Int64
	// zonesApart says that search does not take a question about several time
	// zones.
	zonesApart atomic.Bool
	// silent is what to make of a search that names no channel.
	silent silence
	// searchable are the custom fields of which search has taken a value.
	searchable sync.Map
	// refuses and leads are by what the location has refused a second contact
	// and has led to one. Its setting is nowhere told.
	refuses, leads recognition
	// unnamed is what has been learnt of refusals that name no value.
	unnamed unnamed
}

// recognition is by which identifiers something has been seen to happen.
type recognition struct{ email, phone atomic.Bool }

func (r *recognition) by(identifier string) *atomic.Bool {
	if identifier == "phone" {
		return &r.phone
	}
	return &r.email
}

// Where the API documents no limit, these sizes are known to work.
const (
	startLeaves = 100
	startBulk   = 500
	smallPage   = 100
)

// Open reads the location and its custom fields.
func Open(ctx context.Context, api *ghl.Client) (Target, error) {
	location, err := api.Location(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the location: %w", err)
	}
	country, _ := crm.CountryCode(location.Country)
	c := &contacts{
		api:   api,
		facts: object.Facts{LocationName: location.Name, Country: country, AllowsDuplicates: location.AllowDuplicates},
	}
	if err := c.readFields(ctx); err != nil {
		return nil, err
	}
	c.leaves.Store(startLeaves)
	c.setSize.Store(startSet)
	c.bulk.Store(startBulk)
	c.page.Store(PageSize)
	return c, nil
}

// readFields learns the location's custom fields.
func (c *contacts) readFields(ctx context.Context) error {
	custom, err := c.api.CustomFields(ctx)
	if err != nil {
		return fmt.Errorf("read the location's custom fields: %w", err)
	}
	c.use(object.Table(crm.Contacts, custom))
	return nil
}

// use makes this the table of all fields.
func (c *contacts) use(t *crm.Table) {
	c.table = t
	c.channels = slices.DeleteFunc(t.Fields(), func(f *crm.Field) bool { return f.Type != crm.Channel })
	c.told = map[coverage]map[string]bool{}
	for i := range 8 {
		of := coverage{standard: i&1 != 0, custom: i&2 != 0, channels: i&4 != 0}
		c.told[of] = map[string]bool{}
		for _, f := range t.Fields() {
			if of.names(f) {
				c.told[of][f.Name] = true
			}
		}
	}
}

// coverage is which fields an answer names if they hold something, so that the
// others are known to be empty.
type coverage struct{ standard, custom, channels bool }

func (of coverage) names(f *crm.Field) bool {
	switch {
	case f.Custom:
		return of.custom
	case f.Type == crm.Channel:
		return of.channels
	}
	return of.standard && f.Told(crm.Search)
}

// AddField creates a custom field. A refusal or a lost answer may mean that it
// exists: the list of fields decides.
func (c *contacts) AddField(ctx context.Context, n object.NewField) (string, error) {
	change := journal.Change{Op: journal.Create, Object: "custom_fields", Origin: journal.Origin{Stream: n.Stream},
		Set: map[string]any{"name": n.Name, "dataType": n.DataType}}
	create := func() (ghl.CustomField, error) {
		return c.api.CreateCustomField(ctx, ghl.NewCustomField{Name: n.Name, DataType: n.DataType})
	}
	for pause := lostAnswerPause(); ; {
		created, entry, err := object.Send(ctx, n.Journal, create, change)
		if err == nil {
			entry.Done(journal.Outcome{ID: created.ID, After: map[string]any{"key": created.Key}})
			c.use(c.table.With(object.CustomField(created)))
			return created.Key, nil
		}
		err = fmt.Errorf("create a custom field: %w", err)
		if !isKind(err, ghl.Rejected, ghl.Ambiguous, ghl.Duplicate) {
			return "", err
		}
		if readErr := c.readFields(ctx); readErr != nil {
			return "", readErr
		}
		if f := c.table.Find("custom_field:" + n.Name); f != nil {
			return f.Key, nil
		}
		if !isKind(err, ghl.Ambiguous) || rest(ctx, pause.NextBackOff()) != nil {
			return "", err
		}
	}
}

func (c *contacts) Facts() object.Facts { return c.facts }
func (c *contacts) Table() *crm.Table   { return c.table }

// decode turns an answer into a contact in canonical values. What is known to be
// empty takes no room in it: nearly all contacts lack most fields.
func (c *contacts) decode(a *ghl.Contact) *crm.Contact {
	told := c.told[coverage{standard: a.FieldsTold, custom: a.CustomFieldsTold, channels: a.ChannelsTold == ghl.Told}]
	holding := len(a.Channels) + len(a.CustomFields)
	for _, v := range a.Fields.All() {
		if v != nil {
			holding++
		}
	}
	out := &crm.Contact{
		ID:          a.ID,
		Values:      make(map[string]any, holding),
		Told:        told,
		Tags:        a.Tags,
		Added:       a.DateAdded,
		OtherEmails: a.AdditionalEmails,
		OtherPhones: a.AdditionalPhones,
		Changed:     c.changed(a),

		InboundStopped: a.InboundStopped,
	}
	for name, v := range a.Fields.All() {
		if name == businessID {
			name = LinkField
		}
		if f := c.table.Field(name); f != nil {
			if v = f.Canonical(v); v != nil || !told[name] {
				out.Values[name] = v
			}
		}
	}
	for channel, status := range a.Channels { // also one that the connector cannot write
		out.Values[crm.ChannelField(channel)] = status
	}
	for _, v := range a.CustomFields {
		if f := c.table.Field(v.ID); f != nil && f.Custom {
			out.Values[f.Name] = f.Canonical(v.Value)
		}
	}
	return out
}

// body builds the properties to send for these canonical values; nil clears.
func (c *contacts) body(values map[string]any) ghl.ContactBody {
	body := make(ghl.ContactBody, len(values)+1)
	var custom []ghl.FieldBody
	var channels map[string]any
	for f := range c.table.All() {
		v, ok := values[f.Name]
		switch {
		case !ok:
		case f.Type == crm.Channel:
			if channels == nil {
				channels = map[string]any{}
			}
			channels[f.ChannelName()] = map[string]any{"status": v}
		case f.Custom:
			custom = append(custom, ghl.FieldBody{ID: f.Name, Value: customValue(f, v), AsValue: sentAsValue(f)})
		default:
			body[f.Name] = standardValue(f, v)
		}
	}
	if len(custom) > 0 {
		body["customFields"] = custom
	}
	if len(channels) > 0 {
		body["dndSettings"] = channels
	}
	return body
}

// standardValue is the wire form of a standard field. country and postalCode
// are the two that the API does not declare nullable; an empty string is
// their nearest to clearing, and country refuses even that.
func standardValue(f *crm.Field, v any) any {
	if v == nil && f.Name == "postalCode" {
		return ""
	}
	return v
}

// sentAsValue reports which property carries a custom field's value. The one that the
// API documents is ignored for dates, for which it documents none.
func sentAsValue(f *crm.Field) bool { return f.Type == crm.Date }

// customValue is the wire form of a custom field. Each data type has its own
// way of being cleared: a date only by null, all others by an empty string.
func customValue(f *crm.Field, v any) any {
	if v == nil && f.Type != crm.Date {
		return ""
	}
	return v
}

// isKind reports whether err is a failure of one of these kinds.
func isKind(err error, kinds ...ghl.Kind) bool {
	return err != nil && slices.Contains(kinds, ghl.KindOf(err))
}
