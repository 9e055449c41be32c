package bug_test

import (
	"errors"
	"strings"
	"testing"

	"destination-gohighlevel/connector/bug"
)

func fail() error { panic("ada@example.com") }

func TestAPanicBecomesAnErrorWithoutItsValue(t *testing.T) {
	group, ctx := bug.NewGroup(t.Context(), 2)
	group.Go(fail)
	group.Go(func() error { <-ctx.Done(); return nil })
	for name, err := range map[string]error{"alone": bug.Guard(fail), "in a group": group.Wait()} {
		var b *bug.Error
		if !errors.As(err, &b) || !strings.Contains(b.Stack, "bug_test.fail") {
			t.Errorf("%s: the error is %v, want one that says where it was", name, err)
			continue
		}
		if !strings.HasPrefix(b.Place, "bug_test.fail, line ") {
			t.Errorf("%s: the place is %q", name, b.Place)
		}
		if strings.Contains(b.Stack+b.Error(), "ada@") {
			t.Errorf("%s: the error holds what was panicked with", name)
		}
	}
}

// What panics may be a library: the place is ours.
func TestThePlaceIsOurs(t *testing.T) {
	var b *bug.Error
	if err := bug.Guard(func() error { _ = strings.Repeat("x", -1); return nil }); !errors.As(err, &b) || !strings.HasPrefix(b.Place, "bug_test.TestThePlaceIsOurs.func1, line ") {
		t.Errorf("%+v", err)
	}
}

func TestAnErrorPassesAsItIs(t *testing.T) {
	want := errors.New("refused")
	if got := bug.Guard(func() error { return want }); !errors.Is(got, want) {
		t.Errorf("got %v", got)
	}
	if err := bug.Guard(func() error { return nil }); err != nil {
		t.Errorf("got %v", err)
	}
}
