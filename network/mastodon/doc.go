// Package mastodon listens to a Mastodon server and all who speak its API
// (GoToSocial, Pleroma, Pixelfed), and imports statuses as the API writes them.
//
// A status is named by its uri, which is the same on every server. Its reply
// names the parent by its uri if that was seen here, else by the id it has on
// the server that was asked, for the API gives no other. Direct messages are
// messages; a boost carries the text of what it boosts; an edited status comes
// as an update.
//
// The stream reads one timeline of one server: public, of this server alone, a
// hashtag, a list, or home. It opens the server's event stream first, then
// pages from the cursor until it is level, then follows live. Where a server
// gives its event stream to nobody without a token, it asks for the timeline
// again and again instead; then edits and deletions do not arrive. Guarantees:
//   - every status after the cursor arrives at least once, or the timeline did
//     not reach back that far any more, and that is a Gap. Remote statuses come
//     late with early ids: live all of them are heard, and paging begins five
//     minutes before the cursor, except where public timelines are asked again
//     and again; what comes later than that is missed;
//   - an edit is taken only from the server of its author, and a deletion,
//     which names a status by its id on this server, only as that of the status
//     and author that were seen under this id;
//   - X-RateLimit and Retry-After are waited for;
//   - statuses of accounts that do not want to be found are left out, except at
//     home, as setting "consent" says;
//   - memory is bounded: one page, or one queue of events that stops the socket
//     when it is full.
//
// A deletion whose status has been forgotten (after some 20,000 newer ones)
// cannot be obeyed; there is nothing to name it by. What is edited or deleted
// while nobody listens is not told later; the API has no replay.
//
// Protocol: docs.joinmastodon.org/methods/timelines, /methods/streaming and
// /entities/Status.
package mastodon
