package contacts

import (
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"destination-gohighlevel/connector/contacts/gateway"
	"destination-gohighlevel/connector/crm"
	"destination-gohighlevel/connector/load"
)

// finder finds the contacts of people in one target with few requests. Keys
// are looked up in batches. Once lookups have cost as much as a listing of the
// whole location would, or are about to, the location is listed into an index,
// and nothing is looked up any more: that never costs more than twice the
// better of both. It is not safe for concurrent use.
type finder struct {
	*known
	target gateway.Target
	log    zerolog.Logger
	fields func() []*crm.Field // that the streams can write
	links  func() []string     // fields by which they link to others
	// workers is how many requests make full use of the API's limit, as of now.
	workers func() int
	begun   time.Time    // the sync
	window  time.Time    // when begin was called last
	coming  *load.Window // what is being written and what comes behind it; nil: that is not known

	asked   map[crm.Key]bool // scratch of find
	lookups int              // requests since the last listing
	pages   int              // that a listing costs; 0: not known
	index   *index
	listed  time.Time
	tooBig  bool // for an index

	certainty
	second     secondKeys
	suppressed *suppressed     // nil: the sync has no suppressions
	recognises map[string]bool // by field: whether the location was found to mind that two contacts have the same value
}

// indexLasts bounds how old the view of an index can be.
const indexLasts = 30 * time.Minute

func newFinder(r *run, keys []string) *finder {
	return &finder{known: newKnown(keys), target: r.target, fields: r.fields, links: r.links, workers: r.Workers,
		recognises: map[string]bool{}, asked: map[crm.Key]bool{}, begun: r.begun, log: r.Log}
}

// begin starts a window.
func (f *finder) begin() {
	f.known.begin()
	f.window = time.Now()
	switch {
	case f.index == nil:
	case f.index.full(): // of what was written since
		f.index, f.tooBig = nil, true
	case time.Since(f.listed) > indexLasts:
		f.index, f.lookups = nil, 0
	}
	f.creates, f.creating = f.creating, false
}

// isEarly reports whether the index may lack who was written shortly before the sync,
// and search knows them by now.
func (f *finder) isEarly() bool { return f.index != nil && !f.isLate(f.listed) && f.isLate(time.Now()) }

// wrote enters what a write has answered.
func (f *finder) wrote(c *crm.Contact) {
	if c == nil || c.ID == "" {
		return
	}
	f.known.wrote(c)
	if f.index != nil {
		f.index.put(c, f.keysOf(c))
	}
}

// tagged enters a contact of which only the tags are known to be new.
func (f *finder) tagged(c *crm.Contact) {
	f.known.tagged(c)
	if f.index != nil {
		f.index.put(c, f.keysOf(c))
	}
}

// shown enters a contact that search has returned, and returns it as it is. It is newer
// than what the location was listed with.
func (f *finder) shown(c *crm.Contact) *crm.Contact {
	f.found(c)
	now := f.withOwn(c)
	if _, dead := f.dead[c.ID]; f.index != nil && !dead && !f.own.has(c.ID) {
		f.index.put(now, f.keysOf(now))
	}
	return now
}

// gone enters that a contact does not exist any more.
func (f *finder) gone(id string) {
	f.known.gone(id)
	if f.index != nil {
		f.index.forget(id)
	}
}

// find looks for the contacts of all these records: first by the key trusted
// most, then by the next for those whom the first has not settled.
func (f *finder) find(ctx context.Context, entries []*entry) error {
	if !f.guards() && f.isEarly() && slices.ContainsFunc(entries, func(e *entry) bool { return !e.stream.creates() || e.want.Deleted }) {
		f.index, f.lookups = nil, 0 // no create would find out who is there
	}
	asked := f.asked
	clear(asked)
	listed := f.index != nil
	for depth, more := 0, true; more; depth++ {
		var keys, doubtful []crm.Key
		if keys, doubtful, more = f.keysAt(depth, entries, asked); depth == 0 {
			keys = f.fill(keys, entries, asked)
		}
		if err := f.ask(ctx, keys); err != nil {
			return err
		}
		if err := f.askSecond(ctx, doubtful); err != nil {
			return err
		}
	}
	if f.index != nil && !listed { // it knows also what lookups do not find
		for key := range asked {
			f.fromIndex([]crm.Key{key})
		}
	}
	return f.askAgain(ctx, entries)
}

// keysAt lists the keys of this rank that are to be asked for, and apart from them those
// that a create would find out; more says that some records have one.
func (f *finder) keysAt(depth int, entries []*entry, asked map[crm.Key]bool) (keys, doubtful []crm.Key, more bool) {
	if depth == 0 {
		keys = make([]crm.Key, 0, len(entries))
	}
	for _, e := range entries {
		if depth >= len(e.want.Keys) || !e.looks() {
			continue
		}
		more = true
		key := e.want.Keys[depth]
		if asked[key] || !e.want.Deleted && f.settles(e.want.Keys[:depth], key) {
			continue
		}
		asked[key] = true
		if depth > 0 && f.guarded(e, depth) {
			doubtful = append(doubtful, key)
		} else {
			keys = append(keys, key)
		}
	}
	return keys, doubtful, more
}

// fill adds the further emails and phones of one person to its first key: what a sync of
// one asks is one question. Of many people few are left to be asked for by them.
func (f *finder) fill(keys []crm.Key, entries []*entry, asked map[crm.Key]bool) []crm.Key {
	if f.index != nil || len(keys) != 1 || len(entries) != 1 {
		return keys
	}
	for _, key := range entries[0].want.Keys {
		if key.Identifies() && len(key.Value) <= gateway.MaxKey && !asked[key] {
			asked[key] = true
			keys = append(keys, key)
		}
	}
	return keys
}

// askRows finds the contacts of rows that nothing else leads to any more.
func (f *finder) askRows(ctx context.Context, people []*person) error {
	var ids []crm.Key
	for _, p := range people {
		key := crm.IDKey(p.formerly())
		if key.Value != "" && len(f.with(key)) == 0 && !slices.ContainsFunc(p.first().want.Keys, func(k crm.Key) bool { return len(f.with(k)) > 0 }) {
			ids = append(ids, key)
		}
	}
	return f.ask(ctx, ids)
}

// settles reports whether a contact is known, by one of the keys that are trusted
// more, that carries the key in question too: then nobody else needs to be asked
// for it.
func (f *finder) settles(trusted []crm.Key, key crm.Key) bool {
	return slices.ContainsFunc(trusted, func(by crm.Key) bool {
		return slices.ContainsFunc(f.with(by), func(c *crm.Contact) bool { return c.Carries(key) })
	})
}

// askAgain searches again for people who would be created and whom nothing but
// search can find, those with neither email nor phone, and for suppressions of whom
// so many match nobody that to ask the primary store for each would cost more.
func (f *finder) askAgain(ctx context.Context, entries []*entry) error {
	var keys []crm.Key
	for _, e := range entries {
		if e.looks() && !e.want.Deleted && e.stream.creates() && f.onlySearchFinds(e.want.Keys) {
			keys = append(keys, e.want.Keys...)
		}
	}
	why := "some records have neither email nor phone"
	if missed := f.missed(entries); len(missed) > fewMissed {
		keys, why = append(keys, missed...), "many suppressions match nobody"
	}
	return f.searchAgain(ctx, keys, why)
}

// searchAgain waits until search must know what was written before the sync, which
// it does once in a sync at most.
func (f *finder) searchAgain(ctx context.Context, keys []crm.Key, why string) error {
	wait := indexLag - time.Since(f.begun)
	if len(keys) == 0 || wait <= 0 {
		return nil
	}
	f.log.Info().Msgf("waiting until %s: search may not know yet what was written in the last minute, and %s",
		time.Now().Add(wait).UTC().Format(time.TimeOnly+" UTC"), why)
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return ctx.Err()
	}
	return f.search(ctx, keys)
}

// fewMissed is how many emails and phones that match nobody, of suppressions or of
// what belongs to contacts, are asked for one by one.
const fewMissed = 100

// missed are the emails and phones of suppressions that match nobody.
func (f *finder) missed(entries []*entry) (keys []crm.Key) {
	for _, e := range entries {
		for _, k := range e.want.Keys {
			if e.stream.suppresses && k.Identifies() && len(f.with(k)) == 0 {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// search enters what the API knows about the keys.
func (f *finder) search(ctx context.Context, keys []crm.Key) error {
	var a gateway.Answer
	var err error
	surely := f.wantsCertainty()
	if surely {
		a, err = f.target.FindSurely(ctx, keys)
	} else {
		a.Found, a.Refused, err = f.target.Find(ctx, keys)
	}
	for _, key := range keys {
		f.searched[key] = true
		if surely {
			f.certain[key] = false
		}
	}
	for _, c := range a.Found {
		f.shown(c)
	}
	for _, key := range a.Refused {
		f.mute[key] = true
	}
	f.conclude(a)
	return err
}

// onlySearchFinds reports whether nobody was found by these keys, and no other
// way of the API leads to whoever has them.
func (f *finder) onlySearchFinds(keys []crm.Key) bool {
	return !slices.ContainsFunc(keys, func(k crm.Key) bool {
		return k.Field == "id" || k.Identifies() || len(f.with(k)) > 0
	})
}

// ask finds the contacts that carry the keys: in the index, or by lookups.
func (f *finder) ask(ctx context.Context, keys []crm.Key) error {
	for keys = f.fromIndex(keys); len(keys) > 0; {
		batch, listed := f.target.Batch(keys), f.listed
		allowed, err := f.consider(ctx, (len(keys)+batch-1)/batch)
		if err != nil {
			return err
		}
		if f.listed != listed {
			keys = f.fromIndex(keys)
			continue
		}
		n := min(allowed*batch, len(keys))
		if err := f.search(ctx, keys[:n]); err != nil {
			return err
		}
		f.lookups += (n + batch - 1) / batch
		keys = keys[n:]
	}
	return nil
}

// fromIndex finds what the index has, and returns what is to be looked up: ids, which may
// belong to contacts that search did not know when it was listed, and where nothing else
// would find them out all that an early index lacks. Without an index that is all.
func (f *finder) fromIndex(keys []crm.Key) (lacking []crm.Key) {
	if f.index == nil {
		return keys
	}
	all := f.isOutdated()
	for _, key := range keys {
		contacts := f.index.with(key)
		for _, c := range contacts {
			f.found(c)
		}
		if f.isLate(f.listed) {
			f.certain[key] = true
		}
		if len(contacts) == 0 && (all || key.Field == "id") {
			lacking = append(lacking, key)
		}
	}
	return lacking
}

// secondKeys decides whether the keys after the first are looked up for people
// nobody was found for. Where the create itself finds out, a lookup saves two
// requests if it hits and costs a hundredth if not; so it is worth it only if
// it hits often enough.
type secondKeys struct {
	seen, useful int
}

const (
	secondSample = 100 // keys that are looked up to begin with
	secondWorth  = 200 // one hit in so many pays
)

// guarded reports whether a create would find out that somebody has the key:
// the location refuses it.
func (f *finder) guarded(e *entry, depth int) bool {
	facts := f.target.Facts()
	if f.index != nil || facts.AllowsDuplicates || facts.DryRun || e.want.Deleted || !e.stream.creates() || !f.target.Recognises(e.want.Keys[depth].Field) {
		return false
	}
	for _, key := range e.want.Keys[:depth] {
		if len(f.with(key)) > 0 {
			return false
		}
	}
	return true
}

func (f *finder) askSecond(ctx context.Context, keys []crm.Key) error {
	s := &f.second
	for len(keys) > 0 {
		n := min(f.target.Batch(keys), len(keys))
		batch := keys[:n]
		keys = keys[n:]
		worth := s.seen < secondSample || s.useful*secondWorth > s.seen
		s.seen += n
		if !worth {
			continue
		}
		if err := f.ask(ctx, batch); err != nil {
			return err
		}
		for _, key := range batch {
			if len(f.with(key)) > 0 {
				s.useful++
			}
		}
	}
	return nil
}

// met enters that a create was refused because of a key that was not looked
// up.
func (f *finder) met() { f.second.useful++ }
