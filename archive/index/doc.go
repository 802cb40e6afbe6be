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
// post, FTS5 (contentless, detail=none, no columnsize, merging as lazily as it
// can) took 24 to 32 µs and 155 bytes a post, on the one connection that writes:
// nearly the whole budget of keeping 27,778 posts a second on two cores. This
// takes 8 µs (4.5 in the tail, 2 for a segment, 1 for each merge), beside the
// writer, and 55 to 90 bytes; it counts 270,000 posts of a million by the hour
// in 7 ms; and twenty thousand words joined by OR are one walk through the
// dictionary. What it costs is this package.
package index
