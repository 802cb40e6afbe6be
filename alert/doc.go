// Package alert watches what monitors catch, raises alerts and keeps incidents.
//
// It follows the archive's log and counts, for every monitor, what arrived live
// in quarters of an hour. When a quarter is over it is learned from and judged
// (package detect); one that goes on is looked at every few seconds, so that a
// spike is told as soon as it is one. An alert says in one sentence what is
// different: how many, how much worse, which words, who.
//
// It guarantees:
//
//   - A post counts once. The counts, the place in the log, the alert, its notice
//     and what is to be sent commit together.
//   - What an import or a search of the past brings in, and what arrives hours
//     late, counts for nothing. While nobody listened, or a source that matters
//     was broken, nothing is raised about volume and nothing is learned.
//   - Firing again within six hours is the same alert. It is told once, and again
//     only when it becomes more serious or four times as large.
//   - An edit names the version it saw. Where somebody else was quicker, nothing
//     is overwritten, and a text is kept in the incident's timeline.
//
// It sends nothing itself: it publishes events, and what is to leave is the
// outbox's work. It decides nothing for people: it never opens an incident or
// pauses publishing by itself.
package alert
