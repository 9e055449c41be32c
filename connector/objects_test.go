package connector

import (
	"context"
	"strings"
	"testing"

	"destination-gohighlevel/connector/airbyte"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/sandbox"
)

// beacons is an object of a few lines: it creates one for each record.
type beacons struct {
	*crm.Table
	streams []*object.Stream
	options object.Options
	created []any // by city
	dry     bool
}

func (b *beacons) describe() object.Descriptor {
	return object.Descriptor{
		Name: "beacons", Modes: []airbyte.SyncMode{airbyte.Append, airbyte.AppendDedup},
		Table:  func(context.Context, *ghl.Client) (*crm.Table, error) { return b.Table, nil },
		Probes: []object.Probe{func(context.Context, *ghl.Client) (string, error) { return "3 beacons", nil }},
		Open: func(_ context.Context, _ *ghl.Client, dry bool) (object.Location, error) {
			b.dry = dry
			return beaconsIn{b}, nil
		},
	}
}

type beaconsIn struct{ *beacons }

func (in beaconsIn) Facts() object.Facts { return object.Facts{LocationName: "Sea", DryRun: in.dry} }
func (in beaconsIn) Table() *crm.Table   { return in.beacons.Table }
func (in beaconsIn) Pretended() int64    { return 7 }
func (in beaconsIn) Writer(streams []*object.Stream, o object.Options) load.Object {
	in.streams, in.options = streams, o
	for _, s := range streams {
		s.Open(o.Log)
	}
	return in.beacons
}

func (b *beacons) Prepare(r *load.Record) { r.Item = b.streams[0].Prepare(r) }
func (b *beacons) Finish(context.Context) error {
	return nil
}
func (b *beacons) Write(_ context.Context, w *load.Window) error {
	for _, r := range w.Records {
		o := load.Outcome{Status: load.Created, Reject: r.Reject}
		if r.Reject == nil && !b.dry {
			b.created = append(b.created, r.Item.(object.Prepared).Want.Values["city"].Data)
		}
		if b.options.Observe != nil {
			b.options.Observe(object.Outcome{Stream: r.Stream.ID, Lines: []int64{r.Line}, Status: o.Status, Reject: o.Reject})
		}
		if err := w.Done(r, o); err != nil {
			return err
		}
	}
	return nil
}

// TestAnObjectIsADescriptor: an object that nothing but the list of objects knows goes through all verbs.
func TestAnObjectIsADescriptor(t *testing.T) {
	b := &beacons{Table: crm.Contacts.Table()}
	objects = append(objects, b.describe())
	defer func() { objects = objects[:len(objects)-1] }()
	catalog := catalogOf(`lights: {"email":{"type":"string"},"City":{"type":"string"}}`)
	settings := map[string]any{"streams": []any{map[string]any{"name": "lights", "object": "beacons"}}}
	records := []string{`lights: {"email":"a@example.com","City":"Cuxhaven"}`, `lights: {"City":"Husum"}`}
	for _, tt := range []struct {
		verb, catalog string
		says          []string
	}{
		{"discover", "", []string{`"object_name":"beacons"`, `"object_name":"contacts"`}},
		{"check", "", []string{`SUCCEEDED`, `3 beacons`}},
		{"preview", catalog, []string{`{"action":"create","stream":"lights","lines":[1]}`, `"code":"no_identifier"`, `"object":"beacons"`}},
		{"write", catalog, []string{`beacons: 2 read · 1 created · 0 updated · 0 unchanged · 1 rejected (1 no_identifier)`}},
	} {
		out, code := ran(t, tt.verb, sandbox.New(sandbox.Options{}), settings, tt.catalog, records...)
		if code != 0 {
			t.Fatalf("%s ends with %d:\n%s", tt.verb, code, out)
		}
		for _, text := range tt.says {
			if !strings.Contains(out, text) {
				t.Errorf("%s does not say %s:\n%s", tt.verb, text, out)
			}
		}
		if tt.verb == "preview" && len(b.created) > 0 {
			t.Error("a preview has written")
		}
	}
	if len(b.created) != 1 || b.created[0] != "Cuxhaven" {
		t.Errorf("created %v", b.created)
	}
}
