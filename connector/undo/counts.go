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
		case len(th.Set) > 0 || len(th.AddTags) > 0 || len(th.RemoveTags) > 0:
			all[i].Restored++
		}
	}
	return all
}

// Empty reports whether nothing is to be written.
func (u *Undo) Empty() bool {
	return !slices.ContainsFunc(u.Counts(), func(c Count) bool { return c.Restored+c.Deleted+c.Recreated > 0 })
}
