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
// hashtag, a list, or home. It opens the server's event stream first (as
// server-sent events, or a web socket where the server has nothing else), then
// pages from the cursor until it is level, looks again at what it gave out last,
// and follows live. Where a server gives its event stream to nobody without a
// token, it asks for the timeline again and again instead. Guarantees:
//   - every status after the cursor arrives at least once, or the timeline did
//     not reach back that far any more, and that is a Gap. A few seconds after
//     the stream was opened the timeline is paged once more, for servers answer
//     before they have subscribed. Remote statuses come late with early ids:
//     live all of them are heard, and paging begins five minutes before the
//     cursor, except where public timelines are asked again and again; what
//     comes later than that is missed;
//   - an edit is taken only from the server of its author, and a deletion,
//     which names a status by its id on this server, only as that of the status
//     and author that were seen under this id;
//   - edits and deletions of the latest 200 statuses that happened while nobody
//     listened come when listening begins again, and every ten minutes where
//     there is no event stream; those that a server does not give together
//     (Mastodon from 4.3 on does) are asked for one by one, at most forty;
//   - X-RateLimit and Retry-After are waited for;
//   - statuses of accounts that do not want to be found are left out, except at
//     home, as setting "consent" says;
//   - memory is bounded: one page, or one queue of events that stops the socket
//     when it is full.
//
// Consent is "noindex" by default: who does not want to be known to search
// engines is left out, always. The stricter "indexable" leaves out everybody who
// has not joined the full-text search of their server. That is off wherever
// nobody has turned it on and missing on servers that have no such search, so it
// says little of what people want, and a source that listened so by default
// would hear next to nothing and not say why.
//
// A deletion whose status has been forgotten (after some 20,000 newer ones)
// cannot be obeyed; there is nothing to name it by.
//
// Protocol: docs.joinmastodon.org/methods/timelines, /methods/streaming,
// /methods/search, /methods/statuses and /entities/Status.
package mastodon
