package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestAListingLosesNoRow: others delete rows, and add some at the end, between any two requests, and the read is killed now and then and
// goes on from its last state: every row that was there throughout is read. A listing that tells where it is by a total alone is only
// sure of it where none are added meanwhile.
func TestAListingLosesNoRow(t *testing.T) {
	for seed := range 2000 {
		random := rand.New(rand.NewPCG(uint64(seed), 18))
		const size = 10
		var list []string
		next := 0
		add := func() { list, next = append(list, fmt.Sprint("row ", next)), next+1 }
		for range random.IntN(100) {
			add()
		}
		there := map[string]bool{}
		for _, row := range list {
			there[row] = true
		}
		lap := seed % 2
		change := func() {
			for range random.IntN(4) * random.IntN(6) {
				switch {
				case random.IntN(3) == 0 && lap == 1:
					add()
				case len(list) > 0:
					i := random.IntN(len(list))
					delete(there, list[i])
					list = slices.Delete(list, i, i+1)
				}
			}
		}
		l := listing[string]{size: size, lap: lap, id: func(row string) string { return row }, ask: func(_ context.Context, skip int) ([]string, int, error) {
			change()
			total := len(list) * (1 - lap)
			if lap == 0 && skip%size != 0 {
				return nil, 0, errors.New("no whole page")
			}
			rest := list[min(skip, len(list)):]
			return slices.Clone(rest[:min(size, len(rest))]), total, nil
		}}
		read, at := map[string]bool{}, listPlace{}
		for killed := true; killed; {
			err := l.read(context.Background(), at, func(page []string, next listPlace) error {
				if random.IntN(6) == 0 {
					return errKilled
				}
				for _, row := range page {
					read[row] = true
				}
				from, err := readPlace(next.state())
				at = from
				return err
			})
			if killed = errors.Is(err, errKilled); err != nil && !killed {
				t.Fatal(seed, err)
			}
		}
		for row := range there {
			if !read[row] {
				t.Fatalf("history %d: %s was there throughout and is not read", seed, row)
			}
		}
	}
}

// TestAListingReadsNoRowTwice where nobody writes, by one request a page, and goes on from any of its states.
func TestAListingReadsNoRowTwice(t *testing.T) {
	for _, lap := range []int{0, 1} {
		requests := 0
		l := listing[int]{size: 10, lap: lap, id: func(i int) string { return fmt.Sprint(i) }, ask: func(_ context.Context, skip int) (rows []int, total int, err error) {
			requests++
			for i := skip; i < min(skip+10, 35); i++ {
				rows = append(rows, i)
			}
			return rows, 35 * (1 - lap), nil
		}}
		var places []listPlace
		var all []int
		read := func(at listPlace) (rows []int) {
			if err := l.read(context.Background(), at, func(page []int, next listPlace) error {
				rows, places = append(rows, page...), append(places, next)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		if all = read(listPlace{}); len(all) != 35 || !slices.IsSorted(all) || requests != 4 {
			t.Errorf("%d requests for %v", requests, all)
		}
		for _, at := range slices.Clone(places[:3]) {
			if rest := read(at); !slices.Equal(rest, all[at.Skip:]) {
				t.Errorf("from %v on: %v", at, rest)
			}
		}
	}
}

// TestAListingThatDoesNotGoOn is no end.
func TestAListingThatDoesNotGoOn(t *testing.T) {
	page := []int{1, 2, 3}
	for lap, total := range []int{9, 0} {
		l := listing[int]{size: 3, lap: lap, id: func(i int) string { return fmt.Sprint(i) }, ask: func(context.Context, int) ([]int, int, error) { return page, total, nil }}
		if err := l.read(context.Background(), listPlace{}, func([]int, listPlace) error { return nil }); !errors.Is(err, errRepeats) {
			t.Error(err)
		}
	}
}
