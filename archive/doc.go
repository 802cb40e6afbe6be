// Package archive keeps posts: an append-only, numbered log of every version
// and event, the current posts by key, time and word, and the positions of
// those who read the log.
//
// What it guarantees:
//
//   - Append returns after the posts, and whatever was to be written with them,
//     are on the disk in one transaction. Rows are numbered without a hole in the
//     order of commits.
//   - A post is unique by workspace, network and id, a later event by these, its
//     kind and its revision. What comes twice changes nothing.
//   - The content of a row never changes. An edit is a new row. A deletion takes
//     the content of all versions away and leaves a grave that swallows what comes
//     late. No reader is given bytes that fail their checksum.
//   - What people and rules say of a post (its tags) is a row of its own for ever,
//     with its author and time. It makes a new version, outlives edits, can be
//     taken back, and goes with the post.
//   - A version says by which models it was judged. What newer ones say makes a new
//     version, under what people say; the former one stays, so there is a way back.
//   - Search returns exactly the visible posts for which query.Match holds. The
//     token index only proposes; it can be dropped and rebuilt.
//   - A consumer's effects and its position commit together: each row has its
//     effect once, and a row that cannot be taken in becomes a dead letter.
//
// How: a row of the log is a post in binary form, packed with a static table
// (archive/pack); its words are in an index of our own (archive/index) that
// follows the log in memory and is written to the same file as segments. With
// both, and the keys and times, a post of 120 characters takes some 390 bytes,
// and storing it 25 to 30 µs of processor time, 6 of them on the one connection
// that writes.
//
// What it refuses: to change a row, to answer from a damaged row, to run on when
// the disk did not confirm a commit (see db.ErrUnknownOutcome), and to grow a
// queue without bound: Append waits, and with it whoever reads the network.
package archive
