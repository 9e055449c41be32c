//go:build !race

package load_test

const defaultHistories = 1000
