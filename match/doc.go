// Package match asks thousands of standing queries of one post at once.
//
// What a query means is said by query.Match, the slow and obvious truth; this
// package answers the same for all queries together (fuzzed against it), at a
// cost that hardly grows with their number:
//
//   - Each query is given anchors: keys of which a post must hold at least one
//     to match (the rarest word pair of a phrase, a hashtag, an author …).
//   - A post's keys are probed in one table; queries whose anchors it does not
//     hold are never looked at. Queries without any anchor are.
//   - The few candidates are decided by walking their boolean tree with a hash
//     lookup for each word; NEAR, windows, wildcards and rare fields are asked
//     of package query.
//
// Sets are immutable and shared; Live swaps them atomically while posts flow.
// The package stores nothing and knows no workspaces: each has its own Live.
package match
