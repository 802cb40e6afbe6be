// Package ingest brings posts in: it runs the sources, matches what they read
// against the standing queries, has what somebody wants analysed, and hands it
// to the archive. Files come in the same way.
//
// It guarantees:
//
//   - A source's cursor is committed in the transaction of the posts read with
//     it, with the gaps, dead letters and counters of the same batches. After
//     any crash a source reads on from there; what it reads again is folded by
//     the archive. Nothing is lost, nothing is doubled.
//   - Every event ends in exactly one counter: stored, a duplicate, or dropped
//     for a named reason. Nothing is dropped in silence.
//   - A queue that is full stops its reader. Memory does not grow with the
//     distance between what a network sends and what the disk takes.
//   - A post that makes matching or analysis panic becomes a dead letter with
//     its bytes and the reason. It never stops the stream.
//
// It does not speak any network's language (package network's leaves do), does
// not know what a monitor is (it is given the standing queries), and sends
// nothing to anybody.
package ingest
