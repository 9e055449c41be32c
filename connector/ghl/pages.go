package ghl

// allPages asks for one page after the other until one has fewer than size entries
// and the answers count no more, where they tell a total; skip is how many came before
// a page. One of known entries only says that the server does not page: the rest is
// unknown, and must not pass for absent.
func allPages[T any](op Operation, size int, id func(T) string, page func(number, skip int) (rows []T, total int, err error)) ([]T, error) {
	var all []T
	known := map[string]bool{}
	for number, skip := 1, 0; ; number++ {
		rows, total, err := page(number, skip)
		if err != nil {
			return nil, err
		}
		before := len(all)
		for _, row := range rows {
			if id := id(row); id != "" && !known[id] { // one that was created meanwhile can move others to the next page
				known[id] = true
				all = append(all, row)
			}
		}
		switch skip += len(rows); {
		case len(rows) < size && len(all) >= total:
			return all, nil
		case len(rows) == 0:
			return nil, op.fault(Bug, "the answer lists fewer than it counts")
		case len(all) == before:
			return nil, op.fault(Bug, "the answer repeats the page before")
		}
	}
}
