// Package cli is Hearth on the command line. A command reads its arguments,
// calls the public client, and prints: aligned tables and sentences for a
// person at a terminal, one JSON document a line with --json.
//
// Whether a server runs on the data directory or not, a command does the same:
// Tools.Connect gives it a client either way. What needs no data directory at
// all (checking a query, analysing a text, a dry run of an import, listening)
// is a function in Tools. The package opens no file of Hearth's, knows no
// network and holds no rule of the product.
//
// Exit codes are part of the interface; see the constants. What a command
// answers goes to standard output, everything else (progress, notices, errors)
// to standard error. Text from outside is made harmless before it reaches a
// terminal.
package cli
