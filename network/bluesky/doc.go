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
//   - where the network says that it has lost events of an account (sync), the
//     account's newest posts are asked for and come once more; where that fails
//     it is a Gap;
//   - memory is bounded: two batches, one frame; a slow reader makes the
//     socket wait.
//
// It does not verify signatures (Jetstream has none), does not fetch pictures
// and knows nothing of likes, follows and reposts. Handles are not in the
// stream; Complete asks the AppView for them, and up to 500 accounts that the
// setting "authors" or standing queries name have theirs at once. Search asks through the server of an
// account, for the public AppView lets nobody search.
//
// Protocol: bluesky-social/jetstream, docs/README.md and lexicons; record
// fields: bluesky-social/atproto, lexicons/app/bsky/feed/post.json;
// search and sessions: lexicons app/bsky/feed/searchPosts.json and
// com/atproto/server/createSession.json.
package bluesky
