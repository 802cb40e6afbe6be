// Package jobs does work later, once, and by whichever process is there: a
// durable queue, schedules, and leases for what only one may do.
//
// A job is enqueued in the caller's transaction, so it is there exactly if what
// called for it is. It is run by one process at a time, tried again with
// growing waits when it fails, and a dead letter when its attempts are used up;
// a person sees it, with its error, and may retry or drop it. Finished jobs
// stay to be looked at for a week.
//
// A schedule enqueues a job at its times, exactly once each, however many
// processes look at it and whatever the clocks do; what was missed while
// nothing ran is made up for once.
//
// A lease is the right to read a source, follow the log or keep a house in
// order alone. A process that dies is replaced within five seconds.
//
// What is guaranteed, and by what:
//
//   - A job's attempt that was taken over cannot write: Run.Hold and Run.Finish
//     check the job's fence, and Lease.Hold a lease's epoch, in the transaction
//     of the effects, which rolls back as a whole.
//   - Who is dead is judged by monotonic time alone (see Process). The wall
//     clock decides only when a schedule or a retry is due; a retry that a
//     clock put back would delay is due at once.
//
// What is not: an attempt may end half-way at any moment and begin again, so a
// handler commits its effects together with Finish, or so that doing them twice
// does no harm. Nothing here runs to the second: a job begins at once where it
// was enqueued and within a few seconds elsewhere.
package jobs
