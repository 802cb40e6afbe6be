// Package reddit listens to Reddit: posts and comments of subreddits, and posts
// anywhere that its search finds, by the API for registered apps (OAuth).
//
// Reddit has no stream. Each listing is asked for again and again, from its top
// down to the newest entry that was given out before; anchors (before=) are not
// used, for a page after an entry that was deleted meanwhile is empty. The first
// page is compared whole, so that edits are seen and posts that moderators let
// through late. It guarantees:
//   - every post and comment of a listing after the cursor arrives at least
//     once, or lay deeper than Reddit lists (about 1,000 entries), and that is a
//     Gap;
//   - the latest of what was given out, about a thousand, is asked for again
//     every ten minutes and when the stream begins: edits come as updates; what
//     its author deleted, a moderator removed or whose author is gone comes as a
//     deletion. What is older is not looked at again;
//   - an entry that cannot be read is a Reject and costs no other entry;
//   - one call at a time and one catch-up (1,000 entries, 64 MB) in memory.
//
// A token is asked for when there is none, a minute before it ends and once when
// it is refused. Limits (X-Ratelimit headers, 429) are the client's business.
//
// The text is what Reddit renders of the Markdown, as plain text. A crosspost is
// a repost with the text of what it shares. Scores below zero are missing.
//
// Protocol: reddit.com/dev/api and the OAuth2 page of reddit-archive's wiki.
package reddit
