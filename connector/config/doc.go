// Package config turns the configuration a user gave into typed values, and reports all its faults at once.
//
// Names, kinds, defaults and choices come from the specification; only rules that a JSON schema cannot say, or cannot say
// readably, are written here. The package must not know what the values are used for: no API, no contacts, no catalog.
package config
