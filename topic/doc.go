// Package topic says what the posts of a monitor are about: topics, who speaks of
// them, whether more or fewer do than before, and what is said more or less.
//
// It follows the log behind everybody else: what is stored is sorted into groups of
// posts that say the same (package analysis/topic), a group with phrases that three
// people use gets a label and is a topic.
//
// It guarantees:
//
//   - A version of a post belongs to one topic or to none. What was sorted and the
//     place in the log commit together; after a crash it goes on where it stood, and
//     following the log again comes to the same, as far as nothing was erased since:
//     what is gone teaches no words.
//   - Numbers are counted from the mentions of the monitor as they stand, so what is
//     edited, hidden or erased counts at once for what it is. With more than 50,000
//     posts in a time the newest are counted, and that is said.
//   - What people say stays: a topic with a name is compared with what it was when it
//     got it, however the posts move on (its drift is shown); merged topics go on
//     together; what was taken apart is not merged again.
//
// It never takes more than half of one processor's time while it catches up. It
// understands nothing: labels are hints, which is why people can give names.
package topic
