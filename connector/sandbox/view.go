package sandbox

import (
	"slices"
	"strings"
	"time"
)

// view is one consistent picture of the location's contacts with the indexes that keep questions cheap.
type view struct {
	all    *ordered
	ids    map[string]*person
	emails index // primary addresses, lower case
	others index // additional addresses, lower case
	phones index
	tags   map[string]*ordered
	custom map[string]index // by field id, then text; built when first asked for
}

// index finds people by a text. Nearly every text belongs to one person, so that case takes no slice.
type index struct {
	one  map[string]*person
	more map[string][]*person
}

// change is a write on its way to the search index; a nil person is a deletion.
type change struct {
	due time.Time
	id  string
	p   *person
}

func newIndex() index { return index{map[string]*person{}, map[string][]*person{}} }

func newView() *view {
	return &view{all: &ordered{}, ids: map[string]*person{}, emails: newIndex(), others: newIndex(), phones: newIndex(),
		tags: map[string]*ordered{}, custom: map[string]index{}}
}

func (x index) get(key string) []*person {
	if key == "" || x.one[key] == nil {
		return nil
	}
	return append([]*person{x.one[key]}, x.more[key]...)
}

func (x index) add(key string, p *person) {
	switch {
	case key == "":
	case x.one[key] == nil:
		x.one[key] = p
	default:
		x.more[key] = append(x.more[key], p)
	}
}

func (x index) remove(key string, p *person) {
	if key == "" {
		return
	}
	rest := slices.DeleteFunc(x.get(key), func(q *person) bool { return q == p })
	delete(x.more, key)
	if len(rest) == 0 {
		delete(x.one, key)
		return
	}
	x.one[key] = rest[0]
	if len(rest) > 1 {
		x.more[key] = rest[1:]
	}
}

// put replaces the person of an id; nil removes.
func (v *view) put(id string, p *person) {
	if old := v.ids[id]; old != nil {
		v.unlink(old, p)
	}
	if p == nil {
		delete(v.ids, id)
		return
	}
	v.ids[id] = p
	v.all.put(p)
	for _, t := range p.tags {
		if v.tags[t] == nil {
			v.tags[t] = &ordered{}
		}
		v.tags[t].put(p)
	}
	v.texts(p, index.add)
}

// unlink takes old out of the indexes, but leaves it where next will take its very place.
func (v *view) unlink(old, next *person) {
	stays := next != nil && next.place() == old.place()
	if !stays {
		v.all.remove(old.place())
	}
	for _, t := range old.tags {
		if stays && slices.Contains(next.tags, t) {
			continue
		}
		v.tags[t].remove(old.place())
		if v.tags[t].size == 0 {
			delete(v.tags, t)
		}
	}
	v.texts(old, index.remove)
}

// texts does something with each text by which p is found.
func (v *view) texts(p *person, do func(index, string, *person)) {
	do(v.emails, strings.ToLower(p.get(fEmail)), p)
	do(v.phones, p.get(fPhone), p)
	for _, e := range p.extra().emails {
		do(v.others, strings.ToLower(e), p)
	}
	for id, x := range v.custom {
		if text, ok := customText(p, id); ok {
			do(x, text, p)
		}
	}
}

// byCustom gives the people whose custom field holds exactly this text.
func (v *view) byCustom(id, text string) []*person {
	x, built := v.custom[id]
	if !built {
		x = newIndex()
		for p := range v.all.oldest(nil) {
			if text, ok := customText(p, id); ok {
				x.add(text, p)
			}
		}
		v.custom[id] = x
	}
	return x.get(text)
}

func customText(p *person, id string) (string, bool) {
	v, _ := p.customValue(id)
	text, ok := v.(string)
	return text, ok
}

// byEmail gives those who have the address, as their primary or as an additional one, oldest first.
func (v *view) byEmail(email string) []*person {
	key := strings.ToLower(email)
	return oldestFirst(append(v.emails.get(key), v.others.get(key)...))
}

func (v *view) byPhone(e164 string) []*person { return oldestFirst(v.phones.get(e164)) }

func oldestFirst(people []*person) []*person {
	slices.SortFunc(people, func(a, b *person) int { return a.place().compare(b.place()) })
	return people
}

// write stores a person, or removes the id where p is nil, and lets the search index know later.
func (s *Server) write(id string, p *person) {
	s.touch(id)
	s.primary.put(id, p)
	if p == nil {
		s.deleted[id] = true
		leave(s.notes, id, (*table[Note]).write)
		leave(s.tasks, id, (*table[Task]).write)
		leave(s.opportunities, id, (*table[Opportunity]).write)
		leave(s.appointments, id, (*table[Appointment]).write)
	}
	if s.search != s.primary {
		s.pending = append(s.pending, change{time.Now().Add(s.opts.IndexLag), id, p})
	}
}

// writeNow stores a person, or removes the id where p is nil, in store and index alike.
func (s *Server) writeNow(id string, p *person) {
	s.primary.put(id, p)
	if delete(s.deleted, id); p == nil {
		s.deleted[id] = true
		leave(s.notes, id, (*table[Note]).writeNow)
		leave(s.tasks, id, (*table[Task]).writeNow)
		leave(s.opportunities, id, (*table[Opportunity]).writeNow)
		leave(s.appointments, id, (*table[Appointment]).writeNow)
	}
	if s.search != s.primary {
		s.pending = slices.DeleteFunc(s.pending, func(c change) bool { return c.id == id })
		s.search.put(id, p)
	}
}

// catchUp brings the search index to what it holds by now.
func (s *Server) catchUp() {
	now, n := time.Now(), 0
	for n < len(s.pending) && !s.pending[n].due.After(now) {
		s.search.put(s.pending[n].id, s.pending[n].p)
		n++
	}
	clear(s.pending[:n])
	s.pending = s.pending[n:]
}
