package undo

import "slices"

// Count is how many things of an object are taken back.
type Count struct {
	Object                       string
	Restored, Deleted, Recreated int
}

// Counts are those of all objects, in the order in which runs have changed them.
func (u *Undo) Counts() (all []Count) {
	for _, th := range u.Things {
		i := slices.IndexFunc(all, func(c Count) bool { return c.Object == th.Object })
		if i < 0 {
			i, all = len(all), append(all, Count{Object: th.Object})
		}
		switch {
		case th.Delete:
			all[i].Deleted++
		case th.Recreate != nil:
			all[i].Recreated++
		case th.steps() > 0:
			all[i].Restored++
		}
	}
	return all
}

// Empty reports whether nothing is to be written.
func (u *Undo) Empty() bool {
	return !slices.ContainsFunc(u.Counts(), func(c Count) bool { return c.Restored+c.Deleted+c.Recreated > 0 })
}

// steps are the writes that a thing takes.
func (th *Thing) steps() (n int64) {
	if th.Delete || th.Recreate != nil {
		return 1
	}
	for _, needed := range []bool{len(th.Set) > 0, len(th.AddTags) > 0, len(th.RemoveTags) > 0} {
		if needed {
			n++
		}
	}
	return n
}

// Share is how much of what is taken back has been, from 0 to 1. It may be asked while
// [Undo.Write] goes on.
func (u *Undo) Share() float64 {
	return min(float64(u.done.Load())/float64(max(u.steps.Load(), 1)), 1)
}
