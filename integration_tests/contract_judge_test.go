package integration_tests

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

// usualHeaders are those of any request; others must be declared.
var usualHeaders = []string{"Accept", "Accept-Encoding", "Authorization", "Content-Length", "Content-Type", "User-Agent"}

// judge holds an exchange to what the vendor says. Requests that are not the client's are not held to anything.
func (v vendor) judge(e exchange) error {
	op, ok := v.find(e.method, e.url.Path)
	if !ok {
		return fmt.Errorf("%s %s is not described", e.method, e.url.Path)
	}
	request := &openapi3filter.RequestValidationInput{
		Request: e.request(), PathParams: op.vars, QueryParams: e.url.Query(),
		Route: &routers.Route{Spec: op.doc, Path: e.url.Path, PathItem: op.item, Method: e.method, Operation: op.declared},
		Options: &openapi3filter.Options{
			RejectWhenRequestBodyNotSpecified: true, SkipSettingDefaults: true, AuthenticationFunc: bearer, MultiError: true,
		},
	}
	request.Options.WithCustomSchemaErrorFunc(briefly)
	if e.ofClient && !e.asksForARight() {
		if err := errors.Join(op.undeclared(e), openapi3filter.ValidateRequest(context.Background(), request)); err != nil {
			return fmt.Errorf("the request to %s: %w", op.name, err)
		}
	}
	body := e.answer
	response := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: request, Status: e.status, Header: e.answerHeader, Body: io.NopCloser(bytes.NewReader(body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	response.Options.WithCustomSchemaErrorFunc(briefly)
	err := openapi3filter.ValidateResponse(context.Background(), response)
	if declared := op.declared.Responses.Status(e.status); err == nil && len(declared.Value.Content) == 0 && len(body) > 0 {
		err = errors.New("there is no schema for it")
	}
	if err != nil {
		return fmt.Errorf("the answer %d of %s: %w", e.status, op.name, err)
	}
	return nil
}

// asksForARight reports whether a request is incomplete on purpose: check asks in this way whether the token may create custom
// fields. A complete one would create one.
func (e exchange) asksForARight() bool {
	return e.method == http.MethodPost && strings.HasSuffix(e.url.Path, "/customFields") && string(e.body) == `{"model":"contact"}`
}

// briefly says what is wrong without the whole of a body.
func briefly(e *openapi3.SchemaError) string {
	return "/" + strings.Join(e.JSONPointer(), "/") + " " + e.Reason
}

// bearer wants a token where the vendor does.
func bearer(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	if token := in.RequestValidationInput.Request.Header.Get("Authorization"); !strings.HasPrefix(token, "Bearer ") || len(token) < 10 {
		return errors.New("no bearer token")
	}
	return nil
}

// undeclared finds what the library lets pass: parts of a request that the vendor does not speak of.
func (op vendorOperation) undeclared(e exchange) error {
	declared := func(in, name string) bool {
		p := op.declared.Parameters.GetByInAndName(in, name)
		return p != nil
	}
	var faults []error
	for name := range op.vars {
		if !declared("path", name) {
			faults = append(faults, fmt.Errorf("the part %q of the path is not declared", name))
		}
	}
	for name := range e.url.Query() {
		if !declared("query", name) {
			faults = append(faults, fmt.Errorf("the query parameter %q is not declared", name))
		}
	}
	for name := range e.header {
		if !declared("header", name) && !slices.Contains(usualHeaders, name) {
			faults = append(faults, fmt.Errorf("the header %q is not declared", name))
		}
	}
	if e.header.Get("Authorization") != "" && op.declared.Security == nil {
		faults = append(faults, errors.New("a token is sent and none is asked for"))
	}
	return errors.Join(faults...)
}

// request gives the request of an exchange anew.
func (e exchange) request() *http.Request {
	r := &http.Request{Method: e.method, URL: e.url, Header: e.header.Clone(), Host: e.url.Host}
	if len(e.body) > 0 {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(e.body)), int64(len(e.body))
	}
	return r
}
