// Package monitor keeps the saved queries that listen and everything that
// follows from what they caught: mentions, counts, live streams and the search
// of the past.
//
// It guarantees:
//
//   - A query is saved only if it is sound; the error holds every problem. What
//     a person wrote and its canonical form are both kept, and every version.
//   - A monitor listens from the moment it is saved, and finds its past in the
//     archive through the same meaning.
//   - Mentions and counts follow the log: a post counts once, an edit moves it, a
//     deletion takes it away. Every number equals a recount of the archive as it
//     stands at the consumer's position, after any crash, and after the derived
//     tables are built anew from the log.
//
// Counts come from roll-ups by quarters of an hour, packed so that a year is
// read in milliseconds (see monitor/tile). The package reads no network, sends nothing and does not decide
// what a query means (package query does).
package monitor
