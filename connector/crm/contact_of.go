package crm

import (
	"cmp"
	"slices"
	"strings"
)

// fieldContact is the id of the contact that an object belongs to.
const fieldContact = "contactId"

// ofContact are the rows of what the contact is found by that an object belongs to.
// They are written nowhere: see [Desired.Parent].
func ofContact() []standard {
	return []standard{
		{Field: Field{Name: fieldContact, Type: Text}, title: "Contact ID", parent: true, doubtful: true, form: isID,
			remark:  "The id in HighLevel of the contact that it belongs to.",
			aliases: []string{"highlevelcontactid", "ghlcontactid"}, parts: []string{"id"}},
		{Field: Field{Name: fieldEmail, Type: Email}, title: "Contact's email", parent: true,
			remark:  "The contact that it belongs to is found by it.",
			aliases: []string{"mail", "emailaddress"}},
		{Field: Field{Name: fieldPhone, Type: Phone}, title: "Contact's phone", parent: true,
			remark:  "The contact that it belongs to is found by it.",
			aliases: []string{"phonenumber", "mobile", "mobilephone", "cell", "cellphone", "tel", "telephone", "contactnumber"}},
	}
}

// ownShapes are those of what belongs to a contact: objects that hold it, under
// further names too, and those that hold its contact, of whom nothing else counts.
func ownShapes(names ...string) shapes {
	all := shapes{}
	all.add(shape{scope: scope{whole: true}, own: true}, "properties", "attributes", "fields", "data", "payload", "record")
	all.add(shape{scope: scope{whole: true}, own: true}, names...)
	all.add(shape{scope: scope{contact: true}}, "contact", "person", "customer", "client", "lead", "member", "subscriber", "prospect", "attendee", "patient", "student", "primarycontact", "personid")
	return all
}

// OfContact is the table with the custom fields of contacts that these keys name, as
// match_on does: what belongs to a contact can be given by them too. Of a kind that
// belongs to nobody it is the table itself.
func (t *Table) OfContact(contacts *Table, matchOn []string) *Table {
	if t.kind.Parent == nil || contacts == nil {
		return t
	}
	for _, ref := range matchOn {
		if f := contacts.Find(ref); f != nil && f.Custom {
			t = t.With(*f)
		}
	}
	return t
}

// isParents reports whether a field is one of the contact's that the object belongs to.
func (t *Table) isParents(f *Field) bool {
	return f.about().parent || f.Custom && t.kind.Parent != nil && strings.HasPrefix(f.Key, t.kind.Parent.prefix)
}

// parentKeys finds the fields by which the contact is found that the object belongs
// to: the id first, then those that match_on names for contacts.
func (c *compiler) parentKeys() {
	for _, ref := range append([]string{fieldContact}, c.options.ParentOn...) {
		f := c.table.Field(ref)
		if f == nil || !f.about().parent {
			bare := strings.TrimPrefix(ref, customPrefix)
			f = cmp.Or(c.table.findCustom(Contacts.prefix+bare), c.table.findCustom(bare))
		}
		switch {
		case ref == fieldID:
		case f == nil:
			c.fault("match_on: %q does not exist", ref)
		case !f.searchable():
			c.fault("match_on: %q cannot be searched (%s)", ref, f.Type)
		default:
			c.parentOn = append(c.parentOn, c.table.index[f.Name])
			c.parentRefs = append(c.parentRefs, ref)
		}
	}
}

// finding are the fields without any of which a record means nobody, and what the
// configuration calls them: of what belongs to a contact the contact's go first.
func (p *Plan) finding() (fields []int, refs []string) {
	return slices.Concat(p.parentOn, p.matchOn), slices.Concat(p.parentRefs, p.matchRefs)
}

// findParent moves what the contact is found by from the values to the keys.
func (r *record) findParent() {
	for _, i := range r.plan.parentOn {
		f := r.plan.table.fields[i]
		if k, ok := r.key(i, r.want.Values[f.Name].Data); ok {
			if f.Name == fieldContact {
				k.Field = fieldID
			}
			r.want.Parent = append(r.want.Parent, k)
		}
		delete(r.want.Values, f.Name)
	}
}
