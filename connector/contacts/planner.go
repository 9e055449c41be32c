package contacts

import (
	"context"
	"time"

	"destination-gohighlevel/connector/contacts/gateway"
)

// consider lists the location if that pays; else it says how many of the lookups that
// are needed now may be made before it wants to be asked again. What a listing costs is
// learnt from its first page, before the second lookup, and before the first if several
// are needed: a sync that needs only one never asks.
func (f *finder) consider(ctx context.Context, needed int) (allowed int, err error) {
	foreseen, last := f.foresee(needed)
	switch {
	case f.index != nil && !f.isOutdated() || f.tooBig:
		return needed, nil
	case f.pages == 0 && f.lookups == 0 && needed == 1:
		return 1, nil
	case f.pages > 0 && !f.pays(foreseen, last, f.pages):
		return needed, nil
	}
	begun := time.Now()
	first, err := f.target.List(ctx, gateway.Listing{})
	if err != nil {
		return 0, err
	}
	f.pages = max(1, (first.Total+gateway.PageSize-1)/gateway.PageSize)
	f.tell(first.Contacts)
	x, fits := f.indexOf(first)
	f.tooBig = !fits
	foreseen, last = f.foresee(needed) // more may have been read meanwhile
	if f.tooBig || !f.pays(foreseen, last, f.pages-1) {
		return needed, nil
	}
	return needed, f.list(ctx, x, first, begun)
}

// pays reports whether a listing of so many requests pays. Where no more records come it
// does if it takes no more than the lookups do that are foreseen. Else it does once the
// lookups made since the last listing and these would have cost as much: all of them
// together never cost more than twice the better of both, and as much less as is
// foreseen. Where duplicates are allowed a listing spares creates their guards too.
func (f *finder) pays(foreseen int, last bool, pages int) bool {
	if last && !f.target.Facts().AllowsDuplicates {
		return foreseen >= pages
	}
	return f.lookups+foreseen >= pages
}

// foresee tells how many lookups the records will need that were read, if those that wait
// are like those of this window, of which so many are needed now; last says that no more
// records come.
func (f *finder) foresee(needed int) (lookups int, last bool) {
	if f.coming == nil {
		return needed, false
	}
	waiting, last := f.coming.Behind()
	return needed + needed*waiting/len(f.coming.Records), last
}
