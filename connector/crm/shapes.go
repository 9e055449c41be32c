package crm

import "slices"

// This file is where the forms of a further source are taught: it holds words,
// and meaning.go and entries.go the few rules that read them. All names are
// folded: "merge_fields" is "mergefields".

// shape is a form in which sources put what they know of somebody into an object:
// {"profile": {"email": …}}. The same names begin flattened columns: profile_email.
type shape struct {
	name string
	// scope is what its members are: those of the object, if one that identifies it
	// is among them; the parts of one address; the parts of a name.
	scope
	// fallback: it is used only where nothing else has a value.
	fallback bool
	// own: its name says that it is about the object, whatever is in it.
	own bool
}

// asPlace is the shape as no more than an address.
func (s shape) asPlace() shape {
	return shape{name: s.name, scope: scope{place: true}, fallback: s.fallback}
}

// shapes are forms by name.
type shapes map[string]shape

func (all shapes) add(s shape, names ...string) {
	for _, s.name = range names {
		all[s.name] = s
	}
}

var contactShapes = func() shapes {
	all := shapes{}
	whole, place, name := scope{whole: true}, scope{place: true}, scope{name: true}
	all.add(shape{scope: whole}, "properties", "attributes", "profile", "mergefields", "fields", "contact", "person", "data", "payload", "record", "traits",
		"customer", "client", "lead", "member", "subscriber", "prospect", "attendee", "registrant", "applicant", "participant", "donor", "invitee", "guest", "patient", "student", "payer",
		"contactinfo", "contactdetails", "contactdata", "customerinfo", "customerdetails", "customerdata", "personalinfo", "personaldetails", "personaldata", "leaddata",
		"primaryinfo", "info", "embedded", "datafields", "formdata", "formfields", "formresponse", "submission", "userdata", "userattributes", "customattributes")
	all.add(shape{scope: whole, own: true}, "your", "enteryour", "pleaseenteryour", "whatisyour", "whatsyour")
	all.add(shape{scope: scope{whole: true, place: true}}, "billing", "billingaddress", "billingdetails", "billto", "billaddr", "defaultaddress")
	all.add(shape{scope: place}, "address", "address1", "addresses", "streetaddress", "streetaddresses", "mailing", "mailingaddress", "mailingaddresses",
		"home", "homeaddress", "primary", "personal", "personaladdress", "primaryaddress", "postaladdress", "postaladdresses", "residential", "residentialaddress",
		"currentaddress", "permanentaddress", "location")
	all.add(shape{scope: place, fallback: true}, "other", "otheraddress", "secondaryaddress", "alternateaddress", "altaddress")
	all.add(shape{scope: name}, "name", "names", "fullname", "personname")
	return all
}()

// businessShapes are like those of contacts: what is called a company is one.
var businessShapes = func() shapes {
	all := shapes{}
	place := scope{place: true}
	all.add(shape{scope: scope{whole: true}}, "properties", "attributes", "fields", "data", "payload", "record", "traits")
	all.add(shape{scope: scope{whole: true}, own: true}, "company", "organization", "organisation", "org", "business", "account")
	all.add(shape{scope: place}, "address", "address1", "addresses", "billing", "billingaddress", "mailing", "mailingaddress", "physical", "physicaladdress",
		"registered", "registeredaddress", "office", "officeaddress", "hq", "headquarters", "primaryaddress", "defaultaddress", "postaladdress", "location")
	all.add(shape{scope: place, fallback: true}, "shipping", "shippingaddress", "other", "otheraddress", "secondaryaddress", "alternateaddress")
	return all
}()

// deepest is how many shapes may be inside each other.
const deepest = 4

// qualifiers are the words of columns that hold an email or a phone number:
// "Mobile Phone", "work_email", "E-mail 2 - Value", "assistantphone". A name is
// understood if it is made of such words alone and one of them is a noun.
type qualifiers struct {
	nouns    []string
	plain    []string // say nothing, or that it is the person's own
	fallback []string // another one: it fills the field, but identifies nobody
	foreign  []string // somebody else's: never a candidate
	why      string   // what a foreign one is
}

var (
	fallbackWords = []string{"home", "other", "second", "secondary", "alternate", "alternative", "alt", "evening", "2", "3", "4"}
	foreignWords  = []string{"company", "office", "assistant", "assistants", "emergency", "owner", "creator", "manager", "user", "agent", "employer",
		"spouse", "partner", "parent", "guardian", "referrer", "support", "store", "shop", "corporate", "accounting", "cc"}
	ownWords = []string{"primary", "personal", "private", "work", "direct", "preferred", "default", "best", "contact", "1", "value", "your", "all", "wireless"}
)

var contactQualifiers = map[Type]qualifiers{
	Email: {
		nouns:    []string{"email", "emails", "mail", "emailid", "verifiedemails", "validemails"},
		plain:    append([]string{"address", "addresses", "addr", "main", "business", "professional"}, ownWords...),
		fallback: fallbackWords,
		foreign:  foreignWords,
		why:      "not the person's own email",
	},
	Phone: {
		nouns: []string{"phone", "phones", "telephone", "tel", "mobile", "cell", "cellular", "cellphone", "handphone", "landline", "whatsappnumber", "smsnumber",
			"mob", "mobiles", "cells", "landlines", "directnumber", "verifiedphones", "validphones"},
		plain:    append([]string{"number", "numbers", "num", "no", "nr", "e164", "day", "daytime", "whatsapp", "sms"}, ownWords...),
		fallback: fallbackWords,
		foreign:  append([]string{"main", "business", "fax", "telefax", "switchboard", "hq", "headquarters", "hotline"}, foreignWords...),
		why:      "not the person's own number",
	},
}

var (
	businessWords   = []string{"main", "business", "company", "organization", "organisation", "org", "account", "office", "corporate", "general", "primary", "work", "hq", "headquarters", "default", "1", "value"}
	businessForeign = []string{"contact", "person", "personal", "private", "owner", "manager", "assistant", "user", "agent", "emergency", "home", "cc"}
)

var businessQualifiers = map[Type]qualifiers{
	Email: {
		nouns:    contactQualifiers[Email].nouns,
		plain:    append([]string{"address", "addr", "info"}, businessWords...),
		fallback: append([]string{"billing", "support"}, fallbackWords[1:]...),
		foreign:  businessForeign,
		why:      "not the business's own email",
	},
	Phone: {
		nouns:    contactQualifiers[Phone].nouns,
		plain:    append([]string{"number", "numbers", "num", "no", "nr", "e164", "switchboard", "hotline", "store", "shop"}, businessWords...),
		fallback: append([]string{"billing", "support"}, fallbackWords[1:]...),
		foreign:  append([]string{"fax", "telefax"}, businessForeign...),
		why:      "not the business's own number",
	},
}

// The members of the entries of lists: {"value": …, "primary": true, "type": "work"},
// {"key": …, "value": …}, {"field": {"ref": …}, "type": "email", "email": …}, {"id": …, "name": …}.
var (
	entryValues   = []string{"value", "values", "answer"}
	entryValuesOf = map[Type][]string{
		Email: append(slices.Clone(entryValues), "email", "emailaddress", "address", "mail"),
		Phone: append(slices.Clone(entryValues), "phone", "phonenumber", "number", "telephone", "mobile", "tel", "full", "freeformnumber", "nationalnumber"),
	}
	entryMarks  = []string{"primary", "isprimary", "default", "isdefault", "preferred", "defaultbilling"}
	entryTypes  = []string{"type", "label", "kind", "category"}
	entryNames  = []string{"key", "name", "label", "field", "question"}
	entryRefs   = []string{"ref", "key", "name", "label"}
	entryIDs    = []string{"id"}
	entryLabels = []string{"name", "label", "title", "tag", "value", "displayname", "companyname", "plaintext", "start"}
	// What Avro, DynamoDB and event exports call the one member of a value with a type.
	typeNames  = []string{"string", "boolean", "int", "long", "double", "float", "S", "N", "BOOL", "M", "SS", "string_value", "int_value"}
	entryLists = []string{"data", "items", "values", "labels", "tags"}
	// The country of a number: its calling code, or its name.
	entryCodes     = []string{"countrycode", "countrycallingcode", "callingcode", "dialcode", "dialingcode", "phonecode", "phonecountrycode"}
	entryAreas     = []string{"areacode", "phoneareacode"}
	entryCountries = []string{"country", "countryiso", "countrycode", "region"}
)

// shortestAccountState is how many letters the accountStates have at least.
const shortestAccountState = 3

// accountStates are words of a column "state" that speak of an account, not a region.
var accountStates = setOfWords("enabled disabled invited declined active inactive pending subscribed unsubscribed confirmed unconfirmed verified unverified " +
	"registered deleted archived suspended blocked banned open closed new approved rejected locked bounced cleaned cancelled canceled " +
	"complained expired paused trialing churned unknown")
