package crm

// Names of the standard fields that this package treats by name, of whatever kind.
const (
	fieldID        = "id"
	fieldEmail     = "email"
	fieldPhone     = "phone"
	fieldName      = "name"
	fieldFirstName = "firstName"
	fieldLastName  = "lastName"
	fieldStreet    = "address1"
	fieldCity      = "city"
	fieldState     = "state"
	fieldCountry   = "country"
	fieldPostcode  = "postalCode"
	fieldCompany   = "companyName"
	fieldWebsite   = "website"
	fieldTimezone  = "timezone"
	fieldSource    = "source"
	fieldTags      = "tags"
	fieldGender    = "gender"
	fieldBirthday  = "dateOfBirth"
	fieldDND       = "dnd"
	// fieldChannels begins the names of the channels of do-not-disturb, which
	// the API keeps in one object.
	fieldChannels = "dndSettings."
)

// Contacts are people. Numbers and emails that belong to somebody by their name
// (work_email) are recognised by their words; see qualifiers.
var Contacts = newKind(Kind{
	Name: "contacts", One: "contact", MatchOn: []string{fieldEmail, fieldPhone},
	prefix: "contact.", shapes: contactShapes, qualified: contactQualifiers,
	foreignTypes:  []string{"company", "office", "main", "fax", "assistant", "emergency"},
	foreignPlaces: []string{"shipping", "delivery", "work", "office", "business", "company"},
}, []standard{
	{Field: Field{Name: fieldID, Type: ID}, title: "Contact ID", key: true, form: isID,
		remark:  "The contact's id in HighLevel. It is used to find the contact and never written.",
		aliases: []string{"contactid", "highlevelid", "highlevelcontactid", "ghlid", "ghlcontactid"}},
	{Field: Field{Name: fieldEmail, Type: Email}, title: "Email", key: true,
		aliases: []string{"mail", "emailaddress", "primaryemail", "emailaddr", "smtpaddress", "smtpaddr"}},
	{Field: Field{Name: fieldPhone, Type: Phone}, title: "Phone", key: true,
		aliases: []string{"phonenumber", "mobile", "mobilephone", "cell", "cellphone", "tel", "telephone", "contactnumber", "contactno", "phno", "textremindernumber"}},
	{Field: Field{Name: fieldFirstName, Type: Text}, title: "First name",
		aliases: []string{"fname", "givenname", "givennames", "forename", "forenames", "firstnames", "legalfirstname", "custfirstname", "customerfirstname"}, parts: []string{"first", "given"}},
	{Field: Field{Name: fieldLastName, Type: Text}, title: "Last name",
		aliases: []string{"lname", "surname", "familyname", "lastnames", "surnames", "legallastname", "custlastname", "customerlastname"}, parts: []string{"last", "family"}},
	{Field: Field{Name: fieldName, Type: Text}, title: "Full name", doubtful: true, remark: "Fills the first and the last name where the record lacks them.",
		aliases: []string{"fullname", "contactname", "displayname", "custname", "customername", "yourname"}, parts: []string{"full", "formatted", "display", "value", "plaintext"}},
}, address(fieldStreet, true), []standard{
	{Field: Field{Name: fieldCompany, Type: Text}, title: "Company", noKeys: true, untaken: Update,
		aliases:   []string{"company", "organization", "organisation", "businessname", "org", "orgname", "organizationname", "organisationname", "organization1name", "employername"},
		elsewhere: []string{"account", "accountname"}, why: "in some sources a login or a ledger"},
	{Field: Field{Name: fieldWebsite, Type: Text}, title: "Website",
		aliases:   []string{"web", "homepage", "webpage", "websiteurl", "websiteaddress", "webaddress", "website1value"},
		elsewhere: []string{"url", "link"}, why: "in many sources the address of the record itself"},
	{Field: Field{Name: fieldTimezone, Type: Timezone}, title: "Time zone", part: partTimezone, untold: Create | Search,
		aliases: []string{"tz", "ianatimezone", "timezonename", "persontimezone", "zoneinfo"}},
	{Field: Field{Name: fieldBirthday, Type: Date}, title: "Date of birth",
		aliases: []string{"dob", "birthday", "birthdate", "bday"}},
	{Field: Field{Name: fieldGender, Type: Text}, title: "Gender", loose: true, doubtful: true, read: readGender,
		untold: Create | Update | Upsert | Read | Search, untaken: Update | Upsert,
		remark:  "Written only when a contact is created: HighLevel discards it on existing ones.",
		aliases: []string{"sex"}},
	{Field: Field{Name: fieldSource, Type: Text}, title: "Source", filled: true, when: IfEmpty,
		remark:  "Where the contact came from. The configured source only fills contacts that are created without one.",
		aliases: []string{"leadsource", "contactsource"}},
	{Field: Field{Name: fieldTags, Type: TagList}, title: "Tags",
		aliases: []string{"tag", "labels", "taglist", "tagnames"}},
	{Field: Field{Name: fieldDND, Type: Bool}, title: "Do not disturb", remark: "True stops messages on all channels.",
		aliases: []string{"donotdisturb"}},
	channel("Call", "call", "call"),
	channel("Email", "email", "email"),
	channel("SMS", "sms", "SMS"),
	channel("WhatsApp", "whatsapp", "WhatsApp"),
	channel("GMB", "gmb", "Google Business"),
	channel("FB", "fb", "Facebook"),
	{Field: Field{Name: "assignedTo", Type: UserID}, title: "Assigned to",
		elsewhere: []string{"ownerid", "owner", "ownername", "owneremail", "assignee", "assigneeid", "hubspotownerid", "salesrep"},
		why:       "somebody in the source, who need not be a HighLevel user"},
	{Field: Field{Name: "business", Type: Link}, title: "Business", doubtful: true, linksTo: "businesses",
		remark:    "The business to link the contact to, by name or id.",
		elsewhere: []string{"businessid"}, why: "in most sources a key of its own"},
})

// channel is the row of a channel: its name in the API, in columns and among people.
func channel(name, column, spoken string) standard {
	return standard{Field: Field{Name: fieldChannels + name, Key: "dnd_" + column, Type: Channel}, title: "Do not disturb by " + spoken}
}
