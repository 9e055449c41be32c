package gateway

import (
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"destination-gohighlevel/connector/ghl"
)

// taker takes batches of at most so many, none with a bad number in it.
type taker struct {
	most, bad      int
	calls, refused int
	taken, alone   []int
}

func (k *taker) batches(size int) batches[int] {
	known := &atomic.Int64{}
	known.Store(int64(size))
	return batches[int]{size: known,
		call: func(batch []int) error {
			k.calls++
			if len(batch) > k.most || slices.Contains(batch, k.bad) {
				k.refused++
				return &ghl.Error{Kind: ghl.Rejected}
			}
			k.taken = append(k.taken, batch...)
			return nil
		},
		alone: func(one int, _ error) error { k.alone = append(k.alone, one); return nil },
	}
}

func numbers(n int) []int {
	var out []int
	for i := range n {
		out = append(out, i+1)
	}
	return out
}

func TestBatchesLearnTheirSize(t *testing.T) {
	for _, most := range []int{500, 499, 250, 100, 50, 10, 1} {
		k := &taker{most: most}
		b := k.batches(500)
		if err := b.send(numbers(700)); err != nil {
			t.Fatal(err)
		}
		if slices.Sort(k.taken); !slices.Equal(k.taken, numbers(700)) || len(k.alone) > 0 {
			t.Errorf("at most %d: %d taken, %d left alone", most, len(k.taken), len(k.alone))
		}
		if k.refused > 9 || k.calls > 9+2*(700+most-1)/most {
			t.Errorf("at most %d: %d calls, %d of them refused", most, k.calls, k.refused)
		}
		if again := k.refused; b.send(numbers(700)) != nil || k.refused != again {
			t.Errorf("at most %d: refused again", most)
		}
	}
}

func TestOneThatIsRefusedDoesNotMakeBatchesSmall(t *testing.T) {
	k := &taker{most: 500, bad: 137}
	b := k.batches(100)
	if err := b.send(numbers(1000)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.alone, []int{137}) || len(k.taken) != 999 || b.size.Load() != 100 {
		t.Errorf("left alone %v, %d taken, size %d", k.alone, len(k.taken), b.size.Load())
	}
}

func TestOtherFailuresEndBatches(t *testing.T) {
	want := errors.New("lost")
	b := (&taker{most: 5}).batches(2)
	b.call = func([]int) error { return want }
	if err := b.send(numbers(3)); !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}
