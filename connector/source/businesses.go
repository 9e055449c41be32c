package source

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/ghl"
	"destination-gohighlevel/connector/object"
)

// businesses is the stream of the companies that contacts are linked to. Where they have
// custom fields, they are asked of the objects API, which alone tells those.
func (l *Location) businesses() Stream {
	return Stream{
		Name: crm.Businesses.Name, PrimaryKey: []string{"id"},
		Schema: func(ctx context.Context) (json.RawMessage, error) {
			fields, err := l.businessFields(ctx)
			if err != nil {
				return nil, err
			}
			columns := columnsOf(fields)
			columns["createdAt"], columns["updatedAt"] = moment, moment
			return objectSchema(columns), nil
		},
		Estimate: func(ctx context.Context, _ json.RawMessage) (rows, requests int64, err error) {
			list, err := l.businessList(ctx)
			if err != nil {
				return 0, 0, err
			}
			page, total, err := list.ask(ctx, 0)
			total = max(total, len(page)) // not every listing tells it
			return int64(total), int64(max(1, (total+list.size-1)/list.size)), err
		},
		Read: l.readBusinesses,
	}
}

func (l *Location) readBusinesses(ctx context.Context, from json.RawMessage, to Sink) error {
	at, err := readPlace(from)
	if err != nil {
		return err
	}
	fields, err := l.businessFields(ctx)
	if err != nil {
		return err
	}
	list, err := l.businessList(ctx)
	if err != nil {
		return err
	}
	return list.read(ctx, at, func(page []ghl.Business, next listPlace) error {
		for _, b := range page {
			row, err := businessRow(fields, b)
			if err != nil {
				return err
			}
			if err := to.Row(row); err != nil {
				return err
			}
		}
		return to.State(next.state())
	})
}

// businessList lists businesses with all their fields.
func (l *Location) businessList(ctx context.Context) (listing[ghl.Business], error) {
	list := listing[ghl.Business]{size: ghl.BusinessPage, lap: 1, id: func(b ghl.Business) string { return b.ID },
		ask: func(ctx context.Context, skip int) ([]ghl.Business, int, error) {
			page, err := l.client.BusinessesFrom(ctx, skip)
			return page, 0, err
		}}
	fields, err := l.businessFields(ctx)
	if slices.ContainsFunc(fields, func(p crm.Property) bool { return p.Field.Custom }) {
		list.lap = 0
		list.ask = func(ctx context.Context, skip int) ([]ghl.Business, int, error) {
			return l.client.BusinessRecordsPage(ctx, 1+(skip+ghl.BusinessPage-1)/ghl.BusinessPage)
		}
	}
	return list, err
}

// readBusinessFields reads which fields businesses have. A location whose objects API does
// not know businesses has no custom ones.
func (l *Location) readBusinessFields(ctx context.Context) ([]crm.Property, error) {
	custom, err := l.client.BusinessFields(ctx)
	if err != nil && !slices.Contains([]ghl.Kind{ghl.Gone, ghl.Rejected}, ghl.KindOf(err)) {
		return nil, err
	}
	return object.Table(crm.Businesses, custom).Properties(), nil
}

// businessRow is a business as a JSON object of its columns. What is empty is null, and
// what the answer did not tell is absent.
func businessRow(columns []crm.Property, b ghl.Business) (json.RawMessage, error) {
	row := map[string]any{"createdAt": orNull(b.CreatedAt), "updatedAt": orNull(b.UpdatedAt)}
	for _, p := range columns {
		v, told := b.Fields[p.Field.Name]
		switch {
		case p.Field.Type == crm.ID:
			v, told = b.ID, true
		case p.Field.Custom:
			v, told = b.Custom[p.Field.Key], b.CustomTold
		}
		if told {
			row[p.Name] = p.Field.Canonical(v)
		}
	}
	return json.Marshal(row)
}

// readBusinessNames reads the names of businesses by id. A token that may not know them
// reads contacts all the same: then there are none.
func (l *Location) readBusinessNames(ctx context.Context) (map[string]string, error) {
	all, err := l.client.Businesses(ctx)
	if err != nil && !isRefused(err) {
		return nil, err
	}
	names := make(map[string]string, len(all))
	for _, b := range all {
		names[b.ID] = textOf(b.Fields["name"])
	}
	return names, nil
}

// business is the name of the business that a contact is linked to; its id if none is known.
func (l *Location) business(ctx context.Context, c ghl.Contact) (any, error) {
	id := textOf(c.Fields.Value("businessId"))
	if c.BusinessName != "" || id == "" {
		return orNull(c.BusinessName), nil
	}
	names, err := l.businessNames(ctx)
	return cmp.Or(names[id], id), err
}
