package airbyte

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCatalog(t *testing.T) {
	const text = "\xef\xbb\xbf" + `{"streams":[
		{"stream":{"name":"people","namespace":"crm","json_schema":{"properties":{"id":{"type":"integer"},"email":null,"at":{"properties":{"utc":{}}}}},"supported_sync_modes":["incremental"]},
		 "sync_mode":"incremental","destination_sync_mode":"append_dedup","primary_key":[["id"],["email"]],"cursor_field":["at","utc"],
		 "destination_object_name":"contacts","generation_id":9007199254740993,"minimum_generation_id":0,"sync_id":42},
		{"stream":{"name":"people","namespace":"","json_schema":null},"sync_mode":"full_refresh","Sync_Mode":"x",
		 "primary_key":null,"cursor_field":null,"destination_object_name":null,"generation_id":null,"unknown":true},
		{"stream":{"name":"other","Name":"no","namespace":null},"destination_sync_mode":null,"primary_key":[[]],"cursor_field":[]}
	]}`
	got, err := ParseCatalog([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	generation, minimum, sync := int64(9007199254740993), int64(0), int64(42)
	want := Catalog{Streams: []Stream{
		{
			ID:           StreamID{"crm", "people"},
			Schema:       []byte(`{"properties":{"id":{"type":"integer"},"email":null,"at":{"properties":{"utc":{}}}}}`),
			Mode:         AppendDedup,
			SourceMode:   "incremental",
			PrimaryKey:   [][]string{{"id"}, {"email"}},
			CursorField:  []string{"at", "utc"},
			ObjectName:   "contacts",
			GenerationID: &generation, MinimumGenerationID: &minimum, SyncID: &sync,
		},
		{ID: StreamID{Name: "people"}, Mode: Append, SourceMode: "full_refresh"},
		{ID: StreamID{Name: "other"}, Mode: Append, PrimaryKey: [][]string{}, CursorField: []string{}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseCatalogModes(t *testing.T) {
	for _, mode := range []SyncMode{Append, AppendDedup, Overwrite, Update, SoftDelete} {
		text := `{"streams":[{"stream":{"name":"s"},"destination_sync_mode":"` + string(mode) + `"}]}`
		got, err := ParseCatalog([]byte(text))
		if err != nil || got.Streams[0].Mode != mode {
			t.Errorf("%s: %+v, %v", mode, got, err)
		}
	}
}

func TestParseCatalogFaults(t *testing.T) {
	const (
		mode = `"destination_sync_mode is none of append, append_dedup, overwrite, update and soft_delete"`
		dup  = `stream "crm.people": it is in the catalog more than once`
	)
	tests := map[string]struct {
		text string
		want []string
	}{
		"empty":           {" \n", []string{"the file is empty"}},
		"not JSON":        {`{"streams":`, []string{"the file is not JSON"}},
		"UTF-16":          {"\xff\xfe{\x00}\x00", []string{"the file is not in UTF-8, as it seems, but in UTF-16; save it as UTF-8"}},
		"UTF-16, no mark": {"{\x00}\x00", []string{"the file is not in UTF-8, as it seems, but in UTF-16; save it as UTF-8"}},
		"a configuration": {`{"credentials":{},"location_id":"x"}`, []string{"this looks like a configuration, which belongs to --config"}},
		"deep":            {strings.Repeat("[", 100_000), []string{"the file is not JSON"}},
		"list":            {`[]`, []string{"the file is no JSON object"}},
		"null":            {`null`, []string{"the file is no JSON object"}},
		"no streams":      {`{}`, []string{"it has no streams"}},
		"streams null":    {`{"streams":null}`, []string{"it has no streams"}},
		"streams empty":   {`{"streams":[]}`, []string{"it has no streams"}},
		"streams object":  {`{"streams":{}}`, []string{"streams is no list"}},
		"a stream's null": {`{"streams":[null]}`, []string{"stream number 1: it is no object"}},
		"no names": {
			`{"streams":[{},{"stream":{"name":""}},{"stream":{"name":1}},{"stream":"people"}]}`,
			[]string{"stream number 1: it has no name", "stream number 2: it has no name", "stream number 3: it has no name", "stream number 4: it has no name"},
		},
		"twice": {
			`{"streams":[{"stream":{"name":"people","namespace":"crm"}},{"stream":{"name":"people"}},{"stream":{"name":"people","namespace":"crm"}},{"stream":{"name":"people","namespace":"crm"}}]}`,
			[]string{dup},
		},
		"twice, namespace null and empty": {
			`{"streams":[{"stream":{"name":"s","namespace":null}},{"stream":{"name":"s","namespace":""}}]}`,
			[]string{`stream "s": it is in the catalog more than once`},
		},
		"all at once": {
			`{"streams":[{"stream":{"name":"s","namespace":1,"json_schema":{"properties":{"a":{}}}},"destination_sync_mode":"upsert","destination_object_name":1,
				"primary_key":"a","cursor_field":"a","generation_id":"1","minimum_generation_id":1.5,"sync_id":{}},
				{"stream":{"name":"t","json_schema":{"properties":{"a":{}}}},"destination_sync_mode":7,"primary_key":[["b"],["a","b"]],"cursor_field":["c"]}]}`,
			[]string{
				`stream number 1: namespace is no text`,
				`stream "s": ` + strings.Trim(mode, `"`),
				`stream "s": destination_object_name is no text`,
				`stream "s": primary_key is no list of paths`,
				`stream "s": cursor_field is no path`,
				`stream "s": generation_id is no integer`,
				`stream "s": minimum_generation_id is no integer`,
				`stream "s": sync_id is no integer`,
				`stream "t": ` + strings.Trim(mode, `"`),
				`stream "t": the primary key "b" is not in its schema`,
				`stream "t": the cursor field "c" is not in its schema`,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseCatalog([]byte(test.text))
			var fault *CatalogError
			if !errors.As(err, &fault) {
				t.Fatalf("ParseCatalog = %+v, %v, want a CatalogError", got, err)
			}
			if diff := cmp.Diff(test.want, fault.Faults); diff != "" {
				t.Error(diff)
			}
			if got.Streams != nil {
				t.Error("there are streams beside the error")
			}
			for _, f := range fault.Faults {
				if !strings.Contains(err.Error(), f) {
					t.Errorf("the error does not say %q", f)
				}
			}
		})
	}
}

func TestKeyPaths(t *testing.T) {
	tests := map[string]struct {
		schema string
		path   string
		fault  bool
	}{
		"there":                      {`{"properties":{"a":{"type":"string"}}}`, "a", false},
		"not there":                  {`{"properties":{"a":{}}}`, "b", true},
		"in another case":            {`{"properties":{"a":{}}}`, "A", true},
		"no schema":                  {`null`, "b", false},
		"schema without properties":  {`{"type":"object"}`, "b", false},
		"properties null":            {`{"properties":null}`, "b", false},
		"properties empty":           {`{"properties":{}}`, "b", false},
		"properties list":            {`{"properties":["b"]}`, "b", false},
		"schema true":                {`true`, "b", false},
		"schema text":                {`"string"`, "b", false},
		"nested, there":              {`{"properties":{"a":{"properties":{"b":{}}}}}`, "a.b", false},
		"nested, not there":          {`{"properties":{"a":{"properties":{"c":{}}}}}`, "a.b", true},
		"first step not there":       {`{"properties":{"c":{"properties":{"b":{}}}}}`, "a.b", true},
		"through null":               {`{"properties":{"a":null}}`, "a.b", false},
		"through true":               {`{"properties":{"a":true}}`, "a.b", false},
		"through a $ref":             {`{"properties":{"a":{"$ref":"WellKnownTypes.json#/definitions/String"}}}`, "a.b.c", false},
		"through oneOf":              {`{"properties":{"a":{"oneOf":[{"type":"object"}]}}}`, "a.b", false},
		"through a type of nonsense": {`{"properties":{"a":{"type":{"x":[]}}}}`, "a.b", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := `["` + strings.ReplaceAll(test.path, ".", `","`) + `"]`
			for key, value := range map[string]string{"primary_key": "[" + path + "]", "cursor_field": path} {
				_, err := ParseCatalog([]byte(`{"streams":[{"stream":{"name":"s","json_schema":` + test.schema + `},"` + key + `":` + value + `}]}`))
				if (err != nil) != test.fault {
					t.Errorf("%s: %v, want a fault: %v", key, err, test.fault)
				}
			}
		})
	}
}

func TestColumns(t *testing.T) {
	for schema, want := range map[string][]string{
		``:                                   nil,
		`null`:                               nil,
		`[1]`:                                nil,
		`"properties"`:                       nil,
		`{"properties":{}}`:                  nil,
		`{"properties":7}`:                   nil,
		`{"properties":{"b":null,"a":true}}`: {"b", "a"},
		`{"properties":{"b":{"properties":{"c":{}}},"B":{},"a\u0062":{}},"Properties":{"z":{}}}`: {"b", "B", "ab"},
		` { "properties" : { "z" : [1,2] , "a" : {} , "z" : {} } } `:                             {"z", "a"},
	} {
		if diff := cmp.Diff(want, Stream{Schema: []byte(schema)}.Columns()); diff != "" {
			t.Errorf("%s: %s", schema, diff)
		}
	}
}
