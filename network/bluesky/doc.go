// Package bluesky listens to Bluesky and everything else on the AT Protocol
// through Jetstream, in its second version (xrpc subscribeEvents, counted by
// seq) and its first (/subscribe, counted by time).
//
// It reads posts as they are made, edited and removed, and what happens to
// accounts: renamed, suspended, back, gone. It guarantees:
//   - every event after the cursor arrives at least once, or the stretch that
//     cannot be had again is reported as a Gap; resuming is proven by seeing
//     the event of the cursor again, for Jetstream does not always say so when
//     it has forgotten it;
//   - a frame that cannot be read is a Reject and never ends the stream;
//   - memory is bounded: two batches, one frame; a slow reader makes the
//     socket wait.
//
// It does not verify signatures (Jetstream has none), does not fetch pictures
// and knows nothing of likes, follows and reposts. Handles are not in the
// stream; Complete asks the AppView for them.
//
// Protocol: bluesky-social/jetstream, docs/README.md and lexicons; record
// fields: bluesky-social/atproto, lexicons/app/bsky/feed/post.json.
package bluesky
