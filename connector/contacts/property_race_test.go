//go:build race

package contacts_test

// defaultHistories is less under the race detector, which takes ten times as long.
const defaultHistories = 200
