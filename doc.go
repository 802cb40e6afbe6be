// Package hearth holds the nouns that every room of the house shares: posts,
// authors, the ids of things, the clock and the error that a person can read.
//
// It imports the standard library and jsonread only, does no I/O and keeps no
// state. What a noun means to people stands in GLOSSARY.md.
package hearth
