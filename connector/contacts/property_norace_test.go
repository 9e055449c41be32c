//go:build !race

package contacts_test

const defaultHistories = 1000
