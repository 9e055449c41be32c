package contacts

import (
	"context"
	"slices"
	"time"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
)

// Where the location would let a second contact of a person pass, a create has to ask the
// primary store first, its guard, unless it is certain that nobody has one of the
// person's keys. It is certain of a key if it was asked for later than search may lag
// behind the beginning of the sync, in an index of that age or by a lookup whose answer is
// certain ([gateway.Target.FindSurely]): whoever was there before the sync is in it, and
// whom the sync has written since then is in its memory for as long as search may lag.
// Keys that search does not take are never certain, nor are those whose contact it has
// shown once and does not show any more.

// certainty is what it takes to be certain.
type certainty struct {
	creates  bool    // the window before has had new people
	creating bool    // this one has
	late     bool    // people are looked for once more
	told     numbers // the keys of contacts that search has shown, as hashes
	tells    int     // how many
}

// mostTold bounds the memory of what search has shown.
const mostTold = 100_000

// isLate reports whether search knew by then all that was there before the sync.
func (f *finder) isLate(t time.Time) bool { return t.Sub(f.begun) >= indexLag }

// guards reports whether creates have guards.
func (f *finder) guards() bool { return f.target.Facts().AllowsDuplicates }

// isOutdated reports whether whom the index lacks is to be looked up, or the location to be
// listed anew, since nothing else would find them out.
func (f *finder) isOutdated() bool { return f.guards() && f.isEarly() }

// wantsCertainty reports whether a lookup is to be certain, which takes a part of its room:
// if it can be and there are new people.
func (f *finder) wantsCertainty() bool {
	return f.guards() && f.isLate(time.Now()) && (f.creates || f.creating || f.late || f.index != nil)
}

// isCertain reports whether nobody had one of the person's keys when the sync began but
// those that are known.
func (f *finder) isCertain(p *person) bool {
	return !slices.ContainsFunc(p.want.Keys, func(k crm.Key) bool { return k.Field != "id" && !f.certain[k] })
}

// conclude enters what a lookup has made certain.
func (f *finder) conclude(a gateway.Answer) {
	for _, key := range a.Certain {
		f.certain[key] = f.told.get(hashKey(key)) == 0 || len(f.with(key)) > 0
	}
	f.tell(a.Found)
}

// tell enters contacts that search has shown, for whatever reason.
func (f *finder) tell(contacts []*crm.Contact) {
	if !f.guards() {
		return
	}
	for _, c := range contacts {
		for _, key := range f.keysOf(c) {
			if hash := hashKey(key); f.tells < mostTold && f.told.get(hash) == 0 {
				f.told.put(hash, 1)
				f.tells++
			}
		}
	}
}

// made enters that somebody new was written. A guard counts as a lookup: a listing
// spares it, once search must know all that was there before the sync.
func (f *finder) made(certainly bool) {
	f.creating = true
	if !certainly && f.guards() && f.isLate(time.Now()) {
		f.lookups++
	}
}

// lookLate looks once more for people who are to be created, if that makes it certain that
// they are new and costs less than their guards.
func (f *finder) lookLate(ctx context.Context, people []*person) error {
	keys := f.toLookLate(people)
	if len(keys) == 0 {
		return nil
	}
	f.late = true
	defer func() { f.late = false }()
	first := min(f.target.Batch(keys), len(keys)) // the others only if its answer is certain
	if err := f.ask(ctx, keys[:first]); err != nil || !slices.ContainsFunc(keys[:first], func(k crm.Key) bool { return f.certain[k] }) {
		return err
	}
	return f.ask(ctx, keys[first:])
}

// toLookLate lists the keys of the people whom it pays to look for once more.
func (f *finder) toLookLate(people []*person) (keys []crm.Key) {
	if !f.guards() || !f.isLate(time.Now()) {
		return nil
	}
	count := 0
	for _, p := range people {
		if p.stage != waiting || p.reject != nil || p.deletes() || !p.looks() || !p.stream().creates() || !p.stream().unique() {
			continue
		}
		if more, ok := f.uncertain(p); ok && len(more) > 0 {
			if contacts, _ := f.whom(p); len(contacts) == 0 {
				count++
				keys = append(keys, more...)
			}
		}
	}
	if len(keys) == 0 || count <= (len(keys)+f.target.Batch(keys)-1)/f.target.Batch(keys) {
		return nil
	}
	return keys
}

// uncertain lists the keys of a person that were not asked for late, unless one of the
// others cannot be certain.
func (f *finder) uncertain(p *person) (keys []crm.Key, ok bool) {
	for _, r := range p.records {
		for _, key := range r.want.Keys {
			certain, asked := f.certain[key]
			switch {
			case key.Field == "id" || certain || slices.Contains(keys, key):
			case asked || f.mute[key] || len(key.Value) > gateway.MaxKey:
				return nil, false
			default:
				keys = append(keys, key)
			}
		}
	}
	return keys, true
}
