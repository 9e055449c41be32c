package crm

import "strings"

// Businesses are the companies that contacts are linked to.
var Businesses = newKind(Kind{
	Name: "businesses", One: "business", MatchOn: []string{fieldName},
	prefix: "business.", shapes: businessShapes, qualified: businessQualifiers,
	foreignTypes:  []string{"fax", "home", "mobile", "assistant", "emergency"},
	foreignPlaces: []string{"shipping", "delivery", "home"},
}, []standard{
	{Field: Field{Name: fieldID, Type: ID}, title: "Business ID", key: true, form: IsBusinessID,
		remark:  "The business's id in HighLevel. It is used to find the business and never written.",
		aliases: []string{"businessid", "highlevelid", "highlevelbusinessid", "ghlid", "ghlbusinessid"}},
	{Field: Field{Name: fieldName, Type: Text}, title: "Name", key: true, required: true, loose: true, noKeys: true,
		aliases: []string{"company", "companyname", "organization", "organisation", "organizationname", "organisationname", "org", "orgname",
			"business", "businessname", "account", "accountname", "displayname"}},
	{Field: Field{Name: fieldPhone, Type: Phone}, title: "Phone",
		aliases: []string{"phonenumber", "tel", "telephone"}},
	{Field: Field{Name: fieldEmail, Type: Email}, title: "Email",
		aliases: []string{"mail", "emailaddress", "emailaddr"}},
	{Field: Field{Name: fieldWebsite, Type: Text}, title: "Website", key: true,
		aliases:   []string{"web", "homepage", "websiteurl", "webaddress", "webpage", "domain", "domainname"},
		elsewhere: []string{"url", "link"}, why: "in many sources the address of the record itself"},
}, address("address", false, "code"), []standard{
	{Field: Field{Name: "description", Type: LargeText}, title: "Description",
		aliases: []string{"about", "overview"}},
})

// IsBusinessID reports whether a text has one of the forms of a business's id: that
// of a contact's, or 24 hexadecimal digits.
func IsBusinessID(s string) bool {
	return isID(s) || len(s) == 24 && strings.Trim(s, "0123456789abcdef") == ""
}
