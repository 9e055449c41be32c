// Package export writes rows of JSON into files for people: JSONL, or CSV with the
// headings of HighLevel's own import. A file is there whole or not at all, and one that
// was interrupted is gone on with. It knows nothing of where rows come from.
package export
