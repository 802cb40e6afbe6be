// Package index finds the documents that hold given words. It is an inverted
// index in the form that search engines have had since the nineties: segments
// that never change, each a sorted dictionary of terms with the numbers of the
// documents that hold them, a tail in memory for what is not in a segment yet,
// and merges that keep the segments few.
//
// A document is a place in an order (time, for posts) and a row number. Within
// a segment documents are numbered in the order of their places, so results
// come newest or oldest first without sorting, and counts over time are counts
// of bits between two numbers.
//
// The package stores nothing itself: a segment is a handful of blocks and a
// head, and whoever keeps them hands in functions to write and to read one. It
// knows no posts, queries or workspaces; terms are bytes to it.
//
// Why not the full-text index of SQLite: measured on one core with 30 terms a
// post, FTS5 (contentless, detail=none) took 26 to 32 µs and 155 bytes a post,
// which is the whole budget of keeping 27,778 posts a second on two cores. See
// bench_test.go for what this takes.
package index
