package crm

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"destination-gohighlevel/connector/trouble"

	"github.com/google/go-cmp/cmp"
)

// TestColumnsThatSayNo: names made of nothing but words of opting out, channels
// and "has", "is", "hs", however they are joined.
func TestColumnsThatSayNo(t *testing.T) {
	for name, want := range map[string]string{
		"dnd": "dnd", "do_not_disturb": "dnd", "DoNotDisturb": "dnd", "is_dnd": "dnd",
		"do_not_contact": "dnd", "Do Not Contact": "dnd", "DO_NOT_CONTACT": "dnd", "donotcontact": "dnd", "dnc": "dnd",
		"opted_out": "dnd", "HasOptedOut": "dnd", "opt_out": "dnd", "optOut": "dnd", "Opt-Out": "dnd", "marketing_opt_out": "dnd",
		"opted_out_at": "dnd", "opt_out_date": "dnd", "is_suppressed": "dnd", "contact_opted_out": "dnd",
		"unsubscribed": "Email", "is_unsubscribed": "Email", "Unsubscribed": "Email", "unsubscribed_at": "Email",
		"unsubscribed_from_emails": "Email", "unsubscribed_from_marketing": "Email", "unsubscribeEmail": "Email",
		"HasOptedOutOfEmail": "Email", "HASOPTEDOUTOFEMAIL": "Email", "has_opted_out_of_email": "Email", "email_opt_out": "Email",
		"EMAIL_OPT_OUT": "Email", "hs_email_optout": "Email", "do_not_email": "Email", "emailOptedOut": "Email", "dnd_email": "Email",
		"email_dnd": "Email", "opt_out_email": "Email", "Email Opt-Out Flag": "Email", "Email_Opt_Out__c": "Email", "vendor__Email_Opt_Out__c": "Email",
		"newsletter_opt_out": "Email", "emailBlacklisted": "Email", "opted_out_of_emails_at": "Email", "donotbulkemail": "Email", "do_not_contact_by_email": "Email",
		"sms_opt_out": "SMS", "SmsOptOut": "SMS", "unsubscribed_from_sms": "SMS", "do_not_text": "SMS", "dont_text": "SMS", "dnd_sms": "SMS",
		"text_message_opt_out": "SMS", "opted_out_of_texts": "SMS", "smsBlacklisted": "SMS", "has_opted_out_of_sms": "SMS",
		"DoNotCall": "Call", "do_not_call": "Call", "do not phone": "Call", "phone_opt_out": "Call", "dnd_call": "Call", "doNotCall": "Call",
		"whatsapp_opt_out": "WhatsApp", "dnd_whatsapp": "WhatsApp", "dnd_gmb": "GMB", "dnd_fb": "FB", "messenger_opt_out": "FB",
		"sms_email_opt_out": "Email SMS", "mobile_opt_out": "Call SMS", "do_not_call_or": "",
		"is_do_not_email": "Email", "global_unsubscribe": "Email", "unsub": "Email", "Do Not Text/Call": "Call SMS", "smagic__SMSOptOut__c": "SMS",
		"et4ae5__HasOptedOutOfMobile__c": "Call SMS", "donotphone": "Call", "Unsubscribed_Time": "Email",
		"EMAIL_OPT_OUT_FLG": "Email", "DO_NOT_CALL_IND": "Call", "SMS_OPTOUT_YN": "SMS", "OPT_OUT_DT": "dnd", "MOBILE_PHONE_DNC": "Call SMS", "PERSONAL_PHONE_DNC": "Call",
		"LANDLINE_DNC": "Call", "blackListed": "dnd", "marketingSuspended": "dnd", "donotsendmm": "dnd", "No_Email": "Email", "NOCALLS": "Call", "Unsubscription Date": "Email",
		"dndSettings": "dnd", "dndSettings.SMS.status": "SMS", "dndSettings_Email_status": "Email",
	} {
		c := newConsentColumn(name, name)
		if want == "" {
			if c != nil && c.kind == optOut {
				t.Errorf("%s says no of %v", name, c.by.fields())
			}
			continue
		}
		if c == nil || c.kind != optOut {
			t.Errorf("%s does not say no: %+v", name, c)
		} else if got := shortly(c.by.fields()); got != want {
			t.Errorf("%s is about %s, want %s", name, got, want)
		}
	}
}

// shortly are fields as a test writes them: "dnd", "Email SMS".
func shortly(fields []string) string {
	var names []string
	for _, f := range fields {
		names = append(names, strings.TrimPrefix(f, fieldChannels))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

func TestColumnsThatAreNoOptOuts(t *testing.T) {
	for _, name := range []string{
		"unsubscribed_reason", "doNotCallReason", "mktoDoNotCallCause", "unsubscribe_reason", "opt_out_source", "opted_out_by_id", "opted_out_by", "unsubscribed_from", "opt_out_of", "do_not_contact_by",
		"hs_email_optout_4711", "HasOptedOutOfFax", "do_not_fax", "do_not_mail", "do_not_sell", "opt_out_of_sharing",
		"unsubscribedChannelIds", "opted_out_subscription_types", "unsubscribes", "unsubscribe_url", "suspended", "blackListedCause", "marketingSuspendedCause",
		"email", "phone", "mobile", "text", "call", "calls", "last_call_date", "call_date", "contact", "contacts", "customer", "date", "time", "on",
		"stop", "stop_date", "not_unsubscribed", "name", "first_name", "notes", "all", "from", "to", "", "__c", "_", "é", strings.Repeat("optout", 40),
		"consent_updated_at", "opt_in_level", "marketing_opt_in_level", "opted_in_at", "accepts_marketing_updated_at", "timestamp_opt",
		"consents_to_one_to_one_messaging", "accepts_terms", "is_active", "allow_direct_debit", "last_contacted_at", "contact_id",
	} {
		if c := newConsentColumn(name, name); c != nil {
			t.Errorf("%s speaks of being contacted: %+v", name, c)
		}
	}
}

func TestColumnsThatSayYes(t *testing.T) {
	for name, want := range map[string]string{
		"accepts_marketing":        `{"from": "accepts_marketing", "to": "dnd", "negate": true}`,
		"is_subscribed":            `{"from": "is_subscribed", "to": "dnd", "negate": true}`,
		"opt_in":                   `{"from": "opt_in", "to": "dnd", "negate": true}`,
		"Email Opt-In":             `{"from": "Email Opt-In", "to": "dnd_email", "negate": true}`,
		"sms_consent":              `{"from": "sms_consent", "to": "dnd_sms", "negate": true}`,
		"marketing_consent":        `{"from": "marketing_consent", "to": "dnd", "negate": true}`,
		"newsletter":               `{"from": "newsletter", "to": "dnd_email", "negate": true}`,
		"can_call":                 `{"from": "can_call", "to": "dnd_call", "negate": true}`,
		"acceptsMarketing":         `{"from": "acceptsMarketing", "to": "dnd", "negate": true}`,
		"gdpr_consent":             `{"from": "gdpr_consent", "to": "dnd", "negate": true}`,
		"contactable":              `{"from": "contactable", "to": "dnd", "negate": true}`,
		"wants_newsletter":         `{"from": "wants_newsletter", "to": "dnd_email", "negate": true}`,
		"hs_opted_in":              `{"from": "hs_opted_in", "to": "dnd", "negate": true}`,
		"double_optin":             `{"from": "double_optin", "to": "dnd", "negate": true}`,
		"allows_email_and_sms":     "",
		"email_marketing_consent":  `{"from": "email_marketing_consent", "to": "dnd_email", "negate": true}`,
		"has_agreed_to_marketing":  `{"from": "has_agreed_to_marketing", "to": "dnd", "negate": true}`,
		"permission_to_contact":    `{"from": "permission_to_contact", "to": "dnd", "negate": true}`,
		"consent_to_communication": `{"from": "consent_to_communication", "to": "dnd", "negate": true}`,
	} {
		c := newConsentColumn(name, name)
		switch {
		case want == "":
			if c != nil {
				t.Errorf("%s: %+v", name, c)
			}
		case c == nil || c.kind != optIn:
			t.Errorf("%s does not say yes: %+v", name, c)
		case c.mapping(name) != want:
			t.Errorf("%s: %s", name, c.mapping(name))
		}
	}
}

// TestNamesThatWereCut: some databases cut names at ten characters.
func TestNamesThatWereCut(t *testing.T) {
	for name, want := range map[string]string{
		"DO_NOT_CAL": "dnd_call", "EMAIL_OPT_": "dnd_email", "DO_NOT_EMA": "dnd_email", "HAS_OPTED_": "dnd", "UNSUBSCRIB": "dnd_email", "OPT_OUT_EM": "dnd_email",
		"SMS_OPT_OU": "dnd_sms", "DONOTCONTA": "dnd", "do_not_dis": "dnd",
		"contact_no": "", "contact_id": "", "customer_n": "", "customer_d": "", "email_addr": "", "email_stat": "", "last_conta": "", "phone_numb": "", "donor_note": "", "date_added": "", "": "",
		"DO_NOT_CA": "", "DO_NOT_CALLE": "", "OPTOUT_NUM": "",
	} {
		c := cutConsentColumn(name, name)
		switch {
		case want == "" && c != nil:
			t.Errorf("%s is an opt-out: %+v", name, c)
		case want != "" && c == nil:
			t.Errorf("%s is none", name)
		case c != nil && c.mapping(name) != fmt.Sprintf(`{"from": %q, "to": %q}`, name, want):
			t.Errorf("%s: %s", name, c.mapping(name))
		}
	}
	plan := testPlan(t, func(o *PlanOptions) { o.Columns = append(o.Columns, "DO_NOT_CAL") })
	if want := []OptIn{{Column: "DO_NOT_CAL", Mapping: `{"from": "DO_NOT_CAL", "to": "dnd_call"}`, CutOff: true}}; !slices.Equal(plan.OptIns(), want) {
		t.Errorf("%+v", plan.OptIns())
	}
	for record, stops := range map[string]bool{`{"email":"a@example.com","DO_NOT_CAL":"Y"}`: false, `{"email":"a@example.com","DO_NOT_CAL":"do not call"}`: true} {
		if want, notes := mapped(t, plan, record); want.Stops() != stops || len(notes) > 0 {
			t.Errorf("%s: %+v, %v", record, want, notes)
		}
	}
}

// TestWhatRecordsSay reads whole columns. "+" is open, "?" is unclear; what
// stops stands by itself.
func TestWhatRecordsSay(t *testing.T) {
	for _, tc := range []struct{ name, values, want string }{
		{"dnd", `true "true" "Yes" "y" "1" 1 1.0 "1.0" "on" "TRUE" "t" "opted out" "Opted-Out" "OPT_OUT" "unsubscribed" "Unsubscribed." "stop" "STOP" "stop all"
			"do not contact" "Do Not Contact" "don't contact" "dnd" "DNC" "Do not disturb!" "all" "All channels" "blocked" "suppressed" "no contact" "consent withdrawn"
			"2024-05-01" "2024-05-01T10:00:00Z" "5/1/2024" 1714521600 1714521600000 "opted out 2024-05-01" "customer has opted out" "please stop"
			["unsubscribed"] {"status":"active"} {"all":true} "[\"all\"]" "[true]" {"status":true}`, "dnd"},
		{"dnd", `false "no" "No" "n" 0 0.0 "0" "off" "FALSE" "none" "opted in" "subscribed" "ok" "allowed" "not opted out" "has not opted out" "never unsubscribed"
			{"status":"inactive"} {"all":false}`, "+dnd"},
		{"dnd", `null "" "  " [] {} "0000-00-00" "0000-00-00 00:00:00" "0001-01-01T00:00:00Z" "[]" "{}"`, ""},
		{"dnd", `"x" "X" "active" "inactive" "qwerty" "permanent" 2 -1 7.5 "2" "not subscribed" "maybe" "email only" {"foo":1} ["foo"] "no sms" 1e1000001 "nan" "status"
			"subscribed and unsubscribed" "do not" "push" "{" "[x" [[[[[[[["sms"]]]]]]]]`, "?"},
		{"dnd", `"SMS, Email" "sms;email" "Email/SMS" "email & sms" "sms and email" "EMAIL|SMS" ["SMS","Email"] "[\"sms\",\"email\"]" "{sms,email}" "['sms', 'email']"
			"Text, E-Mail" {"SMS":{"status":"active"},"Email":{"status":"permanent"}} "do not text or email" "opted out of sms, unsubscribed from email"
			"{\"sms\":true,\"email\":true}"`, "Email SMS"},
		{"dnd", `{"sms":false,"email":true} {"SMS":{"status":"inactive"},"Email":{"status":"active"}}`, "Email +SMS"},
		{"dnd", `"SMS, qwerty" ["SMS","push"]`, "SMS ?"},
		{"dnd", `"Phone" "call" "voice" "do not call"`, "Call"},
		{"dnd", `"whatsapp" ["WhatsApp"]`, "WhatsApp"},
		{"dnd", `"sms ok"`, "+SMS"},
		{"dnd_sms", `true "yes" "sms" "stop" "opted out" "all" {"status":"active","message":"","code":""}`, "SMS"},
		{"dnd_sms", `false "no" {"status":"inactive"}`, "+SMS"},
		{"dnd_sms", `"email" "active" "x"`, "?"},
		{"dndSettings", `{"SMS":{"status":"active"}} {"SMS":"active"} {"sms":true} {"SMS":{"status":"permanent"},"RCS":{"status":"active"}} "{\"SMS\":{\"status\":\"active\"}}"`, "SMS"},
		{"dndSettings", `{"SMS":{"status":"inactive","message":"","code":""}}`, "+SMS"},
		{"dndSettings", `{"SMS":{"status":"perhaps"}} {"SMS":"qwerty"} "qwerty"`, "?"},
		{"dndSettings", `{"SMS":null} {} null`, ""},
		{"dndSettings_SMS_status", `"active" "Permanent"`, "SMS"},
		{"inboundDndSettings", `{"all":{"status":"active","message":""}}`, "dnd"},
		{"inboundDndSettings", `{"all":{"status":"inactive"}} {"all":{"status":"perhaps"}} null`, ""},

		{"do_not_contact", `true "Yes" "do not contact"`, "dnd"},
		{"doNotContact", `[{"id":1,"reason":3,"comments":"","channel":"email"},{"channel":"sms","reason":1}]`, "Email SMS"},
		{"do_not_contact", `"email"`, "Email"},
		{"unsubscribed", `true "yes" "unsubscribed" "2024-05-01 10:00:00"`, "Email"},
		{"unsubscribed", `false`, "+Email"},
		{"unsubscribed", `"sms"`, "SMS"},
		{"HasOptedOutOfEmail", `true "true" "Y" "1.0" "opted out"`, "Email"},
		{"HasOptedOutOfEmail", `false "N"`, "+Email"},
		{"HasOptedOutOfEmail", `"qwerty" "sms" {"a":1}`, "?"},
		{"opt_out", `{"email":true,"sms":false}`, "Email +SMS"},
		{"unsubscribed_at", `"2024-05-01" "May 3rd, 2024" "3 Mai 2024" 1714521600 "1714521600" true "Wed May 01 2024 10:00:00 GMT+0200"`, "Email"},
		{"unsubscribed_at", `null "" "0000-00-00"`, ""},
		{"unsubscribed_at", `"someday"`, "?"},
		{"opted_out_at", `"2024-05-01T00:00:00.000Z"`, "dnd"},

		{"status", `"unsubscribed" "Unsubscribed" "UNSUBSCRIBED"`, "Email"},
		{"status", `"opted out" "Opted-out" "do not contact" "DNC" "do_not_contact"`, "dnd"},
		{"status", `"opted out of sms"`, "SMS"},
		{"status", `"subscribed" "cleaned" "pending" "active" "on holiday" true false 1 0 null "" "blocked" "stopped" "revoked" "denied" "email" "all" "not unsubscribed"
			"x" "unsubscribed?no way" {"a":1} [1] "enabled" "TX" 1e1000001`, ""},
		{"state", `"unsubscribed"`, "Email"},
		{"globalSubscriptionStatus", `"confirmedOptOut" "_softOptOut"`, "dnd"},
		{"marketing_status", `"unsubscribed"`, "Email"},
		{"marketing_status", `"no_consent" "archived" "subscribed"`, ""},
		{"permission_to_send", `"unsubscribed"`, "Email"},
		{"permission_to_send", `"implicit" "explicit" true false`, ""},
		{"channels", `{"email":{"status":"unsubscribed"},"sms":{"status":"subscribed"}}`, "Email"},
		{"channel", `"email" "Facebook" "Email Opt-In"`, ""},
		{"sms_subscribe", `"unsubscribed"`, "SMS"},
		{"lead_status", `"Do Not Contact"`, "dnd"},
		{"email_status", `"unsubscribed" "opted out"`, "Email"},
		{"email_unsubscribed", `true "yes" "true" 1 "2024-05-01" "unsubscribed"`, "Email"},
		{"email_unsubscribed", `false "no" "qwerty" null 0`, ""},
		{"preferences", `{"email_unsubscribed":true}`, "Email"},
		{"preferences", `{"email_unsubscribed":false,"language":"en"} null "x"`, ""},
		{"email_marketing_consent", `{"state":"unsubscribed","opt_in_level":"single_opt_in","consent_updated_at":"2024-05-01"} "withdrawn" {"state":"UNSUBSCRIBED"} {"marketingState":"x","state":"opted out"}`, "Email"},
		{"email_marketing_consent", `{"state":"subscribed"} {"state":"not_subscribed"} {"state":"pending"} {"state":false} null {} true false "yes"`, ""},
		{"sms_marketing_consent", `{"state":"unsubscribed"} "{\"state\":\"unsubscribed\"}"`, "SMS"},
		{"subscriptions", `{"email":{"marketing":{"can_receive_email_marketing":false,"consent":"UNSUBSCRIBED","consent_timestamp":"2024-05-01","suppressions":[]}}}
			{"email":{"marketing":{"consent":"REVOKED"}}}`, "Email"},
		{"subscriptions", `{"sms":{"marketing":{"consent":"UNSUBSCRIBED"},"transactional":{"consent":"SUBSCRIBED"}}}`, "SMS"},
		{"subscriptions", `{"email":{"marketing":{"consent":"NEVER_SUBSCRIBED","consent_timestamp":"2024-05-01"}},"mobile_push":{"marketing":{"consent":"UNSUBSCRIBED"}}}
			{"sms":{"transactional":{"consent":"UNSUBSCRIBED"}}} {"data":[{"status":"active"}],"object":"list"} 3`, ""},
		{"consent", `"withdrawn" "revoked" "opted out" "denied"`, "dnd"},
		{"consent", `"granted" "yes" true false "no" null "2024-05-01"`, ""},
		{"opt_in", `"opted out"`, "dnd"},
		{"opt_in", `"unsubscribed from sms and email"`, "Email SMS"},
		{"accepts_marketing", `"unsubscribed"`, "Email"},
		{"accepts_marketing", `true false "no" 0 1`, ""},
	} {
		c := newConsentColumn(tc.name, tc.name)
		if c == nil {
			t.Errorf("%s is none", tc.name)
			continue
		}
		for _, raw := range values(tc.values) {
			var said consents
			c.read([]byte(raw), &said)
			if got := said.String(); got != tc.want {
				t.Errorf("%s: %s says %q, want %q", tc.name, raw, got, tc.want)
			}
		}
	}
}

// values are the JSON values of a text, one after another.
func values(text string) (list []string) {
	for d := json.NewDecoder(strings.NewReader(text)); d.More(); {
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil
		}
		list = append(list, string(value))
	}
	return list
}

// String is what was said, as a test writes it.
func (c *consents) String() string {
	var open string
	for _, f := range c.opens.fields() {
		open += "+" + strings.TrimPrefix(f, fieldChannels)
	}
	parts := []string{shortly(c.stops.fields()), open}
	if len(c.unread) > 0 {
		parts = append(parts, "?")
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func TestMappedConsent(t *testing.T) {
	table := Contacts.Table()
	for _, tc := range []struct {
		to     string
		negate bool
		values string
		want   string
	}{
		{"dnd", true, `false "no" 0 "unsubscribed" "opted out"`, "dnd"},
		{"dnd", true, `true "yes" 1 "subscribed" "opted in" "2024-05-01"`, "+dnd"},
		{"dnd", true, `null ""`, ""},
		{"dnd", true, `"perhaps" "x"`, "?"},
		{"dnd", false, `true "unsubscribed" {"all":true}`, "dnd"},
		{"dnd", false, `{"SMS":{"status":"active"}} "sms"`, "SMS"},
		{"dnd_email", true, `false`, "Email"},
		{"dnd_email", true, `true`, "+Email"},
		{"dnd_email", false, `"sms"`, "?"},
	} {
		c := mappedConsent(table.Find(tc.to), tc.negate, "column")
		for _, raw := range values(tc.values) {
			var said consents
			c.read([]byte(raw), &said)
			if got := said.String(); got != tc.want {
				t.Errorf("%s (negate %t): %s says %q, want %q", tc.to, tc.negate, raw, got, tc.want)
			}
		}
	}
}

// TestTheStrictestColumnCounts: what several columns of a record say together.
func TestTheStrictestColumnCounts(t *testing.T) {
	table := Contacts.Table()
	for _, tc := range []struct {
		record  map[string]string
		want    string
		unclear string
	}{
		{map[string]string{"email_opt_out": "false", "HasOptedOutOfEmail": "true"}, "Email:active", ""},
		{map[string]string{"unsubscribed": "false", "status": `"unsubscribed"`}, "Email:active", ""},
		{map[string]string{"do_not_contact": "true", "sms_opt_out": `"qwerty"`}, "dnd:true", ""},
		{map[string]string{"do_not_contact": `"qwerty"`, "sms_opt_out": "true"}, "SMS:active", "do_not_contact"},
		{map[string]string{"do_not_contact": "false", "sms_opt_out": "true"}, "dnd:false SMS:active", ""},
		{map[string]string{"email_opt_out": `"qwerty"`, "HasOptedOutOfEmail": "false"}, "", "email_opt_out"},
		{map[string]string{"email_opt_out": `"qwerty"`, "HasOptedOutOfEmail": "true"}, "Email:active", ""},
		{map[string]string{"dnd": `"SMS, push"`}, "SMS:active", "dnd"},
		{map[string]string{"dnd_sms": `"x"`, "dnd_email": `"x"`, "dnd_call": "false"}, "Call:inactive", "dnd_email"},
	} {
		var said consents
		for name, raw := range tc.record {
			newConsentColumn(name, name).read([]byte(raw), &said)
		}
		var want Desired
		notes := said.apply(table, &want, true)
		var got []string
		for _, name := range slices.Sorted(maps.Keys(want.Values)) {
			v := want.Values[name]
			got = append(got, fmt.Sprintf("%s:%v", strings.TrimPrefix(name, fieldChannels), v.Data))
			if !v.Lifts {
				t.Errorf("%v: %s does not lift", tc.record, name)
			}
		}
		if got := strings.Join(got, " "); got != tc.want {
			t.Errorf("%v: %s, want %s", tc.record, got, tc.want)
		}
		column := ""
		if want.UnclearConsent != nil {
			column = want.UnclearConsent.Column
			if want.UnclearConsent.Code != trouble.ConsentUnclear || len(notes) == 0 || !notes[0].Dropped {
				t.Errorf("%v: %v, %v", tc.record, want.UnclearConsent, notes)
			}
		}
		if column != tc.unclear {
			t.Errorf("%v: %q is unclear, want %q", tc.record, column, tc.unclear)
		}
	}
}

// TestLostConsent: a value that the platform has lost is as unclear as one that
// cannot be read.
func TestLostConsent(t *testing.T) {
	var said consents
	newConsentColumn("status", "status").lost(&said)
	newConsentColumn("opt_in", "opt_in").lost(&said)
	if diff := cmp.Diff("", said.String()); diff != "" {
		t.Error(diff)
	}
	newConsentColumn("opt_out", "opt_out").lost(&said)
	if diff := cmp.Diff("?", said.String()); diff != "" {
		t.Error(diff)
	}
}

// TestStopped: whoever has said stop in any way.
func TestStopped(t *testing.T) {
	for name, tc := range map[string]struct {
		contact Contact
		want    bool
	}{
		"nothing told": {Contact{}, false},
		"free":         {Contact{Values: map[string]any{"dnd": false, "dndSettings.SMS": nil, "dndSettings.Email": "inactive", "city": "active"}}, false},
		"all":          {Contact{Values: map[string]any{"dnd": true}}, true},
		"one channel":  {Contact{Values: map[string]any{"dnd": false, "dndSettings.SMS": "active"}}, true},
		"for good":     {Contact{Values: map[string]any{"dndSettings.Call": "permanent"}}, true},
		"new channel":  {Contact{Values: map[string]any{"dndSettings.RCS": "active"}}, true},
		"inbound":      {Contact{InboundStopped: true}, true},
	} {
		if got := tc.contact.Stopped(); got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// FuzzConsent: no name and no value makes the reading fail, and what is read
// depends on nothing but them.
func FuzzConsent(f *testing.F) {
	f.Add("dnd", `"SMS, Email"`)
	f.Add("subscriptions", `{"email":{"marketing":{"consent":"UNSUBSCRIBED"}}}`)
	f.Add("dndSettings", `[{"SMS":[1,{"status":"active"}]},"{\"sms\":\"[true]\"}"]`)
	f.Add("unsubscribed_at", `"1e1000001"`)
	f.Fuzz(func(t *testing.T, name, raw string) {
		c := newConsentColumn(name, name)
		if raw = strings.Trim(raw, " \n\r\t"); c == nil || !json.Valid([]byte(raw)) {
			return
		}
		var first, second consents
		c.read([]byte(raw), &first)
		c.read([]byte(raw), &second)
		if first.String() != second.String() {
			t.Errorf("%q: %q, then %q", raw, first.String(), second.String())
		}
		if c.kind != optOut && (first.opens != 0 || len(first.unread) > 0) {
			t.Errorf("%s is not strict, and says %q", name, first.String())
		}
		var want Desired
		first.apply(Contacts.Table(), &want, false)
	})
}

// BenchmarkState reads what most records hold in a column that could speak of
// being contacted.
func BenchmarkState(b *testing.B) {
	c := newConsentColumn("state", "state")
	var said consents
	for b.Loop() {
		c.read([]byte(`"California"`), &said)
	}
}

// TestOptInsAreTold: with the entry that makes a no in them count, and none for
// what holds objects, where nothing can be turned round.
func TestOptInsAreTold(t *testing.T) {
	plan, err := Compile(Contacts.Table(), PlanOptions{
		MatchOn: []string{"email"}, Columns: []string{"email", "accepts_marketing", "email_marketing_consent", "marketing_permissions", "attributes", "unsubscribed"},
		Schema: []byte(`{"type":"object","properties":{"email":{"type":"string"},"accepts_marketing":{"type":["null","boolean"]},
			"email_marketing_consent":{"type":["null","object"],"properties":{"state":{"type":"string"}}},"marketing_permissions":{"type":"array"},
			"attributes":{"type":"object","properties":{"email":{"type":"string"},"sms_consent":{"type":"boolean"},"email_consent":{"type":"object"}}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []OptIn{{Column: "accepts_marketing", Mapping: `{"from": "accepts_marketing", "to": "dnd", "negate": true}`},
		{Column: "attributes.sms_consent", Mapping: `{"from": "attributes.sms_consent", "to": "dnd_sms", "negate": true}`}}
	if diff := cmp.Diff(want, plan.OptIns()); diff != "" {
		t.Error(diff)
	}
}

// TestConsentInWordsForNothing: a text that stands for no value says nothing of being
// contacted, unless a mapping translates it.
func TestConsentInWordsForNothing(t *testing.T) {
	for _, tc := range []struct {
		record  string
		values  []Translation
		unclear bool
		stops   bool
	}{
		{`"NULL"`, nil, false, false},
		{`" N/A "`, nil, false, false},
		{`["N/A"]`, nil, false, false},
		{`"n.a."`, nil, true, false},
		{`"x"`, nil, true, false},
		{`"x"`, []Translation{{"X", "yes"}}, false, true},
		{`"x"`, []Translation{{"x", ""}}, false, false},
		{`"N/A"`, []Translation{{"N/A", "yes"}}, false, true},
		{`"maybe"`, []Translation{{"x", "yes"}, {"*", "no"}}, false, false},
		{`null`, []Translation{{"*", "yes"}}, false, false},
	} {
		o := PlanOptions{MatchOn: []string{"email"}, Columns: []string{"email", "dnd"}, Notation: Notation{NullWords: []string{"NULL", "N/A"}}}
		if tc.values != nil {
			o.Mappings = []Mapping{{From: "dnd", To: "dnd", Values: tc.values}}
		}
		plan, err := Compile(Contacts.Table(), o)
		if err != nil {
			t.Fatal(err)
		}
		want, _, reject := plan.Map([]byte(`{"email":"a@example.com","dnd":`+tc.record+`}`), nil)
		if reject != nil || want.UnclearConsent != nil != tc.unclear || want.Stops() != tc.stops {
			t.Errorf("%s with %v: unclear %v, stops %t, %v", tc.record, tc.values, want.UnclearConsent, want.Stops(), reject)
		}
	}
}
