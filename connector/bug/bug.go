// Package bug turns panics into errors, so that a mistake of ours in one place
// ends a sync in an orderly way: what is durable is acknowledged, and the
// platform learns why the rest is not. Every goroutine that handles data from
// outside runs under it. It must not know what it guards.
package bug

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/sync/errgroup"
)

// Error is a panic. What was panicked with is left out: it may hold data.
type Error struct {
	// Place is the function and line of this program that panicked, or called
	// what did: "crm.(*Plan).Map, line 57".
	Place string
	Stack string
}

func (e *Error) Error() string { return "the connector panicked" }

// Guard calls f. If f panics, the error is an *Error.
func Guard(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &Error{place(), string(debug.Stack())}
		}
	}()
	return f()
}

// ours begins the names of this program's functions.
var ours = func() string {
	path := reflect.TypeFor[Error]().PkgPath()
	return strings.TrimSuffix(path, "bug")
}()

// place finds the innermost function of ours below a deferred one.
func place() string {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers)])
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		if name, found := strings.CutPrefix(frame.Function, ours); found {
			return fmt.Sprintf("%s, line %d", name, frame.Line)
		}
	}
	return "an unknown place"
}

// Group runs guarded functions at the same time; see [errgroup.Group].
type Group struct{ group *errgroup.Group }

// NewGroup returns a group in which at most limit functions run at a time, and
// a context that ends with the first error or with Wait.
func NewGroup(ctx context.Context, limit int) (*Group, context.Context) {
	inner, ctx := errgroup.WithContext(ctx)
	inner.SetLimit(limit)
	return &Group{inner}, ctx
}

// Go calls f in a goroutine of its own, as soon as the limit allows it.
func (g *Group) Go(f func() error) {
	g.group.Go(func() error { return Guard(f) })
}

// Wait waits for all functions and returns the first error.
func (g *Group) Wait() error { return g.group.Wait() }
