package ghl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// reply is what the answer of a call is decoded into.
type reply interface {
	refused() bool
	failed() bool
}

// envelope is what any answer can say of itself: some refusals come with the HTTP
// status of a success.
type envelope struct {
	StatusCode any `json:"statusCode"`
	Status     any `json:"status"`
	// The vendor spells it in these ways.
	Success   any `json:"success"`
	Succeded  any `json:"succeded"`
	Succeeded any `json:"succeeded"`
}

// status is the status that the answer claims, else 0.
func (e envelope) status() int {
	for _, v := range []any{e.StatusCode, e.Status} {
		number, told := v.(json.Number)
		if !told {
			continue
		}
		if n, err := number.Int64(); err == nil && n >= 100 && n < 600 {
			return int(n)
		}
	}
	return 0
}

func (e envelope) refused() bool { return e.status() >= 400 }

// member is where a member of the envelope goes, nil if it is none.
func (e *envelope) member(name string) any {
	switch name {
	case "statusCode":
		return &e.StatusCode
	case "status":
		return &e.Status
	case "success":
		return &e.Success
	case "succeded":
		return &e.Succeded
	case "succeeded":
		return &e.Succeeded
	}
	return nil
}

// failed tells whether the answer calls itself unsuccessful.
func (e envelope) failed() bool {
	return e.Success == false || e.Succeded == false || e.Succeeded == false
}

// stream is an answer that is decoded part by part.
type stream interface{ decodeFrom(*json.Decoder) error }

// decode reads one JSON document into what a pointer points to, numbers without a
// type as json.Number.
func decode(body []byte, out any) error {
	if answer, can := out.(scanned); can && scan(body, answer) {
		return nil
	}
	return decodeAll(body, out)
}

// decodeAll is decode by encoding/json alone.
func decodeAll(body []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var err error
	if parts, ok := out.(stream); ok {
		err = parts.decodeFrom(d)
	} else {
		reflect.ValueOf(out).Elem().SetZero() // an attempt before this one may have left something
		err = tolerate(d.Decode(out), 1)
	}
	if err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errAfter
	}
	return nil
}

// eachMember calls read with the name of each member of the object that comes
// next; read decodes the value.
func eachMember(d *json.Decoder, read func(name string) error) error {
	opening, err := d.Token()
	if err == nil && opening != json.Delim('{') {
		return errForm
	}
	for err == nil && d.More() {
		var name json.Token
		if name, err = d.Token(); err == nil {
			err = read(name.(string))
		}
	}
	if err == nil {
		_, err = d.Token()
	}
	return err
}

var (
	errForm  = errors.New("the JSON is of another form")
	errAfter = errors.New("there is something after the JSON")
)

// isSyntax tells of an error of decode that the document is no JSON.
func isSyntax(err error) bool {
	if err == nil {
		return false
	}
	var syntax *json.SyntaxError
	return errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errAfter)
}

// tolerate drops the error of a member that is of another form than its place, if
// it lies in at least so many others: encoding/json passes over it, so it has told
// nothing. {"contact":{"tags":7}} is a contact without tags; {"contact":7} is no
// answer about a contact.
func tolerate(err error, depth int) error {
	var form *json.UnmarshalTypeError
	if errors.As(err, &form) && form.Field != "" && strings.Count(form.Field, ".") >= depth {
		return nil
	}
	return err
}

// text is the string of a JSON string or number, else "".
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// escapeControls escapes raw control characters inside JSON strings: the
// server's answers can hold them, and they are not JSON. What needs no change
// is returned as it is.
func escapeControls(body []byte) []byte {
	var out []byte
	copied, inString := 0, false
	for i := 0; i < len(body); i++ {
		switch b := body[i]; {
		case b == '"':
			inString = !inString
		case b == '\\' && inString:
			i++
		case b < 0x20 && inString:
			if out == nil { // pages are long: do not grow into it
				out = make([]byte, 0, len(body)+len(body)/16+64)
			}
			out = append(out, body[copied:i]...)
			out = fmt.Appendf(out, `\u%04x`, b)
			copied = i + 1
		}
	}
	if copied == 0 {
		return body
	}
	return append(out, body[copied:]...)
}
