package sandbox

import (
	"fmt"
	"regexp"
	"slices"
)

var taggable = shape{"tags": needed(someStrings)}

func (s *Server) addTags(c *call) *answer    { return s.changeTags(c, 201, "tagsAdded", addTo) }
func (s *Server) removeTags(c *call) *answer { return s.changeTags(c, 200, "tagsRemoved", removeFrom) }

// addTo gives the tags with more, and what is new.
func addTo(tags, more []string) (after, changed []string) {
	after = slices.Clone(tags)
	for _, t := range more {
		if !slices.Contains(after, t) {
			after, changed = append(after, t), append(changed, t)
		}
	}
	return after, changed
}

// removeFrom gives the tags without some, and what is gone.
func removeFrom(tags, some []string) (after, changed []string) {
	for _, t := range tags {
		if slices.Contains(some, t) {
			changed = append(changed, t)
		} else {
			after = append(after, t)
		}
	}
	return after, changed
}

func (s *Server) changeTags(c *call, status int, changedName string, edit func(a, b []string) (after, changed []string)) *answer {
	id := c.PathValue("contactId")
	old := s.primary.ids[id]
	if old == nil {
		return s.missing("Contact", id)
	}
	given, _ := stringList(c.body["tags"])
	p, changed := s.retag(old, cleanTags(given), edit)
	return &answer{status, object{"tags": list(p.tags), changedName: list(changed)}}
}

// retag stores the person with other tags, if they are others.
func (s *Server) retag(old *person, tags []string, edit func(a, b []string) (after, changed []string)) (*person, []string) {
	after, changed := edit(old.tags, tags)
	if len(changed) == 0 {
		return old, nil
	}
	p := old.copy()
	p.tags = after
	s.save(p)
	return p, changed
}

var firebaseID = regexp.MustCompile(`^[A-Za-z0-9]{20}$`)

// bulkTaggable is of both types: removeAllTags does nothing where tags are added.
var bulkTaggable = shape{"contacts": needed(oneOrMoreStrings), "tags": needed(oneOrMoreStrings), "locationId": aString, "removeAllTags": aBool}

// bulkTags answers for each contact apart; the call as a whole succeeds.
func (s *Server) bulkTags(c *call) *answer {
	body, removing := c.body, c.PathValue("type") == "remove"
	if body["locationId"] == nil {
		return refuse(400, "LocationId can't be undefined")
	}
	if !removing && c.PathValue("type") != "add" {
		return unprocessable("type must be one of the following values: add, remove")
	}
	ids, _ := stringList(body["contacts"])
	if len(ids) > s.opts.MaxBulk {
		return refuse(400, fmt.Sprintf("contacts must contain no more than %d elements", s.opts.MaxBulk))
	}
	tags, _ := stringList(body["tags"])
	tags = cleanTags(tags)
	errors, responses := 0, make([]any, 0, len(ids))
	for _, id := range ids {
		response := s.bulkTag(id, tags, removing, removing && body["removeAllTags"] == true)
		if response["type"] == "error" {
			errors++
		}
		if responses = append(responses, response); s.is(BulkTexts) {
			responses[len(responses)-1] = response["message"]
		}
	}
	return &answer{201, object{"succeded": true, "errorCount": errors, "responses": responses}}
}

func (s *Server) bulkTag(id string, tags []string, removing, all bool) object {
	out := object{"contactId": id, "type": "error", "oldTags": []string{}, "tagsAdded": []string{}, "tagsRemoved": []string{}}
	old := s.primary.ids[id]
	switch {
	case old != nil:
	case !firebaseID.MatchString(id):
		out["message"] = "contact id is not a valid firebase id"
		return out
	case s.deleted[id]:
		out["message"] = "contact is deleted"
		return out
	default:
		out["message"] = "contact does not belong to location"
		return out
	}
	edit, name := addTo, "tagsAdded"
	if removing {
		edit, name = removeFrom, "tagsRemoved"
	}
	if all {
		tags = old.tags
	}
	_, changed := s.retag(old, tags, edit)
	out["type"], out["message"], out["oldTags"], out[name] = "success", "Tags updated", list(old.tags), list(changed)
	return out
}
