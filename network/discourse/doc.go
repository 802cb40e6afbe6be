// Package discourse listens to a Discourse forum: all its posts that the key,
// or a stranger, may see, or those of chosen categories and tags.
//
// The listing of the latest posts is read by network.Poll, which says what is
// guaranteed. A post is known by the forum's address and its number, an author
// by the forum's address and the user name. The text is what the forum shows,
// without HTML, and without what it quotes of others. A post that its author or
// a moderator deleted is a deletion; one that was flagged away or left what may be
// seen is hidden, until it comes back.
//
// A post names what it answers by its place in the topic; where that post was
// not seen, Complete asks for it, for posts somebody wants. Private messages,
// chat and notifications are not read.
//
// Source: docs.discourse.org, and the posts controller of
// github.com/discourse/discourse.
package discourse
