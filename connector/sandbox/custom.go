package sandbox

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// CustomField defines a custom field of the location.
type CustomField struct {
	ID          string    // "" is generated
	Name        string    // as a person sees it
	Key         string    // "contact.<slug>", "business.<slug>"; "" is made from Name, a missing prefix is added
	DataType    string    // the vendor's: TEXT, NUMERICAL, SINGLE_OPTIONS, MONETORY (sic), ...
	Options     []string  // labels, for the types that choose from some
	OpenOptions bool      // whether labels besides Options are stored too: isAllowedCustomOption
	TextBoxes   []TextBox // for TEXTBOX_LIST
	Placeholder string
	Model       string // "contact", "opportunity" or "business"; "" is "contact"
	Position    int
}

// TextBox is one line of a TEXTBOX_LIST.
type TextBox struct{ ID, Label string }

var dataTypes = []string{"TEXT", "LARGE_TEXT", "NUMERICAL", "PHONE", "MONETORY", "CHECKBOX", "SINGLE_OPTIONS", "MULTIPLE_OPTIONS",
	"DATE", "TEXTBOX_LIST", "FILE_UPLOAD", "RADIO", "EMAIL", "FLOAT", "TIME", "SIGNATURE"}

// DefaultCustomFields gives one definition of every documented data type, with the same ids each time.
func DefaultCustomFields() []CustomField {
	sizes := []string{"Small", "Medium", "Large"}
	topics := []string{"News", "Offers", "Events"}
	return []CustomField{
		{ID: "cfText00000000000001", Name: "Customer Number", DataType: "TEXT"},
		{ID: "cfLargeText000000002", Name: "Story", DataType: "LARGE_TEXT", Position: 50},
		{ID: "cfNumerical000000003", Name: "Visits", DataType: "NUMERICAL", Position: 100},
		{ID: "cfPhone0000000000004", Name: "Office Phone", DataType: "PHONE", Position: 150},
		{ID: "cfMonetory0000000005", Name: "Lifetime Value", DataType: "MONETORY", Position: 200},
		{ID: "cfCheckbox0000000006", Name: "Topics", DataType: "CHECKBOX", Options: topics, Position: 250},
		{ID: "cfSingleOption000007", Name: "Size", DataType: "SINGLE_OPTIONS", Options: sizes, Position: 300},
		{ID: "cfMultipleOption0008", Name: "Interests", DataType: "MULTIPLE_OPTIONS", Options: topics, Position: 350},
		{ID: "cfDate00000000000009", Name: "Member Since", DataType: "DATE", Position: 400},
		{ID: "cfTextboxList0000010", Name: "Links", DataType: "TEXTBOX_LIST", Position: 450, TextBoxes: []TextBox{
			{ID: "7e0c3a52-9a39-4c53-8a86-0f8d0c4f5a01", Label: "Blog"}, {ID: "7e0c3a52-9a39-4c53-8a86-0f8d0c4f5a02", Label: "Shop"}}},
		{ID: "cfFileUpload00000011", Name: "Contract", DataType: "FILE_UPLOAD", Position: 500},
		{ID: "cfRadio0000000000012", Name: "Shirt", DataType: "RADIO", Options: sizes, Position: 550},
	}
}

// DefaultBusinessFields gives one definition of every data type that a business can hold by the API, with the same ids each time.
// An option's key is the slug of its label, a text box's key its id.
func DefaultBusinessFields() []CustomField {
	fields := []CustomField{
		{ID: "bfText00000000000001", Name: "Account Number", DataType: "TEXT"},
		{ID: "bfLargeText000000002", Name: "Profile", DataType: "LARGE_TEXT"},
		{ID: "bfNumerical000000003", Name: "Employees", DataType: "NUMERICAL"},
		{ID: "bfPhone0000000000004", Name: "Hotline", DataType: "PHONE"},
		{ID: "bfMonetory0000000005", Name: "Turnover", DataType: "MONETORY"},
		{ID: "bfCheckbox0000000006", Name: "Regions", DataType: "CHECKBOX", Options: []string{"North America", "Western Europe"}},
		{ID: "bfSingleOption000007", Name: "Industry", DataType: "SINGLE_OPTIONS", Options: []string{"Real Estate", "Retail"}},
		{ID: "bfMultipleOption0008", Name: "Services", DataType: "MULTIPLE_OPTIONS", Options: []string{"Web Design", "Print Media", "Events"}},
		{ID: "bfDate00000000000009", Name: "Founded", DataType: "DATE"},
		{ID: "bfTextboxList0000010", Name: "References", DataType: "TEXTBOX_LIST", TextBoxes: []TextBox{
			{ID: "reference_one", Label: "Reference One"}, {ID: "reference_two", Label: "Reference Two"}}},
		{ID: "bfRadio0000000000011", Name: "Tier", DataType: "RADIO", Options: []string{"Gold", "Silver"}},
	}
	for i := range fields {
		fields[i].Model = modelBusiness
	}
	return fields
}

// DefaultOpportunityFields gives a definition of the usual data types for opportunities, with the same ids each time.
func DefaultOpportunityFields() []CustomField {
	fields := []CustomField{
		{ID: "ofText00000000000001", Name: "Deal Number", DataType: "TEXT"},
		{ID: "ofNumerical000000002", Name: "Seats", DataType: "NUMERICAL"},
		{ID: "ofSingleOption000003", Name: "Plan", DataType: "SINGLE_OPTIONS", Options: []string{"Basic", "Pro"}},
		{ID: "ofMultipleOption0004", Name: "Products", DataType: "MULTIPLE_OPTIONS", Options: []string{"Web", "Print", "Events"}},
		{ID: "ofDate00000000000005", Name: "Renewal", DataType: "DATE"},
	}
	for i := range fields {
		fields[i].Model = modelOpportunity
	}
	return fields
}

// complete fills in what a definition may leave out.
func (f CustomField) complete() CustomField {
	if f.ID == "" {
		f.ID = newID()
	}
	if f.Model == "" {
		f.Model = modelContact
	}
	if f.Key == "" {
		f.Key = slug(f.Name)
	}
	if !strings.HasPrefix(f.Key, f.Model+".") {
		f.Key = f.Model + "." + f.Key
	}
	return f
}

// slug makes a field's key from its name: lower case, spaces become underscores, other punctuation goes.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '_':
			return '_'
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// fate says what becomes of a custom field's value in a write.
type fate int

const (
	ignored fate = iota // silently, as the vendor does
	stored
	cleared
)

// accept decides what a value written to the field does and gives its stored form:
// a string, a float64, a []string or a map[string]any.
func (f CustomField) accept(v any) (any, fate) {
	if f.DataType == "DATE" {
		return acceptDate(v)
	}
	if v == nil {
		return nil, ignored
	}
	if v == "" {
		return nil, cleared
	}
	switch f.DataType {
	case "NUMERICAL", "MONETORY", "FLOAT":
		if n, ok := number(v); ok {
			return n, stored
		}
	case "SINGLE_OPTIONS", "RADIO":
		if label, ok := v.(string); ok && f.takes(label) {
			return label, stored
		}
	case "CHECKBOX", "MULTIPLE_OPTIONS":
		return f.acceptOptions(v)
	case "TEXTBOX_LIST":
		return f.acceptTexts(v)
	case "FILE_UPLOAD", "SIGNATURE":
		if m, ok := v.(map[string]any); ok {
			return m, stored
		}
	default:
		switch t := v.(type) {
		case string:
			return t, stored
		case float64, int, bool, json.Number:
			return plain(t), stored
		}
	}
	return nil, ignored
}

// takes reports whether a label is one that the field can hold.
func (f CustomField) takes(label string) bool {
	return slices.Contains(f.Options, label) || f.OpenOptions && label != ""
}

func (f CustomField) acceptOptions(v any) (any, fate) {
	labels, ok := stringList(v)
	if !ok {
		return nil, ignored
	}
	known := []string{}
	for _, l := range labels {
		if f.takes(l) && !slices.Contains(known, l) {
			known = append(known, l)
		}
	}
	if len(known) == 0 && len(labels) > 0 {
		return nil, ignored
	}
	return known, stored
}

func (f CustomField) acceptTexts(v any) (any, fate) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, ignored
	}
	texts := map[string]any{}
	for _, box := range f.TextBoxes {
		if text, ok := m[box.ID].(string); ok && text != "" {
			texts[box.ID] = text
		}
	}
	if len(texts) == 0 {
		return nil, ignored
	}
	return texts, stored
}

// acceptDate keeps the day and cuts the time off. Only null clears: the vendor ignores "".
func acceptDate(v any) (any, fate) {
	switch t := v.(type) {
	case nil:
		return nil, cleared
	case string:
		if len(t) < len(time.DateOnly) {
			return nil, ignored
		}
		if d, err := time.Parse(time.DateOnly, t[:len(time.DateOnly)]); err == nil {
			return d.Format(time.DateOnly), stored
		}
	default:
		if n, ok := number(v); ok {
			return time.UnixMilli(int64(n)).UTC().Format(time.DateOnly), stored
		}
	}
	return nil, ignored
}

// number reads a JSON number or a string that holds one.
func number(v any) (float64, bool) {
	var text string
	switch t := v.(type) {
	case float64:
		return t, true
	case int:
		return float64(t), true
	case json.Number:
		text = t.String()
	case string:
		text = strings.TrimSpace(t)
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && !math.IsInf(n, 0) && !math.IsNaN(n)
}

// plain writes a scalar as text.
func plain(v any) string {
	switch t := v.(type) {
	case string:
		return t
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	case int:
		return strconv.Itoa(t)
	case bool:
		return strconv.FormatBool(t)
	case json.Number:
		return t.String()
	}
	return ""
}

// stringList reads a list that holds only strings.
func stringList(v any) ([]string, bool) {
	switch t := v.(type) {
	case []string:
		return t, true
	case []any:
		out := make([]string, 0, len(t))
		for _, e := range t {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}
