// Package outbox is everything that leaves the house by itself: webhooks, chat
// messages, mails and browser messages. A channel says where to and about what;
// an event that is published becomes one dispatch for each channel that asks for
// it, in the transaction in which it happened.
//
// What it guarantees:
//
//   - An event with a key is a dispatch of a channel once, whatever is published
//     again.
//   - Before the first byte leaves, the dispatch is on the disk as being sent,
//     with its exact bytes. One process sends at a time, and a fence refuses what
//     another one would write after it was replaced.
//   - Whether a channel is there, not paused, and about a post that may be shown
//     is asked when it is sent, not when it was published.
//   - What a receiver knows by its id (webhooks, browser messages) is sent until
//     it is taken, with growing waits, for three days; then it is dead and a
//     person may send it again. What would be doubled (mails, chat) is sent once:
//     if nobody knows whether it arrived, it is unknown, and a person decides.
//   - A device (a browser that tells a person) belongs to them and to their session
//     there: it ends with either, and when its message service does not know it.
//   - After a restore nothing leaves until a person lets it (Hold): what may have
//     left since the backup was made is unknown.
//   - Final states are final; the database refuses to change them.
//
// Webhooks are signed as Standard Webhooks says: the id stays the same, time and
// signature are those of the attempt, because receivers refuse old ones.
//
// It does not decide what happens, keeps no copy longer than a week, follows no
// redirect and believes no answer but its status.
package outbox
