package ghl

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
)

// This file is the one place that decides what an answer means. The vendor hardly
// gives machine-readable codes, so some of it has to read texts: see meanings.

// refusal is a refused request, read from any of the vendor's error shapes.
type refusal struct {
	status    int // the body's own status where it tells one, else HTTP's
	json      bool
	messages  []string // as sent, for recognising; never to be shown
	contactID string
	matching  string
	traceID   string
	code      string
	existing  string
}

// refusalJSON is {"message": string or array}, {"error": string or object},
// {"status"} or {"statusCode"}, and meta.
type refusalJSON struct {
	envelope
	Message any `json:"message"`
	Error   any `json:"error"`
	TraceID any `json:"traceId"`
	Code    any `json:"code"`
	Meta    any `json:"meta"`
}

// readRefusal reads any of the vendor's error shapes. HTTP's status and the
// body's can disagree; the body's is set by the code that knew the cause.
func readRefusal(status int, body []byte) refusal {
	r := refusal{status: status}
	var answer refusalJSON
	if decode(escapeControls(body), &answer) != nil {
		return r
	}
	r.json = true
	if answer.refused() {
		r.status = answer.status()
	}
	r.messages = messages(answer.Message)
	if len(r.messages) == 0 {
		r.messages = messages(answer.Error)
	}
	r.traceID, r.code = text(answer.TraceID), text(answer.Code)
	meta, _ := answer.Meta.(map[string]any)
	r.contactID, r.matching, r.existing = text(meta["contactId"]), text(meta["matchingField"]), text(meta["existingId"])
	return r
}

// messages flattens a string, a list of them, or an object with a message.
func messages(v any) []string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []any:
		var list []string
		for _, item := range v {
			list = append(list, messages(item)...)
		}
		return list
	case map[string]any:
		return slices.Concat(messages(v["message"]), messages(v["details"]))
	}
	return nil
}

// field is the one standard field that the messages name, "" if none or many:
// "country must be valid", "Invalid phone number".
func (r refusal) field() string {
	found := ""
	for _, message := range r.messages {
		words := strings.FieldsFunc(message, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
		for _, name := range writableFields {
			if !slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, name) }) {
				continue
			}
			if found != "" && found != name {
				return ""
			}
			found = name
		}
	}
	return found
}

// writableFields are the properties that a refusal may name. "name" is none of
// them: it stands in too many sentences.
var writableFields = []string{"email", "phone", "country", "website", "timezone", "dateOfBirth", "postalCode",
	"address1", "city", "state", "companyName", "gender", "source", "assignedTo", "dnd", "firstName", "lastName"}

// says tells whether a message contains all the words, without case.
func (r refusal) says(words ...string) bool {
	return slices.ContainsFunc(r.messages, func(message string) bool {
		message = strings.ToLower(message)
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(message, w) })
	})
}

// channels are the channels of do-not-disturb that the messages name.
func (r refusal) channels() []string {
	var named []string
	for _, message := range r.messages {
		for word := range strings.FieldsFuncSeq(message, func(c rune) bool { return !unicode.IsLetter(c) }) {
			for _, channel := range channelNames {
				if strings.EqualFold(word, channel) && !slices.Contains(named, channel) {
					named = append(named, channel)
				}
			}
		}
	}
	return named
}

// classify turns an answer that is not a success into an Error. Its messages tell
// of nobody.
func classify(op Operation, status int, body []byte, sent func() propertyNames) *Error {
	r := readRefusal(status, body)
	names := sent()
	kind, reason := r.meaning(op, status)
	e := &Error{
		Operation: op, Kind: kind, Reason: reason, Status: r.status,
		ContactID: r.contactID, ExistingID: r.existing, MatchingField: redact(r.matching)}
	if uuid.Validate(r.traceID) == nil {
		e.TraceID = r.traceID
	}
	for _, message := range r.messages {
		e.Messages = append(e.Messages, redact(names.shown(message)))
	}
	switch {
	case reason == PermanentDND:
		e.Channels = r.channels()
	case kind == Rejected:
		e.Field = r.field()
	}
	switch {
	case status >= 300 && status < 400:
		e.Messages = []string{"the server redirects; redirects are not followed, so that the token goes nowhere else: check the API URL"}
	case r.json:
	case status == http.StatusForbidden:
		e.Reason = Firewall
		e.Messages = []string{"blocked by the vendor's web firewall before the API saw the request" + cloudflareCode(body)}
	case len(body) > 0:
		e.Messages = []string{"the answer is not JSON"}
	}
	if op.OfToken() {
		e.ofToken(r)
	}
	return e
}

// ofToken says what a refusal means at the endpoints of tokens. It never says
// that a record is to blame.
func (e *Error) ofToken(r refusal) {
	switch e.Kind {
	case Throttled: // the pace does not know these endpoints: back off instead
		e.Kind = Transient
		return
	case Rejected, Duplicate, Gone:
		e.Kind, e.Field = Forbidden, ""
		switch {
		case e.Operation.Exchanges():
		case r.json && r.status != http.StatusNotFound:
			e.Kind = Unauthorized
		default:
			e.Messages = []string{"there is no token endpoint at the API URL"}
		}
	}
	switch e.Reason {
	case LocationInactive: // no word about the refresh token, which lives
		e.Messages = []string{"the location is not active; once it is active again, the same sign-in works"}
	case InvalidGrant:
		e.Messages = []string{"the refresh token is invalid, expired or already used: sign in again"}
	case InvalidClient:
		e.Messages = []string{"the client id or the client secret is not accepted"}
	}
	if len(e.Messages) == 0 && (e.Kind == Unauthorized || e.Kind == Forbidden) {
		e.Messages = []string{"the request was refused"}
	}
}

// codeNoDuplicate refuses a second open opportunity of a contact in a pipeline.
const codeNoDuplicate = "OPPORTUNITY_NO_DUPLICATE"

// meaning is what a refusal in some words means.
type meaning struct {
	status int
	of     func(Operation) bool // nil: of any
	words  []string             // all in one message, without case; nil: whatever it says
	kind   Kind
	reason Reason
}

func (m meaning) fits(op Operation, r refusal) bool {
	return (m.status == 0 || m.status == r.status || m.status == r.status/100) && (m.of == nil || m.of(op)) && r.says(m.words...)
}

// meanings are the refusals that only their words tell apart. The first row that
// fits counts; status 4 stands for all from 400 to 499, and 0 for any.
var meanings = []meaning{
	{0, nil, []string{"version header"}, Bug, NoReason},
	{0, nil, []string{"not authorized for this scope"}, ScopeMissing, NoReason},
	{4, nil, []string{"permanent", "dnd"}, Rejected, PermanentDND},
	{0, nil, []string{"authclass is not yet supported"}, Unauthorized, AgencyToken},
	{401, nil, []string{"command timed out"}, Transient, NoReason}, // the gateway's time-out, not the token
	{401, nil, []string{"e01 "}, Unauthorized, ParameterMissing},
	{401, Operation.listsPipelines, []string{"invalid"}, Unauthorized, NoReason},
	{401, Operation.listsPipelines, nil, ScopeMissing, NoReason}, // the scope is a new one, and its absence worded in many ways
	{403, Operation.listsPipelines, []string{"location"}, Forbidden, NoReason},
	{403, Operation.listsPipelines, nil, ScopeMissing, NoReason},
	{4, Operation.OfToken, []string{"location is not active"}, Forbidden, LocationInactive},
	{4, Operation.refreshes, []string{"invalid grant"}, Unauthorized, InvalidGrant},
	{4, Operation.refreshes, []string{"invalid_grant"}, Unauthorized, InvalidGrant},
	{4, Operation.refreshes, []string{"client"}, Unauthorized, InvalidClient},
	{4, Operation.searches, []string{"invalid operator"}, Rejected, OperatorRefused},
	{4, nil, []string{"duplicated contacts"}, Duplicate, NoReason},
	{4, naming("contact"), []string{"contact", "not found"}, Gone, NoReason},
	{4, naming("note"), []string{"note", "not found"}, Gone, NoReason},
	{4, naming("task"), []string{"task", "not found"}, Gone, NoReason},
	{4, naming("opportunity"), []string{"opportunity", "not found"}, Gone, NoReason},
	{4, naming("business"), []string{"business", "not found"}, Gone, NoReason},
	{4, naming("business"), []string{"not a valid objectid"}, Gone, NoReason},
}

// statuses are the refusals that their status tells, where their words do not.
var statuses = map[int]Kind{
	http.StatusUnauthorized:         Unauthorized,
	http.StatusForbidden:            Forbidden,
	http.StatusPaymentRequired:      Forbidden,
	http.StatusRequestTimeout:       Transient,
	http.StatusTooEarly:             Transient,
	http.StatusMethodNotAllowed:     Bug,
	http.StatusNotAcceptable:        Bug,
	http.StatusUnsupportedMediaType: Bug,
}

// meaning is what a refusal means. httpStatus settles what gateways decide (429,
// redirects); r.status the rest.
func (r refusal) meaning(op Operation, httpStatus int) (Kind, Reason) {
	switch {
	case httpStatus == http.StatusTooManyRequests, r.status == http.StatusTooManyRequests:
		return Throttled, NoReason
	case httpStatus >= 300 && httpStatus < 400:
		return Forbidden, NoReason
	case r.code == codeNoDuplicate:
		return Duplicate, OpportunityExists
	}
	for _, m := range meanings {
		if m.fits(op, r) {
			return m.kind, m.reason
		}
	}
	return r.byStatus(op, httpStatus), NoReason
}

// byStatus is the kind of a refusal whose words tell nothing.
func (r refusal) byStatus(op Operation, httpStatus int) Kind {
	kind, known := statuses[r.status]
	switch {
	case known:
		return kind
	case r.status >= 500:
		return Transient
	case r.contactID != "":
		return Duplicate
	case r.ofWhatIsGone(op):
		return Gone
	case r.json, httpStatus == http.StatusNotFound, op.OfToken():
		return Rejected
	}
	return Transient // whatever said so, it was not the API
}

// ofWhatIsGone tells whether something that the path names does not exist. A read
// of one business or opportunity has nothing but its id to refuse.
func (r refusal) ofWhatIsGone(op Operation) bool {
	if (naming("business")(op) || naming("opportunity")(op)) && !op.Writes() && r.json {
		return true
	}
	return len(op.things()) > 0 && (r.status == http.StatusNotFound || r.status == http.StatusGone)
}

// cloudflareCode is the firewall's own code (" (error code: 1010)"), if told.
func cloudflareCode(body []byte) string {
	_, rest, found := bytes.Cut(body, []byte("error code: "))
	if !found {
		return ""
	}
	digits := 0
	for digits < len(rest) && digits < 5 && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	return fmt.Sprintf(" (error code: %s)", rest[:digits])
}
