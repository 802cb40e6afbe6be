// Package query is the Hearth query language: one language that says which
// posts are meant, for live monitors, archive search, rules, alerts and
// segments alike. The design is query-language.md; section numbers in this
// package are that document's.
//
// Parse reads a query into an analysed tree and reports every problem in one
// pass. Query.String prints the canonical form, Query.Explain says it in
// English, Query.Match is its meaning, and Import rewrites other dialects.
//
// Match is slow and obvious on purpose: it is the truth that the live matcher
// and the archive are tested against. The package does no I/O, knows no clock,
// keeps no state and refuses, before anything runs, every query whose
// evaluation could take the service down.
package query
