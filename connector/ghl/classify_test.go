package ghl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// TestPermanentDND: a refusal because of a channel that is set for good is no
// fault of the token, whatever its status, and names the channels.
func TestPermanentDND(t *testing.T) {
	for _, tc := range []struct {
		status   int
		body     string
		want     Kind
		reason   Reason
		channels []string
	}{
		{400, `{"statusCode":400,"message":"Not authorized to update permanent dnd setting for SMS"}`, Rejected, PermanentDND, []string{"SMS"}},
		{401, `{"statusCode":401,"message":"Not authorized to update permanent dnd setting for WhatsApp","error":"Unauthorized"}`, Rejected, PermanentDND, []string{"WhatsApp"}},
		{403, `{"message":["Not authorized to update permanent DND setting for sms, email"]}`, Rejected, PermanentDND, []string{"SMS", "Email"}},
		{422, `{"message":"permanent dnd setting"}`, Rejected, PermanentDND, nil},
		{400, `{"message":"dnd must be a boolean value"}`, Rejected, NoReason, nil},
		{500, `{"message":"permanent dnd setting"}`, Transient, NoReason, nil},
		{401, `{"message":"Not authorized"}`, Unauthorized, NoReason, nil},
	} {
		e := classify(opUpdateContact, tc.status, []byte(tc.body), nobody)
		if e.Kind != tc.want || e.Reason != tc.reason || !slices.Equal(e.Channels, tc.channels) || e.Reason == PermanentDND && e.Field != "" {
			t.Errorf("%d %s: %s, reason %d, channels %v, field %q", tc.status, tc.body, e.Kind, e.Reason, e.Channels, e.Field)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, tc := range []struct {
		op     Operation
		status int
		body   string
		want   Kind
		says   string
	}{
		{opGetContact, 401, `{"statusCode":401,"message":"Invalid token: access token is invalid","error":"Unauthorized"}`, Unauthorized, "Invalid token"},
		{opGetContact, 401, `{"message":"Invalid Private Integration token"}`, Unauthorized, "Private"},
		{opGetContact, 401, `{"statusCode":401,"message":"The token is not authorized for this scope."}`, ScopeMissing, "scope"},
		{opGetContact, 401, `{"statusCode":401,"message":"version header was not found."}`, Bug, "version"},
		{opGetContact, 401, `{"statusCode":401,"message":"version header is invalid"}`, Bug, "version"},
		{opGetContact, 401, `{"statusCode":401,"message":"Command timed out"}`, Transient, "timed out"},
		{opGetContact, 400, `{"message":"This AuthClass is not yet supported for it"}`, Unauthorized, "AuthClass"},
		{opGetContact, 403, `{"statusCode":403,"message":"The token does not have access to this location."}`, Forbidden, "location"},
		{opGetContact, 403, `error code: 1010`, Forbidden, "web firewall before the API saw the request (error code: 1010)"},
		{opGetContact, 403, `<html>`, Forbidden, "web firewall"},
		{opGetContact, 307, ``, Forbidden, "redirect"},
		{opGetContact, 302, `{"message":"x"}`, Forbidden, "redirect"},
		{opCreateContact, 400, `{"statusCode":400,"message":"This location does not allow duplicated contacts.","meta":{"contactId":"c9","contactName":"Someone","matchingField":"email"}}`, Duplicate, "duplicated"},
		{opUpdateContact, 400, `{"statusCode":400,"message":"This location does not allow duplicated contacts."}`, Duplicate, "duplicated"},
		{opGetContact, 400, `{"error":"Contact with id X not found","status":400}`, Gone, "not found"},
		{opGetContact, 404, ``, Gone, ""},
		{opUpdateContact, 404, `{"message":"Contact not found"}`, Gone, ""},
		{opLocation, 404, `{"message":"no"}`, Rejected, "no"},
		{opSearchContacts, 404, ``, Rejected, ""},
		{opCreateContact, 400, `{"statusCode":422,"message":"Contacts without email, phone, firstName and lastName are not allowed."}`, Rejected, "without"},
		{opUpsertContact, 422, `{"message":["property X should not exist","email must be an email"],"error":"Unprocessable Entity","statusCode":422}`, Rejected, "property *** should not exist; email must be an email"},
		{opUpsertContact, 400, `{"message":"Pass at least one","error":"Bad Request","statusCode":400,"traceId":"t1"}`, Rejected, "Pass"},
		{opUpsertContact, 400, `{"error":"no"}`, Rejected, "no"},
		{opUpsertContact, 400, `{"message":"no","canonicalCode":"X"}`, Rejected, "no"},
		{opUpsertContact, 400, `{"error":{"code":"X","message":"no","details":"required","resolution":"y"}}`, Rejected, "no; required"},
		{opUpsertContact, 500, `{"statusCode":400,"message":"bad phone"}`, Rejected, "bad phone"},
		{opUpsertContact, 500, `{"message":"Internal error"}`, Transient, "Internal error"},
		{opUpsertContact, 520, `<html>`, Transient, "not JSON"},
		{opUpsertContact, 408, ``, Transient, ""},
		{opUpsertContact, 429, `{"statusCode":429,"message":"Too Many Requests"}`, Throttled, "Too Many"},
		{opUpsertContact, 429, `<html>`, Throttled, ""},
		{opUpsertContact, 405, ``, Bug, ""},
		{opUpsertContact, 200, `{"statusCode":422,"message":"no"}`, Rejected, "no"},
	} {
		t.Run(fmt.Sprintf("%d %s", tc.status, tc.body), func(t *testing.T) {
			e := classify(tc.op, tc.status, []byte(tc.body), nobody)
			if e.Kind != tc.want || !strings.Contains(e.Error(), tc.says) {
				t.Errorf("%s, want %s with %q", e, tc.want, tc.says)
			}
			if e.Operation != tc.op {
				t.Errorf("operation %q", e.Operation)
			}
		})
	}
}

func TestDuplicateTellsWhich(t *testing.T) {
	e := classify(opCreateContact, 400, []byte(`{"statusCode":400,"message":"This location does not allow duplicated contacts.","meta":{"contactId":"c9","contactName":"Someone","matchingField":"phone"},"traceId":"0f8fad5b-d9cb-469f-a165-70867728950e"}`), nobody)
	if e.ContactID != "c9" || e.MatchingField != "phone" || e.TraceID != "0f8fad5b-d9cb-469f-a165-70867728950e" || e.Status != 400 {
		t.Errorf("%+v", e)
	}
	if strings.Contains(e.Error(), "Someone") {
		t.Errorf("names a person: %v", e)
	}
}

func TestASuccessThatIsNone(t *testing.T) {
	s := scripted(say(200, `{"statusCode":422,"message":"no"}`))
	_, err := newTestClient(t, s).CreateContact(t.Context(), ContactBody{})
	var e *Error
	if !errors.As(err, &e) || e.Kind != Rejected || e.Status != 422 {
		t.Errorf("%v", err)
	}
}

// TestARefusalInsideASuccessEndsWithIt: what one attempt was told of itself says nothing of the next.
func TestARefusalInsideASuccessEndsWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scripted(say(200, `{"statusCode":503,"message":"overloaded","contact":{"id":"c1","city":"Rome"}}`), say(200, oneContact))
		contact, err := newTestClient(t, s).GetContact(t.Context(), "c1")
		if err != nil || len(s.seen) != 2 || contact.Fields.Value("city") != nil {
			t.Errorf("%v, %v after %d requests", contact, err, len(s.seen))
		}
	})
}

func TestKindOf(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want Kind
	}{
		{fmt.Errorf("wrapped: %w", &Error{Kind: Gone}), Gone},
		{context.Canceled, Canceled},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), Canceled},
		{&Error{Kind: Transient, Err: context.DeadlineExceeded}, Transient},
		{errors.New("other"), Bug},
	} {
		if got := KindOf(tc.err); got != tc.want {
			t.Errorf("%v: %s, want %s", tc.err, got, tc.want)
		}
	}
	for k := Bug; k <= Canceled; k++ {
		if strings.HasPrefix(k.String(), "Kind(") {
			t.Errorf("kind %d has no name", k)
		}
	}
	if Kind(99).String() != "Kind(99)" {
		t.Error("an unknown kind has a name")
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"email must be an email":                      "email must be an email",
		"x first.last+tag@mail.example.com y":         "x [email] y",
		"<a@example.com>":                             "<[email]>",
		"phone +12025550123 bad":                      "phone [number] bad",
		"phone (202) 555-0123.":                       "phone ([number].",
		"phone 202.555.0123":                          "phone [number]",
		"six 123456 stays":                            "six 123456 stays",
		"token " + testToken:                          "token [token]",
		"Bearer abc.def":                              "[token]",
		"eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl is no good": "[token] is no good",
		"Contact with id ve9EPM428h8vShlRW1KT gone":   "Contact with id ve9EPM428h8vShlRW1KT gone",
		"two\nlines":                                  "two lines",
		strings.Repeat("ä", 301):                      strings.Repeat("ä", 300) + "…",
		strings.Repeat("x ", 149) + "abc@example.com": strings.Repeat("x ", 149) + "[e…",
	} {
		if got := redact(in); got != want {
			t.Errorf("redact(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("a@example.com +1 202 555 0123 pit-00000000")
	f.Fuzz(func(t *testing.T, s string) {
		once := redact(s)
		if n := len([]rune(once)); n > maxMessage+1 {
			t.Errorf("%d characters", n)
		}
		if emailPattern.MatchString(once) || secretPattern.MatchString(once) {
			t.Errorf("redact(%q) = %q", s, once)
		}
	})
}
