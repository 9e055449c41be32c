package contacts

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
	"destination-gohighlevel/connector/object"
	"destination-gohighlevel/connector/trouble"
	"destination-gohighlevel/connector/words"
)

// seen is whom a sync contained, as hashes: the contacts that were settled,
// and the keys of records that were rejected. A nil seen keeps nothing. It is
// not safe for concurrent use.
type seen struct {
	ids  map[uint64]bool // true: the sync has seen to it that it carries the stream's tags
	keys map[uint64]struct{}
	// removed are contacts that deletes of the sync have taken out already.
	removed map[uint64]struct{}
}

func newSeen() *seen {
	return &seen{map[uint64]bool{}, map[uint64]struct{}{}, map[uint64]struct{}{}}
}

// add enters a person. One that was rejected is there all the same.
func (s *seen) add(p *person) {
	if s == nil {
		return
	}
	for _, c := range append([]*crm.Contact{p.have}, p.matches...) {
		if c == nil {
			continue
		}
		id := hashKey(crm.IDKey(c.ID))
		if p.deletes() {
			s.removed[id] = struct{}{}
			if _, contained := s.ids[id]; contained {
				s.ids[id] = false
			}
			continue
		}
		delete(s.removed, id)
		s.ids[id] = s.ids[id] || p.reject == nil && !p.void() && c == p.have
	}
	if p.reject != nil && !p.deletes() {
		s.protect(p.want.Keys)
	}
}

// protect enters the keys of a record that could not be written.
func (s *seen) protect(keys []crm.Key) {
	if s == nil {
		return
	}
	for _, k := range keys {
		s.keys[hashKey(k)] = struct{}{}
	}
}

// has reports whether the sync contained this contact.
func (s *seen) has(c *crm.Contact, keys []crm.Key) bool {
	_, contained := s.ids[hashKey(crm.IDKey(c.ID))]
	return contained || slices.ContainsFunc(keys, func(k crm.Key) bool { return in(s.keys, hashKey(k)) })
}

func in(set map[uint64]struct{}, h uint64) bool {
	_, ok := set[h]
	return ok
}

// removeMissing ends an overwrite: contacts that carry the stream's own tags
// and that the sync did not contain are taken out in the way the user chose.
// Until then the stream's states are held back: a sync that was cut short must
// not go on from the middle, or all it had delivered would be missing.
func (r *run) removeMissing(ctx context.Context) error {
	for _, s := range r.streams {
		if !removes(s.Stream) {
			continue
		}
		log := r.Log.With().Str("stream", s.ID.String()).Logger()
		reason := r.keepsMissing(s)
		if reason == notComplete || reason == incomplete { // after all has been delivered again
			reason += "; its states are kept back, so that the next sync delivers everything again"
		} else {
			s.HoldsStates = false
		}
		if reason != "" {
			log.Warn().Msg("contacts that the sync did not contain are kept: " + reason)
			continue
		}
		missing, tagged, err := r.missing(ctx, s)
		if err != nil {
			return err
		}
		if len(missing)*100 > tagged*s.RemovalLimit {
			log.Warn().Msgf("contacts that the sync did not contain are kept: %s of the %s with the stream's tags would be removed, more than removal_limit_percent (%d) allows",
				words.Grouped(len(missing)), words.Grouped(tagged), s.RemovalLimit)
			continue
		}
		kept, err := r.removeAll(ctx, s, missing)
		if err != nil {
			return err
		}
		log.Info().Msgf("of %s with the stream's tags, %s not in the sync%s", words.Count(tagged, "contact"),
			words.Plural(len(missing), "was", "were"), s.removalDone(len(missing), kept))
	}
	return nil
}

// removalDone says what became of so many contacts, in the log's words; kept of
// them were not deleted, for their people have said "stop".
func (s *stream) removalDone(contacts, kept int) string {
	they, them, were, lose := "they", "them", "were ", "lost"
	if contacts == 1 {
		they, them = "it", "it"
	}
	switch {
	case contacts == 0:
		return ""
	case s.target.Facts().DryRun:
		were, lose = "would be ", "would lose"
	case contacts == 1 && s.OnMissing == object.Delete:
		were = "was "
	}
	switch {
	case kept > 0:
		return fmt.Sprintf(": %s %sdeleted, %s on do not disturb and %s the tags instead", words.Grouped(contacts-kept), were,
			words.Plural(kept, "is", "are"), lose)
	case s.OnMissing == object.Delete:
		return ": " + they + " " + were + "deleted"
	}
	return ": the tags " + were + "taken off " + them
}

// Why the removal is still to come.
const (
	notComplete = "the source has not said that the stream is complete"
	incomplete  = "the source has said that the stream is incomplete"
)

// keepsMissing says why nothing may be removed, "" if something may.
func (r *run) keepsMissing(s *stream) string {
	counts := s.Counts()
	switch {
	case s.unread:
		return "a record could not be read because of a bug of the connector, so nobody knows whom it is about"
	case counts.Read == 0:
		return "the stream delivered no record"
	case counts.Settled() < counts.Read:
		return "some records were left unfinished"
	case len(s.seen.ids) == 0:
		return "no record of the stream was accepted"
	case s.GenerationID != nil && s.MinimumGenerationID != nil && *s.MinimumGenerationID < *s.GenerationID:
		return "the platform asks to keep earlier generations"
	case s.IsIncomplete():
		return incomplete
	case s.GenerationID != nil && !s.IsComplete():
		return notComplete
	case len(s.Tags) == 0:
		return "the stream has no tags to recognise its contacts by"
	}
	for _, other := range r.streams {
		if other != s && slices.ContainsFunc(other.Tags, func(t string) bool { return containsFold(s.Tags, t) }) {
			return fmt.Sprintf("the stream %s uses the same tags; give each its own in streams", other.ID)
		}
	}
	return ""
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(o string) bool { return strings.EqualFold(strings.TrimSpace(o), strings.TrimSpace(s)) })
}

// missing lists the contacts that carry all of the stream's tags and were not
// in the sync, and tells how many carry them: also those of the sync to whom it
// has given the tags and whom search does not show so yet, or, in a dry run, will
// never.
func (r *run) missing(ctx context.Context, s *stream) (missing []gateway.Subject, tagged int, err error) {
	f := r.finder
	tags := make([]string, 0, len(s.Tags))
	for _, t := range s.Tags {
		tags = append(tags, strings.ToLower(strings.TrimSpace(t)))
	}
	given := 0
	for _, tagged := range s.seen.ids {
		if tagged {
			given++
		}
	}
	for after := json.RawMessage(nil); ; {
		page, err := s.target.List(ctx, gateway.Listing{Tags: tags, After: after})
		if err != nil {
			return nil, 0, err
		}
		for _, c := range page.Contacts {
			if in(s.seen.removed, hashKey(crm.IDKey(c.ID))) { // search may not know yet
				continue
			}
			if tagged++; s.seen.ids[hashKey(crm.IDKey(c.ID))] {
				given--
			}
			if !r.contained(s, c, f.keysOf(c)) {
				have := &crm.Contact{ID: c.ID, Tags: c.Tags, Changed: c.Changed} // there can be many
				missing = append(missing, gateway.Subject{ID: c.ID, Have: have, Of: object.OriginOf(s.ID, nil)})
			}
		}
		if after = page.Next; after == nil {
			return missing, tagged + given, nil
		}
	}
}

// contained reports whether the sync had a contact in the stream, or, where it
// would be deleted, in any.
func (r *run) contained(s *stream, c *crm.Contact, keys []crm.Key) bool {
	return slices.ContainsFunc(r.streams, func(other *stream) bool {
		return (other == s || s.OnMissing == object.Delete) && other.seen.has(c, keys)
	})
}

// removeAll takes contacts out, and returns how many of those to be deleted are
// kept, since their people have said "stop": these lose the tags.
func (r *run) removeAll(ctx context.Context, s *stream, missing []gateway.Subject) (kept int, err error) {
	untag := missing
	if s.OnMissing == object.Delete {
		if untag, err = r.deleteAll(ctx, s, missing); err != nil {
			return 0, err
		}
		kept = len(untag)
	}
	if len(untag) == 0 {
		return kept, nil
	}
	refused, err := s.target.ChangeTags(ctx, gateway.TagChange{Remove: true, Tags: s.Tags, Contacts: untag})
	if err != nil {
		return kept, err
	}
	for _, who := range untag {
		reject, bad := refused[who.ID]
		if !bad {
			r.outcomes.Add(object.Outcome{Stream: s.ID, Status: load.Removed, ID: who.ID, TakenTags: s.Tags})
		}
		if reject != nil {
			s.Note(0, trouble.Note{Field: "tags", Rule: "could not be taken off a contact that the sync did not contain", Warns: true})
		}
	}
	s.Missed(len(untag) - len(refused))
	return kept, nil
}

// deleteAll deletes contacts that still carry the stream's tags. It returns
// those that are kept, since their people have said "stop".
func (r *run) deleteAll(ctx context.Context, s *stream, missing []gateway.Subject) (kept []gateway.Subject, err error) {
	own := func(now *crm.Contact) bool {
		return !slices.ContainsFunc(s.Tags, func(t string) bool { return !hasTag(now, strings.TrimSpace(t)) })
	}
	for _, who := range missing {
		if err := ctx.Err(); err != nil {
			return kept, err
		}
		end, _, reject, err := r.deleteContact(ctx, r.finder, who, own, false)
		switch {
		case err != nil:
			return kept, err
		case reject != nil:
			s.Note(0, trouble.Note{Field: "contact", Rule: "could not be deleted, though the sync did not contain it: " + reject.Reason, Warns: true})
		case end == wasStopped:
			s.Note(0, notDeleted)
			kept = append(kept, who)
		case end == wasDeleted:
			s.Missed(1)
			r.outcomes.Add(object.Outcome{Stream: s.ID, Status: load.Removed, ID: who.ID, Deleted: true})
		}
	}
	return kept, nil
}
