package crm

// Notes are texts about a contact.
var Notes = newKind(Kind{
	Name: "notes", One: "note", ByRow: true, Parent: Contacts,
	prefix: Contacts.prefix, shapes: ownShapes("note"), qualified: contactQualifiers,
}, ofContact(), []standard{
	{Field: Field{Name: FieldBody, Type: LargeText}, title: "Text", required: true, markup: true,
		aliases: []string{"note", "notes", "content", "text", "comment", "comments", "notebody", "notetext", "notecontent", "hsnotebody", "message", "description"}},
	{Field: Field{Name: FieldTitle, Type: Text}, title: "Title",
		aliases: []string{"subject", "notetitle", "headline"}},
	{Field: Field{Name: "userId", Type: UserID}, title: "Author",
		remark:    "The HighLevel user who has written it, by id, email or full name.",
		aliases:   []string{"author", "authoremail", "authorname"},
		elsewhere: []string{"owner", "ownerid", "ownername", "owneremail", "createdby", "createdbyid", "authorid", "hubspotownerid"},
		why:       "somebody in the source, who need not be a HighLevel user"},
	{Field: Field{Name: "pinned", Type: Bool}, title: "Pinned",
		aliases: []string{"ispinned", "sticky"}},
	{Field: Field{Name: "color", Type: Text}, title: "Color",
		aliases: []string{"colour", "notecolor"}},
})

// Names of fields that notes and tasks are known by.
const (
	FieldBody  = "body"
	FieldTitle = "title"
	FieldDue   = "dueDate"
)
