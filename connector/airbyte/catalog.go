package airbyte

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/jsonscan"
	"destination-gohighlevel/connector/words"
)

// SyncMode is what a stream's records do to the destination.
type SyncMode string

// The destination sync modes of the protocol.
const (
	Append      SyncMode = "append"
	AppendDedup SyncMode = "append_dedup"
	Overwrite   SyncMode = "overwrite"
	Update      SyncMode = "update"
	SoftDelete  SyncMode = "soft_delete"
)

// Stream is a configured stream.
type Stream struct {
	ID          StreamID
	Schema      json.RawMessage // json_schema as it came, any JSON; nil if null or absent
	Mode        SyncMode        // destination_sync_mode; Append if absent
	SourceMode  string          // sync_mode, unchecked
	PrimaryKey  [][]string      // paths; nil if there is none
	CursorField []string        // a path; nil if there is none
	ObjectName  string          // destination_object_name; often empty

	// Each is nil where the platform does not say.
	GenerationID        *int64
	MinimumGenerationID *int64
	SyncID              *int64
}

// Columns returns the top-level property names of the schema, each once and in
// its order; nil if it declares none. A record may carry others.
func (s Stream) Columns() []string {
	var columns []string
	seen := map[string]bool{}
	for name := range jsonscan.Members(jsonscan.Member(s.Schema, "properties")) {
		if column := string(name); !seen[column] {
			seen[column] = true
			columns = append(columns, column)
		}
	}
	return columns
}

// Catalog is the configured catalog of a sync.
type Catalog struct{ Streams []Stream }

// CatalogError holds all faults of a catalog, in words that its author can act on.
type CatalogError struct{ Faults []string }

// Error joins the faults.
func (e *CatalogError) Error() string {
	return "configured catalog: " + strings.Join(e.Faults, "; ")
}

// ParseCatalog reads a configured catalog. The error is a *CatalogError with
// all faults at once, and then the Catalog is empty.
//
// A key path is checked against the schema only as far as the schema declares
// properties; a null, absent or odd property schema means "anything".
func ParseCatalog(data []byte) (Catalog, error) {
	p := &catalogParser{}
	streams := p.streams(trim(data))
	if len(p.faults) > 0 {
		return Catalog{}, &CatalogError{Faults: p.faults}
	}
	return Catalog{Streams: streams}, nil
}

// catalogParser collects faults while it reads.
type catalogParser struct {
	where  string // the stream it is at
	faults []string
}

func (p *catalogParser) fault(format string, args ...any) {
	p.faults = append(p.faults, p.where+fmt.Sprintf(format, args...))
}

func (p *catalogParser) streams(data []byte) []Stream {
	if len(data) == 0 {
		p.fault("the file is empty")
		return nil
	}
	if !json.Valid(data) {
		p.fault("%s", cmp.Or(words.WrongEncoding(data), "the file is not JSON"))
		return nil
	}
	catalog := jsonscan.Map(data)
	if catalog == nil {
		p.fault("the file is no JSON object")
		return nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(orNull(catalog["streams"]), &list); err != nil {
		p.fault("streams is no list")
		return nil
	}
	if _, ok := catalog["credentials"]; ok && len(list) == 0 {
		p.fault("this looks like a configuration, which belongs to --config")
		return nil
	}
	if len(list) == 0 {
		p.fault("it has no streams")
	}
	var streams []Stream
	count := map[StreamID]int{}
	for i, raw := range list {
		p.where = fmt.Sprintf("stream number %d: ", i+1)
		stream := p.stream(raw)
		if count[stream.ID]++; count[stream.ID] == 2 && stream.ID.Name != "" {
			p.fault("it is in the catalog more than once")
		}
		streams = append(streams, stream)
	}
	return streams
}

func (p *catalogParser) stream(raw json.RawMessage) Stream {
	configured := jsonscan.Map(raw)
	if configured == nil {
		p.fault("it is no object")
		return Stream{}
	}
	source := jsonscan.Map(configured["stream"])
	var s Stream
	var ok bool
	if s.ID.Name, ok = jsonscan.Text(source["name"]); !ok || s.ID.Name == "" {
		p.fault("it has no name")
	}
	if s.ID.Namespace, ok = jsonscan.Text(source["namespace"]); !ok {
		p.fault("namespace is no text")
	}
	if s.ID.Name != "" {
		p.where = fmt.Sprintf("stream %q: ", s.ID)
	}
	if schema := source["json_schema"]; !jsonscan.IsNull(schema) {
		s.Schema = schema
	}
	s.Mode = p.mode(configured["destination_sync_mode"])
	s.SourceMode, _ = jsonscan.Text(configured["sync_mode"])
	if s.ObjectName, ok = jsonscan.Text(configured["destination_object_name"]); !ok {
		p.fault("destination_object_name is no text")
	}
	p.keys(&s, configured)
	s.GenerationID = p.integer(configured, "generation_id")
	s.MinimumGenerationID = p.integer(configured, "minimum_generation_id")
	s.SyncID = p.integer(configured, "sync_id")
	return s
}

func (p *catalogParser) mode(value json.RawMessage) SyncMode {
	if jsonscan.IsNull(value) {
		return Append
	}
	name, _ := jsonscan.Text(value)
	switch mode := SyncMode(name); mode {
	case Append, AppendDedup, Overwrite, Update, SoftDelete:
		return mode
	}
	p.fault("destination_sync_mode is none of append, append_dedup, overwrite, update and soft_delete")
	return ""
}

// keys reads the primary key and the cursor and holds them to the schema.
func (p *catalogParser) keys(s *Stream, configured map[string]json.RawMessage) {
	if err := json.Unmarshal(orNull(configured["primary_key"]), &s.PrimaryKey); err != nil {
		p.fault("primary_key is no list of paths")
		s.PrimaryKey = nil
	}
	if err := json.Unmarshal(orNull(configured["cursor_field"]), &s.CursorField); err != nil {
		p.fault("cursor_field is no path")
		s.CursorField = nil
	}
	// A path without a step leads nowhere: the same as no path.
	s.PrimaryKey = slices.DeleteFunc(s.PrimaryKey, func(path []string) bool { return len(path) == 0 })
	for _, path := range s.PrimaryKey {
		if lacks(s.Schema, path) {
			p.fault("the primary key %q is not in its schema", strings.Join(path, "."))
		}
	}
	if lacks(s.Schema, s.CursorField) {
		p.fault("the cursor field %q is not in its schema", strings.Join(s.CursorField, "."))
	}
}

func (p *catalogParser) integer(configured map[string]json.RawMessage, key string) *int64 {
	var n *int64
	if err := json.Unmarshal(orNull(configured[key]), &n); err != nil {
		p.fault("%s is no integer", key)
		return nil
	}
	return n
}

// lacks reports whether a schema declares properties along a path, and not the
// one that the path takes.
func lacks(schema json.RawMessage, path []string) bool {
	for _, step := range path {
		declared := jsonscan.Properties(schema)
		if len(declared) == 0 {
			return false
		}
		next, ok := declared[step]
		if !ok {
			return true
		}
		schema = next
	}
	return false
}

func orNull(value json.RawMessage) json.RawMessage {
	if value == nil {
		return json.RawMessage("null")
	}
	return value
}
