package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// compiler makes rules of the parts of one schema document. What the document refers to in itself becomes a resource of the library's
// for each place, read when it is first needed and shared by all who refer to it.
type compiler struct {
	doc     any
	library *jsonschema.Compiler
	meter   *meter
	places  []string          // pointers into the document that are referred to
	address map[string]string // of each place
	tooDeep bool              // what was softened last was nested too deeply
}

func newCompiler(doc any) *compiler {
	c := &compiler{doc: doc, library: jsonschema.NewCompiler(), meter: &meter{}, address: map[string]string{}}
	c.library.Draft = jsonschema.Draft7
	c.library.RegisterExtension("meter", nil, c.meter)
	c.library.LoadURL = c.load
	return c
}

// root is the schema of a record: the document, or what it refers to. It is empty if there is none that makes sense.
func (c *compiler) root() map[string]any {
	object, _ := c.doc.(map[string]any)
	const mostReferences = 20 // a longer chain leads round in a circle
	for range mostReferences {
		ref, ok := object["$ref"].(string)
		if !ok || !strings.HasPrefix(ref, "#") {
			break
		}
		object, _ = c.at(ref).(map[string]any)
	}
	return object
}

// compile makes a rule of a schema; nil if it allows anything, and with an error.
func (c *compiler) compile(doc any) (*rule, error) {
	soft, err := c.softened(doc)
	if err != nil {
		return nil, err
	}
	object, _ := soft.(map[string]any)
	switch types, typed := object["type"].([]any); {
	case soft == false:
		return &rule{never: true}, nil
	case len(object) == 0:
		return nil, nil
	case typed && len(object) == 1:
		names := texts(types)
		return &rule{types: names, kinds: kindsOf(names), nullable: slices.Contains(names, "null")}, nil
	}
	c.places = append(c.places, "")
	url := addressOf(len(c.places) - 1)
	if err := c.library.AddResource(url, encode(object)); err != nil {
		return nil, errUnclear
	}
	schema, err := c.library.Compile(url)
	if err != nil {
		return nil, errUnclear
	}
	r := &rule{schema: schema, meter: c.meter}
	broken, err := r.check(json.RawMessage("null"))
	if err != nil {
		return nil, err
	}
	r.nullable = broken == nil
	if s, ok := shapeOf(soft, 0); ok {
		r.shape = s
	}
	return r, nil
}

var (
	errUnclear = errors.New("its schema cannot be understood")
	errDeep    = errors.New("its schema is nested too deeply")
)

// refer gives the address at which the library finds a place of the document.
func (c *compiler) refer(pointer string) string {
	if known, ok := c.address[pointer]; ok {
		return known
	}
	c.places = append(c.places, pointer)
	c.address[pointer] = addressOf(len(c.places) - 1)
	return c.address[pointer]
}

func addressOf(place int) string { return "schema://stream/" + strconv.Itoa(place) }

// load reads a place of the document for the library. No other address is ever loaded.
func (c *compiler) load(url string) (io.ReadCloser, error) {
	place, err := strconv.Atoi(url[strings.LastIndexByte(url, '/')+1:])
	if err != nil || place >= len(c.places) || url != addressOf(place) {
		return nil, fmt.Errorf("%s is no place in the schema", url)
	}
	soft, err := c.softened(c.at(c.places[place]))
	if err != nil {
		return nil, err
	}
	return io.NopCloser(encode(soft)), nil
}

// at follows a pointer, "#/definitions/address", into the document; nil if it leads nowhere.
func (c *compiler) at(pointer string) any {
	node := c.doc
	path := strings.TrimPrefix(strings.TrimPrefix(pointer, "#"), "/")
	for step := range strings.SplitSeq(path, "/") {
		if path == "" {
			break
		}
		switch parent := node.(type) {
		case map[string]any:
			node = parent[unescape(step)]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(parent) {
				return nil
			}
			node = parent[i]
		default:
			return nil
		}
	}
	return node
}

// encode writes what was decoded, which cannot fail.
func encode(v any) *bytes.Reader {
	data, err := json.Marshal(v)
	if err != nil {
		panic("schema: " + err.Error())
	}
	return bytes.NewReader(data)
}
