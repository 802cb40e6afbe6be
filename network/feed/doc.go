// Package feed listens to feeds: RSS 0.9 to 2.0, RDF, Atom and JSON Feed, asked
// for again and again. Given the address of a page, it finds the feed the page
// names.
//
// A feed shows a window of its latest entries. The first look gives out the
// whole window; from then on what is new is a Create and what has changed is an
// Update whose Revision is a hash of the content. An entry that is no longer in
// the window is not deleted; an at:deleted-entry (RFC 6721) is. It guarantees:
//   - an entry is known by its guid, and by its link and content where a feed
//     gives out new guids for the same entries;
//   - where nothing known is left in the window, the documents that lead back are
//     read (RFC 5005, next_url), at most twenty; where they do not come to
//     something known, entries may have been missed, and that is a Gap; so is
//     what lies beyond the limits;
//   - an entry that cannot be read is a Reject once, and costs no other entry;
//   - ids, edits and deletions count within their own feed only: an id is the
//     guid itself where it is an address on the feed's own host, and else
//     hangs at the feed's address; the author's id is the feed's address;
//   - servers are treated with care: conditional requests, the ttl, skipHours,
//     skipDays, sy:update…, Cache-Control and Retry-After they ask for, an interval
//     that follows how much there is to read, and spread. What a server asked for
//     is remembered beyond the end of a stream. A failed look is repeated soon,
//     then less and less soon.
//
// Limits: 10 MB a document, 2 MB an entry, 1,000 entries, depth 64, 64 KB a tag, 5,000 new
// entries a day. A document with a DTD of its own is refused unread; nothing a
// document names is ever loaded but what leads back, and that on the feed's own
// host only; the hub that it names is asked to push (WebSub), and what it pushes
// is believed if it is signed. It keeps no page, no picture and no HTML.
//
// Sources: RSS 2.0 (rssboard.org/rss-specification), RSS 1.0, RFC 4287 (Atom),
// RFC 4685 (thr), RFC 5005, RFC 6721 (at), jsonfeed.org version 1.1, RFC 9110 and 9111,
// WebSub (w3.org/TR/websub).
package feed
