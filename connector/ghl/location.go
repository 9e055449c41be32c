package ghl

import "context"

// Location is the sub-account. AllowDuplicates is meaningful only where
// AllowDuplicatesKnown; Country is ISO-2 and Timezone an IANA name, where set.
type Location struct {
	ID, Name, Country, Timezone           string
	AllowDuplicates, AllowDuplicatesKnown bool
	// OneOpportunity tells that a contact can have one open opportunity in a pipeline
	// and no second; false also where that is not told.
	OneOpportunity bool
}

// Location reads the client's location. Safe to repeat.
//
//ghl:operation GET /locations/{locationId}
func (c *Client) Location(ctx context.Context) (Location, error) {
	var answer struct {
		envelope
		Location struct {
			ID       string `json:"id"`
			Name     string `json:"name"`
			Country  string `json:"country"`
			Timezone string `json:"timezone"`
			Settings struct {
				AllowDuplicateContact     *bool `json:"allowDuplicateContact"`
				AllowDuplicateOpportunity any   `json:"allowDuplicateOpportunity"` // true, false or null
			} `json:"settings"`
		} `json:"location"`
	}
	if err := c.do(ctx, opLocation, request{path: []string{c.location}}, &answer); err != nil {
		return Location{}, err
	}
	told := answer.Location
	if told.ID == "" {
		return Location{}, opLocation.fault(Bug, "the answer names no location")
	}
	location := Location{ID: told.ID, Name: told.Name, Country: told.Country, Timezone: told.Timezone,
		OneOpportunity: told.Settings.AllowDuplicateOpportunity == false}
	if allow := told.Settings.AllowDuplicateContact; allow != nil {
		location.AllowDuplicates, location.AllowDuplicatesKnown = *allow, true
	}
	return location, nil
}
