package sandbox

import (
	"strings"
	"time"
)

const isoMillis = "2006-01-02T15:04:05.000Z"

func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format(isoMillis) }

// dateStyle is how an endpoint writes the values of DATE fields: the vendor has been seen to use all three.
type dateStyle int

const (
	asDay dateStyle = iota
	asISO
	asMillis
)

func (style dateStyle) write(date string) any {
	t, err := time.Parse(time.DateOnly, date)
	switch {
	case err != nil || style == asDay:
		return date
	case style == asISO:
		return t.Format(isoMillis)
	}
	return t.UnixMilli()
}

func (s *Server) customFields(p *person, style dateStyle) []any {
	out := make([]any, 0, len(p.custom))
	for _, c := range p.custom {
		v := c.value
		if date, ok := v.(string); ok && style != asDay {
			if def, ok := s.field(c.id); ok && def.DataType == "DATE" {
				v = style.write(date)
			}
		}
		out = append(out, object{"id": c.id, "value": v})
	}
	return out
}

// list gives an empty list rather than null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// fill copies fields into an answer under their own names. Empty ones are left out, or null where said so.
func (p *person) fill(out object, nulls bool, fields ...field) {
	for _, f := range fields {
		if v := p.get(f); v != "" {
			out[fieldNames[f]] = v
		} else if nulls {
			out[fieldNames[f]] = nil
		}
	}
}

// addNames adds the lower-case forms of names.
func (p *person) addNames(out object) {
	out["firstNameLowerCase"] = strings.ToLower(p.get(fFirstName))
	out["lastNameLowerCase"] = strings.ToLower(p.get(fLastName))
	out["fullNameLowerCase"] = strings.ToLower(p.name())
}

// common gives what every form of a contact has.
func (s *Server) common(p *person, style dateStyle) object {
	return object{"id": p.id, "locationId": s.opts.LocationID, "dateAdded": iso(p.added), "dateUpdated": iso(p.updated),
		"tags": list(p.tags), "customFields": s.customFields(p, style), "dnd": p.extra().dnd}
}

// created is the vendor's CreateContactSchema, the answer of POST.
func (s *Server) created(p *person) object {
	out := s.common(p, asDay)
	p.fill(out, false, fType, fFirstName, fLastName, fEmail, fPhone, fAddress1, fCity, fState, fCountry, fPostalCode, fWebsite, fSource,
		fCompanyName, fBusinessID, fAssignedTo)
	p.addNames(out)
	out["deleted"], out["offers"], out["products"] = false, []any{}, []any{}
	if email := p.get(fEmail); email != "" {
		out["emailLowerCase"], out["bounceEmail"], out["unsubscribeEmail"] = strings.ToLower(email), false, false
	}
	if born, err := time.Parse(time.DateOnly, p.get(fDateOfBirth)); err == nil {
		out["dateOfBirth"], out["birthMonth"], out["birthDay"] = born.Format(isoMillis), int(born.Month()), born.Day()
	}
	if settings := p.extra().dndSet; len(settings) > 0 {
		out["dndSettings"] = settings
	}
	return out
}

// byID is the vendor's GetContectByIdSchema (sic) with what live answers add: the answer of GET, PUT and upsert. It has no gender.
func (s *Server) byID(p *person) object {
	out := s.common(p, asDay)
	p.fill(out, false, fFirstName, fLastName, fEmail, fTimezone, fCompanyName, fPhone, fType, fSource, fAssignedTo, fAddress1, fCity, fState,
		fCountry, fPostalCode, fWebsite, fDateOfBirth, fBusinessID)
	p.addNames(out)
	if name := p.name(); name != "" {
		out["name"] = name
	}
	if email := p.get(fEmail); email != "" {
		out["emailLowerCase"] = strings.ToLower(email)
	}
	x := p.extra()
	out["additionalEmails"], out["additionalPhones"], out["followers"] = list(x.emails), []any{}, []any{}
	if len(x.dndSet) > 0 {
		out["dndSettings"] = x.dndSet
	}
	if len(x.inbound) > 0 {
		out["inboundDndSettings"] = x.inbound
	}
	return out
}

// listed is the form of GET /contacts/: names in lower case, their real case apart.
func (s *Server) listed(p *person) object {
	out := s.common(p, asMillis)
	p.fill(out, true, fCompanyName, fEmail, fPhone, fType, fSource, fAssignedTo, fAddress1, fCity, fState, fPostalCode, fCountry, fWebsite,
		fTimezone, fDateOfBirth, fBusinessID)
	first, last := p.get(fFirstName), p.get(fLastName)
	out["contactName"] = strings.ToLower(p.name())
	out["firstName"], out["lastName"] = strings.ToLower(first), strings.ToLower(last)
	out["firstNameRaw"], out["lastNameRaw"] = first, last
	out["attributions"], out["followers"] = []any{}, []any{}
	out["startAfter"] = []any{p.added, p.id}
	return out
}

// found is the form of POST /contacts/search: "address" for "address1", no gender, no time zone, no full name.
func (s *Server) found(p *person) object {
	out := s.common(p, asISO)
	p.fill(out, true, fAssignedTo, fBusinessID, fBusinessName, fCity, fCompanyName, fCountry, fEmail, fFirstName, fLastName, fPhone, fPostalCode,
		fSource, fState, fType, fWebsite)
	p.addNames(out)
	delete(out, "fullNameLowerCase")
	x := p.extra()
	out["address"], out["dateOfBirth"] = nil, nil
	if street := p.get(fAddress1); street != "" {
		out["address"] = street
	}
	if date := p.get(fDateOfBirth); date != "" {
		out["dateOfBirth"] = asISO.write(date)
	}
	if !s.is(DNDUntold) {
		out["dndSettings"] = object{}
	}
	if len(x.dndSet) > 0 && !s.is(DNDEmptied|DNDUntold) {
		out["dndSettings"] = x.dndSet
	}
	deals := []any{}
	for _, o := range s.opportunities.searched().of(p.id) {
		deals = append(deals, object{"id": o.ID, "pipeline_id": o.PipelineID, "pipeline_stage_id": o.StageID, "monetary_value": o.Value, "status": o.Status})
	}
	out["additionalEmails"], out["additionalPhones"], out["followers"], out["opportunities"] = list(x.emails), []any{}, []any{}, deals
	for _, name := range []string{"phoneLabel", "validEmail", "attributionSource", "lastAttributionSource"} {
		out[name] = nil
	}
	return out
}
