// Package replay keeps the replay window: every post that the sources read
// lately, whether anybody wanted it or not, so that a new query can be asked of
// it.
//
// It guarantees:
//
//   - The window goes back no further than its age, seven days at the most, and
//     takes no more disk than its size; the oldest is dropped first. So erased
//     posts are off the disk within seven days.
//   - A post that its network deleted, or whose author is gone or hidden, is
//     dead from the moment that was read: Dead says so, and whoever shows or
//     stores a post of the window asks it.
//   - Every block is sealed with a checksum. A damaged block is passed over,
//     counted and shown; it costs no other block.
//   - Posts are taken beside the archive and in no transaction of it. A crash
//     loses at most the last seconds; they stand in the status as a gap.
//
// Posts stand in blocks of some thousands, packed, each with a summary
// (a Bloom filter of keys) by which a reader who looks for something rare passes
// over most blocks unread. What the keys mean is the caller's affair.
//
// The window is no archive: it is not backed up, nothing depends on it, and it
// may be thrown away at any time.
package replay
